//! What the threads of a process that do not run wait for: the kernel says in which system call they are.
//!
//! Asking takes the same right as reading the process's memory, and nothing of the thread.

use super::reader::{Address, Memory, ProcessMemory};
use super::stat::Stat;
use super::system_call::{Kind, SystemCall, Told};
use crate::profile::{Activity, Wait};
use nix::libc;
use std::fs;
use std::path::Path;

/// So long is an interpreter lock at most, `struct _gil_runtime_state`: 32 bytes, and two pairs of a condition variable
/// and a mutex, of which each takes 48 bytes at most (glibc on `AArch64`; musl takes less).
const LOCK_LENGTH: u64 = 224;

/// What a C library keeps on the stack of a thread that waits stands so near to the stack pointer.
const NEAR_STACK: u64 = 4096;

/// The threads of a process, when they wait.
#[derive(Debug)]
pub(super) struct Sleepers {
    pid: u32,
    memory: ProcessMemory,
    /// Where the interpreter locks stand; none while they are not known.
    locks: Vec<Address>,
}

impl Sleepers {
    /// Those of a process.
    pub(super) fn of(pid: u32) -> Self {
        Self {
            pid,
            memory: ProcessMemory::of(pid),
            locks: Vec::new(),
        }
    }

    /// The interpreter locks stand here.
    pub(super) fn know_locks(&mut self, locks: &[Address]) {
        if self.locks != locks {
            self.locks = locks.to_vec();
        }
    }

    /// What a thread does that was found not to run. It may run by now.
    pub(super) fn activity(&self, told: Option<Told>, thread: u32) -> Activity {
        match told {
            Some(Told::Runs) => Activity::Running,
            Some(Told::IsIn(call)) => self.in_call(&call, thread),
            None => Activity::Idle,
        }
    }

    fn in_call(&self, call: &SystemCall, thread: u32) -> Activity {
        let wait = match call.kind() {
            None => return self.in_kernel_or(Activity::Idle, thread),
            Some(Kind::Sync) => return Activity::InKernel,
            Some(Kind::Futex) => return self.at_futex(call),
            Some(Kind::Restart) if self.is_lock(call.arguments[0]) => return Activity::WantsGil,
            Some(Kind::Restart) => return Activity::Idle,
            Some(Kind::File) => match self.wait_for_file(call.arguments[0]) {
                Wait::File => return self.in_kernel_or(Activity::Waiting(Wait::File), thread),
                other => other,
            },
            Some(Kind::Poll) if call.arguments[1] == 1 => self.wait_for_polled(call.arguments[0]),
            Some(Kind::Select) if call.arguments[0] == 0 => Wait::Timer,
            Some(Kind::Poll) if call.arguments[1] == 0 => Wait::Timer,
            Some(Kind::Select | Kind::Poll | Kind::Epoll) => Wait::Event,
            Some(Kind::Sleep) => Wait::Timer,
            Some(Kind::Socket) => Wait::Socket,
            Some(Kind::Child) => Wait::Child,
            Some(Kind::FileLock) => Wait::Lock,
        };
        Activity::Waiting(wait)
    }

    /// Where it can't be broken off, the kernel does something for it.
    fn in_kernel_or(&self, other: Activity, thread: u32) -> Activity {
        let stat = Stat::of_thread(self.pid, thread);
        if stat.is_some_and(|stat| stat.state == b'D') {
            Activity::InKernel
        } else {
            other
        }
    }

    fn at_futex(&self, call: &SystemCall) -> Activity {
        if self.is_lock(call.arguments[0]) {
            Activity::WantsGil
        } else if self.locks.is_empty() || may_be_of_any_condition(call) {
            Activity::Idle
        } else {
            Activity::Waiting(Wait::Lock)
        }
    }

    /// Whether an interpreter lock stands at an address.
    fn is_lock(&self, address: u64) -> bool {
        let mut locks = self.locks.iter();
        locks.any(|lock| (lock.0..lock.0.saturating_add(LOCK_LENGTH)).contains(&address))
    }

    /// The only file of a list of `struct pollfd`.
    fn wait_for_polled(&self, list: u64) -> Wait {
        let mut descriptor = [0; 4];
        match self.memory.read(Address(list), &mut descriptor) {
            Ok(()) => self.wait_for_file(u32::from_ne_bytes(descriptor).into()),
            Err(_) => Wait::Event,
        }
    }

    /// What is waited for at a file by its descriptor.
    fn wait_for_file(&self, descriptor: u64) -> Wait {
        let link = fs::read_link(format!("/proc/{}/fd/{descriptor}", self.pid));
        link.map_or(Wait::File, |link| wait_for(&link))
    }
}

