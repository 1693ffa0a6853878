//! What the facts mean: facts in, findings out, and nothing is asked.

mod access;
mod container;
mod disk;
#[cfg(test)]
pub(super) mod example;
mod process;
mod python;
mod seccomp;
mod tools;
mod yama;

pub(super) use access::access;
pub(super) use disk::disks;
pub(super) use process::process;
pub(super) use python::pythons;
pub(super) use tools::tools;

use super::facts::Answer;
use std::error::Error;

/// An error and its causes on one line.
fn in_full(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| (*error).source());
    let texts: Vec<String> = causes.map(ToString::to_string).collect();
    texts.join(": ")
}

/// How a package comes to an interpreter. One that is not to be changed gets a virtual environment, which `run` finds.
fn install_package(answer: &Answer, package: &str) -> String {
    let python = answer.executable.to_string_lossy();
    let environment = format!(
        "`{} && {}`",
        shell(&[&python, "-m", "venv", ".venv"]),
        shell(&[".venv/bin/pip", "install", package])
    );
    match (answer.packages.pip, answer.packages.venv) {
        (true, _) => command(&[&python, "-m", "pip", "install", package]),
        (false, true) => environment,
        (false, false) => format!(
            "install venv (Debian and Ubuntu: `sudo apt install python3-venv`), then {environment}"
        ),
    }
}

/// The words as a command for a shell, where a path may hold anything.
fn command(words: &[&str]) -> String {
    format!("`{}`", shell(words))
}

fn shell(words: &[&str]) -> String {
    let plain = |char: char| char.is_alphanumeric() || "_-+=./:,@%".contains(char);
    let quoted = words.iter().map(|&word| {
        if !word.is_empty() && word.chars().all(plain) {
            word.to_owned()
        } else {
            format!("'{}'", word.replace('\'', r"'\''"))
        }
    });
    quoted.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_with_a_space_stays_one_word() {
        assert_eq!(
            command(&["/my env/bin/python", "-m", "pip"]),
            "`'/my env/bin/python' -m pip`"
        );
    }
}
