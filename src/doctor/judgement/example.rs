//! Made-up facts: a machine that has everything, and its troubles one by one.

use super::super::facts::*;
use super::super::finding::{Ability, Check, Finding, Status};
use crate::record::{Error, Probe};
use std::io;

/// A machine that has everything.
pub(in crate::doctor) fn facts() -> Facts {
    let disk = Disk {
        folder: "/srv".into(),
        writable: true,
        free: Some(Bytes::megabytes(57_900)),
    };
    Facts {
        kernel: Kernel {
            ptrace_scope: Some(1),
            may_trace: true,
            root_may_trace: true,
            seccomp: Seccomp::Off,
        },
        container: Container::default(),
        process: None,
        pythons: Pythons {
            chosen: python("python3"),
            others: Vec::new(),
        },
        trial: Some(Trial::Read {
            python: "3.11.7".into(),
        }),
        tools: Tools {
            cargo: found("cargo 1.95.0 (f2d3ce0bd 2026-03-21)"),
            rustc: found("rustc 1.95.0 (59807616e 2026-04-14)"),
            linker: found("cc (Debian 12.2.0-14) 12.2.0"),
            has_c_library: true,
            maturin: found("maturin 1.16.0"),
            py_spy: found("py-spy 0.4.3"),
        },
        reports: disk.clone(),
        builds: disk,
    }
}

/// The same with this value of Yama, with or without the capability.
pub(in crate::doctor) fn on(ptrace_scope: Option<u8>, may_trace: bool) -> Facts {
    let mut facts = facts();
    facts.kernel.ptrace_scope = ptrace_scope;
    facts.kernel.may_trace = may_trace;
    facts
}

/// An interpreter with all that is needed, started by this name.
pub(in crate::doctor) fn python(path: &str) -> Python {
    Python {
        path: path.into(),
        answer: Ok(Answer {
            version: (3, 11, 7),
            implementation: "cpython".into(),
            free_threaded: false,
            executable: "/usr/bin/python3".into(),
            packages: Packages {
                pip: true,
                venv: true,
                pytest: true,
            },
        }),
    }
}

/// A tool that says this.
pub(in crate::doctor) fn found(version: &str) -> Tool {
    Tool::Found {
        path: "/usr/bin/tool".into(),
        version: version.into(),
    }
}

/// A process that can be read.
pub(in crate::doctor) fn probe() -> Probe {
    Probe {
        pid: 7,
        program: "python3.11".into(),
        foreign: false,
        python: Ok("3.11.7".into()),
    }
}

/// The system's refusal.
pub(in crate::doctor) fn denied(foreign: bool) -> Error {
    Error::Denied {
        pid: 7,
        foreign,
        source: io::Error::from(io::ErrorKind::PermissionDenied),
    }
}

/// Machines that lack something each, and one that lacks everything.
pub(in crate::doctor) fn troubles() -> Vec<Facts> {
    let mut troubles: Vec<Facts> = TROUBLES
        .iter()
        .map(|trouble| {
            let mut facts = facts();
            trouble(&mut facts);
            facts
        })
        .collect();
    let mut all = facts();
    for trouble in TROUBLES {
        trouble(&mut all);
    }
    troubles.push(all);
    troubles
}

const TROUBLES: [fn(&mut Facts); 19] = [
    |it| (it.kernel.ptrace_scope, it.kernel.may_trace) = (Some(1), false),
    |it| (it.kernel.ptrace_scope, it.kernel.may_trace) = (Some(2), false),
    |it| it.kernel.ptrace_scope = Some(3),
    |it| it.kernel.seccomp = Seccomp::Filter,
    |it| (it.container.own_processes, it.kernel.may_trace) = (true, false),
    |it| it.kernel.root_may_trace = false,
    |it| it.trial = Some(Trial::Failed(denied(false))),
    |it| it.trial = Some(Trial::NotStarted("it ended at once".into())),
    |it| {
        it.process = Some(Probe {
            foreign: true,
            python: Err(denied(true)),
            ..probe()
        });
    },
    |it| it.pythons.others = vec![python("/usr/bin/python3.9")],
    |it| it.pythons.chosen.answer = Err(Silence::Broken("it failed".into())),
    |it| it.pythons.chosen.answer = Err(Silence::NotFound),
    |it| it.tools.cargo = Tool::Missing,
    |it| it.tools.rustc = found("rustc 1.70.0"),
    |it| it.tools.has_c_library = false,
    |it| it.tools.maturin = Tool::Missing,
    |it| it.tools.py_spy = Tool::Missing,
    |it| it.reports.writable = false,
    |it| it.builds.free = None,
];

/// Demands that one thing keeps these commands from working and has a remedy with these words in it; or, without
/// words, that it is as it should be.
#[track_caller]
pub(in crate::doctor) fn check(
    findings: &[Finding],
    check: Check,
    remedy: &str,
    blocks: &[Ability],
) {
    let finding = findings.iter().find(|finding| finding.check == check);
    let finding = finding.expect("it was looked at");
    let expected = match (remedy, blocks) {
        ("", _) => Status::Ok,
        (_, []) => Status::Warning,
        _ => Status::Missing,
    };
    assert_eq!(finding.status, expected, "{finding:?}");
    assert_eq!(finding.blocks, blocks, "{finding:?}");
    let said = finding.remedy.as_deref().unwrap_or_default();
    assert!(said.contains(remedy), "{finding:?}");
}
