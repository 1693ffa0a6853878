//! Whether memory of other processes can be read, and what stands in the way.

use super::super::facts::{Facts, Kernel, Seccomp, Trial};
use super::super::finding::{Ability, Check, Finding};
use super::in_full;
use crate::record::Error;

/// How containers are given the right.
const GIVE_CONTAINER: &str = "start the container with `--cap-add=SYS_PTRACE` (Kubernetes: add SYS_PTRACE to \
                              securityContext.capabilities)";

/// How a container's filter is taken away.
const LIFT_FILTER: &str = "start the container with `--security-opt seccomp=unconfined`, or with a profile that \
                           allows process_vm_readv and ptrace";

/// The findings on reading memory of other processes.
pub(in crate::doctor) fn access(facts: &Facts) -> Vec<Finding> {
    let mut findings: Vec<Finding> = sampling(facts).into_iter().collect();
    findings.extend([
        ptrace_scope(facts),
        capability(facts),
        seccomp(facts),
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
                in_full(error)
            ),
            error
                .hint()
                .unwrap_or_else(|| "name another with --python".into()),
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

/// What the system said, without the number of a process that is gone.
fn cause(error: &Error) -> String {
    let source = std::error::Error::source(error);
    source.map_or_else(|| error.to_string(), in_full)
}

/// What would let us read a Python that we started.
fn right_to_read(facts: &Facts) -> String {
    let kernel = facts.kernel;
    match kernel.ptrace_scope {
        Some(3) => scope_3(),
        _ if kernel.seccomp == Seccomp::Filter && kernel.may_trace => LIFT_FILTER.into(),
        _ if facts.container.is_one() => give_container(kernel),
        Some(2) => scope_2(),
        _ => "run rustbound as root: `sudo rustbound run SCRIPT.py`".into(),
    }
}

/// Yama lets 1: parents, 2: those with the capability, 3: nobody read; see
/// `Documentation/admin-guide/LSM/Yama.rst` of the kernel.
fn ptrace_scope(facts: &Facts) -> Finding {
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
        (Some(0), _) => Finding::ok(check, "0: every process of the same user may be read"),
        (Some(scope @ 1..=2), true) => Finding::ok(
            check,
            format!("{scope}: CAP_SYS_PTRACE, which is there, lets every process be read"),
        ),
        (Some(1), false) => Finding::missing(
            check,
            attach,
            "1: only processes that rustbound started may be read",
            give(facts, &scope_1()),
        ),
        (Some(2), false) => Finding::missing(
            check,
            blocks,
            "2: no process may be read without CAP_SYS_PTRACE",
            give(facts, &scope_2()),
        ),
        (Some(3), _) => Finding::missing(check, blocks, "3: no process may be read", scope_3()),
        (Some(scope), _) => Finding::warning(
            check,
            format!("{scope}: a value that is not known"),
            "see kernel.yama.ptrace_scope in the documentation of this kernel",
        ),
    }
}

/// In a container, the setting of the machine can't be changed.
fn give(facts: &Facts, outside: &str) -> String {
    if facts.container.is_one() {
        give_container(facts.kernel)
    } else {
        outside.into()
    }
}

/// Root in a container may do only what the container was given.
fn give_container(kernel: Kernel) -> String {
    if kernel.root_may_trace && !kernel.may_trace {
        "run rustbound as root in this container: it was given CAP_SYS_PTRACE".into()
    } else {
        GIVE_CONTAINER.into()
    }
}

fn scope_1() -> String {
    "`sudo rustbound attach PID`, or `sudo sysctl kernel.yama.ptrace_scope=0` until the machine starts again".into()
}

fn scope_2() -> String {
    "run rustbound with sudo, or `sudo sysctl kernel.yama.ptrace_scope=1` until the machine starts again".into()
}

/// It can't be lowered while the machine runs.
fn scope_3() -> String {
    "set kernel.yama.ptrace_scope to 1 in /etc/sysctl.d and start the machine again: 3 can't be taken back \
     before"
        .into()
}

fn capability(facts: &Facts) -> Finding {
    let check = Check::Capability;
    if facts.kernel.may_trace {
        return Finding::ok(
            check,
            "CAP_SYS_PTRACE is there: processes of all users may be read",
        );
    }
    Finding::warning(
        check,
        "without CAP_SYS_PTRACE only processes of the same user may be read",
        give(
            facts,
            "for a process of somebody else: `sudo rustbound attach PID`",
        ),
    )
}

fn seccomp(facts: &Facts) -> Finding {
    let check = Check::Seccomp;
    match (facts.kernel.seccomp, &facts.trial) {
        (Seccomp::Off, _) => Finding::ok(check, "system calls are not filtered"),
        (Seccomp::Filter, Some(Trial::Read { .. })) => Finding::ok(
            check,
            "system calls are filtered, and those that read memory get through",
        ),
        (Seccomp::Filter, Some(Trial::Failed(Error::Denied { .. } | Error::Unreadable { .. }))) => {
            Finding::missing(
                check,
                &run_and(may_block_attach(facts)),
                "system calls are filtered, and no memory could be read",
                LIFT_FILTER,
            )
        }
        (Seccomp::Filter, _) => Finding::warning(
            check,
            "system calls are filtered, and whether memory can be read was not tried",
            format!("if sampling fails, {LIFT_FILTER}"),
        ),
    }
}

fn container(facts: &Facts) -> Finding {
    let check = Check::Container;
    let container = &facts.container;
    if !container.is_one() {
        return Finding::ok(check, "this is no container");
    }
    let engine = container.engine.as_deref().unwrap_or("its own namespaces");
    let sees = if container.own_processes {
        ": only processes in it can be seen"
    } else {
        ""
    };
    let found = format!("this is a container ({engine}){sees}");
    if facts.kernel.may_trace || facts.kernel.root_may_trace {
        return Finding::ok(check, found);
    }
    Finding::warning(
        check,
        format!("{found}, and was not given CAP_SYS_PTRACE"),
        GIVE_CONTAINER,
    )
}

/// `attach`, unless a process was asked about: then what was tried with it decides.
fn may_block_attach(facts: &Facts) -> &'static [Ability] {
    match facts.process {
        Some(_) => &[],
        None => &[Ability::Attach],
    }
}

