//! `doctor` on this machine, on machines that lack something, and about processes.

use crate::environment;
use crate::running::Running;
use crate::tool::{Run, Workplace, skipped};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Waits until it is ended.
const SLEEPER: &str = "import time\ntime.sleep(60)\n";

fn sleeper(workplace: &Workplace) -> Running {
    let script = workplace.file("sleeper.py", SLEEPER);
    Running::start(Command::new(environment::python()).arg(script))
}

/// What `doctor --json` said.
struct Document(Value);

impl Document {
    fn of(run: &Run) -> Self {
        Self(serde_json::from_str(&run.stdout).expect("one JSON document on stdout"))
    }

    fn works(&self, command: &str) -> bool {
        let mut commands = self.0["commands"].as_array().expect("a list").iter();
        let entry = commands.find(|entry| entry["command"] == command);
        entry.expect("all commands are there")["works"] == true
    }

    /// The status, the text and the remedy of a finding.
    fn finding(&self, name: &str) -> (&str, &str, &str) {
        let mut findings = self.0["findings"].as_array().expect("a list").iter();
        let finding = findings.find(|finding| finding["name"] == name);
        let finding = finding.unwrap_or_else(|| panic!("{name} was not looked at"));
        let text = |field: &str| finding[field].as_str().unwrap_or_default();
        (text("status"), text("found"), text("remedy"))
    }

    #[track_caller]
    fn check(&self, name: &str, status: &str, found: &str, remedy: &str) {
        let finding = self.finding(name);
        assert_eq!(finding.0, status, "{finding:?}");
        assert!(finding.1.contains(found), "{finding:?}");
        assert!(finding.2.contains(remedy), "{finding:?}");
    }
}

/// `doctor --json` with this search path, which must end with the status.
fn on_path(workplace: &Workplace, path: &Path, status: i32) -> Document {
    let mut command = workplace.rustbound();
    command
        .env("PATH", path)
        .env("HOME", workplace.path())
        .env_remove("PYENV_ROOT");
    let run = Run::of(command.args(["doctor", "--json"])).expect(status);
    Document::of(&run)
}

/// A folder of the test's environment alone: its Python and what pip put beside it, and nothing that builds.
fn environment_folder() -> std::path::PathBuf {
    let python = environment::python();
    python.parent().expect("it lies in a folder").to_owned()
}

#[test]
fn this_machine_can_run_and_verify() {
    let workplace = Workplace::new();
    let run = Run::of(workplace.rustbound().args(["doctor", "--json"]));
    let document = Document::of(&run);
    assert!(
        document.works("run") && document.works("verify"),
        "{}",
        run.stdout
    );
    for name in [
        "sampling", "python", "pytest", "cargo", "rustc", "linker", "maturin",
    ] {
        document.check(name, "ok", "", "");
    }
    let all = document.works("attach");
    run.expect(i32::from(!all));
}

#[test]
fn people_read_the_same_within_their_terminal() {
    let workplace = Workplace::new();
    let run = workplace.run(&["doctor"]);
    assert!(run.stdout.contains("would work here"), "{}", run.stdout);
    for line in run.stdout.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    let document = Document::of(&workplace.run(&["doctor", "--json"]));
    for finding in document.0["findings"].as_array().expect("a list") {
        let name = finding["name"].as_str().expect("a name");
        assert!(
            run.stdout.contains(name),
            "{name} is missing: {}",
            run.stdout
        );
    }
}

#[test]
fn without_cargo_nothing_can_be_verified() {
    let workplace = Workplace::new();
    let document = on_path(&workplace, &environment_folder(), 1);
    assert!(document.works("run") && !document.works("verify"));
    document.check("cargo", "missing", "not found on PATH", "rustup.rs");
    document.check("rustc", "missing", "not found on PATH", "rustup.rs");
    document.check("linker", "missing", "not found on PATH", "gcc");
    let mut command = workplace.rustbound();
    command.env("PATH", environment_folder()).arg("doctor");
    let text = Run::of(&mut command).expect(1).stdout;
    assert!(
        text.contains("verify: cargo was not found on PATH"),
        "{text}"
    );
}

#[test]
fn without_python_nothing_can_be_run() {
    let workplace = Workplace::new();
    let document = on_path(&workplace, workplace.path(), 1);
    assert!(!document.works("run") && !document.works("verify"));
    document.check(
        "python",
        "missing",
        "python3 was not found",
        "install Python",
    );
}

#[test]
fn a_python_that_fails_is_told_and_obeyed_in_nothing() {
    let workplace = Workplace::new();
    let script = "#!/bin/sh\nprintf 'no\\033[2J python\\n' >&2\nexit 1\n";
    executable(&workplace.file("python3", script));
    let mut command = workplace.rustbound();
    let path = format!("{}:/usr/bin:/bin", workplace.path().display());
    let run = Run::of(command.env("PATH", path).arg("doctor")).expect(1);
    assert!(run.stdout.contains("no\\x1b[2J python"), "{}", run.stdout);
    assert!(!run.stdout.contains('\x1b'), "{}", run.stdout);
}

fn executable(file: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(file, mode).expect("it is ours");
}

#[test]
fn no_code_of_the_user_is_run() {
    let workplace = Workplace::new();
    let spy = "open('/proc/self/cwd/imported', 'w')\n";
    for file in [
        "json.py",
        "sitecustomize.py",
        "usercustomize.py",
        "pytest.py",
        "pip.py",
    ] {
        workplace.file(file, spy);
    }
    let mut command = workplace.rustbound();
    command.env("PYTHONPATH", workplace.path());
    command.env("PYTHONSTARTUP", workplace.path().join("json.py"));
    let document = Document::of(&Run::of(command.args(["doctor", "--json"])));
    assert!(document.works("run"));
    assert!(!workplace.path().join("imported").exists());
}

