//! The state of each sample: what the thread was doing, the instruction that it was at, and what the source calls there.

use crate::analysis::State;
use crate::observation::{Observation, Subject, Type};
use crate::profile::{Activity, Function, FunctionId, InstructionId, Profile, RawInstruction};
use crate::source::{Site, Sources, Work};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// Operators on arrays of fewer elements take the interpreter's time rather than the array's code.
const LARGE_ARRAY: u64 = 512;

/// The states of a profile's samples, and the calls that they were in.
pub(super) struct States {
    /// For each sample.
    pub(super) of_samples: Vec<State>,
    /// For each sample a place in the calls, where it was in one that its function makes itself.
    pub(super) call_of_samples: Vec<Option<u32>>,
    /// The calls as written.
    pub(super) calls: Vec<String>,
}

/// What the instruction at the top of a stack does, whoever has the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doing {
    /// Bytecode that no C beside the interpreter runs for long.
    Bytecode,
    /// Work that C does, and of which kind.
    Work(Work, Option<u32>),
}

/// Works out the states. Reads the sources of the functions at the top of the stacks.
pub(super) fn states(
    profile: &Profile,
    observation: &Observation,
    sources: &mut Sources,
) -> States {
    let mut reader = Reader {
        profile,
        arrays: arrays(observation),
        known: FxHashMap::default(),
        calls: Vec::new(),
    };
    let mut of_samples = Vec::with_capacity(profile.samples.len());
    let mut call_of_samples = Vec::with_capacity(profile.samples.len());
    for sample in &profile.samples {
        let leaf = (sample.stack).map(|stack| profile.frame(profile.stack(stack).frame).function);
        let doing = match (leaf, sample.instruction) {
            (Some(function), Some(instruction)) => {
                Some(reader.doing(function, instruction, sources))
            }
            _ => None,
        };
        of_samples.push(state(sample.activity, doing));
        call_of_samples.push(match doing {
            Some(Doing::Work(_, call)) => call,
            _ => None,
        });
    }
    States {
        of_samples,
        call_of_samples,
        calls: reader.calls,
    }
}

/// Who runs without the lock can't be in the interpreter: at its bytecode it was woken, and asks for the lock. The
/// instruction says nothing of a wait, nor of garbage that is collected before it goes on.
fn state(activity: Activity, doing: Option<Doing>) -> State {
    let is_work = matches!(
        activity,
        Activity::HoldingGil | Activity::Running | Activity::Unknown
    );
    let Some(doing) = doing.filter(|_| is_work) else {
        return State::of(activity);
    };
    let Doing::Work(work, _) = doing else {
        return match activity {
            Activity::Running => State::WantsGil,
            _ => State::Interpreter,
        };
    };
    match work {
        Work::Regex => State::Regex,
        Work::System => State::System,
        Work::Gc => State::Gc,
        Work::Native => State::Native,
        Work::Python | Work::Light | Work::Unknown if activity == Activity::Running => {
            State::Native
        }
        Work::Python | Work::Light => State::Interpreter,
        Work::Unknown => State::Uncertain,
    }
}

struct Reader<'p> {
    profile: &'p Profile,
    arrays: BTreeSet<(&'p Subject, &'p str)>,
    known: FxHashMap<(FunctionId, InstructionId), Doing>,
    calls: Vec<String>,
}

