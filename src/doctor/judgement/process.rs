//! The process that was asked about: whose it is, and whether it can be read.

use super::super::facts::Facts;
use super::super::finding::{Ability, Check, Finding};
use super::in_full;
use super::seccomp::{self, LIFT_FILTER};
use crate::record::{Error, Probe};

/// The findings on the process that was asked about, if one was.
pub(in crate::doctor) fn process(facts: &Facts) -> Vec<Finding> {
    let Some(probe) = &facts.process else {
        return Vec::new();
    };
    vec![owner(probe), readable(probe, facts)]
}

fn owner(probe: &Probe) -> Finding {
    let pid = probe.pid;
    let found = |whose: &str| format!("process {pid} belongs to {whose}");
    match &probe.python {
        _ if !probe.foreign => Finding::ok(Check::Owner, found("the same user")),
        Err(Error::Denied { .. }) => Finding::warning(
            Check::Owner,
            found("another user"),
            "ask as that user, or as root",
        ),
        _ => Finding::ok(Check::Owner, found("another user, and may be read")),
    }
}

fn readable(probe: &Probe, facts: &Facts) -> Finding {
    let program = match &*probe.program {
        "" => String::new(),
        program => format!(" ({program})"),
    };
    match &probe.python {
        Ok(python) => Finding::ok(
            Check::Process,
            format!(
                "process {}{program} is Python {python} and can be read",
                probe.pid
            ),
        ),
        Err(error) => Finding::missing(
            Check::Process,
            &[Ability::Attach],
            in_full(error),
            remedy(error, facts),
        ),
    }
}

/// What the sampler would say; but it is not the process where nothing can be read at all.
fn remedy(error: &Error, facts: &Facts) -> String {
    match (error, facts.kernel.ptrace_scope) {
        (Error::Denied { .. }, Some(3)) => {
            "see ptrace_scope: nobody may read a process until the machine starts again".into()
        }
        (Error::Denied { .. } | Error::Unreadable { .. }, _) if seccomp::is_in_the_way(facts) => {
            LIFT_FILTER.into()
        }
        _ => (error.hint()).unwrap_or_else(|| "try again while the process runs".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::{self, check, denied};
    use super::*;
    use crate::doctor::{Seccomp, Trial};

    fn findings(foreign: bool, python: Result<String, Error>) -> Vec<Finding> {
        let mut facts = example::facts();
        facts.process = Some(Probe {
            foreign,
            python,
            ..example::probe()
        });
        process(&facts)
    }

    #[test]
    fn nothing_is_said_where_nothing_was_asked() {
        assert!(process(&example::facts()).is_empty());
    }

    #[test]
    fn a_process_that_can_be_read_is_fine_whosever_it_is() {
        for foreign in [false, true] {
            let findings = findings(foreign, Ok("3.11.7".into()));
            check(&findings, Check::Owner, "", &[]);
            check(&findings, Check::Process, "", &[]);
        }
    }

    #[test]
    fn a_process_of_somebody_else_needs_sudo() {
        let findings = findings(true, Err(denied(true)));
        check(&findings, Check::Owner, "as root", &[]);
        check(
            &findings,
            Check::Process,
            "`sudo rustbound attach 7`",
            &[Ability::Attach],
        );
    }

    #[test]
    fn a_process_of_our_own_that_may_not_be_read_points_to_yama() {
        let findings = findings(false, Err(denied(false)));
        check(&findings, Check::Owner, "", &[]);
        check(
            &findings,
            Check::Process,
            "ptrace_scope",
            &[Ability::Attach],
        );
    }

    #[test]
    fn sudo_is_not_proposed_where_it_does_not_help() {
        let mut facts = example::facts();
        facts.kernel.ptrace_scope = Some(3);
        facts.process = Some(Probe {
            python: Err(denied(true)),
            foreign: true,
            ..example::probe()
        });
        check(
            &process(&facts),
            Check::Process,
            "until the machine starts",
            &[Ability::Attach],
        );
    }

    #[test]
    fn a_filter_that_keeps_all_memory_from_being_read_is_to_be_lifted() {
        let unreadable = || Error::Unreadable {
            pid: 7,
            reason: "Operation not permitted".into(),
        };
        let mut facts = example::facts();
        facts.kernel.seccomp = Seccomp::Filter;
        facts.trial = Some(Trial::Failed(unreadable()));
        facts.process = Some(Probe {
            python: Err(unreadable()),
            ..example::probe()
        });
        let findings = process(&facts);
        check(
            &findings,
            Check::Process,
            "seccomp=unconfined",
            &[Ability::Attach],
        );
    }

    #[test]
    fn a_shell_points_to_the_python_that_it_started() {
        let error = Error::NotPython {
            pid: 7,
            program: "sh".into(),
            python_descendants: vec![9],
        };
        let findings = findings(false, Err(error));
        check(
            &findings,
            Check::Process,
            "rustbound attach 9",
            &[Ability::Attach],
        );
    }

    #[test]
    fn a_python_without_the_lock_is_told() {
        let version = "3.14.0".into();
        let findings = findings(false, Err(Error::FreeThreaded { pid: 7, version }));
        check(
            &findings,
            Check::Process,
            "python3.14 instead",
            &[Ability::Attach],
        );
    }
}
