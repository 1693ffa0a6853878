//! Which instruction a byte of code stands for.

/// A line for each instruction of each version, `3.15 CALL 50 …`: its own bytes and those of its other forms.
const INSTRUCTIONS: &str = include_str!("../../record/reader/opcodes.txt");

/// The names of a version's instructions.
#[derive(Debug)]
pub(super) struct Opcodes([Option<&'static str>; 256]);

impl Opcodes {
    /// Of a version that is known.
    pub(super) fn of([major, minor, _]: [u8; 3]) -> Option<Self> {
        let version = format!("{major}.{minor} ");
        let mut names = [None; 256];
        for line in INSTRUCTIONS.lines() {
            let Some((name, bytes)) = line
                .strip_prefix(&version)
                .and_then(|line| line.split_once(' '))
            else {
                continue;
            };
            for byte in bytes.split(' ').filter_map(|byte| byte.parse::<u8>().ok()) {
                names[usize::from(byte)] = Some(name);
            }
        }
        names.iter().any(Option::is_some).then_some(Self(names))
    }

    /// The name as `dis` gives it, for a specialised form that of what it stands for.
    pub(super) fn name(&self, byte: u8) -> Option<&'static str> {
        self.0[usize::from(byte)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_has_the_name_of_what_it_stands_for() {
        let opcodes = Opcodes::of([3, 15, 2]).expect("the version is known");
        assert_eq!(opcodes.name(50), Some("CALL"));
        assert_eq!(opcodes.name(149), Some("CALL"));
        assert_eq!(opcodes.name(0), None);
        assert!(Opcodes::of([3, 99, 0]).is_none());
    }
}
