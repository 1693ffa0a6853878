//! Python's own sampling profiler as the sampler: within the root of Debian's Python 3.15, which has it.

use crate::environment;
use crate::pythons::{self, Origin};
use crate::running::{Running, wait_until_ready};
use crate::tool::{Run, Workplace, candidates, plan, signal, skipped};
use rustix::process::Signal;
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// Computes for so many seconds as its first argument says, and ends with status 7. It echoes its input and arguments.
const JOB: &str = "\
import sys
import time


def spin(rounds: int) -> int:
    total = 0
    for number in range(rounds):
        total += number * number % 7
    return total


def main() -> None:
    print('ready', flush=True)
    end = time.monotonic() + float(sys.argv[1])
    while time.monotonic() < end:
        spin(20_000)
    print(sys.stdin.read(), sys.argv[2:])
    sys.exit(7)


if __name__ == '__main__':
    main()
";

/// A pool that computes for four seconds.
const POOL: &str = "\
import multiprocessing
import time
from job import spin


def work(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        spin(20_000)


if __name__ == '__main__':
    work(1)
    with multiprocessing.get_context('fork').Pool(2) as pool:
        pool.map(work, [4, 4], chunksize=1)
";

/// The folder of a Python 3.15, with rustbound and programs in a folder of it.
struct Place {
    root: PathBuf,
    folder: TempDir,
}

impl Place {
    /// None where no such Python is, or nothing can be mounted: said then.
    fn new() -> Option<Self> {
        let all = pythons::all(|_| {});
        let roots = all.into_iter().filter(|python| python.minor == 15);
        let root = roots.map(|python| python.origin).find_map(|it| match it {
            Origin::Root(root) => Some(root),
            Origin::Host(_) => None,
        });
        let mount = ["-m", "mount", "--rbind", "/proc", "/mnt"];
        let mounted = Command::new("unshare").args(mount).output();
        let can_mount = mounted.is_ok_and(|mounted| mounted.status.success());
        let Some(root) = root.filter(|_| can_mount) else {
            skipped("there is no Python 3.15 in a folder, or no right to mount anything there");
            return None;
        };
        let folder = tempfile::tempdir_in(root.join("tmp")).expect("a temporary folder");
        let place = Self { root, folder };
        let tool = place.folder.path().join("rustbound");
        fs::copy(env!("CARGO_BIN_EXE_rustbound"), tool).expect("it can be copied");
        place.file("job.py", JOB);
        Some(place)
    }

    fn file(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).expect("a file is written");
    }

    /// A file of the folder, as it is named within the root.
    fn inside(&self, name: &str) -> String {
        let path = self.folder.path().join(name);
        let path = path.strip_prefix(&self.root).expect("it is below the root");
        format!("/{}", path.display())
    }

    /// `rustbound run --sampler tachyon OPTIONS… SCRIPT ARGUMENTS…` within the root. What is mounted for it nobody else
    /// sees.
    fn run(&self, options: &[&str], words: &[&str]) -> Command {
        let root = self.root.display();
        let script = format!(
            "for folder in proc dev; do mount --rbind /$folder {root}/$folder || exit; done; \
             exec chroot {root} \"$0\" run \"$@\""
        );
        let mut command = Command::new("unshare");
        command.args(["-m", "sh", "-c", &script, &self.inside("rustbound")]);
        command.args(["--sampler", "tachyon", "-o", &self.inside("report")]);
        command.args(options).arg("--python=/usr/bin/python3.15");
        command.arg(self.inside(words[0])).args(&words[1..]);
        command.env("NO_COLOR", "1").stdin(Stdio::null());
        command
    }

    fn report(&self) -> PathBuf {
        self.folder.path().join("report")
    }
}

fn share(plan: &Value) -> f64 {
    let share = &plan["candidates"][0]["share"]["expected"];
    share.as_f64().expect("a share")
}

