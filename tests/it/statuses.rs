//! The profiled program keeps its status, its streams and its signals.

use crate::environment;
use crate::tool::{Run, Workplace, signal};
use rustix::process::Signal;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};

/// Runs a program alone and under rustbound: the same status, the same stdout, its stderr within ours.
#[track_caller]
fn check(program: &str, expected: i32) {
    let workplace = Workplace::new();
    workplace.file("program.py", program);
    let mut alone = Command::new(environment::python());
    let alone = Run::of(
        alone
            .args(["program.py", "one two"])
            .current_dir(workplace.path()),
    );
    assert_eq!(alone.status, expected, "the program itself: {alone:?}");
    let profiled = workplace
        .run(&["run", "program.py", "one two"])
        .expect(expected);
    assert_eq!(profiled.stdout, alone.stdout);
    let (own, all) = (alone.stderr, profiled.stderr);
    assert!(all.contains(&own), "{own}\nis not within\n{all}");
}

/// Long enough to be sampled.
const WORK: &str = "\
def work(n):
    total = 0
    for i in range(n):
        total += i * i % 7
    return total
print(work(2_000_000))
";

#[test]
fn success_is_kept() {
    check(WORK, 0);
}

#[test]
fn arguments_and_folder_are_kept() {
    check("import os, sys\nprint(sys.argv[1:], os.getcwd())\n", 0);
}

#[test]
fn a_status_is_kept() {
    check(&format!("{WORK}import sys; sys.exit(3)"), 3);
}

#[test]
fn exit_with_a_text_is_kept() {
    check(&format!("{WORK}import sys; sys.exit('no such order')"), 1);
}

#[test]
fn an_uncaught_exception_is_kept() {
    check(&format!("{WORK}raise ValueError('x')"), 1);
}

#[test]
fn an_exit_without_clean_up_is_kept() {
    check(
        &format!("{WORK}import os, sys; sys.stdout.flush(); os._exit(7)"),
        7,
    );
}

#[test]
fn a_death_by_signal_is_kept() {
    for (signal, status) in [("SIGTERM", 143), ("SIGKILL", 137), ("SIGSEGV", 139)] {
        check(
            &format!(
                "{WORK}import os, signal, sys; sys.stdout.flush(); os.kill(os.getpid(), signal.{signal})"
            ),
            status,
        );
    }
}

#[test]
fn a_program_of_a_few_milliseconds_is_run_and_kept() {
    check("print('short')", 0);
}

#[test]
fn a_program_that_replaces_itself_is_kept() {
    check(
        "import os, sys\nos.execv(sys.executable, [sys.executable, '-c', 'print(5); exit(4)'])",
        4,
    );
}

#[test]
fn a_program_that_forks_is_kept() {
    check(
        "import os, sys\npid = os.fork()\nif pid == 0:\n    os._exit(5)\n\
         print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))",
        0,
    );
}

#[test]
fn standard_input_reaches_the_program() {
    let workplace = Workplace::new();
    workplace.file("echo.py", "import sys\nprint(sys.stdin.read().upper())");
    let mut child = (workplace.rustbound().args(["run", "-q", "echo.py"]))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("rustbound starts");
    let mut stdin = child.stdin.take().expect("stdin is a pipe");
    stdin.write_all(b"text\n").expect("the pipe is open");
    drop(stdin);
    let run = Run::from(child.wait_with_output().expect("it ends")).expect(0);
    assert_eq!(run.stdout, "TEXT\n\n");
}

#[test]
fn a_command_that_never_runs_python_keeps_its_status_and_is_told_so() {
    let workplace = Workplace::new();
    let run = workplace
        .run(&["run", "--", "sh", "-c", "echo out; exit 3"])
        .expect(3);
    assert_eq!(run.stdout, "out\n");
    assert!(run.stderr.contains("Python"), "{}", run.stderr);
    assert!(!workplace.path().join("reports").exists() || is_empty(&workplace));
}

fn is_empty(workplace: &Workplace) -> bool {
    let reports = workplace.path().join("reports");
    std::fs::read_dir(reports)
        .expect("a folder")
        .next()
        .is_none()
}

