//! Which instruction a byte of code stands for, in each version.

/// A line for each instruction of each version, `3.11 CALL 22 23 24 171`, told by that version itself:
/// `tests/pythons/opcodes.py` prints it. The bytes are the instruction's own and those of its specialised,
/// joined and instrumented forms.
const INSTRUCTIONS: &str = include_str!("opcodes.txt");

/// The names of a version's instructions.
#[derive(Debug)]
pub struct Opcodes([Option<&'static str>; 256]);

impl Opcodes {
    /// Of CPython 3.`minor`; none for a version that is not known.
    pub fn of(minor: u32) -> Option<Self> {
        let version = format!("3.{minor} ");
        let mut names = [None; 256];
        for line in INSTRUCTIONS.lines() {
            let Some(line) = line.strip_prefix(&version) else {
                continue;
            };
            let (name, bytes) = line.split_once(' ').expect("bytes follow the name");
            for byte in bytes.split(' ') {
                let byte: u8 = byte.parse().expect("an opcode is a byte");
                names[usize::from(byte)] = Some(name);
            }
        }
        names.iter().any(Option::is_some).then_some(Self(names))
    }

    /// The instruction's name as `dis` gives it, for a specialised form that of the instruction which it
    /// stands for. None where the byte is no instruction, or hides which one stood there.
    pub fn name(&self, byte: u8) -> Option<&'static str> {
        self.0[usize::from(byte)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const MINORS: std::ops::RangeInclusive<u32> = 9..=15;

    fn check(minor: u32, byte: u8, name: impl Into<Option<&'static str>>) {
        let opcodes = Opcodes::of(minor).expect("the version is known");
        assert_eq!(opcodes.name(byte), name.into(), "3.{minor}, {byte}");
    }

    #[test]
    fn an_instruction_has_its_name() {
        check(9, 131, "CALL_FUNCTION");
        check(10, 129, "GEN_START");
        check(11, 171, "CALL");
        check(12, 151, "RESUME");
        check(13, 45, "BINARY_OP");
        check(14, 52, "CALL");
        check(15, 50, "CALL");
    }

    #[test]
    fn a_specialised_form_has_the_name_of_what_it_stands_for() {
        check(11, 42, "LOAD_ATTR"); // LOAD_ATTR_SLOT
        check(11, 64, "PRECALL"); // PRECALL_ADAPTIVE
        check(11, 38, "JUMP_BACKWARD"); // JUMP_BACKWARD_QUICK
        check(12, 10, "BINARY_OP"); // BINARY_OP_INPLACE_ADD_UNICODE
        check(13, 207, "RESUME"); // RESUME_CHECK
        check(14, 3, "BINARY_OP"); // BINARY_OP_INPLACE_ADD_UNICODE
        check(15, 152, "CALL_FUNCTION_EX"); // CALL_EX_PY
    }

    #[test]
    fn two_instructions_in_one_are_the_first() {
        check(11, 46, "LOAD_FAST"); // LOAD_FAST__LOAD_FAST
        check(11, 161, "STORE_FAST"); // STORE_FAST__LOAD_FAST
        check(12, 84, "LOAD_CONST"); // LOAD_CONST__LOAD_FAST
    }

    #[test]
    fn an_instruction_that_dis_gives_is_not_folded() {
        check(13, 88, "LOAD_FAST_LOAD_FAST");
        check(15, 86, "LOAD_FAST_BORROW_LOAD_FAST_BORROW");
    }

    #[test]
    fn an_instrumented_form_has_the_name_of_what_it_stands_for() {
        check(12, 241, "CALL");
        check(13, 249, "JUMP_BACKWARD");
        check(15, 244, "RESUME");
    }

    #[test]
    fn what_hides_an_instruction_has_no_name() {
        check(12, 253, None); // INSTRUMENTED_INSTRUCTION
        check(12, 254, None); // INSTRUMENTED_LINE
        check(13, 70, None); // ENTER_EXECUTOR
        check(14, 255, None); // ENTER_EXECUTOR
        check(15, 255, None); // TRACE_RECORD
    }

    #[test]
    fn what_is_no_instruction_has_no_name() {
        for minor in MINORS {
            check(minor, 0, None);
        }
        check(9, 119, None);
        check(12, 17, None); // RESERVED
    }

    #[test]
    fn a_prefix_stays_one() {
        check(9, 144, "EXTENDED_ARG");
        check(11, 34, "EXTENDED_ARG"); // EXTENDED_ARG_QUICK
        check(15, 67, "EXTENDED_ARG");
    }

    #[test]
    fn other_versions_are_not_known() {
        for minor in [0, 1, 8, 16, 90, 99] {
            assert!(Opcodes::of(minor).is_none(), "3.{minor}");
        }
    }

    #[test]
    fn a_byte_stands_for_one_instruction_in_a_version() {
        let mut seen = BTreeSet::new();
        for line in INSTRUCTIONS.lines() {
            let mut words = line.split(' ');
            let (version, _name) = (words.next(), words.next());
            for byte in words {
                assert!(seen.insert((version, byte)), "twice: {line}");
            }
        }
    }

    #[test]
    fn every_version_has_the_instructions_that_all_have() {
        for minor in MINORS {
            let opcodes = Opcodes::of(minor).expect("the version is known");
            let names: BTreeSet<&str> = (0..=255).filter_map(|byte| opcodes.name(byte)).collect();
            for name in ["LOAD_FAST", "STORE_FAST", "FOR_ITER", "RETURN_VALUE"] {
                assert!(names.contains(name), "3.{minor} has no {name}");
            }
            assert!((100..130).contains(&names.len()), "{}", names.len());
        }
    }
}
