//! Signals to rustbound while it records. The only file that knows `signal_hook`.

use super::process;
use super::stat::Stat;
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::backend::SignalDelivery;
use signal_hook::iterator::exfiltrator::WithOrigin;
use std::ffi::OsString;
use std::io;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// Signals that ask a program to end.
const ENDING: [i32; 4] = [SIGINT, SIGTERM, SIGHUP, SIGQUIT];

/// Listens to the signals that ask a program to end, until dropped; then they have their usual effect
/// again, so that a second Ctrl-C ends rustbound itself.
pub(crate) struct Signals {
    delivery: SignalDelivery<UnixStream, WithOrigin>,
}

/// A signal that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Received {
    /// Its number.
    pub(super) signal: i32,
    /// Who sent it; none for the kernel, which is how a terminal's Ctrl-C comes; 0 for a process that
    /// we can't see.
    pub(super) sender: Option<u32>,
}

impl Signals {
    /// Begins to listen. Signals that we were told to ignore (`nohup`) stay ignored: a program that we
    /// start inherits that, and would not inherit it from a listener.
    pub(crate) fn listen() -> io::Result<Self> {
        let ignored = process::signals_we_ignore();
        let is_ignored = |signal: i32| ignored & (1 << (signal - 1)) != 0;
        let heard: Vec<i32> = ENDING
            .into_iter()
            .filter(|&signal| !is_ignored(signal))
            .collect();
        if is_ignored(SIGCHLD) {
            // Else the kernel would throw the program's exit status away.
            signal_hook::flag::register(SIGCHLD, Arc::default())?;
        }
        let usual = usual_effect(&heard)?;
        let (read, write) = UnixStream::pair()?;
        let delivery = SignalDelivery::with_pipe(read, write, WithOrigin::default(), &heard)?;
        usual.store(false, Ordering::SeqCst);
        Ok(Self { delivery })
    }

    /// Readable when a signal came.
    pub(super) fn readable(&self) -> &UnixStream {
        self.delivery.get_read()
    }

    /// Whether a signal came since the last call, for who needs not know which.
    pub(crate) fn came(&mut self) -> bool {
        !self.received().is_empty()
    }

    /// The signals that came since the last call.
    pub(super) fn received(&mut self) -> Vec<Received> {
        let pending = self.delivery.pending().map(|origin| Received {
            signal: origin.signal,
            sender: origin.process.map(|process| process.pid.unsigned_abs()),
        });
        pending.collect()
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        if let Some(usual) = USUAL.get() {
            usual.store(true, Ordering::SeqCst);
        }
    }
}

/// Whether the signals have their usual effect, once they are listened to for the first time.
static USUAL: OnceLock<Arc<AtomicBool>> = OnceLock::new();

fn usual_effect(heard: &[i32]) -> io::Result<&'static Arc<AtomicBool>> {
    if let Some(usual) = USUAL.get() {
        return Ok(usual);
    }
    let usual = Arc::new(AtomicBool::new(true));
    for &signal in heard {
        signal_hook::flag::register_conditional_default(signal, Arc::clone(&usual))?;
    }
    Ok(USUAL.get_or_init(|| usual))
}

/// Who sent a signal, as far as it matters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sender {
    /// It is the program itself or a process below it.
    from_program: bool,
    /// It is in our process group.
    in_our_group: bool,
    /// The file that it runs.
    executable: PathBuf,
    /// Its words.
    command_line: Vec<OsString>,
}

impl Sender {
    /// What `/proc` says of a sender.
    fn read(pid: u32, program: u32) -> Self {
        let group = |pid| Stat::read(pid).map(|stat| stat.group);
        Self {
            from_program: pid == program || process::descendants(program).contains(&pid),
            in_our_group: group(pid).is_some() && group(pid) == group(std::process::id()),
            executable: process::executable(pid).unwrap_or_default(),
            command_line: process::command_line(pid),
        }
    }

