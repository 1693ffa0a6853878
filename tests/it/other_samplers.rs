//! What other profilers record of real programs, and the installed py-spy as the sampler.

use crate::pythons::{self, Origin, Python, Script};
use crate::running::Running;
use crate::tool::{Run, Workplace, candidates, plan, skipped};
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Spins for so many seconds as its argument says, and ends with status 7.
const SPIN: &str = "\
import sys
import time


def spin(rounds: int) -> int:
    total = 0
    for number in range(rounds):
        total += number * number % 7
    return total


def main() -> None:
    end = time.monotonic() + float(sys.argv[1])
    while time.monotonic() < end:
        spin(20_000)
    print('done')
    sys.exit(7)


main()
";

/// Where a file lies that is beside a script, as the script's Python names it and as we do.
fn beside(python: &Python, script: &Script, name: &str) -> (PathBuf, PathBuf) {
    let script = Path::new(script.words().last().expect("the script"));
    let inside = script.with_file_name(name);
    let outside = match &python.origin {
        Origin::Host(_) => inside.clone(),
        Origin::Root(root) => root.join(inside.strip_prefix("/").expect("it is absolute")),
    };
    (inside, outside)
}

#[test]
fn statistics_of_every_pythons_cprofile_name_the_hot_function() {
    for python in pythons::all(skipped) {
        let script = python.script(&[("job.py", SPIN)]);
        let (inside, outside) = beside(&python, &script, "job.pstats");
        let (script_path, interpreter) = script.words().split_last().expect("the script");
        let status = Command::new(&interpreter[0])
            .args(&interpreter[1..])
            .args(["-m", "cProfile", "-o"])
            .args([inside.as_os_str(), script_path, "0.3".as_ref()])
            .stdout(Stdio::null())
            .status();
        assert_eq!(status.expect("Python runs").code(), Some(0), "{python}");
        let workplace = Workplace::new();
        let profile = outside.to_string_lossy();
        let run = workplace
            .run(&["convert", &profile, "--to", "collapsed"])
            .expect(0);
        let heaviest = heaviest(&run.stdout);
        assert!(
            heaviest.contains(";main (") && heaviest.contains(";spin ("),
            "{python}: {run:?}"
        );
        if let Origin::Host(_) = python.origin {
            workplace
                .run(&["analyze", &profile, "-o", "report"])
                .expect(0);
            let plan = plan(&workplace.path().join("report"));
            assert_eq!(candidates(&plan)[0], "job.spin", "{python}");
        }
    }
}

/// The stack with the largest count.
fn heaviest(collapsed: &str) -> &str {
    let count = |line: &&str| -> u64 {
        let count = line.rsplit(' ').next().and_then(|count| count.parse().ok());
        count.expect("a line ends with its count")
    };
    collapsed.lines().max_by_key(count).unwrap_or_default()
}

#[test]
fn a_binary_file_of_pythons_own_sampler_names_the_hot_function() {
    let all = pythons::all(|_| {});
    let Some(python) = all.iter().find(|python| python.minor == 15) else {
        return skipped("there is no Python 3.15 with its sampling profiler");
    };
    let script = python.script(&[("job.py", SPIN)]);
    let program = started(&script, "20");
    let workplace = Workplace::new();
    let file = workplace.path().join("job.bin");
    let mut sampler = sampler(python);
    sampler.args([
        "-m",
        "profiling.sampling",
        "attach",
        "--binary",
        "--opcodes",
    ]);
    sampler.args(["--all-threads", "-d", "1", "-o"]).arg(&file);
    let sampled = Run::of(sampler.arg(program.0.id().to_string()));
    drop(program);
    let sampled = sampled.expect(0);
    let native = workplace.path().join("job.json");
    let words = ["convert", "job.bin", "--to", "json", "-o", "job.json"];
    workplace.run(&words).expect(0);
    let text = fs::read_to_string(native).expect("it was written");
    assert!(text.contains("\"BINARY_OP\""), "{sampled:?}");
    let run = workplace
        .run(&["convert", "job.bin", "--to", "collapsed"])
        .expect(0);
    assert!(heaviest(&run.stdout).contains(";spin ("), "{run:?}");
}

/// Python with this machine's `/proc` before it, which a folder as root doesn't have: there its own loader starts
/// it instead.
fn sampler(python: &Python) -> Command {
    let root = match &python.origin {
        Origin::Host(interpreter) => return Command::new(interpreter),
        Origin::Root(root) => root,
    };
    let mut command = Command::new(root.join("lib64/ld-linux-x86-64.so.2"));
    command
        .arg("--library-path")
        .arg(root.join("usr/lib/x86_64-linux-gnu"));
    command.arg(root.join(format!("usr/bin/python3.{}", python.minor)));
    command.env("PYTHONHOME", root.join("usr"));
    command
}