/// What a file is by its link in `/proc/PID/fd`: `socket:[4711]`, `pipe:[4711]`, a path.
fn wait_for(link: &Path) -> Wait {
    let link = link.as_os_str().as_encoded_bytes();
    if link.starts_with(b"socket:") {
        Wait::Socket
    } else if link.starts_with(b"anon_inode:[timerfd]") {
        Wait::Timer
    } else if link.starts_with(b"anon_inode:") {
        Wait::Event
    } else {
        Wait::File
    }
}

/// musl waits for any condition variable, that of the interpreter lock too, at a word on the thread's own stack. glibc
/// does so for none, and waits for locks that Python keeps there with another command.
fn may_be_of_any_condition(call: &SystemCall) -> bool {
    let [address, command, ..] = call.arguments;
    let is_near = (call.stack..call.stack.saturating_add(NEAR_STACK)).contains(&address);
    let private = u64::from(libc::FUTEX_PRIVATE_FLAG.unsigned_abs());
    is_near && command & !private == u64::from(libc::FUTEX_WAIT.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::thread_files::ThreadFiles;
    use std::io::Read;
    use std::net::{TcpListener, TcpStream};
    use std::sync::{Mutex, mpsc};
    use std::thread;
    use std::time::Duration;

    fn this_thread() -> u32 {
        let thread = rustix::thread::gettid().as_raw_nonzero();
        thread.get().unsigned_abs()
    }

    fn call(thread: u32) -> Option<Told> {
        ThreadFiles::of(std::process::id(), thread).call()
    }

    /// What a thread of ours does that waits in `wait`, once it does; `end` lets it go on.
    fn told(locks: &[Address], wait: impl FnOnce() + Send, end: impl FnOnce()) -> Activity {
        let mut sleepers = Sleepers::of(std::process::id());
        sleepers.know_locks(locks);
        let (sender, receiver) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(move || {
                sender.send(this_thread()).expect("somebody listens");
                wait();
            });
            let number = receiver.recv().expect("it says its number");
            let told = loop {
                let sleeps = Stat::read(number).is_some_and(|stat| stat.state == b'S');
                match sleepers.activity(call(number), number) {
                    Activity::Idle | Activity::Running => thread::yield_now(),
                    told if sleeps => break told,
                    _ => thread::yield_now(),
                }
            };
            end();
            told
        })
    }

    #[test]
    fn a_wait_for_a_lock_is_one_for_the_interpreters_where_it_stands_there() {
        let mutex = Mutex::new(());
        let at = Address(std::ptr::from_ref(&mutex).addr() as u64);
        let wait = || drop(mutex.lock());
        for (locks, expected) in [
            (Address(at.0 - 100), Activity::WantsGil),
            (Address(at.0 + 64), Activity::Waiting(Wait::Lock)),
        ] {
            let held = mutex.lock().expect("nobody panicked");
            assert_eq!(told(&[locks], wait, || drop(held)), expected);
        }
    }

    #[test]
    fn a_wait_for_a_socket_a_time_and_a_pipe_are_told_apart() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it has one");
        let accepting = || drop(listener.accept());
        let connect = || drop(TcpStream::connect(address));
        let at = [Address(8)];
        assert_eq!(
            told(&at, accepting, connect),
            Activity::Waiting(Wait::Socket)
        );
        let sleeping = || thread::sleep(Duration::from_millis(300));
        assert_eq!(told(&at, sleeping, || ()), Activity::Waiting(Wait::Timer));
        let (reader, writer) = std::io::pipe().expect("a pipe");
        let reading = move || drop((&reader).read(&mut [0]));
        assert_eq!(
            told(&at, reading, || drop(writer)),
            Activity::Waiting(Wait::File)
        );
    }

    #[test]
    fn a_file_is_told_by_its_link() {
        for (link, expected) in [
            ("socket:[4711]", Wait::Socket),
            ("pipe:[4711]", Wait::File),
            ("/dev/pts/0", Wait::File),
            ("/srv/socket:[1]", Wait::File),
            ("anon_inode:[timerfd]", Wait::Timer),
            ("anon_inode:[eventfd]", Wait::Event),
        ] {
            assert_eq!(wait_for(Path::new(link)), expected, "{link}");
        }
    }

    #[test]
    fn a_word_on_the_stack_may_be_that_of_any_condition_variable_of_musl() {
        let call = |command, address| {
            let line = format!("202 {address:#x} {command:#x} 0x0 0x0 0x0 0x0 0x7000 0x1");
            may_be_of_any_condition(&SystemCall::of_line(&line))
        };
        assert!(call(128, 0x7100));
        assert!(!call(128 | 9, 0x7100));
        assert!(!call(128, 0x9_7100));
    }

    #[test]
    fn threads_that_are_gone_wait_for_nothing_that_is_known() {
        assert_eq!(Sleepers::of(u32::MAX).activity(None, 1), Activity::Idle);
    }
}