#[test]
fn what_can_not_be_started_has_the_statuses_of_env() {
    let workplace = Workplace::new();
    workplace.file("no-program", "text");
    workplace.run(&["run", "--", "no-such-command"]).expect(127);
    workplace.run(&["run", "--", "./no-program"]).expect(126);
    workplace.run(&["run", "missing.py"]).expect(127);
    std::fs::create_dir(workplace.path().join("folder.py")).expect("a folder is made");
    workplace.run(&["run", "folder.py"]).expect(126);
    workplace.run(&["run", "--output", "/dev/full", "missing.py"]);
    workplace.file("program.py", WORK);
    let run = workplace
        .run(&["run", "--output", "/dev/full", "program.py"])
        .expect(125);
    assert!(
        run.stdout.is_empty(),
        "the program was run before the folder was checked"
    );
    assert!(
        run.stderr.contains("error:") && run.stderr.contains("hint:"),
        "{}",
        run.stderr
    );
}

#[test]
fn the_program_runs_once() {
    let workplace = Workplace::new();
    workplace.file(
        "count.py",
        &format!("open('runs', 'a').write('run\\n')\n{WORK}"),
    );
    workplace.run(&["run", "count.py"]).expect(0);
    let runs = std::fs::read_to_string(workplace.path().join("runs")).expect("it ran");
    assert_eq!(runs, "run\n");
}

#[test]
fn scripts_of_any_name_run() {
    use std::os::unix::ffi::OsStrExt;
    let names: [&[u8]; 6] = [
        b"a b.py",
        b"a'b\"c.py",
        b"a;b.py",
        b"a\nb.py",
        b"caf\xe9.py",
        b"-dash.py",
    ];
    for name in names {
        let workplace = Workplace::new();
        let name = std::ffi::OsStr::from_bytes(name);
        workplace.file(name, WORK);
        let path = std::path::Path::new("./").join(name);
        let run = Run::of(workplace.rustbound().arg("run").arg(path)).expect(0);
        assert_eq!(
            run.stdout,
            "6000000\n".replace("6000000", run.stdout.trim())
        );
        let reports = std::fs::read_dir(workplace.path().join("reports")).expect("a folder");
        assert_eq!(reports.count(), 1, "{name:?}");
    }
}

/// Starts a program under rustbound, waits for its first line, then calls `act` with the child.
fn with_running(program: &str, act: impl FnOnce(&std::process::Child)) -> (Workplace, Run) {
    let workplace = Workplace::new();
    workplace.file("program.py", program);
    let mut child = (workplace.rustbound().args(["run", "program.py"]))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("rustbound starts");
    let mut stdout = BufReader::new(child.stdout.take().expect("stdout is a pipe"));
    let mut line = String::new();
    stdout
        .read_line(&mut line)
        .expect("the program writes a line");
    act(&child);
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).expect("the program ends");
    let mut run = Run::from(child.wait_with_output().expect("it ends"));
    run.stdout = rest;
    (workplace, run)
}

/// It asks for the signal itself, for who starts the tests in the background ignores it for all.
const UNTIL_INTERRUPTED: &str = "\
import signal
import sys
signal.signal(signal.SIGINT, signal.default_int_handler)
caught = 0
def work():
    n = 0
    while True:
        n += 1
try:
    print('ready', flush=True)
    work()
except KeyboardInterrupt:
    caught += 1
    for _ in range(3_000_000):
        pass
print('interrupted', caught)
sys.exit(9)
";

#[test]
fn an_interrupt_for_rustbound_reaches_the_program_once_and_the_samples_are_kept() {
    let (workplace, run) = with_running(UNTIL_INTERRUPTED, |child| {
        std::thread::sleep(std::time::Duration::from_millis(500));
        signal(child.id(), Signal::INT);
    });
    let run = run.expect(9);
    assert_eq!(run.stdout, "interrupted 1\n");
    let plan = crate::tool::plan(&workplace.path().join("reports/program"));
    assert!(plan["run"]["samples"].as_u64().expect("a count") > 0);
}

#[test]
fn termination_reaches_the_program() {
    let (_, run) = with_running(UNTIL_INTERRUPTED, |child| signal(child.id(), Signal::TERM));
    run.expect(143);
}

#[test]
fn ctrl_c_in_a_terminal_reaches_the_program_once() {
    let workplace = Workplace::new();
    workplace.file("program.py", UNTIL_INTERRUPTED);
    workplace.file("terminal.py", include_str!("terminal.py"));
    let mut driver = Command::new(environment::python());
    driver
        .arg("terminal.py")
        .arg(env!("CARGO_BIN_EXE_rustbound"))
        .current_dir(workplace.path());
    let run = Run::of(driver.env("PATH", std::env::var_os("PATH").unwrap_or_default())).expect(9);
    assert!(run.stdout.contains("interrupted 1"), "{}", run.stdout);
    assert!(workplace.path().join("reports/program/plan.json").is_file());
}
