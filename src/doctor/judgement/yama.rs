//! What Yama lets processes do with each other.

use super::super::facts::{Facts, Kernel};
use super::super::finding::{Check, Finding};
use super::access::{may_block_attach, run_and};
use super::container::give;

/// Yama lets 1: parents, 2: those with the capability, 3: nobody read; see
/// `Documentation/admin-guide/LSM/Yama.rst` of the kernel.
pub(super) fn ptrace_scope(facts: &Facts) -> Finding {
    let check = Check::PtraceScope;
    let Kernel {
        ptrace_scope,
        may_trace,
        ..
    } = facts.kernel;
    let attach = may_block_attach(facts);
    let both = run_and(attach);
    // Where a Python could be read, `run` works, whatever is written here.
    let blocks = if facts.can_read_memory() {
        attach
    } else {
        &both
    };
    match (ptrace_scope, may_trace) {
        (None, _) => Finding::ok(
            check,
            "this kernel restricts nobody further: it has no Yama",
        ),
        (Some(0), _) => Finding::ok(
            check,
            "ptrace_scope is 0: every process of the same user may be read",
        ),
        (Some(scope @ 1..=2), true) => Finding::ok(
            check,
            format!(
                "ptrace_scope is {scope}: CAP_SYS_PTRACE, which is there, lets every process be read"
            ),
        ),
        (Some(1), false) => Finding::missing(
            check,
            attach,
            "ptrace_scope is 1: only processes that rustbound started may be read",
            give(facts, &scope_1()),
        ),
        (Some(2), false) => Finding::missing(
            check,
            blocks,
            "ptrace_scope is 2: no process may be read without CAP_SYS_PTRACE",
            give(facts, &scope_2()),
        ),
        (Some(3), _) => Finding::missing(
            check,
            blocks,
            "ptrace_scope is 3: no process may be read",
            scope_3(),
        ),
        (Some(scope), _) => Finding::warning(
            check,
            format!("ptrace_scope is {scope}, which is not known"),
            "see kernel.yama.ptrace_scope in the documentation of this kernel",
        ),
    }
}

/// Whether it keeps us from reading even what we started.
pub(super) fn forbids_all(kernel: Kernel) -> bool {
    match kernel.ptrace_scope {
        Some(2) => !kernel.may_trace,
        Some(3) => true,
        _ => false,
    }
}

fn scope_1() -> String {
    "`sudo rustbound attach PID`, or `sudo sysctl kernel.yama.ptrace_scope=0` until the machine starts again".into()
}

pub(super) fn scope_2() -> String {
    "run rustbound with sudo, or `sudo sysctl kernel.yama.ptrace_scope=1` until the machine starts again".into()
}

/// It can't be lowered while the machine runs.
pub(super) fn scope_3() -> String {
    "set kernel.yama.ptrace_scope to 1 in /etc/sysctl.d and start the machine again: 3 can't be taken back \
     before"
        .into()
}

#[cfg(test)]
mod tests {
    use super::super::access;
    use super::super::example::{self, check, denied, on};
    use super::*;
    use crate::doctor::{Ability, Trial};

    #[test]
    fn yama_does_not_matter_to_who_has_the_capability() {
        for scope in [None, Some(0), Some(1), Some(2)] {
            let findings = access(&on(scope, true));
            check(&findings, Check::PtraceScope, "", &[]);
        }
    }

    #[test]
    fn with_yama_1_only_attaching_needs_more() {
        let findings = access(&on(Some(1), false));
        check(
            &findings,
            Check::PtraceScope,
            "ptrace_scope=0",
            &[Ability::Attach],
        );
        check(&findings, Check::Sampling, "", &[]);
    }

    #[test]
    fn with_yama_2_nothing_is_read_without_the_capability() {
        let mut facts = on(Some(2), false);
        facts.trial = Some(Trial::Failed(denied(false)));
        let findings = access(&facts);
        let both = [Ability::Run, Ability::Attach];
        check(&findings, Check::PtraceScope, "ptrace_scope=1", &both);
        check(&findings, Check::Sampling, "sudo", &both);
    }

    #[test]
    fn with_yama_3_only_another_start_of_the_machine_helps() {
        let mut facts = on(Some(3), true);
        facts.trial = Some(Trial::Failed(denied(false)));
        let findings = access(&facts);
        let both = [Ability::Run, Ability::Attach];
        check(
            &findings,
            Check::PtraceScope,
            "start the machine again",
            &both,
        );
        check(&findings, Check::Sampling, "start the machine again", &both);
    }

    #[test]
    fn a_value_of_yama_that_is_not_known_is_said() {
        check(
            &access(&on(Some(7), true)),
            Check::PtraceScope,
            "documentation",
            &[],
        );
    }

    #[test]
    fn what_was_tried_counts_more_than_what_the_kernel_says() {
        let findings = access(&on(Some(2), false));
        check(&findings, Check::PtraceScope, "sudo", &[Ability::Attach]);
    }

    #[test]
    fn a_process_that_was_asked_about_decides_over_attach_alone() {
        let mut facts = on(Some(1), false);
        facts.process = Some(example::probe());
        check(&access(&facts), Check::PtraceScope, "sudo", &[]);
    }
}
