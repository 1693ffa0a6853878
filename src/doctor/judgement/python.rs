//! Whether the interpreter that `run` starts can be sampled, and crates be built and tested for it.

use super::super::facts::{Answer, Python, Pythons, Silence};
use super::super::finding::{Ability, Check, Finding};
use super::{command, install_package};
use crate::generate::{NEWEST_PYTHON, OLDEST_FREE_THREADED, OLDEST_PYTHON};

/// The findings on interpreters.
pub(in crate::doctor) fn pythons(pythons: &Pythons) -> Vec<Finding> {
    let mut findings = vec![chosen(pythons)];
    findings.extend(pytest(&pythons.chosen));
    let answers = pythons
        .others
        .iter()
        .filter_map(|it| Some((it, it.answer.as_ref().ok()?)));
    findings.extend(answers.map(|(python, answer)| other(python, answer)));
    findings
}

fn chosen(pythons: &Pythons) -> Finding {
    let check = Check::Python;
    let shown = pythons.chosen.path.display();
    let missing = |blocks: &[Ability], found: String| {
        Finding::missing(check, blocks, found, use_another(pythons))
    };
    match &pythons.chosen.answer {
        Err(Silence::NotFound) => missing(
            &[Ability::Run, Ability::Verify],
            format!("{shown} was not found"),
        ),
        Err(Silence::Broken(reason)) => missing(
            &[Ability::Run, Ability::Verify],
            format!("{shown} does not work: {reason}"),
        ),
        Ok(answer) => {
            let found = format!("`run` starts {answer}, {}", answer.executable.display());
            match limits(answer) {
                (None, _) => Finding::ok(check, found),
                (Some(limit), blocks) => missing(blocks, format!("{found}: {limit}")),
            }
        }
    }
}

/// What can't be done with an interpreter.
fn limits(answer: &Answer) -> (Option<&'static str>, &'static [Ability]) {
    let version = (answer.version.0, answer.version.1);
    if answer.implementation != "cpython" {
        return (Some("only CPython is sampled"), &[Ability::Run]);
    }
    match answer.free_threaded {
        true if version < OLDEST_FREE_THREADED => (
            Some("it is not sampled without the interpreter lock, and too old for crates"),
            &[Ability::Run, Ability::Verify],
        ),
        true => (
            Some("it is not sampled without the interpreter lock"),
            &[Ability::Run],
        ),
        false if version < OLDEST_PYTHON => (Some("it is too old for crates"), &[Ability::Verify]),
        false if version > NEWEST_PYTHON => (Some("it is too new for crates"), &[Ability::Verify]),
        false => (None, &[]),
    }
}

/// Another interpreter that is here and can do everything, the newest; else how to get one.
fn use_another(pythons: &Pythons) -> String {
    let able = pythons.others.iter().filter_map(|python| {
        let answer = python.answer.as_ref().ok()?;
        limits(answer)
            .0
            .is_none()
            .then_some((answer.version, &python.path))
    });
    match able.max() {
        Some((_, path)) => {
            let path = path.to_string_lossy();
            format!(
                "run with another: {}",
                command(&["rustbound", "run", "--python", &path, "SCRIPT.py"])
            )
        }
        None => install(),
    }
}

fn install() -> String {
    let (major, minor) = OLDEST_PYTHON;
    format!(
        "install Python {major}.{minor} or later (Debian and Ubuntu: `sudo apt install python3`), or activate an \
         environment that has it"
    )
}

fn pytest(python: &Python) -> Option<Finding> {
    let answer = python.answer.as_ref().ok()?;
    let check = Check::Pytest;
    if answer.packages.pytest {
        return Some(Finding::ok(
            check,
            "pytest, which tests the crates, is there",
        ));
    }
    Some(Finding::missing(
        check,
        &[Ability::Verify],
        format!("{answer} has no pytest, which tests the crates"),
        install_package(answer, "pytest"),
    ))
}

/// What else is here is never wrong: nobody has to use it.
fn other(python: &Python, answer: &Answer) -> Finding {
    let limit = limits(answer)
        .0
        .map_or_else(String::new, |limit| format!(": {limit}"));
    Finding::ok(
        Check::OtherPython,
        format!("{answer}, {}{limit}", python.path.display()),
    )
}

#[cfg(test)]
mod tests {
    use super::super::example::{self, check};
    use super::*;
    use crate::doctor::Packages;

