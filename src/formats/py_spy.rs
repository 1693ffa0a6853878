//! How py-spy names threads and processes: as frames above the stack, and as names of profiles.

use crate::profile::{Interned, Profile, StringId, Thread, ThreadId};

/// Whose stack it is, as far as the file tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Identity<'a> {
    /// The process id; 0 while unknown.
    pub(super) process: u32,
    /// The thread's id; 0 while unknown.
    pub(super) thread: u64,
    /// The thread's name.
    pub(super) name: Option<&'a str>,
}

impl<'a> Identity<'a> {
    /// The identity in a profile's name: `Process 12 Thread 13 "MainThread"`, or without the
    /// process. None for other names.
    pub(super) fn of_profile(name: &'a str) -> Option<Self> {
        let (process, rest) = match name.strip_prefix("Process ") {
            Some(rest) => {
                let (process, rest) = rest.split_once(' ')?;
                (process.parse().ok()?, rest)
            }
            None => (0, name),
        };
        let (thread, quoted) = rest.strip_prefix("Thread ")?.split_once(' ')?;
        let name = quoted.strip_prefix('"')?.strip_suffix('"')?;
        Some(Self {
            process,
            thread: thread_id(thread)?,
            name: Some(name).filter(|name| !name.is_empty()),
        })
    }

    /// The name of a profile that tells this identity.
    pub(super) fn to_profile(self) -> String {
        let process = match self.process {
            0 => String::new(),
            process => format!("Process {process} "),
        };
        let name = self.name.unwrap_or_default();
        format!("{process}Thread {} \"{name}\"", self.thread)
    }

    /// Learns from a frame that stands for a thread or a process and not for a function:
    /// `thread (13): MainThread`, `process 12:"python3 app.py"`. Whether it is one.
    pub(super) fn learn(&mut self, frame: &'a str) -> bool {
        if let Some(process) = process_frame(frame) {
            // Parents come first, so the last one told is the thread's own.
            self.process = process;
            true
        } else if let Some((thread, name)) = thread_frame(frame) {
            self.thread = thread;
            self.name = name.or(self.name);
            true
        } else {
            false
        }
    }
}

/// Whether a frame stands for a thread or a process.
pub(super) fn is_identity(frame: &str) -> bool {
    Identity::default().learn(frame)
}

/// Whether a text begins as the frame of a process does. Its end is not so easily told: the command
/// line in it is not escaped.
pub(super) fn opens_process(text: &str) -> bool {
    let quoted = text
        .strip_prefix("process ")
        .and_then(|rest| rest.split_once(":\""));
    quoted.is_some_and(|(id, _)| id.parse::<u32>().is_ok())
}

fn process_frame(frame: &str) -> Option<u32> {
    let (id, command) = frame.strip_prefix("process ")?.split_once(":\"")?;
    command.strip_suffix('"')?;
    id.parse().ok()
}

fn thread_frame(frame: &str) -> Option<(u64, Option<&str>)> {
    let (id, rest) = frame.strip_prefix("thread (")?.split_once(')')?;
    let name = match rest {
        "" => None,
        _ => Some(rest.strip_prefix(": ")?).filter(|name| !name.is_empty()),
    };
    Some((thread_id(id)?, name))
}

/// The kernel's id in decimal, or the interpreter's in hexadecimal.
fn thread_id(text: &str) -> Option<u64> {
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// The threads of a file. A thread is its process and its id, since its first samples may come
/// before the interpreter gave it a name; only without an id is it told by its name.
#[derive(Debug, Default)]
pub(super) struct Threads {
    keys: Interned<(u32, u64, Option<StringId>)>,
    names: Vec<Option<StringId>>,
}

impl Threads {
    /// The id that the thread will have in the profile, which has no other threads.
    pub(super) fn intern(&mut self, identity: Identity<'_>, profile: &mut Profile) -> ThreadId {
        let name = identity.name.map(|name| profile.strings.intern(name));
        let told_by = name.filter(|_| identity.thread == 0);
        let key = (identity.process, identity.thread, told_by);
        let index = self.keys.intern(key);
        self.names.resize(self.keys.values().len(), None);
        self.names[index] = self.names[index].or(name);
        ThreadId::from_index(index)
    }

    /// Puts the threads into the profile, in the order of the ids that were given.
    pub(super) fn finish(self, profile: &mut Profile) {
        for (&(process, id, _), name) in self.keys.values().iter().zip(self.names) {
            profile.intern_thread(Thread { process, id, name });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(process: u32, thread: u64, name: Option<&str>) -> Identity<'_> {
        Identity {
            process,
            thread,
            name,
        }
    }

    #[test]
    fn names_of_profiles_tell_process_and_thread() {
        let check = |name, expected| assert_eq!(Identity::of_profile(name), expected, "{name}");
        check(
            "Process 12 Thread 13 \"Main\"",
            Some(identity(12, 13, Some("Main"))),
        );
        check(
            "Thread 0x7FA0 \"wo\"rk;er\"",
            Some(identity(0, 0x7FA0, Some("wo\"rk;er"))),
        );
        check("Thread 13 \"\"", Some(identity(0, 13, None)));
        check("Thread 13", None);
        check("Process x Thread 13 \"\"", None);
        check("Process 4294967296 Thread 13 \"\"", None);
        check("py-spy", None);
    }

    #[test]
    fn frames_of_processes_and_threads_are_told_from_functions() {
        let check = |frame, expected: Option<Identity>| {
            let mut learned = Identity::default();
            let is_identity = learned.learn(frame);
            assert_eq!(is_identity.then_some(learned), expected, "{frame}");
        };
        check("thread (13)", Some(identity(0, 13, None)));
        check(
            "thread (0x7FA0): a (b)",
            Some(identity(0, 0x7FA0, Some("a (b)"))),
        );
        check(
            "process 12:\"python3 a \"b\"\"",
            Some(identity(12, 0, None)),
        );
        check("process 12:\"\"", Some(identity(12, 0, None)));
        check("process 12:\"", None);
        check("thread (pool)", None);
        check("thread (13) (a.py:3)", None);
        check("process (a.py:3)", None);
    }

    #[test]
    fn the_innermost_process_is_the_threads_own() {
        let mut learned = Identity::default();
        for frame in [
            "process 1:\"sh\"",
            "process 2:\"python3\"",
            "thread (3): a",
            "thread (3)",
        ] {
            assert!(learned.learn(frame));
        }
        assert_eq!(learned, identity(2, 3, Some("a")));
    }
}
