//! What the kernel lets us do with other processes: capabilities(7), ptrace(2), seccomp(2).

use std::fs;

/// The number of `CAP_SYS_PTRACE`.
const CAP_SYS_PTRACE: u32 = 19;

/// What the kernel lets us do with other processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kernel {
    /// `kernel.yama.ptrace_scope`, 0 to 3; none where Yama isn't there.
    pub ptrace_scope: Option<u8>,
    /// Whether we have `CAP_SYS_PTRACE`, which lets us read what is not ours.
    pub may_trace: bool,
    /// Whether root has it here: a container may have been started without.
    pub root_may_trace: bool,
    /// Whether our system calls are filtered.
    pub seccomp: Seccomp,
}

/// Whether system calls are filtered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seccomp {
    /// They are not.
    Off,
    /// They are, by what a container or a service manager put in.
    Filter,
}

impl Kernel {
    pub(super) fn read() -> Self {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let scope = fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope").ok();
        Self::parse(&status, scope.as_deref())
    }

    /// Of `/proc/self/status`, and what Yama says.
    fn parse(status: &str, scope: Option<&str>) -> Self {
        let field = |name: &str| {
            let mut lines = status.lines();
            lines
                .find_map(|line| line.strip_prefix(name))
                .map(str::trim)
        };
        let is_in = |name: &str| {
            let mask = field(name).and_then(|mask| u64::from_str_radix(mask, 16).ok());
            mask.is_some_and(|mask| mask >> CAP_SYS_PTRACE & 1 == 1)
        };
        Self {
            ptrace_scope: scope.and_then(|scope| scope.trim().parse().ok()),
            may_trace: is_in("CapEff:"),
            root_may_trace: is_in("CapBnd:"),
            seccomp: match field("Seccomp:") {
                None | Some("0") => Seccomp::Off,
                Some(_) => Seccomp::Filter,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: &str, scope: Option<&str>, expected: (Option<u8>, bool, Seccomp)) {
        let kernel = Kernel::parse(status, scope);
        let found = (kernel.ptrace_scope, kernel.may_trace, kernel.seccomp);
        assert_eq!(found, expected, "{status}");
    }

    #[test]
    fn one_bit_tells_the_capability() {
        let user = "Name:\tx\nCapEff:\t0000000000000000\nSeccomp:\t0\n";
        let root = "Name:\tx\nCapEff:\t000001fffeffffff\nSeccomp:\t2\n";
        let all_others = "CapEff:\tfffffffffff7ffff\n";
        check(user, Some("1\n"), (Some(1), false, Seccomp::Off));
        check(root, None, (None, true, Seccomp::Filter));
        check(all_others, Some("3\n"), (Some(3), false, Seccomp::Off));
    }

    #[test]
    fn what_root_may_is_told_apart_from_what_we_may() {
        let status = "CapEff:\t0000000000000000\nCapBnd:\t000001ffffffffff\n";
        let kernel = Kernel::parse(status, None);
        assert!(!kernel.may_trace && kernel.root_may_trace);
    }

    #[test]
    fn a_kernel_that_says_nothing_forbids_nothing_that_is_known() {
        check("", Some("?"), (None, false, Seccomp::Off));
    }
}