impl Reader<'_> {
    fn doing(
        &mut self,
        function: FunctionId,
        instruction: InstructionId,
        sources: &mut Sources,
    ) -> Doing {
        let key = (function, instruction);
        if let Some(doing) = self.known.get(&key) {
            return *doing;
        }
        let found = self.find(function, instruction, sources);
        let doing = match found {
            None => Doing::Bytecode,
            Some((work, text)) => Doing::Work(work, text.map(|text| self.call(text))),
        };
        self.known.insert(key, doing);
        doing
    }

    fn call(&mut self, text: String) -> u32 {
        let known = self.calls.iter().position(|call| *call == text);
        let place = known.unwrap_or_else(|| {
            self.calls.push(text);
            self.calls.len() - 1
        });
        u32::try_from(place).expect("a file has fewer calls than bytes")
    }

    /// What C does at an instruction, and how that is written; none if it is the interpreter's own work.
    fn find(
        &self,
        function: FunctionId,
        instruction: InstructionId,
        sources: &mut Sources,
    ) -> Option<(Work, Option<String>)> {
        let RawInstruction { opcode, position } = self.profile.raw_instruction(instruction);
        let opcode = opcode?;
        let kind = kind(opcode)?;
        let function = self.profile.function(function);
        let file = function.file.map(|file| self.profile.strings.get(file));
        let sites = file.and_then(|file| sources.sites(file));
        let (Some(sites), Some(position)) = (sites, position) else {
            return Some((kind.without_source(), None));
        };
        let here = match kind {
            Kind::Call => narrowed(sites.calls_at(position), opcode),
            Kind::Operator | Kind::MatrixProduct => sites.operators_at(position),
            Kind::Other => Vec::new(),
        };
        let heavy = |site: &Site| self.is_on_array(site, function);
        let works = here.iter().map(|site| match site.work {
            Work::Light | Work::Unknown if heavy(site) => Work::Native,
            work => work,
        });
        let work = works.reduce(either).unwrap_or(match kind {
            Kind::MatrixProduct => Work::Native,
            // What runs a comprehension or makes a class is written nowhere.
            Kind::Call | Kind::Operator | Kind::Other => Work::Python,
        });
        let of_work = here.iter().find(|site| site.work == work);
        let text = of_work.or(here.first()).map(|site| site.text.clone());
        Some((work, text))
    }

    fn is_on_array(&self, site: &Site, function: Function) -> bool {
        let (Some(file), Some(first_line)) = (function.file, function.first_line) else {
            return false;
        };
        let file = self.profile.strings.get(file);
        let is_seen = |name: &str| {
            let mut arrays = self.arrays.iter();
            arrays.any(|(subject, variable)| {
                *variable == name && subject.first_line == first_line && subject.file == file
            })
        };
        site.operands.iter().any(|name| is_seen(name))
    }
}

/// Up to Python 3.10 there are no columns, but methods are called by an instruction of their own.
fn narrowed<'s>(calls: Vec<&'s Site>, opcode: &str) -> Vec<&'s Site> {
    let of_attribute = match opcode {
        "CALL_METHOD" => true,
        "CALL_FUNCTION" => false,
        _ => return calls,
    };
    let called = calls.into_iter();
    called
        .filter(|it| it.is_of_attribute == of_attribute)
        .collect()
}

/// Where an instruction may do one of several things, the one that takes time is meant, if it is only one.
fn either(one: Work, other: Work) -> Work {
    match (one, other) {
        (Work::Python, it) | (it, Work::Python) => it,
        (one, other) if one == other => one,
        _ => Work::Unknown,
    }
}

/// Instructions at which C may work for long.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Call,
    Operator,
    MatrixProduct,
    /// The object's own code may do it: `x[i] = y`, `for`.
    Other,
}

impl Kind {
    fn without_source(self) -> Work {
        match self {
            Self::Call => Work::Unknown,
            Self::Operator | Self::Other => Work::Light,
            Self::MatrixProduct => Work::Native,
        }
    }
}

/// None for the instructions at which a thread lets others have the lock, and waits for it.
fn kind(opcode: &str) -> Option<Kind> {
    let starts_with = |starts: &[&str]| starts.iter().any(|start| opcode.starts_with(start));
    match opcode {
        _ if starts_with(&["JUMP", "POP_JUMP", "RESUME"]) => None,
        "BINARY_SUBSCR" | "BINARY_SLICE" => Some(Kind::Other),
        "BINARY_MATRIX_MULTIPLY" | "INPLACE_MATRIX_MULTIPLY" => Some(Kind::MatrixProduct),
        _ if starts_with(&["CALL_INTRINSIC"]) => Some(Kind::Other),
        _ if starts_with(&["CALL", "PRECALL"]) => Some(Kind::Call),
        _ if starts_with(&["BINARY_", "INPLACE_", "UNARY_", "COMPARE_OP"]) => Some(Kind::Operator),
        _ => Some(Kind::Other),
    }
}

