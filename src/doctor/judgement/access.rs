//! Whether memory of other processes can be read, and what stands in the way.

use super::super::facts::{Facts, Trial};
use super::super::finding::{Ability, Check, Finding};
use super::container::{capability, container, give_container};
use super::in_full;
use super::seccomp::{self, LIFT_FILTER};
use super::yama::{self, ptrace_scope};
use crate::record::Error;

/// The findings on reading memory of other processes.
pub(in crate::doctor) fn access(facts: &Facts) -> Vec<Finding> {
    let mut findings: Vec<Finding> = sampling(facts).into_iter().collect();
    findings.extend([
        ptrace_scope(facts),
        capability(facts),
        seccomp::seccomp(facts),
        container(facts),
    ]);
    findings
}

/// What was tried counts more than what the kernel says.
fn sampling(facts: &Facts) -> Option<Finding> {
    let check = Check::Sampling;
    let finding = match facts.trial.as_ref()? {
        Trial::Read { python } => Finding::ok(
            check,
            format!("a Python {python} that was started here was read"),
        ),
        Trial::Failed(error @ Error::Denied { .. }) => Finding::missing(
            check,
            &run_and(may_block_attach(facts)),
            format!(
                "a Python that was started here may not be read: {}",
                cause(error)
            ),
            right_to_read(facts),
        ),
        Trial::Failed(error) => Finding::missing(
            check,
            &[Ability::Run],
            format!(
                "a Python that was started here can't be sampled: {}",
                cause(error)
            ),
            remedy(facts, error),
        ),
        Trial::NotStarted(reason) => Finding::missing(
            check,
            &[Ability::Run],
            format!("a Python could not be started: {reason}"),
            "check it with `python3 -I -S -c pass`, or name another with --python",
        ),
    };
    Some(finding)
}

/// What the sampler would say, unless no Python at all can be read.
fn remedy(facts: &Facts, error: &Error) -> String {
    if seccomp::is_in_the_way(facts) {
        return LIFT_FILTER.into();
    }
    error
        .hint()
        .unwrap_or_else(|| "name another with --python".into())
}

/// Why, without the number of a process that is gone.
fn cause(error: &Error) -> String {
    match error {
        Error::Denied { source, .. } => source.to_string(),
        Error::Unreadable { reason, .. } => reason.clone(),
        Error::FreeThreaded { version, .. } => format!("it is a free-threaded Python {version}"),
        other => in_full(other),
    }
}

/// What would let us read a Python that we started. Neither root nor a capability is needed for that, unless Yama
/// says so, or a container's filter, which a capability lifts too.
fn right_to_read(facts: &Facts) -> String {
    let kernel = facts.kernel;
    match kernel.ptrace_scope {
        Some(3) => yama::scope_3(),
        _ if !kernel.may_trace && facts.container.is_one() => give_container(kernel),
        Some(2) if !kernel.may_trace => yama::scope_2(),
        _ if seccomp::is_in_the_way(facts) => LIFT_FILTER.into(),
        _ => "something else forbids it, as AppArmor or SELinux may: see the last lines of `sudo dmesg`".into(),
    }
}

/// `attach`, unless a process was asked about: then what was tried with it decides.
pub(super) fn may_block_attach(facts: &Facts) -> &'static [Ability] {
    match facts.process {
        Some(_) => &[],
        None => &[Ability::Attach],
    }
}

pub(super) fn run_and(attach: &[Ability]) -> Vec<Ability> {
    [&[Ability::Run], attach].concat()
}

#[cfg(test)]
mod tests {
    use super::super::example::{self, check, denied, on};
    use super::*;

    #[test]
    fn who_is_denied_without_a_reason_looks_further() {
        for may_trace in [false, true] {
            let mut facts = on(Some(1), may_trace);
            facts.trial = Some(Trial::Failed(denied(false)));
            let both = [Ability::Run, Ability::Attach];
            check(&access(&facts), Check::Sampling, "AppArmor", &both);
        }
    }

    #[test]
    fn a_python_that_can_not_be_sampled_keeps_nobody_from_attaching_to_others() {
        let mut facts = example::facts();
        facts.trial = Some(Trial::Failed(Error::FreeThreaded {
            pid: 7,
            version: "3.14.0".into(),
        }));
        check(
            &access(&facts),
            Check::Sampling,
            "interpreter lock",
            &[Ability::Run],
        );
        facts.trial = Some(Trial::NotStarted("it ended at once".into()));
        check(
            &access(&facts),
            Check::Sampling,
            "--python",
            &[Ability::Run],
        );
    }
}
