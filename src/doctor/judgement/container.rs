//! What a container was given, and whether we have the capability to read what is not ours.

use super::super::facts::{Facts, Kernel};
use super::super::finding::{Check, Finding};

/// How containers are given the right.
const GIVE_CONTAINER: &str = "start the container with `--cap-add=SYS_PTRACE` (Kubernetes: add SYS_PTRACE to \
                              securityContext.capabilities)";

pub(super) fn capability(facts: &Facts) -> Finding {
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

pub(super) fn container(facts: &Facts) -> Finding {
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

/// In a container, the setting of the machine can't be changed.
pub(super) fn give(facts: &Facts, outside: &str) -> String {
    if facts.container.is_one() {
        give_container(facts.kernel)
    } else {
        outside.into()
    }
}

/// Root in a container may do only what the container was given.
pub(super) fn give_container(kernel: Kernel) -> String {
    if kernel.root_may_trace && !kernel.may_trace {
        "run rustbound as root in this container: it was given CAP_SYS_PTRACE".into()
    } else {
        GIVE_CONTAINER.into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::access;
    use super::super::example::{check, denied, on};
    use super::*;
    use crate::doctor::{Ability, Container, Trial};

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
}
