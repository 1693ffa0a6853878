//! A long recording takes no more memory than a short one. By name only: it takes ten minutes.

use crate::tool::Workplace;
use std::fs;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_mins(1);

/// Calls in ever new ways, as a service does.
const PROGRAM: &str = "\
import time

def leaf(n):
    return sum(i * i for i in range(n))

def walk(n):
    return walk(n - 1) if n else leaf(50)

end = time.monotonic() + 630
round = 0
while time.monotonic() < end:
    round += 1
    walk(round % 40)
";

#[test]
#[ignore = "it takes ten minutes"]
fn memory_stays_flat_for_ten_minutes_at_a_thousand_looks_a_second() {
    let workplace = Workplace::new();
    let script = workplace.file("service.py", PROGRAM);
    let python = crate::environment::python();
    let mut program = Command::new(python).arg(script).spawn().expect("it starts");
    sleep(Duration::from_secs(1));
    let pid = program.id().to_string();
    let mut command = workplace.rustbound();
    command.args([
        "attach",
        &pid,
        "--rate",
        "1000",
        "--duration",
        "10m",
        "--output",
        "report",
    ]);
    let mut rustbound = command.stdout(Stdio::null()).spawn().expect("it starts");
    let started = Instant::now();
    let third = resident(rustbound.id(), started, 2);
    let last = resident(rustbound.id(), started, 9);
    let status = rustbound.wait().expect("it ends");
    program.kill().expect("it is there");
    program.wait().expect("it ends");
    assert!(status.success());
    assert!(
        last * 10 <= third * 11,
        "{third} kB in the third minute, {last} kB in the last"
    );
}

/// The mean of what a process has in memory over a minute, in kB, so many minutes after it was started.
fn resident(process: u32, started: Instant, minutes: u32) -> u64 {
    sleep((minutes * MINUTE).saturating_sub(started.elapsed()));
    let status = format!("/proc/{process}/status");
    let seconds = MINUTE.as_secs() - 5;
    let sizes = (0..seconds).map(|_| {
        sleep(Duration::from_secs(1));
        let text = fs::read_to_string(&status).expect("it is there");
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let size = line.expect("Linux says it").trim().trim_end_matches(" kB");
        size.parse::<u64>().expect("a number")
    });
    sizes.sum::<u64>() / seconds
}
