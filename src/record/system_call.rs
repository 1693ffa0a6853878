//! The system call that a thread is in while it does not run. See proc(5), `/proc/PID/syscall`.

use nix::libc;

/// What the kernel says of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// It runs, or is just about to.
    Runs,
    /// It is in this call, and does not run.
    IsIn(SystemCall),
}

/// A system call that has not come back yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SystemCall {
    /// Its number; none where the thread is in no call: it waits for a page of its memory.
    number: Option<libc::c_long>,
    pub(super) arguments: [u64; 6],
    /// The thread's stack pointer.
    pub(super) stack: u64,
}

/// What a system call does, as far as waiting goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Waits at the address that is its first argument.
    Futex,
    /// Goes on with a call that a stop broke off, whose arguments are still there.
    Restart,
    /// Lets time pass.
    Sleep,
    /// Waits for one of so many files as its first argument says, or lets time pass if it is none.
    Select,
    /// Likewise, its second argument; the first is the address of the list.
    Poll,
    /// Waits for one of the events that were asked for before.
    Epoll,
    /// Sends, receives or connects.
    Socket,
    /// Waits for a child.
    Child,
    /// Reads or writes the file that is its first argument.
    File,
    /// Waits for another process to give back a file.
    FileLock,
    /// Waits for a disk to keep what was written.
    Sync,
}

impl Told {
    /// What the file says; none if it says what is not known.
    pub(super) fn of(line: &[u8]) -> Option<Self> {
        match line {
            b"running\n" => Some(Self::Runs),
            line => SystemCall::parse(line).map(Self::IsIn),
        }
    }
}

impl SystemCall {
    /// `NUMBER ARGUMENT×6 STACK INSTRUCTION`, or `-1 STACK INSTRUCTION`.
    fn parse(line: &[u8]) -> Option<Self> {
        let mut words = str::from_utf8(line).ok()?.split_ascii_whitespace();
        let number = words.next()?.parse().ok()?;
        let mut next = || u64::from_str_radix(words.next()?.strip_prefix("0x")?, 16).ok();
        if number < 0 {
            return Some(Self {
                number: None,
                arguments: [0; 6],
                stack: next()?,
            });
        }
        let mut arguments = [0; 6];
        for argument in &mut arguments {
            *argument = next()?;
        }
        Some(Self {
            number: Some(number),
            arguments,
            stack: next()?,
        })
    }

    #[cfg(test)]
    pub(super) fn of_line(line: &str) -> Self {
        Self::parse(line.as_bytes()).expect("a whole line")
    }

    /// What it does; none of a call in which nobody waits for long, or that no Python program makes.
    pub(super) fn kind(&self) -> Option<Kind> {
        let number = self.number?;
        every_architecture(number).or_else(|| older_architectures(number))
    }
}

fn every_architecture(number: libc::c_long) -> Option<Kind> {
    Some(match number {
        libc::SYS_futex => Kind::Futex,
        libc::SYS_restart_syscall => Kind::Restart,
        libc::SYS_nanosleep | libc::SYS_clock_nanosleep => Kind::Sleep,
        libc::SYS_pselect6 => Kind::Select,
        libc::SYS_ppoll => Kind::Poll,
        libc::SYS_epoll_pwait | libc::SYS_epoll_pwait2 => Kind::Epoll,
        libc::SYS_recvfrom
        | libc::SYS_recvmsg
        | libc::SYS_recvmmsg
        | libc::SYS_sendto
        | libc::SYS_sendmsg
        | libc::SYS_sendmmsg
        | libc::SYS_accept
        | libc::SYS_accept4
        | libc::SYS_connect => Kind::Socket,
        libc::SYS_wait4 | libc::SYS_waitid => Kind::Child,
        libc::SYS_read
        | libc::SYS_readv
        | libc::SYS_pread64
        | libc::SYS_preadv
        | libc::SYS_preadv2
        | libc::SYS_write
        | libc::SYS_writev
        | libc::SYS_pwrite64
        | libc::SYS_pwritev
        | libc::SYS_pwritev2
        | libc::SYS_sendfile
        | libc::SYS_splice => Kind::File,
        libc::SYS_flock | libc::SYS_fcntl => Kind::FileLock,
        libc::SYS_fsync
        | libc::SYS_fdatasync
        | libc::SYS_sync
        | libc::SYS_syncfs
        | libc::SYS_sync_file_range => Kind::Sync,
        _ => return None,
    })
}

/// Calls that newer architectures have in one form only.
#[cfg(target_arch = "x86_64")]
fn older_architectures(number: libc::c_long) -> Option<Kind> {
    Some(match number {
        libc::SYS_select => Kind::Select,
        libc::SYS_poll => Kind::Poll,
        libc::SYS_epoll_wait => Kind::Epoll,
        _ => return None,
    })
}

#[cfg(not(target_arch = "x86_64"))]
fn older_architectures(_: libc::c_long) -> Option<Kind> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_runs_is_in_no_call() {
        assert_eq!(Told::of(b"running\n"), Some(Told::Runs));
        assert_eq!(Told::of(b""), None);
    }

    #[test]
    fn a_line_tells_the_call_and_its_arguments() {
        let line = b"202 0x7f00 0x189 0x0 0x0 0x1 0xffffffff 0x7ffd10 0x7fe4\n";
        let expected = SystemCall {
            number: Some(202),
            arguments: [0x7f00, 0x189, 0, 0, 1, 0xffff_ffff],
            stack: 0x7f_fd10,
        };
        assert_eq!(SystemCall::parse(line), Some(expected));
    }

    #[test]
    fn a_thread_in_no_call_has_a_stack_only() {
        let call = SystemCall::parse(b"-1 0x7ffd10 0x7fe4\n").expect("a whole line");
        assert_eq!((call.kind(), call.stack), (None, 0x7f_fd10));
    }

    #[test]
    fn a_line_that_is_cut_off_tells_no_call() {
        let whole = b"202 0x7f00 0x189 0x0 0x0 0x1 0xffffffff 0x7";
        for end in 0..whole.len() {
            assert_eq!(SystemCall::parse(&whole[..end]), None, "cut at {end}");
        }
    }
}
