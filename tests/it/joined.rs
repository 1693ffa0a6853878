//! Calls counted inside a program that runs already: they are right, and the program is left as it was.

use crate::environment;
use crate::pythons::{self, Origin, Python, Script};
use crate::running::{Running, wait_until_ready};
use crate::tool::{Run, Workplace, plan, skipped};
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

/// Works when it is told, and says then what it is like. The fork is between two works.
const PROGRAM: &str = "\
import os
import sys
import threading


def plain(a, b=2):
    for _ in range(40):
        a += b
    return a


def odd(n):
    for i in range(40):
        n = n + i - i
    if n % 2:
        raise KeyError(n)
    return [n]


def work(n):
    for i in range(n):
        plain(i)
        try:
            odd(i)
        except KeyError:
            pass


def state():
    monitoring = getattr(sys, 'monitoring', None)
    free = monitoring is None or not any(map(monitoring.get_tool, range(6)))
    files = []
    for number in range(300):
        try:
            files.append((number, os.fstat(number).st_ino))
        except OSError:
            pass
    threads = threading.active_count(), len(sys._current_frames())
    return free, files, threads, sorted(os.environ), sys.path, sorted(sys.modules), plain.__code__.co_code


def main():
    before = state()
    print('ready', flush=True)
    for line in sys.stdin:
        word, number = line.split()
        if word == 'work':
            work(int(number))
        elif word == 'fork':
            for _ in range(int(number)):
                child = os.fork()
                if child == 0:
                    work(1000)
                    os._exit(0 if sys.monitoring.get_tool(4) is None else 1)
                assert os.waitpid(child, 0)[1] == 0
                work(60_000)
        elif word == 'state':
            print('as before' if state() == before else (state(), before), flush=True)
    sys.exit(5)


if __name__ == '__main__':
    main()
";

/// The Pythons that take something in while they run.
fn open_pythons() -> Vec<Python> {
    let mut all = pythons::all(skipped);
    all.retain(|python| python.minor >= 14);
    all
}

/// A program that is told what to do.
struct Program {
    /// Where its report goes, which it sees too.
    folder: PathBuf,
    _script: Script,
    said: BufReader<ChildStdout>,
    process: Running,
}

/// Where a script lies, as we name it.
fn folder_of(python: &Python, script: &Script) -> PathBuf {
    let path = Path::new(script.words().last().expect("the script's path"));
    let root = match &python.origin {
        Origin::Host(_) => Path::new("/"),
        Origin::Root(root) => root,
    };
    let below = path.strip_prefix("/").expect("it is absolute");
    root.join(below.parent().expect("its folder"))
}