fn run_and(attach: &[Ability]) -> Vec<Ability> {
    [&[Ability::Run], attach].concat()
}

#[cfg(test)]
mod tests {
    use super::super::example::{self, check, denied};
    use super::*;
    use crate::doctor::Container;

    fn on(ptrace_scope: Option<u8>, may_trace: bool) -> Facts {
        let mut facts = example::facts();
        facts.kernel.ptrace_scope = ptrace_scope;
        facts.kernel.may_trace = may_trace;
        facts
    }

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

    #[test]
    fn without_the_capability_others_need_sudo() {
        check(
            &access(&on(Some(0), false)),
            Check::Capability,
            "`sudo rustbound attach PID`",
            &[],
        );
    }

    #[test]
    fn a_container_without_the_capability_is_to_be_given_it() {
        let mut facts = on(Some(1), false);
        facts.container = Container {
            engine: Some("Docker".into()),
            own_processes: true,
            own_users: false,
        };
        facts.kernel.root_may_trace = false;
        let findings = access(&facts);
        for (name, blocks) in [
            (Check::Container, &[][..]),
            (Check::Capability, &[]),
            (Check::PtraceScope, &[Ability::Attach]),
        ] {
            check(&findings, name, "--cap-add=SYS_PTRACE", blocks);
        }
    }

    #[test]
    fn in_a_container_that_was_given_the_capability_root_is_enough() {
        let mut facts = on(Some(1), false);
        facts.container.own_processes = true;
        let findings = access(&facts);
        check(&findings, Check::Container, "", &[]);
        check(&findings, Check::Capability, "as root in this", &[]);
        check(
            &findings,
            Check::PtraceScope,
            "as root in this",
            &[Ability::Attach],
        );
        facts.trial = Some(Trial::Failed(denied(false)));
        let both = [Ability::Run, Ability::Attach];
        check(&access(&facts), Check::Sampling, "as root in this", &both);
    }

    #[test]
    fn a_container_with_the_capability_is_fine() {
        let mut facts = on(None, true);
        facts.container.own_processes = true;
        check(&access(&facts), Check::Container, "", &[]);
    }

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
    fn a_filter_is_in_doubt_where_nothing_was_tried() {
        let mut facts = example::facts();
        facts.kernel.seccomp = Seccomp::Filter;
        facts.trial = None;
        check(&access(&facts), Check::Seccomp, "if sampling fails", &[]);
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
