//! Whether a filter of system calls is in the way.

use super::super::facts::{Facts, Seccomp, Trial};
use super::super::finding::{Check, Finding};
use super::access::{may_block_attach, run_and};
use super::yama;
use crate::record::Error;

/// How a container's filter is taken away.
pub(super) const LIFT_FILTER: &str = "start the container with `--security-opt seccomp=unconfined`, or with a profile that \
                           allows process_vm_readv and ptrace";

/// Whether no memory can be read though everything else allows it.
pub(super) fn is_in_the_way(facts: &Facts) -> bool {
    let is_filtered = facts.kernel.seccomp == Seccomp::Filter;
    is_filtered
        && !yama::forbids_all(facts.kernel)
        && matches!(
            facts.trial,
            Some(Trial::Failed(
                Error::Denied { .. } | Error::Unreadable { .. }
            ))
        )
}

pub(super) fn seccomp(facts: &Facts) -> Finding {
    let check = Check::Seccomp;
    if facts.kernel.seccomp == Seccomp::Off {
        Finding::ok(check, "system calls are not filtered")
    } else if facts.can_read_memory() {
        Finding::ok(
            check,
            "system calls are filtered, and those that read memory get through",
        )
    } else if is_in_the_way(facts) {
        Finding::missing(
            check,
            &run_and(may_block_attach(facts)),
            "system calls are filtered, and no memory could be read",
            LIFT_FILTER,
        )
    } else {
        Finding::warning(
            check,
            "system calls are filtered, and whether memory can be read is not known",
            format!("if sampling fails, {LIFT_FILTER}"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::access;
    use super::super::example::{self, check, denied};
    use super::*;
    use crate::doctor::Ability;

    #[test]
    fn a_filter_that_lets_memory_be_read_is_fine() {
        let mut facts = example::facts();
        facts.kernel.seccomp = Seccomp::Filter;
        check(&access(&facts), Check::Seccomp, "", &[]);
    }

    #[test]
    fn a_filter_that_forbids_reading_is_to_be_lifted() {
        let mut facts = example::facts();
        facts.kernel.seccomp = Seccomp::Filter;
        facts.trial = Some(Trial::Failed(denied(false)));
        let findings = access(&facts);
        let both = [Ability::Run, Ability::Attach];
        check(&findings, Check::Seccomp, "seccomp=unconfined", &both);
        check(&findings, Check::Sampling, "seccomp=unconfined", &both);
    }

    #[test]
    fn a_filter_is_in_doubt_where_yama_forbids_it_anyway() {
        let mut facts = example::facts();
        facts.kernel.ptrace_scope = Some(3);
        facts.kernel.seccomp = Seccomp::Filter;
        facts.trial = Some(Trial::Failed(denied(false)));
        check(&access(&facts), Check::Seccomp, "if sampling fails", &[]);
    }

    #[test]
    fn a_filter_is_in_doubt_where_nothing_was_tried() {
        let mut facts = example::facts();
        facts.kernel.seccomp = Seccomp::Filter;
        facts.trial = None;
        check(&access(&facts), Check::Seccomp, "if sampling fails", &[]);
    }
}