#[test]
fn a_process_that_can_be_read_is_what_doctor_says() {
    let workplace = Workplace::new();
    let python = sleeper(&workplace);
    let document = Document::of(&workplace.run(&["doctor", "--json", &python.pid()]));
    assert_eq!(document.0["process"], python.0.id());
    document.check("owner", "ok", "the same user", "");
    document.check("process", "ok", "can be read", "");
    assert!(document.works("attach"));
    let attach = ["attach", "--duration", "200ms", &python.pid()];
    workplace.run(&attach).expect(0);
}

#[test]
fn a_process_that_is_not_python_is_told_by_a_name_that_does_no_harm() {
    let workplace = Workplace::new();
    let program = workplace.path().join("x\x1b[2J\ny");
    fs::copy("/bin/sleep", &program).expect("it can be copied");
    let sleep = Running::start(Command::new(&program).arg("60"));
    let run = workplace.run(&["doctor", &sleep.pid()]).expect(1);
    assert!(run.stdout.contains("attach would not"), "{}", run.stdout);
    assert!(
        run.stdout.contains("(x\\x1b[2J\\ny) is not Python"),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains('\x1b'), "{}", run.stdout);
}

#[test]
fn a_process_that_is_not_there_is_a_sentence_and_a_hint() {
    let workplace = Workplace::new();
    for (pid, said) in [
        ("4294967296", "invalid value"),
        ("4194305", "there is no process 4194305"),
    ] {
        let run = workplace.run(&["doctor", pid]).expect(2);
        assert!(run.stdout.is_empty(), "{}", run.stdout);
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
    let run = workplace.run(&["doctor", "--json", "4194305"]).expect(2);
    assert_eq!(
        run.stderr,
        "error: there is no process 4194305\nhint: list Python processes with `pgrep -af python`\n"
    );
}

/// `setpriv OPTIONS rustbound doctor --json PID`, about a Python of ours. None where only root could do that.
fn with_less(options: &[&str]) -> Option<Document> {
    if !rustix::process::geteuid().is_root() {
        skipped("only root can run a command as somebody else");
        return None;
    }
    let workplace = Workplace::new();
    let python = sleeper(&workplace);
    let tool = workplace.path().join("rustbound");
    fs::copy(env!("CARGO_BIN_EXE_rustbound"), &tool).expect("it can be copied");
    open_to_all(workplace.path());
    let mut command = Command::new("setpriv");
    command.args(options).arg(tool);
    command
        .args(["doctor", "--json", &python.pid()])
        .current_dir(workplace.path())
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", workplace.path());
    Some(Document::of(&Run::of(&mut command).expect(1)))
}

fn open_to_all(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let all = fs::Permissions::from_mode(0o777);
    fs::set_permissions(folder, all).expect("it is ours");
}

#[test]
fn a_process_of_somebody_else_is_explained() {
    let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    let Some(document) = with_less(&nobody) else {
        return;
    };
    assert!(!document.works("attach"));
    document.check("owner", "warning", "another user", "as root");
    document.check(
        "process",
        "missing",
        "may not be read",
        "sudo rustbound attach",
    );
    document.check("capability", "warning", "CAP_SYS_PTRACE", "");
}

/// Forbids `process_vm_readv`, system call 310 on this architecture, and becomes the program of its arguments. What is loaded
/// and compared is the call's number, at the beginning of `struct seccomp_data`; see seccomp(2).
#[cfg(target_arch = "x86_64")]
const FILTERED: &str = "\
import ctypes, errno, os, struct, sys

LOAD, IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ERRNO, ALLOW = 0x00050000 | errno.EPERM, 0x7FFF0000
rules = [(LOAD, 0, 0, 0), (IF_EQUAL, 0, 1, 310), (RETURN, 0, 0, ERRNO), (RETURN, 0, 0, ALLOW)]
code = ctypes.create_string_buffer(b''.join(struct.pack('HBBI', *rule) for rule in rules))
program = ctypes.create_string_buffer(struct.pack('HxxxxxxQ', len(rules), ctypes.addressof(code)))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0  # PR_SET_NO_NEW_PRIVS
assert libc.prctl(22, 2, program, 0, 0) == 0  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
os.execv(sys.argv[1], sys.argv[1:])
";

#[cfg(target_arch = "x86_64")]
#[test]
fn a_filter_that_keeps_memory_from_being_read_is_explained() {
    let workplace = Workplace::new();
    let script = workplace.file("filtered.py", FILTERED);
    let mut command = Command::new(environment::python());
    command.arg(script).arg(env!("CARGO_BIN_EXE_rustbound"));
    command
        .args(["doctor", "--json"])
        .current_dir(workplace.path());
    let path = environment_folder();
    let run = Run::of(command.env("PATH", path).env_remove("VIRTUAL_ENV")).expect(1);
    let document = Document::of(&run);
    assert!(
        !document.works("run") && !document.works("attach"),
        "{}",
        run.stdout
    );
    document.check("sampling", "missing", "", "seccomp=unconfined");
    document.check("seccomp", "missing", "filtered", "seccomp=unconfined");
}

/// Linux lets nobody read a process that may do more.
#[test]
fn a_process_of_the_same_user_that_may_not_be_read_is_explained() {
    let less = ["--bounding-set=-sys_ptrace"];
    let Some(document) = with_less(&less) else {
        return;
    };
    assert!(!document.works("attach"));
    document.check("owner", "ok", "the same user", "");
    document.check("process", "missing", "may not be read", "ptrace_scope");
    document.check("capability", "warning", "without CAP_SYS_PTRACE", "");
}