    /// Whether it signals its whole process group, as GNU `timeout` does: first the process that it started,
    /// then its group, unless told `--foreground`. (busybox's signals one process.)
    fn signals_its_group(&self) -> bool {
        let first = self.command_line.first().map(Path::new);
        let name = match self.executable.file_name() {
            Some(name) if name == "coreutils" => first.and_then(Path::file_name),
            name => name,
        };
        name.is_some_and(|name| name == "timeout") && !self.stays_in_foreground()
    }

    /// Whether `--foreground` is among the options of `timeout`, which end at the first word that is none.
    fn stays_in_foreground(&self) -> bool {
        let mut words = self
            .command_line
            .iter()
            .skip(1)
            .map(|word| word.as_encoded_bytes());
        while let Some(word) = words.next() {
            match word {
                b"-k" | b"-s" | b"--kill-after" | b"--signal" => drop(words.next()),
                b"-f" | b"--foreground" => return true,
                [b'-', ..] => {}
                _ => return false,
            }
        }
        false
    }
}

impl Received {
    /// Whether the program must get it from us, since it can't have got it itself.
    pub(super) fn must_be_forwarded(self, program: u32) -> bool {
        needs_forwarding(self.sender.map(|pid| Sender::read(pid, program)).as_ref())
    }
}

/// The kernel sends a terminal's signals to the whole process group, the program among them. A process
/// that sends to us means the program, and reaches it only if it sends to the group.
fn needs_forwarding(sender: Option<&Sender>) -> bool {
    sender.is_some_and(|sender| {
        let reaches_group = sender.in_our_group && sender.signals_its_group();
        !reaches_group && !sender.from_program
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(executable: &str, line: &str) -> Sender {
        Sender {
            in_our_group: true,
            executable: executable.into(),
            command_line: line.split(' ').map(OsString::from).collect(),
            ..Sender::default()
        }
    }

    #[test]
    fn ctrl_c_of_a_terminal_reached_the_program_already() {
        assert!(!needs_forwarding(None));
    }

    #[test]
    fn a_kill_of_rustbound_is_meant_for_the_program() {
        let shell = sender("/bin/bash", "bash job.sh");
        assert!(needs_forwarding(Some(&shell)));
        let elsewhere = Sender {
            in_our_group: false,
            ..shell
        };
        assert!(needs_forwarding(Some(&elsewhere)));
    }

    #[test]
    fn a_sender_outside_our_container_is_forwarded() {
        assert!(needs_forwarding(Some(&Sender::default())));
    }

    #[test]
    fn timeout_has_told_the_whole_group() {
        let check = |executable, line, expected| {
            assert_eq!(
                needs_forwarding(Some(&sender(executable, line))),
                expected,
                "{line}"
            );
        };
        check("/usr/bin/timeout", "timeout 5 rustbound run x.py", false);
        check(
            "/usr/bin/coreutils",
            "/usr/bin/timeout 5 rustbound run x.py",
            false,
        );
        check(
            "/usr/bin/timeout",
            "timeout -k 9 -f 5 rustbound run x.py",
            true,
        );
        check(
            "/usr/bin/timeout",
            "timeout --foreground 5 rustbound run x.py",
            true,
        );
        check(
            "/usr/bin/timeout",
            "timeout 5 rustbound run -- sh -f x",
            false,
        );
        check("/bin/busybox", "timeout 5 rustbound run x.py", true);
    }

    #[test]
    fn a_timeout_in_another_group_told_only_us() {
        let timeout = sender("/usr/bin/timeout", "timeout 5 something");
        let elsewhere = Sender {
            in_our_group: false,
            ..timeout
        };
        assert!(needs_forwarding(Some(&elsewhere)));
    }

    #[test]
    fn the_program_gets_back_none_of_its_own() {
        let own = Sender {
            from_program: true,
            ..Sender::default()
        };
        assert!(!needs_forwarding(Some(&own)));
    }
}