/// Starts the script for so many seconds, and waits until it is Python: before, nothing can be read.
fn started(script: &Script, seconds: &str) -> Running {
    let words = script.words();
    let mut command = Command::new(&words[0]);
    let program = Running::start(command.args(&words[1..]).arg(seconds));
    std::thread::sleep(std::time::Duration::from_secs(1));
    program
}

/// The folder of the installed py-spy: on the path, or in the virtual environment that the benches make.
fn py_spy() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let made = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("py-spy-env/bin");
    let mut folders = std::env::split_paths(&path).chain([made]);
    folders.find(|folder| folder.join("py-spy").is_file())
}

/// `rustbound` with a folder before the others on its path.
fn rustbound(workplace: &Workplace, folder: &Path) -> Command {
    let mut command = workplace.rustbound();
    let path = command.get_envs().find(|(name, _)| *name == "PATH");
    let path = path
        .and_then(|(_, path)| path)
        .unwrap_or_default()
        .to_owned();
    let mut folders = vec![folder.to_owned()];
    folders.extend(std::env::split_paths(&path));
    let path: OsString = std::env::join_paths(folders).expect("no folder has a colon");
    command.env("PATH", path);
    command
}

#[test]
fn an_installed_py_spy_samples_and_leaves_the_program_its_output_and_status() {
    let Some(folder) = py_spy() else {
        return skipped("there is no py-spy on this machine");
    };
    let workplace = Workplace::new();
    workplace.file("job.py", SPIN);
    let words = ["run", "--sampler", "py-spy", "job.py", "4"];
    let run = Run::of(rustbound(&workplace, &folder).args(words)).expect(7);
    assert_eq!(run.stdout, "done\n");
    let report = workplace.path().join("reports/job");
    assert_eq!(candidates(&plan(&report)), ["job.spin"]);
    let left: Vec<_> = (fs::read_dir(report).expect("the report").flatten())
        .filter(|entry| entry.file_name().to_string_lossy().contains("sampler"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn an_installed_py_spy_samples_a_running_process_for_a_while() {
    let Some(folder) = py_spy() else {
        return skipped("there is no py-spy on this machine");
    };
    let python = crate::environment::python();
    let workplace = Workplace::new();
    let script = workplace.file("job.py", SPIN);
    let mut command = Command::new(python);
    command.arg(script).arg("20").stdout(Stdio::null());
    let mut program = Running(command.spawn().expect("Python starts"));
    let pid = program.0.id().to_string();
    let words = ["attach", &pid, "--sampler", "py-spy", "--duration", "4s"];
    Run::of(
        rustbound(&workplace, &folder)
            .args(words)
            .args(["-o", "report"]),
    )
    .expect(0);
    assert_eq!(program.0.try_wait().expect("it is ours"), None);
    let plan = plan(&workplace.path().join("report"));
    assert_eq!(candidates(&plan)[0], "job.spin");
}

#[test]
fn a_py_spy_that_fails_is_told_and_the_program_runs_on() {
    let workplace = Workplace::new();
    workplace.file("job.py", SPIN);
    let text = "#!/bin/sh\necho 'to stdout'\necho 'Error: it is not allowed' >&2\nexit 1\n";
    let fake = workplace.file("fake/py-spy", text);
    fs::set_permissions(&fake, fs::Permissions::from_mode(0o755)).expect("our file");
    let folder = fake.parent().expect("its folder");
    let words = ["run", "--sampler", "py-spy", "job.py", "1.5"];
    let run = Run::of(rustbound(&workplace, folder).args(words)).expect(7);
    assert_eq!(run.stdout, "done\n");
    assert!(
        run.stderr
            .contains("py-spy took no samples: it is not allowed"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_missing_py_spy_is_told_before_the_program_starts() {
    let workplace = Workplace::new();
    workplace.file("job.py", SPIN);
    let python = crate::environment::python();
    let mut command = workplace.rustbound();
    command
        .env("PATH", "/nowhere")
        .args(["run", "--sampler", "py-spy", "--python"]);
    let run = Run::of(command.arg(python).args(["job.py", "5"])).expect(125);
    assert_eq!(run.stdout, "");
    assert_eq!(
        run.stderr,
        "error: there is no `py-spy` on the path\nhint: install it with `pip install py-spy`, or leave out --sampler: \
         rustbound has a sampler of its own\n"
    );
}
