//! The profiled program goes on, whatever happens to rustbound, and whoever else looks at it.

use crate::environment;
use crate::running::Running;
use crate::tool::{Run, Workplace, plan, signal};
use rustix::process::Signal;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Counts its rounds in a file until it is told to end, with its own status; other threads sleep and wait meanwhile.
const WORKER: &str = "\
import os, sys, threading, time


def work(n):
    total = 0
    for i in range(n):
        total += i * i % 7
    return total


def doze():
    while True:
        time.sleep(0.001)


def main():
    threading.Thread(target=doze, daemon=True).start()
    threading.Thread(target=threading.Event().wait, daemon=True).start()
    rounds = 0
    print('ready', flush=True)
    while not os.path.exists('end'):
        work(5_000)
        rounds += 1
        with open('rounds.new', 'w') as file:
            file.write(str(rounds))
        os.replace('rounds.new', 'rounds')
    sys.exit(7)


if __name__ == '__main__':
    main()
";

/// Nothing that must happen takes so long.
const PATIENCE: Duration = Duration::from_secs(30);

/// The worker, in a workplace of its own; ended with the test.
struct Target {
    workplace: Workplace,
    process: Running,
}

impl Target {
    fn start() -> Self {
        let workplace = Workplace::new();
        workplace.file("worker.py", WORKER);
        let mut command = Command::new(environment::python());
        command.arg("worker.py").current_dir(workplace.path());
        let process = Running::ready(&mut command);
        Self { workplace, process }
    }

    /// `rustbound attach` to it, a thousand times a second, with more options.
    fn attach(&self, options: &[&str]) -> Command {
        let mut command = self.workplace.rustbound();
        let pid = self.process.0.id().to_string();
        command
            .args(["attach", "--rate", "1000"])
            .args(options)
            .arg(pid);
        command
    }

    fn rounds(&self) -> u64 {
        let rounds = fs::read_to_string(self.workplace.path().join("rounds"));
        rounds.map_or(0, |rounds| rounds.parse().expect("it is a number"))
    }

    /// A field of `/proc/PID/status`, such as `State:`.
    fn status(&self, field: &str) -> String {
        let path = format!("/proc/{}/status", self.process.0.id());
        let status = fs::read_to_string(path).expect("it is there");
        let mut lines = status.lines();
        let value = lines.find_map(|line| line.strip_prefix(field));
        value.expect("the system tells it").trim().to_owned()
    }