impl Program {
    /// Starts it, with more options of Python's.
    fn start(python: &Python, options: &[&str], text: &str) -> Self {
        let script = python.script(&[("known.py", text)]);
        let (path, interpreter) = script.words().split_last().expect("a script's path");
        let mut command = Command::new(&interpreter[0]);
        command.args(&interpreter[1..]).args(options).arg(path);
        command.stdin(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
        let mut said = BufReader::new(child.stdout.take().expect("stdout is a pipe"));
        assert_eq!(line_of(&mut said), "ready", "{python}");
        Self {
            said,
            process: Running(child),
            folder: folder_of(python, &script),
            _script: script,
        }
    }

    fn tell(&mut self, words: &str) {
        let stdin = self.process.0.stdin.as_mut().expect("stdin is a pipe");
        writeln!(stdin, "{words}").expect("it reads");
    }

    fn answer(&mut self) -> String {
        line_of(&mut self.said)
    }

    /// Its end, when it is told nothing more. Nothing of us may be on its stderr.
    #[track_caller]
    fn expect_its_own_end(mut self, status: i32) {
        drop(self.process.0.stdin.take());
        let ended = self.process.0.wait().expect("it is our child");
        let mut said = String::new();
        let stderr = self.process.0.stderr.as_mut().expect("stderr is a pipe");
        stderr.read_to_string(&mut said).expect("it is text");
        assert_eq!((ended.code(), &*said), (Some(status), ""));
    }

    /// `rustbound attach -v …` to it, which samples by now.
    fn attach(&self, workplace: &Workplace, options: &[&str]) -> Child {
        let mut command = workplace.rustbound();
        command.args(["attach", "-v", "--force", "-o"]);
        command.arg(self.folder.join("report"));
        command.args(options).arg(self.process.pid());
        let command = command.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("rustbound starts");
        let stderr = BufReader::new(child.stderr.take().expect("stderr is a pipe"));
        let mut lines = stderr.lines().map(|line| line.expect("it is text"));
        assert!(lines.any(|line| line.contains("sampling Python")));
        std::thread::spawn(move || lines.for_each(drop));
        child
    }

    fn plan(&self) -> Value {
        plan(&self.folder.join("report"))
    }

    /// Waits until it is as it was before: our thread ends when it gets its turn.
    fn expect_to_be_as_before(&mut self, python: &Python) {
        let mut state = String::new();
        for _ in 0..200 {
            self.tell("state 0");
            state = self.answer();
            if state == "as before" {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("{python}: {state}");
    }
}

fn line_of(said: &mut impl BufRead) -> String {
    let mut line = String::new();
    said.read_line(&mut line).expect("it is text");
    line.trim_end().to_owned()
}

/// Attaches for a while in which the program works; the plan.
fn attached(program: &mut Program, work: &str, options: &[&str]) -> Value {
    let workplace = Workplace::new();
    let options = [&["--duration", "4s"], options].concat();
    let mut rustbound = program.attach(&workplace, &options);
    program.tell(work);
    assert!(rustbound.wait().expect("it ends").success());
    program.plan()
}

fn calls<'p>(plan: &'p Value, function: &str) -> &'p Value {
    let rows = plan["functions"].as_array().expect("it is a list");
    let row = rows.iter().find(|row| row["qualname"] == function);
    &row.unwrap_or_else(|| panic!("{function} is not there"))["calls"]
}

#[track_caller]
fn check_note(plan: &Value, expected: &str) {
    let notes = plan["notes"].as_array().expect("it is a list");
    let is_there = |note: &Value| note.as_str().is_some_and(|note| note == expected);
    assert!(notes.iter().any(is_there), "{notes:?}");
    assert_eq!(plan["run"]["left_out_samples"], 0);
}

/// An interval of 95 % does not hold the truth once in twenty times: then it may try again.
#[test]
fn the_interval_holds_the_number_of_calls_while_it_was_attached() {
    const TIMES: u64 = 600_000;
    const MOST_RUNS: usize = 3;
    for python in open_pythons() {
        let known = || {
            let mut program = Program::start(&python, &[], PROGRAM);
            let workplace = Workplace::new();
            let mut rustbound = program.attach(&workplace, &["--observe", "--duration", "1m"]);
            program.tell(&format!("work {TIMES}"));
            drop(program.process.0.stdin.take());
            assert!(rustbound.wait().expect("it ends").success());
            let plan = program.plan();
            program.expect_its_own_end(5);
            plan
        };
        let wrong = |plan: &Value| {
            let is_wrong = |function: &&str| {
                let calls = calls(plan, function);
                let (low, high) = (calls["low"].as_u64(), calls["high"].as_u64());
                !(low <= Some(TIMES) && Some(TIMES) <= high && high <= low.map(|low| low * 20))
            };
            let functions = ["plain", "odd"].into_iter().filter(is_wrong);
            functions
                .map(|it| calls(plan, it).clone())
                .collect::<Vec<_>>()
        };
        let mut plan = known();
        for _ in 1..MOST_RUNS {
            if wrong(&plan).is_empty() {
                break;
            }
            plan = known();
        }
        assert_eq!(wrong(&plan), [Value::Null; 0], "{python}");
        assert!(!plan["notes"].to_string().contains("counted"), "{python}");
        let run = &plan["run"];
        let (cost, cpu) = (
            run["agent_cpu_seconds"].as_f64(),
            run["cpu_seconds"].as_f64(),
        );
        assert!(
            cost > Some(0.0) && cost <= cpu.map(|cpu| cpu * 0.02),
            "{run}"
        );
    }
}

#[test]
fn a_program_is_left_as_it_was_and_may_be_joined_again() {
    for python in open_pythons() {
        let mut program = Program::start(&python, &["-W", "error"], PROGRAM);
        // A short run that forks may leave no window whole.
        let mut is_counted = false;
        for _ in 0..2 {
            let workplace = Workplace::new();
            let mut rustbound = program.attach(&workplace, &["--observe", "--duration", "5s"]);
            program.tell("work 200000");
            program.tell("fork 5");
            program.tell("work 2000000");
            assert!(rustbound.wait().expect("it ends").success());
            let plan = program.plan();
            is_counted |= calls(&plan, "plain").is_object();
            program.expect_to_be_as_before(&python);
        }
        assert!(is_counted, "{python}: nothing was counted");
        program.expect_its_own_end(5);
    }
}

#[test]
fn nothing_is_put_in_unless_it_is_asked_for() {
    for python in open_pythons() {
        let mut program = Program::start(&python, &[], PROGRAM);
        let plan = attached(&mut program, "work 400000", &[]);
        assert_eq!(*calls(&plan, "plain"), Value::Null, "{python}");
        assert!(!plan["notes"].to_string().contains("counted"), "{python}");
        program.expect_to_be_as_before(&python);
    }
}

/// The note of a program that works, and is left alone.
#[track_caller]
fn check_refusal(python: &Python, options: &[&str], text: &str, expected: &str) {
    // A tracer makes it slow.
    let work = if text.contains("settrace") {
        "work 60000"
    } else {
        "work 600000"
    };
    let mut program = Program::start(python, options, text);
    let plan = attached(&mut program, work, &["--observe"]);
    check_note(&plan, &format!("calls were not counted: {expected}"));
    program.expect_to_be_as_before(python);
    program.expect_its_own_end(5);
}

#[test]
fn a_python_that_is_closed_is_not_asked() {
    for python in open_pythons() {
        let note = "Python was started with remote debugging disabled";
        let options = ["-X", "disable-remote-debug"];
        check_refusal(&python, &options, PROGRAM, note);
    }
}

#[test]
fn a_program_without_room_for_more_files_is_left_alone() {
    let full = "import os, resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))\n\
                files = [os.open('/', os.O_RDONLY) for _ in range(50)]\n";
    for python in open_pythons() {
        let note = "the program has almost no room for more open files";
        check_refusal(&python, &[], &format!("{full}{PROGRAM}"), note);
    }
}

#[test]
fn a_program_whose_system_calls_are_filtered_is_left_alone() {
    // seccomp(2) by prctl(2): `PR_SET_NO_NEW_PRIVS`, then a filter of one instruction, that allows everything.
    let filtered = "import ctypes, struct\n\
                    allow = ctypes.create_string_buffer(struct.pack('HBBI', 6, 0, 0, 0x7fff0000))\n\
                    program = struct.pack('HxxxxxxP', 1, ctypes.addressof(allow))\n\
                    prctl = ctypes.CDLL(None).prctl\n\
                    assert prctl(38, 1, 0, 0, 0) == 0 and prctl(22, 2, program) == 0\n";
    for python in open_pythons() {
        let note = "the kernel filters the program's system calls, and may not let it in";
        check_refusal(&python, &[], &format!("{filtered}{PROGRAM}"), note);
    }
}

#[test]
fn a_program_that_has_other_threads_than_pythons_is_left_alone() {
    let other = "import _thread\nstart = _thread.start_new_thread\n\
                 _thread.start_new_thread = lambda *words: start(*words)\n";
    for python in open_pythons() {
        let note = "the program runs other threads in the place of Python's";
        check_refusal(&python, &[], &format!("{other}{PROGRAM}"), note);
    }
}

/// Its main thread waits in native code while another one works.
const ELSEWHERE: &str = "\
def elsewhere(n):
    thread = threading.Thread(target=work, args=(n,))
    thread.start()
    thread.join()
";

#[test]
fn a_tracer_of_the_program_sees_nothing_of_the_agent() {
    let tracer = "import sys\nseen = set()\n\
                  def tracer(frame, *rest):\n    seen.add(frame.f_code.co_filename)\n    return tracer\n\
                  sys.settrace(tracer)\n";
    let end = PROGRAM.replace(
        "    sys.exit(5)",
        "    sys.settrace(None)\n    sys.exit(1 if any('rustbound' in it for it in seen) else 5)",
    );
    let tool = "import sys\nsys.monitoring.use_tool_id(1, 'another')\n";
    for python in open_pythons() {
        for text in [format!("{tracer}{end}"), format!("{tool}{PROGRAM}")] {
            let note = "a tracer or a profiler is at work in the program";
            check_refusal(&python, &[], &text, note);
        }
    }
}

/// The program, but another thread does the work.
fn waiting() -> String {
    let program = PROGRAM.replace(
        "            work(int(number))",
        "            elsewhere(int(number))",
    );
    let (before, main) = program.split_once("def main").expect("it has one");
    format!("{before}{ELSEWHERE}\n\ndef main{main}")
}

#[test]
fn a_main_thread_that_does_not_come_by_is_told_and_asked_no_longer() {
    for python in open_pythons() {
        let mut program = Program::start(&python, &[], &waiting());
        let plan = attached(&mut program, "work 3000000", &["--observe"]);
        let note = "the program's main thread ran no Python that could have taken the agent in";
        check_note(&plan, &format!("calls were not counted: {note}"));
        program.expect_to_be_as_before(&python);
        program.expect_its_own_end(5);
    }
}

#[test]
fn a_program_goes_on_when_rustbound_is_killed_before_it_came_by_or_later() {
    for python in open_pythons() {
        for text in [PROGRAM, &*waiting()] {
            let mut program = Program::start(&python, &[], text);
            let workplace = Workplace::new();
            program.tell("work 1500000");
            let mut rustbound = program.attach(&workplace, &["--observe", "--duration", "1m"]);
            std::thread::sleep(Duration::from_millis(2500));
            rustbound.kill().expect("it is our child");
            rustbound.wait().expect("it is our child");
            program.tell("work 1000");
            program.expect_to_be_as_before(&python);
            program.expect_its_own_end(5);
        }
    }
}

#[test]
fn a_program_that_does_not_see_the_folder_is_left_alone() {
    for python in open_pythons() {
        let Origin::Root(_) = python.origin else {
            skipped("a Python of this machine sees all files");
            continue;
        };
        let mut program = Program::start(&python, &[], PROGRAM);
        program.tell("work 300000");
        let workplace = Workplace::new();
        let words = ["attach", "--observe", "--duration", "2s", "-o", "report"];
        Run::of(workplace.rustbound().args(words).arg(program.process.pid())).expect(0);
        check_note(
            &plan(&workplace.path().join("report")),
            "calls were not counted: the program has other files than rustbound, and none of them is the agent's \
             folder",
        );
        program.expect_its_own_end(5);
    }
}

#[test]
fn a_program_of_another_user_is_left_alone() {
    for python in open_pythons() {
        let Origin::Root(root) = &python.origin else {
            skipped("only a Python of a folder is started as somebody else");
            continue;
        };
        let script = python.script(&[("known.py", PROGRAM)]);
        let folder = folder_of(&python, &script);
        open_to_all(&folder);
        let mut command = Command::new("chroot");
        command.arg("--userspec=65534:65534").arg(root);
        command.args(&script.words()[2..]).stdin(Stdio::piped());
        let mut program = Running::ready(&mut command);
        let report = folder.join("report");
        let stdin = program.0.stdin.as_mut().expect("stdin is a pipe");
        writeln!(stdin, "work 300000").expect("it reads");
        let workplace = Workplace::new();
        let mut rustbound = workplace.rustbound();
        rustbound.args(["attach", "--observe", "--duration", "2s", "-o"]);
        Run::of(rustbound.arg(&report).arg(program.pid())).expect(0);
        check_note(
            &plan(&report),
            "calls were not counted: the program is another user's, who can't read the agent's folder",
        );
    }
}

fn open_to_all(folder: &Path) {
    let all = fs::Permissions::from_mode(0o755);
    fs::set_permissions(folder, all).expect("it is ours");
}

#[test]
fn a_python_before_3_14_is_told() {
    let workplace = Workplace::new();
    let script = workplace.file("known.py", PROGRAM);
    let mut command = Command::new(environment::python());
    let program = command
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut program = Running(program.spawn().expect("it starts"));
    wait_until_ready(&mut program.0);
    let words = ["attach", "--observe", "--duration", "1s", &program.pid()];
    workplace.run(&words).expect(0);
    let plan = plan(&workplace.path().join("reports/known"));
    let python = plan["program"]["python"].as_str().expect("it is told");
    let note = format!("Python {python} takes no agent in while it runs, as Python 3.14 does");
    check_note(&plan, &format!("calls were not counted: {note}"));
}

#[test]
fn who_asks_for_it_and_refuses_it_is_told() {
    let run = Workplace::new().run(&["attach", "--observe", "--no-observe", "1"]);
    let run = run.expect(2);
    assert!(run.stderr.contains("cannot be used with"), "{}", run.stderr);
}
