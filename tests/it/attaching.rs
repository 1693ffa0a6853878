//! Processes that run already, and programs that are not what was started.

use crate::environment;
use crate::running::Running;
use crate::tool::{Run, Workplace, candidates, plan, signal, skipped};
use rustix::process::Signal;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Computes until it is ended, or for the seconds of its first argument.
const WORKER: &str = "\
import sys, time


def work(n):
    total = 0
    for i in range(n):
        total += i * i % 7
    return total


def main():
    end = time.monotonic() + float(sys.argv[1] if len(sys.argv) > 1 else 60)
    print('ready', flush=True)
    while time.monotonic() < end:
        work(10_000)


if __name__ == '__main__':
    main()
";

fn worker(workplace: &Workplace, seconds: &str) -> Running {
    let script = workplace.file("worker.py", WORKER);
    Running::ready(Command::new(environment::python()).arg(script).arg(seconds))
}

#[test]
fn a_running_process_is_sampled_and_goes_on() {
    let workplace = Workplace::new();
    let mut worker = worker(&workplace, "60");
    let run = workplace
        .run(&[
            "attach",
            "--rate",
            "1000",
            "--duration",
            "5s",
            &worker.pid(),
        ])
        .expect(0);
    assert!(run.stdout.contains("worker.work"), "{}", run.stdout);
    assert_eq!(
        candidates(&plan(&workplace.path().join("reports/worker")))[0],
        "worker.work"
    );
    assert!(
        worker.0.try_wait().expect("it can be asked").is_none(),
        "it was ended"
    );
}

#[test]
fn what_was_sampled_is_kept_when_the_process_ends_half_way() {
    let workplace = Workplace::new();
    let worker = worker(&workplace, "6");
    workplace
        .run(&[
            "attach",
            "--rate",
            "1000",
            "--duration",
            "1m",
            &worker.pid(),
        ])
        .expect(0);
    assert_eq!(
        candidates(&plan(&workplace.path().join("reports/worker")))[0],
        "worker.work"
    );
}

#[test]
fn an_interrupt_ends_sampling_early_and_keeps_what_was_sampled() {
    let workplace = Workplace::new();
    let mut worker = worker(&workplace, "60");
    let attach = (workplace
        .rustbound()
        .args(["attach", "--duration", "1m", &worker.pid()]))
    .stdout(Stdio::piped())
    .stderr(Stdio::piped())
    .spawn()
    .expect("rustbound starts");
    std::thread::sleep(Duration::from_secs(2));
    signal(attach.id(), Signal::INT);
    let run = Run::from(attach.wait_with_output().expect("it ends")).expect(0);
    assert!(run.stdout.contains("worker.work"), "{}", run.stdout);
    assert!(
        worker.0.try_wait().expect("it can be asked").is_none(),
        "it was ended"
    );
}

#[test]
fn two_rustbounds_sample_one_process() {
    let workplace = Workplace::new();
    let worker = worker(&workplace, "60");
    let one = |output: &str| {
        let mut command = workplace.rustbound();
        command.args([
            "attach",
            "--rate",
            "1000",
            "--duration",
            "5s",
            "--output",
            output,
            &worker.pid(),
        ]);
        command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts")
    };
    let (mut first, mut second) = (one("first"), one("second"));
    assert!(first.wait().expect("it ends").success() && second.wait().expect("it ends").success());
    for report in ["first", "second"] {
        assert_eq!(
            candidates(&plan(&workplace.path().join(report)))[0],
            "worker.work"
        );
    }
}

/// Needs root, who alone can become somebody else.
#[test]
fn a_process_of_somebody_else_is_told() {
    if !rustix::process::geteuid().is_root() {
        skipped("only root can run a command as somebody else");
        return;
    }
    let workplace = Workplace::new();
    let worker = worker(&workplace, "60");
    let tool = workplace.path().join("rustbound");
    std::fs::copy(env!("CARGO_BIN_EXE_rustbound"), &tool).expect("it can be copied");
    open_to_all(workplace.path());
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(&tool);
    command
        .args(["attach", &worker.pid()])
        .current_dir(workplace.path())
        .env("NO_COLOR", "1");
    let run = Run::of(&mut command).expect(2);
    assert!(
        run.stderr.contains("error:") && run.stderr.contains("hint:"),
        "{}",
        run.stderr
    );
}

fn open_to_all(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let all = std::fs::Permissions::from_mode(0o777);
    std::fs::set_permissions(folder, all).expect("it is ours");
}

/// Runs a command around the worker, and finds the worker's function.
#[track_caller]
fn check_wrapped(file: &str, text: &str, command: &[&str]) {
    let workplace = Workplace::new();
    workplace.file("worker.py", WORKER);
    workplace.file(file, text);
    let arguments = [
        "run",
        "--rate",
        "1000",
        "--source-root",
        ".",
        "--output",
        "report",
        "--",
    ];
    let run = workplace.run(&[&arguments, command].concat()).expect(0);
    assert!(run.stdout.starts_with("ready\n"), "{}", run.stdout);
    assert_eq!(
        candidates(&plan(&workplace.path().join("report"))),
        ["worker.work"]
    );
}

#[test]
fn a_shim_that_becomes_python_is_followed() {
    check_wrapped(
        "shim",
        "sleep 0.2; exec python3 \"$@\"",
        &["sh", "shim", "worker.py", "5"],
    );
}

#[test]
fn a_shell_that_starts_python_is_followed() {
    check_wrapped("job.sh", "python3 worker.py 5; true", &["sh", "job.sh"]);
}

#[test]
fn a_program_that_becomes_another_python_is_followed() {
    let text = "import os, sys\nos.execv(sys.executable, [sys.executable, 'worker.py', '5'])";
    check_wrapped("first.py", text, &["python3", "first.py"]);
}

#[test]
fn a_program_that_goes_into_the_background_is_told() {
    let workplace = Workplace::new();
    workplace.file(
        "daemon.py",
        "import os, sys, time\nfor _ in range(3_000_000): pass\nif os.fork():\n    \
         while not os.path.exists('pid'): time.sleep(0.01)\n    os._exit(0)\n\
         os.setsid()\nopen('new', 'w').write(str(os.getpid()))\nos.rename('new', 'pid')\n\
         os.close(1)\nos.close(2)\ntime.sleep(30)",
    );
    let run = workplace.run(&["run", "daemon.py"]).expect(0);
    let pid = std::fs::read_to_string(workplace.path().join("pid")).expect("it goes on");
    signal(pid.parse().expect("a number"), Signal::TERM);
    let said: Vec<&str> = run.stderr.split_whitespace().collect();
    let hint = format!("rustbound attach {pid}");
    assert!(said.join(" ").contains(&hint), "{}", run.stderr);
}