    fn findings(change: impl FnOnce(&mut Pythons)) -> Vec<Finding> {
        let mut found = example::facts().pythons;
        change(&mut found);
        pythons(&found)
    }

    fn with_answer(change: impl FnOnce(&mut Answer)) -> Vec<Finding> {
        findings(|pythons| change(pythons.chosen.answer.as_mut().expect("it answers")))
    }

    const RUN_AND_VERIFY: [Ability; 2] = [Ability::Run, Ability::Verify];

    #[test]
    fn without_python_there_is_nothing_to_run_or_build_for() {
        let findings = findings(|it| it.chosen.answer = Err(Silence::NotFound));
        check(
            &findings,
            Check::Python,
            "sudo apt install python3",
            &RUN_AND_VERIFY,
        );
        assert!(!findings.iter().any(|it| it.check == Check::Pytest));
    }

    #[test]
    fn a_python_that_does_not_work_is_told_with_what_it_says() {
        let broken = Silence::Broken("pyenv: version 3.7 is not installed".into());
        let findings = findings(|it| it.chosen.answer = Err(broken));
        check(&findings, Check::Python, "install Python", &RUN_AND_VERIFY);
        assert!(findings[0].found.contains("version 3.7 is not installed"));
    }

    #[test]
    fn python_3_8_is_sampled_but_too_old_for_crates() {
        let findings = with_answer(|it| it.version = (3, 8, 18));
        check(
            &findings,
            Check::Python,
            "install Python 3.9",
            &[Ability::Verify],
        );
    }

    #[test]
    fn python_that_pyo3_does_not_know_is_too_new_for_crates() {
        let findings = with_answer(|it| it.version = (3, 16, 0));
        check(
            &findings,
            Check::Python,
            "install Python",
            &[Ability::Verify],
        );
        let findings = with_answer(|it| it.version = (3, 15, 2));
        check(&findings, Check::Python, "", &[]);
    }

    #[test]
    fn a_python_without_the_lock_is_not_sampled() {
        let check_version = |version, blocks: &[Ability]| {
            let findings = with_answer(|it| {
                it.free_threaded = true;
                it.version = version;
            });
            check(&findings, Check::Python, "install Python", blocks);
            assert!(findings[0].found.contains("free-threaded Python"));
        };
        check_version((3, 13, 0), &RUN_AND_VERIFY);
        check_version((3, 14, 0), &[Ability::Run]);
    }

    #[test]
    fn pypy_is_not_sampled() {
        let findings = with_answer(|it| it.implementation = "pypy".into());
        check(&findings, Check::Python, "install Python", &[Ability::Run]);
    }

    #[test]
    fn the_newest_other_that_can_do_everything_is_proposed() {
        let findings = findings(|it| {
            it.chosen.answer.as_mut().expect("it answers").version = (3, 8, 18);
            it.others = ["3.7", "3.12", "3.9"]
                .map(|minor| example::python(&format!("/my pythons/{minor}")))
                .into();
            for (python, minor) in it.others.iter_mut().zip([7, 12, 9]) {
                python.answer.as_mut().expect("it answers").version = (3, minor, 1);
            }
        });
        let remedy = "`rustbound run --python '/my pythons/3.12' SCRIPT.py`";
        check(&findings, Check::Python, remedy, &[Ability::Verify]);
        let others: Vec<&str> = findings
            .iter()
            .filter(|it| it.check == Check::OtherPython)
            .map(|it| &*it.found)
            .collect();
        assert_eq!(
            others,
            [
                "Python 3.7.1, /my pythons/3.7: it is too old for crates",
                "Python 3.12.1, /my pythons/3.12",
                "Python 3.9.1, /my pythons/3.9"
            ]
        );
    }

    #[test]
    fn pytest_is_installed_by_what_is_there() {
        let check_with = |pip, venv, remedy| {
            let findings = with_answer(|it| {
                it.packages = Packages {
                    pip,
                    venv,
                    pytest: false,
                };
            });
            check(&findings, Check::Pytest, remedy, &[Ability::Verify]);
        };
        check_with(true, true, "`/usr/bin/python3 -m pip install pytest`");
        let environment = "`/usr/bin/python3 -m venv .venv && .venv/bin/pip install pytest`";
        check_with(false, true, environment);
        check_with(false, false, environment);
        check_with(false, false, "`sudo apt install python3-venv`");
    }
}
