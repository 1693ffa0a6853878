//! Whether crates can be built, and what else is there.

use super::super::facts::{Facts, Tool};
use super::super::finding::{Ability, Check, Finding};
use super::{command, install_package};
use crate::generate::{OLDEST_MATURIN, OLDEST_RUST};

/// Where Rust comes from.
const INSTALL_RUST: &str = "install Rust from https://rustup.rs, and open a new shell";

/// Where a C compiler comes from.
const INSTALL_C: &str = "install a C compiler with its library (Debian and Ubuntu: `sudo apt install gcc libc6-dev`; \
                         Fedora: `sudo dnf install gcc`)";

/// The findings on tools.
pub(in crate::doctor) fn tools(facts: &Facts) -> Vec<Finding> {
    let tools = &facts.tools;
    vec![
        needed(Check::Cargo, "cargo", &tools.cargo, INSTALL_RUST, MEND_RUST),
        rustc(&tools.rustc),
        linker(&tools.linker, tools.has_c_library),
        maturin(&tools.maturin, &pip_install(facts, &wanted_maturin())),
        py_spy(&tools.py_spy, &pip_install(facts, "py-spy")),
    ]
}

/// What the crates ask for.
fn wanted_maturin() -> String {
    let (major, minor) = OLDEST_MATURIN;
    format!("maturin>={major}.{minor},<{}", major + 1)
}

/// A proxy of rustup without a toolchain fails.
const MEND_RUST: &str = "`rustup default stable`, or `rustup toolchain install` where a rust-toolchain.toml asks for one";

fn needed(check: Check, name: &str, tool: &Tool, install: &str, mend: &str) -> Finding {
    let missing =
        |found: String, remedy| Finding::missing(check, &[Ability::Verify], found, remedy);
    match tool {
        Tool::Missing => missing(format!("{name} was not found on PATH"), install),
        Tool::Broken { path, reason } => {
            missing(format!("{} does not work: {reason}", path.display()), mend)
        }
        Tool::Found { path, version } => Finding::ok(check, at(version, path)),
    }
}

fn at(version: &str, path: &std::path::Path) -> String {
    format!("{version}, {}", path.display())
}

fn rustc(tool: &Tool) -> Finding {
    let (major, minor) = OLDEST_RUST;
    match tool {
        Tool::Found { path, version } if is_older(version, OLDEST_RUST) => Finding::missing(
            Check::Rustc,
            &[Ability::Verify],
            format!("{}: the crates need {major}.{minor}", at(version, path)),
            format!(
                "`rustup update stable`, or install Rust {major}.{minor} or later from https://rustup.rs"
            ),
        ),
        _ => needed(Check::Rustc, "rustc", tool, INSTALL_RUST, MEND_RUST),
    }
}

fn linker(tool: &Tool, has_c_library: bool) -> Finding {
    match tool {
        Tool::Found { path, .. } if !has_c_library => Finding::missing(
            Check::Linker,
            &[Ability::Verify],
            format!("{} finds no C library to link to", path.display()),
            INSTALL_C,
        ),
        Tool::Missing => needed(
            Check::Linker,
            "cc, which links for rustc,",
            tool,
            INSTALL_C,
            INSTALL_C,
        ),
        _ => needed(Check::Linker, "cc", tool, INSTALL_C, INSTALL_C),
    }
}

fn maturin(tool: &Tool, install: &str) -> Finding {
    let check = Check::Maturin;
    let warning = |found: String| Finding::warning(check, found, install);
    let (major, minor) = OLDEST_MATURIN;
    match tool {
        Tool::Missing => warning(
            "maturin is not there: cargo builds the crates without it, but no wheels".into(),
        ),
        Tool::Broken { path, reason } => {
            warning(format!("{} does not work: {reason}", path.display()))
        }
        Tool::Found { path, version } if is_older(version, OLDEST_MATURIN) => warning(format!(
            "{}: the crates ask for {major}.{minor}",
            at(version, path)
        )),
        Tool::Found { path, version } => Finding::ok(check, at(version, path)),
    }
}

