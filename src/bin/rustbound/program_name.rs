//! The name of a report, from the program.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The folder `reports/NAME` for a program: its first argument that is a Python file, otherwise
/// what follows `-m`, otherwise its first word. Only characters that are safe in any file name stay.
pub(crate) fn default_folder<T: AsRef<OsStr>>(command: &[T]) -> PathBuf {
    let words = || command.iter().map(|word| Path::new(word.as_ref()));
    let script = words().find(|word| word.extension().is_some_and(|it| it == "py" || it == "pyz"));
    let module = || words().skip_while(|word| *word != Path::new("-m")).nth(1);
    let name = match script {
        Some(script) => script.file_stem(),
        None => module()
            .map(Path::as_os_str)
            .or_else(|| words().next().and_then(Path::file_name)),
    };
    Path::new("reports").join(safe(&name.unwrap_or_default().to_string_lossy()))
}

fn safe(name: &str) -> String {
    let keep = |c: char| {
        if c.is_alphanumeric() || "._-".contains(c) {
            c
        } else {
            '_'
        }
    };
    let name: String = name.chars().take(80).map(keep).collect();
    let name = name.trim_start_matches(['.', '-']);
    if name.is_empty() {
        String::from("program")
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(command: &[&str], expected: &str) {
        assert_eq!(default_folder(command), Path::new("reports").join(expected));
    }

    #[test]
    fn a_script_gives_its_stem() {
        check(&["jobs/nightly.py", "--fast"], "nightly");
        check(&["python3", "-O", "jobs/nightly.py"], "nightly");
    }

    #[test]
    fn a_module_gives_its_dotted_name() {
        check(&["python3", "-m", "shop.report", "x"], "shop.report");
    }

    #[test]
    fn a_command_gives_its_first_word() {
        check(&["/usr/bin/flask", "run"], "flask");
    }

    #[test]
    fn a_name_can_not_leave_the_folder_or_break_a_line() {
        check(&["a b;\n'\".py"], "a_b____");
        check(&["..", "x"], "program");
        check(&["/"], "program");
    }
}