/// The variables that were seen to be large arrays.
fn arrays(observation: &Observation) -> BTreeSet<(&Subject, &str)> {
    let subjects = observation.subjects();
    let variables = subjects.flat_map(|subject| {
        let variables = observation.variables_of(subject);
        variables.map(move |(variable, seen)| (subject, variable, seen))
    });
    variables
        .filter(|(_, _, seen)| {
            let mut types = seen.types();
            types.any(|(of_type, _, size)| {
                let is_large = size.is_some_and(|size| size.largest >= LARGE_ARRAY);
                matches!(of_type, Type::Array { .. }) && is_large
            })
        })
        .map(|(subject, variable, _)| (subject, &*variable.name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::{Role, Value, Variable};
    use crate::profile::{
        Line, Nanoseconds, Position, RawFrame, Sample, Thread, Wait, Weight, piece,
    };

    const PROGRAM: &str = "\
def f(a, xs):
    a + 1
    sorted(xs)
    xs.append(len(xs))
    a.something()
    a @ a
";

    /// The line and the columns of a piece of the program.
    fn position(text: &str) -> Position {
        piece(PROGRAM, text, |_| true)
    }

    fn state_at(opcode: &str, position: Position, activity: Activity, seen: Option<Type>) -> State {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let file = folder.path().join("job.py").display().to_string();
        std::fs::write(&file, PROGRAM).expect("a file is written");
        let mut profile = Profile::default();
        let thread = profile.intern_thread(Thread {
            process: 1,
            id: 1,
            name: None,
        });
        let stack = profile.intern_raw_stack(std::iter::once(RawFrame {
            name: "f",
            file: Some(&file),
            first_line: Line::new(1),
            line: Some(position.line),
        }));
        let instruction = profile.intern_raw_instruction(RawInstruction {
            opcode: Some(opcode),
            position: Some(position),
        });
        profile.samples.push(Sample {
            time: Nanoseconds(0),
            weight: Weight(1),
            thread,
            stack,
            activity,
            instruction: Some(instruction),
        });
        let mut observation = Observation::default();
        let subject = Subject {
            file,
            first_line: Line::new(1).expect("from 1"),
            name: "f".to_owned(),
        };
        let variable = Variable {
            role: Role::Argument,
            name: "a".to_owned(),
        };
        if let Some(of_type) = seen {
            let size = Some(LARGE_ARRAY);
            observation.see(&subject, variable, Value { of_type, size });
        }
        states(&profile, &observation, &mut Sources::default()).of_samples[0]
    }

    #[track_caller]
    fn check(opcode: &str, piece: &str, expected: State) {
        let state = state_at(opcode, position(piece), Activity::HoldingGil, None);
        assert_eq!(state, expected, "{opcode} at {piece}");
    }

    #[test]
    fn what_is_called_decides_whose_time_a_call_takes() {
        check("CALL", "sorted(xs)", State::Native);
        check("PRECALL", "len(xs)", State::Interpreter);
        check("CALL", "xs.append(len(xs))", State::Interpreter);
        check("CALL", "a.something()", State::Uncertain);
    }

    #[test]
    fn bytecode_is_the_interpreters_and_a_matrix_product_is_not() {
        check("LOAD_FAST", "a", State::Interpreter);
        check("BINARY_OP", "a + 1", State::Interpreter);
        check("BINARY_OP", "a @ a", State::Native);
    }

    #[test]
    fn an_operator_on_a_large_array_is_native() {
        let array = Type::Array {
            dtype: "float64".to_owned(),
            dimensions: 1,
        };
        let at = |piece, seen| state_at("BINARY_OP", position(piece), Activity::HoldingGil, seen);
        assert_eq!(at("a + 1", Some(array)), State::Native);
        assert_eq!(at("a + 1", Some(Type::Int)), State::Interpreter);
    }

    #[test]
    fn who_runs_without_the_lock_is_in_native_code_or_asks_for_the_lock() {
        let at = |opcode, piece| state_at(opcode, position(piece), Activity::Running, None);
        assert_eq!(at("CALL", "a.something()"), State::Native);
        assert_eq!(at("BINARY_OP", "a + 1"), State::Native);
        assert_eq!(at("JUMP_BACKWARD", "a"), State::WantsGil);
    }

    #[test]
    fn garbage_is_collected_and_the_kernel_waited_for_whatever_the_instruction_is() {
        let at = |activity| state_at("CALL", position("sorted(xs)"), activity, None);
        assert_eq!(at(Activity::Collecting), State::Gc);
        assert_eq!(at(Activity::InKernel), State::System);
        assert_eq!(at(Activity::WantsGil), State::WantsGil);
        assert_eq!(at(Activity::Waiting(Wait::Socket)), State::Idle);
    }

    #[test]
    fn without_columns_the_instruction_tells_methods_from_functions() {
        let line = Position {
            columns: None,
            ..position("xs.append(len(xs))")
        };
        let at = |opcode| state_at(opcode, line, Activity::HoldingGil, None);
        assert_eq!(at("CALL_METHOD"), State::Interpreter);
        assert_eq!(at("CALL_FUNCTION"), State::Interpreter);
    }
}