#[test]
fn pythons_own_profiler_samples_and_the_program_keeps_its_streams_and_status() {
    let Some(place) = Place::new() else { return };
    let mut command = place.run(&[], &["job.py", "4", "an argument"]);
    let mut child = (command.stdin(Stdio::piped()).stdout(Stdio::piped()))
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdin = child.stdin.take().expect("stdin is a pipe");
    stdin.write_all(b"some input").expect("the pipe is open");
    drop(stdin);
    let run = Run::from(child.wait_with_output().expect("it ends")).expect(7);
    assert_eq!(run.stdout, "ready\nsome input ['an argument']\n");
    assert!(
        run.stderr.contains("how long threads waited"),
        "{}",
        run.stderr
    );
    let plan = plan(&place.report());
    assert_eq!(candidates(&plan), ["job.spin"]);
    assert!(share(&plan) > 0.8, "{plan}");
    let time = &plan["time"];
    let interpreter = time["interpreter"].as_f64().expect("seconds");
    let cpu = plan["run"]["cpu_seconds"].as_f64().expect("seconds");
    assert!(interpreter > 0.8 * cpu, "{time}");
    let left: Vec<_> = (fs::read_dir(place.report()).expect("the report").flatten())
        .filter(|entry| entry.file_name().to_string_lossy().contains("sampler"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn pythons_own_profiler_follows_further_processes() {
    let Some(place) = Place::new() else { return };
    place.file("pool.py", POOL);
    Run::of(&mut place.run(&["--subprocesses"], &["pool.py"])).expect(0);
    let plan = plan(&place.report());
    assert_eq!(candidates(&plan), ["job.spin"]);
    assert!(plan["run"]["processes"].as_u64() >= Some(3), "{plan}");
}

#[test]
fn an_interrupt_ends_the_program_and_not_its_sampling() {
    let Some(place) = Place::new() else { return };
    let mut command = place.run(&[], &["job.py", "60"]);
    let mut child = (command.stdout(Stdio::piped()).stderr(Stdio::piped()))
        .spawn()
        .expect("it starts");
    wait_until_ready(&mut child);
    std::thread::sleep(Duration::from_secs(4));
    signal(child.id(), Signal::INT);
    let run = Run::from(child.wait_with_output().expect("it ends")).expect(130);
    assert!(run.stderr.contains("KeyboardInterrupt"), "{}", run.stderr);
    assert_eq!(candidates(&plan(&place.report())), ["job.spin"]);
}

/// A `python3.15` of this machine, which is that of the folder, started by its own loader.
fn python_on_path(workplace: &Workplace, root: &Path) -> PathBuf {
    let root = root.display();
    let text = format!(
        "#!/bin/sh\nexec {root}/lib64/ld-linux-x86-64.so.2 --library-path {root}/usr/lib/x86_64-linux-gnu \
         {root}/usr/bin/python3.15 \"$@\"\n"
    );
    let python = workplace.file("bin/python3.15", &text);
    fs::set_permissions(&python, fs::Permissions::from_mode(0o755)).expect("our file");
    python.parent().expect("its folder").to_owned()
}

#[test]
fn a_process_of_another_root_is_sampled_by_the_python_of_its_version_on_the_path() {
    let Some(place) = Place::new() else { return };
    let workplace = Workplace::new();
    let mut command = Command::new("chroot");
    command.arg(&place.root).arg("/usr/bin/python3.15");
    let mut job = Running::ready(command.args([&*place.inside("job.py"), "60"]));
    let attach = |path: &str| {
        let words = [
            "attach",
            "--sampler",
            "tachyon",
            "--observe",
            "--duration",
            "4s",
        ];
        let mut command = workplace.rustbound();
        command.env("PATH", path).args(words);
        Run::of(command.args(["-o", "report", &job.pid()]))
    };
    let missing = attach("/usr/bin:/bin").expect(2);
    assert_eq!(
        missing.stderr,
        format!(
            "error: there is no `python3.15` here whose profiler could sample process {}\nhint: put one on the path, \
             or leave out --sampler: rustbound has a sampler of its own\n",
            job.pid()
        )
    );
    let folder = python_on_path(&workplace, &place.root);
    attach(&format!("{}:/usr/bin:/bin", folder.display())).expect(0);
    assert_eq!(job.0.try_wait().expect("it is ours"), None);
    let plan = plan(&workplace.path().join("report"));
    assert_eq!(candidates(&plan), ["job.spin"]);
    let notes = plan["notes"].as_array().expect("it is a list");
    let note = "calls were not counted: an installed sampler looks from outside only";
    assert!(notes.iter().any(|it| it == note), "{notes:?}");
}

const HINT: &str = "hint: Python has one from 3.15 on: run it with that, or leave out --sampler: rustbound has a \
                    sampler of its own\n";

#[test]
fn a_python_without_such_a_profiler_is_told_before_the_program_starts() {
    let workplace = Workplace::new();
    workplace.file("job.py", JOB);
    let run = workplace.run(&["run", "--sampler", "tachyon", "job.py", "60"]);
    let run = run.expect(125);
    assert_eq!(run.stdout, "");
    let error = "error: `python3` has no sampling profiler of its own\n";
    assert_eq!(run.stderr, format!("{error}{HINT}"));
}

#[test]
fn a_process_of_a_python_without_such_a_profiler_is_told() {
    let workplace = Workplace::new();
    let script = workplace.file("job.py", JOB);
    let mut command = Command::new(environment::python());
    let job = Running::ready(command.arg(script).arg("60"));
    let run = workplace.run(&["attach", "--sampler", "tachyon", &job.pid()]);
    let run = run.expect(2);
    let (error, hint) = run.stderr.split_once('\n').expect("two lines");
    assert!(
        error.starts_with("error: Python 3.")
            && error.ends_with(" has no sampling profiler of its own"),
        "{error}"
    );
    assert_eq!(hint, HINT);
}

#[test]
fn a_command_that_starts_a_python_without_such_a_profiler_runs_to_its_end() {
    let workplace = Workplace::new();
    workplace.file("job.py", JOB);
    let words = ["run", "--sampler", "tachyon", "--", "sh", "-c"];
    let script = "python3 job.py 2; exit 3";
    let run = workplace.run(&[&words[..], &[script]].concat()).expect(3);
    assert_eq!(run.stdout, "ready\n []\n");
    let note = "Python's own profiler took no samples: Python 3.";
    assert!(
        run.stderr.replace('\n', " ").contains(note),
        "{}",
        run.stderr
    );
}