fn py_spy(tool: &Tool, install: &str) -> Finding {
    let check = Check::PySpy;
    match tool {
        Tool::Missing => Finding::warning(
            check,
            "the program py-spy is not there: only `--sampler py-spy` needs it",
            format!("only if you want to compare: {install}"),
        ),
        Tool::Broken { path, reason } => Finding::warning(
            check,
            format!("{} does not work: {reason}", path.display()),
            format!("only if you want to compare: {install}"),
        ),
        Tool::Found { path, version } => Finding::ok(check, at(version, path)),
    }
}

/// Into the environment of the interpreter that is there.
fn pip_install(facts: &Facts, package: &str) -> String {
    match &facts.pythons.chosen.answer {
        Ok(answer) => install_package(answer, package),
        Err(_) => command(&["pip", "install", package]),
    }
}

/// Whether a version that can be read is older.
fn is_older(said: &str, oldest: (u32, u32)) -> bool {
    version(said).is_some_and(|version| version < oldest)
}

/// The first two numbers of the second word: `rustc 1.95.0-nightly (…)`.
fn version(said: &str) -> Option<(u32, u32)> {
    let mut parts = said.split_whitespace().nth(1)?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::super::example::{self, check, found};
    use super::*;
    use crate::doctor::Tools;

    fn findings(change: impl FnOnce(&mut Tools)) -> Vec<Finding> {
        let mut facts = example::facts();
        change(&mut facts.tools);
        tools(&facts)
    }

    fn broken() -> Tool {
        Tool::Broken {
            path: "/opt/tools/x".into(),
            reason: "no default toolchain is configured".into(),
        }
    }

    const VERIFY: [Ability; 1] = [Ability::Verify];

    #[test]
    fn without_rust_nothing_is_built() {
        let findings = findings(|it| (it.cargo, it.rustc) = (Tool::Missing, Tool::Missing));
        check(&findings, Check::Cargo, "https://rustup.rs", &VERIFY);
        check(&findings, Check::Rustc, "https://rustup.rs", &VERIFY);
    }

    #[test]
    fn a_rustup_without_a_toolchain_is_to_be_given_one() {
        let findings = findings(|it| (it.cargo, it.rustc) = (broken(), broken()));
        check(&findings, Check::Cargo, "`rustup default stable`", &VERIFY);
        check(&findings, Check::Rustc, "`rustup default stable`", &VERIFY);
    }

    #[test]
    fn an_old_rust_is_to_be_updated() {
        let old = findings(|it| it.rustc = found("rustc 1.84.1 (e71f9a9a9 2025-01-27)"));
        check(&old, Check::Rustc, "`rustup update stable`", &VERIFY);
        let fits = findings(|it| it.rustc = found("rustc 1.85.0-nightly (x)"));
        check(&fits, Check::Rustc, "", &[]);
    }

    #[test]
    fn without_a_compiler_nothing_is_linked() {
        let missing = findings(|it| (it.linker, it.has_c_library) = (Tool::Missing, false));
        check(&missing, Check::Linker, "sudo apt install gcc", &VERIFY);
        let alone = findings(|it| it.has_c_library = false);
        check(&alone, Check::Linker, "libc6-dev", &VERIFY);
        let broken = findings(|it| (it.linker, it.has_c_library) = (broken(), false));
        check(&broken, Check::Linker, "gcc", &VERIFY);
    }

    #[test]
    fn maturin_is_good_to_have() {
        let command = "/usr/bin/python3 -m pip install 'maturin>=1.16,<2'";
        for tool in [Tool::Missing, broken(), found("maturin 1.9.4")] {
            check(
                &findings(|it| it.maturin = tool),
                Check::Maturin,
                command,
                &[],
            );
        }
    }

    #[test]
    fn py_spy_is_never_needed() {
        for tool in [Tool::Missing, broken()] {
            let findings = findings(|it| it.py_spy = tool);
            check(&findings, Check::PySpy, "-m pip install py-spy", &[]);
        }
    }

    #[test]
    fn a_version_that_can_not_be_read_is_not_old() {
        assert_eq!(version("rustc 1.95.0 (x)"), Some((1, 95)));
        for odd in ["", "rustc", "rustc next", "rustc 2"] {
            assert!(!is_older(odd, (1, 85)), "{odd}");
        }
    }
}