    #[track_caller]
    fn wait_until(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !is_so(self) {
            assert!(
                begun.elapsed() < PATIENCE,
                "{what}: {}",
                self.status("State:")
            );
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[track_caller]
    fn expect_to_go_on(&self) {
        let before = self.rounds();
        self.wait_until("it does not go on", |it| it.rounds() > before + 1);
    }

    #[track_caller]
    fn expect_to_be_free(&self) {
        let state = self.status("State:");
        assert!(!state.starts_with(['t', 'T']), "{state}");
        assert_eq!(self.status("TracerPid:"), "0");
        self.expect_to_go_on();
    }

    #[track_caller]
    fn expect_its_own_end(mut self) {
        self.workplace.file("end", "");
        let status = self.process.0.wait().expect("it is our child");
        assert_eq!(status.code(), Some(7));
    }
}

/// Starts a command, and waits until it says that it is ready.
/// Starts `rustbound attach -v …`, and waits until it samples.
fn sampling(command: &mut Command) -> Child {
    let command = command
        .arg("-v")
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("rustbound starts");
    let stderr = BufReader::new(child.stderr.take().expect("stderr is a pipe"));
    let mut lines = stderr.lines().map(|line| line.expect("it is text"));
    let line = lines.find(|line| line.contains("sampling Python"));
    assert!(line.is_some(), "it does not sample");
    // Whatever it says later must find a reader.
    std::thread::spawn(move || lines.for_each(drop));
    child
}

/// Kills rustbound again and again while it samples one process, each time after another while.
#[track_caller]
fn check_kills(kills: u32, options: &[&str]) {
    let target = Target::start();
    let mut while_micros = 1_u64;
    for _ in 0..kills {
        // The "minimal standard" generator of Park and Miller.
        while_micros = while_micros * 48_271 % 0x7fff_ffff;
        let mut rustbound = sampling(&mut target.attach(options));
        std::thread::sleep(Duration::from_micros(while_micros % 100_000));
        rustbound.kill().expect("it is our child");
        rustbound.wait().expect("it is our child");
        target.expect_to_be_free();
    }
    target.expect_its_own_end();
}

#[test]
fn a_program_goes_on_when_rustbound_is_killed() {
    check_kills(10, &[]);
}

#[test]
fn a_program_goes_on_when_rustbound_is_killed_while_it_stops_the_program() {
    check_kills(10, &["--blocking"]);
}

#[test]
#[ignore = "takes a minute or two: the same a hundred times"]
fn a_program_goes_on_when_rustbound_is_killed_a_hundred_times() {
    check_kills(100, &[]);
    check_kills(100, &["--blocking"]);
}

/// Two rustbounds at once, with their options: both find what is hot.
#[track_caller]
fn check_two(first: &[&str], second: &[&str]) {
    let target = Target::start();
    let attach = |output: &str, options: &[&str]| {
        let mut command = target.attach(options);
        command.args(["--duration", "12s", "--output", output]);
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("rustbound starts")
    };
    let both = [
        ("first", attach("first", first)),
        ("second", attach("second", second)),
    ];
    for (report, rustbound) in both {
        let output = rustbound.wait_with_output().expect("it ends");
        let said = Run::from(output).expect(0).stderr;
        let plan = plan(&target.workplace.path().join(report));
        // On a busy machine they stop it too seldom to propose anything.
        let hottest = &plan["functions"][0]["function"];
        assert_eq!(hottest, "worker.work", "{report}: {said}");
        assert!(!said.contains("debugged"), "{report}: {said}");
    }
    target.expect_to_be_free();
    target.expect_its_own_end();
}

#[test]
fn one_rustbound_reads_what_another_stops() {
    check_two(&[], &["--blocking"]);
}

#[test]
fn two_rustbounds_stop_one_process_in_turn() {
    check_two(&["--blocking"], &["--blocking"]);
}

#[test]
fn a_stopped_program_stays_stopped_until_it_is_told_to_go_on() {
    let target = Target::start();
    let mut rustbound = sampling(&mut target.attach(&["--blocking"]));
    for _ in 0..5 {
        target.expect_to_go_on();
        signal(target.process.0.id(), Signal::STOP);
        target.wait_until("it does not stop", |it| {
            it.status("State:").starts_with('T')
        });
        let before = target.rounds();
        std::thread::sleep(Duration::from_millis(100));
        assert_eq!(target.rounds(), before, "it went on");
        signal(target.process.0.id(), Signal::CONT);
        target.expect_to_go_on();
    }
    // Killed while the program is stopped, it leaves it so.
    signal(target.process.0.id(), Signal::STOP);
    std::thread::sleep(Duration::from_millis(100));
    rustbound.kill().expect("it is our child");
    rustbound.wait().expect("it is our child");
    target.wait_until("it is not stopped", |it| {
        it.status("State:").starts_with('T')
    });
    signal(target.process.0.id(), Signal::CONT);
    target.expect_to_be_free();
    target.expect_its_own_end();
}

/// Long enough to be stopped some dozens of times, in more than one thread.
const SHORT: &str = "\
import os, signal, sys, threading
total = 0
def work(n):
    global total
    for i in range(n):
        total += i * i % 7
thread = threading.Thread(target=work, args=(150_000,))
thread.start()
work(150_000)
thread.join()
";

#[track_caller]
fn check_status(end: &str, expected: i32) {
    let workplace = Workplace::new();
    workplace.file("program.py", &format!("{SHORT}{end}"));
    for _ in 0..25 {
        let options = [
            "run",
            "--blocking",
            "--rate",
            "1000",
            "--force",
            "program.py",
        ];
        workplace.run(&options).expect(expected);
    }
}

#[test]
fn success_is_kept_of_a_program_that_is_stopped_for_looks() {
    check_status("", 0);
}

#[test]
fn a_status_is_kept_of_a_program_that_is_stopped_for_looks() {
    check_status("sys.exit(3)", 3);
}

#[test]
fn a_death_by_signal_is_kept_of_a_program_that_is_stopped_for_looks() {
    check_status("os.kill(os.getpid(), signal.SIGTERM)", 143);
}

/// Every signal arrives, also those without a name, which a tracer could swallow.
const SIGNALLED: &str = "\
import os, signal, sys, threading
counts = {}
def count(number, frame):
    counts[number] = counts.get(number, 0) + 1
numbers = [signal.SIGUSR1, signal.SIGRTMIN + 3]
for number in numbers:
    signal.signal(number, count)
for round in range(3000):
    for number in numbers:
        os.kill(os.getpid(), number)
    sum(range(1000))
sys.exit(sorted(counts.values()) != [3000, 3000])
";

#[test]
fn no_signal_is_lost_by_a_program_that_is_stopped_for_looks() {
    let workplace = Workplace::new();
    workplace.file("program.py", SIGNALLED);
    for _ in 0..5 {
        let options = [
            "run",
            "--blocking",
            "--rate",
            "1000",
            "--force",
            "program.py",
        ];
        workplace.run(&options).expect(0);
    }
}

/// It asks for the signal itself, for who starts the tests in the background ignores it for all.
const UNTIL_INTERRUPTED: &str = "\
import signal
import sys
signal.signal(signal.SIGINT, signal.default_int_handler)
caught = 0
try:
    print('ready', flush=True)
    while True:
        pass
except KeyboardInterrupt:
    caught += 1
    for _ in range(3_000_000):
        pass
print('interrupted', caught)
sys.exit(9)
";

#[test]
fn ctrl_c_reaches_a_program_that_is_stopped_for_looks_once() {
    let workplace = Workplace::new();
    workplace.file("program.py", UNTIL_INTERRUPTED);
    workplace.file("terminal.py", include_str!("terminal.py"));
    let mut driver = Command::new(environment::python());
    driver.args(["terminal.py", env!("CARGO_BIN_EXE_rustbound")]);
    driver.args(["--blocking", "--rate", "1000"]);
    let run = Run::of(driver.current_dir(workplace.path())).expect(9);
    assert!(run.stdout.contains("interrupted 1"), "{}", run.stdout);
}

/// Traces a process, as a debugger does, until it is killed.
const DEBUGGER: &str = "\
import ctypes, sys, time
SEIZE = 0x4206
if ctypes.CDLL(None).ptrace(SEIZE, int(sys.argv[1]), None, None) == 0:
    print('ready', flush=True)
time.sleep(60)
";

#[test]
fn who_debugs_a_process_is_told() {
    let target = Target::start();
    let debugger = target.workplace.file("debugger.py", DEBUGGER);
    let debugger: [PathBuf; 2] = [debugger, target.process.0.id().to_string().into()];
    let debugger = Running::ready(Command::new(environment::python()).args(debugger));
    let words = format!("(process {})", debugger.0.id());
    let said = |run: &Run| {
        let all = format!("{} {}", run.stdout, run.stderr);
        all.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let stopping = Run::of(&mut target.attach(&["--blocking"])).expect(2);
    let reading = Run::of(&mut target.attach(&["--duration", "1s"])).expect(0);
    drop(debugger);
    let stopping = said(&stopping);
    assert!(
        stopping.contains("is being debugged by python3"),
        "{stopping}"
    );
    assert!(
        stopping.contains(&words) && stopping.contains("hint: "),
        "{stopping}"
    );
    let reading = said(&reading);
    assert!(reading.contains(&words), "{reading}");
    target.expect_to_be_free();
    target.expect_its_own_end();
}

#[test]
fn a_process_that_has_ended_is_told() {
    let workplace = Workplace::new();
    let mut ended = Command::new("true").spawn().expect("it starts");
    let pid = ended.id().to_string();
    let begun = Instant::now();
    let state = || fs::read_to_string(format!("/proc/{pid}/stat")).expect("it is not reaped");
    while !state().contains(") Z ") && begun.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(1));
    }
    for options in [&["attach", &pid][..], &["attach", "--blocking", &pid]] {
        let run = workplace.run(options).expect(2);
        let sentence = format!("error: process {pid} has ended\n");
        assert!(run.stderr.starts_with(&sentence), "{}", run.stderr);
    }
    ended.wait().expect("it is our child");
}

#[test]
fn a_process_that_ends_at_any_moment_is_told_or_reported() {
    let workplace = Workplace::new();
    for millis in (0..80).step_by(8) {
        let script = format!("import time; time.sleep({millis} / 1000)");
        let mut command = Command::new(environment::python());
        let mut process = command.args(["-c", &script]).spawn().expect("it starts");
        let run = workplace.run(&["attach", "--blocking", &process.id().to_string()]);
        process.wait().expect("it is our child");
        let errors = run
            .stderr
            .lines()
            .filter(|line| line.starts_with("error: "));
        let expected = usize::from(run.status != 0);
        assert_eq!(errors.count(), expected, "{millis} ms: {}", run.stderr);
        assert!([0, 2].contains(&run.status), "{millis} ms: {}", run.stderr);
    }
}
