//! Programs that have another root than we: a chroot, and folders mounted for the program alone. Where the
//! program has a file, we have another of the same name, and must not take it for the program's.

use crate::tool::{Run, Workplace, candidates, plan, skipped};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A job that computes for three seconds in `work`, at a line that both have.
fn job(factor: u32) -> String {
    format!(
        "\
import time

def work(n):
    total = 0
    for i in range(n):
        total = (total * {factor} + i) % 1000003
    return total

end = time.monotonic() + 3
while time.monotonic() < end:
    work(20000)
"
    )
}

const THEIRS: u32 = 31;
const OURS: u32 = 47;

/// A folder with a Python's files in it, for the program alone.
struct Chroot {
    workplace: Workplace,
    python: PathBuf,
    /// What has to be mounted in it.
    folders: Vec<PathBuf>,
}

impl Chroot {
    fn new() -> Self {
        let answer = Command::new("python3")
            .args([
                "-c",
                "import os, sys; print(os.path.realpath(sys.executable)); print(sys.base_prefix)",
            ])
            .output()
            .expect("the tests have a Python");
        let answer = String::from_utf8_lossy(&answer.stdout).into_owned();
        let mut lines = answer.lines().map(PathBuf::from);
        let python = lines.next().expect("it says where it is");
        let system = ["/usr", "/lib", "/lib64"].map(PathBuf::from);
        let prefix = lines.next().filter(|prefix| !prefix.starts_with("/usr"));
        let folders = system.into_iter().chain(prefix);
        Self {
            workplace: Workplace::new(),
            python,
            folders: folders.filter(|folder| folder.is_dir()).collect(),
        }
    }

    fn root(&self) -> PathBuf {
        self.workplace.path().join("root")
    }

    /// Where we and the program have each a file of one name.
    fn shared_name(&self) -> PathBuf {
        self.workplace.path().join("app/job.py")
    }

    /// Writes the program's file and ours, and gives the shell's words that mount what the program needs.
    fn prepare(&self) -> String {
        let below = |path: &Path| {
            let below = path.strip_prefix("/").expect("it is absolute");
            self.root().join(below)
        };
        let theirs = below(&self.shared_name());
        let parent = theirs.parent().expect("a file has a folder");
        fs::create_dir_all(parent).expect("a folder is made");
        fs::write(&theirs, job(THEIRS)).expect("a file is written");
        self.workplace.file("app/job.py", &job(OURS));
        let mounts = self.folders.iter().map(|folder| {
            let place = below(folder);
            fs::create_dir_all(&place).expect("a folder is made");
            format!("mount --bind {} {} && ", folder.display(), place.display())
        });
        mounts.collect()
    }

    fn python_and_script(&self) -> String {
        format!("{} {}", self.python.display(), self.shared_name().display())
    }

    /// Runs rustbound where nobody else sees what is mounted.
    fn run(&self, script: &str) {
        let mut command = Command::new("unshare");
        command.args(["-m", "sh", "-c", script]);
        Run::of(command.current_dir(self.workplace.path())).expect(0);
    }

    fn report(&self) -> PathBuf {
        self.workplace.path().join("report")
    }

    /// The program's folder as it is seen from here.
    fn app(&self) -> String {
        let app = self.workplace.path().join("app");
        format!("{}{}", self.root().display(), app.display())
    }

    /// The profile and the crates name the program's folders as they are seen from here.
    #[track_caller]
    fn is_told_from_here(&self) {
        has_their_source(&self.report());
        let run = profile_run(&self.report());
        assert_eq!(run["root"], self.root().display().to_string());
        assert_eq!(run["script"], self.shared_name().display().to_string());
        assert_eq!(run["source_roots"], Value::from(vec![self.app()]));
        let tests = self.report().join("crates/conftest.py");
        let tests = fs::read_to_string(tests).expect("it is written");
        assert!(tests.contains("\"../../root/"), "{tests}");
    }
}

/// Whether mounts can be made that nobody else sees.
fn can_mount() -> bool {
    let mount = "mount -t tmpfs none /mnt && chroot / true";
    let made = Command::new("unshare")
        .args(["-m", "sh", "-c", mount])
        .output();
    let can = made.is_ok_and(|made| made.status.success());
    if !can {
        skipped("another root takes the right to mount and to change it");
    }
    can
}

fn profile_run(report: &Path) -> Value {
    let text = fs::read_to_string(report.join("profile.json")).expect("the report has a profile");
    let profile: Value = serde_json::from_str(&text).expect("profile.json is JSON");
    profile["run"].clone()
}

#[track_caller]
fn has_their_source(report: &Path) {
    assert_eq!(candidates(&plan(report)), ["job.work"]);
    let files = ["plan.md", "crates/work_rs/src/lib.rs"];
    let text = files.map(|file| fs::read_to_string(report.join(file)).unwrap_or_default());
    let has = |factor: u32| text.concat().contains(&format!("total * {factor} + i"));
    assert!(has(THEIRS) && !has(OURS), "{text:?}");
}

const RUSTBOUND: &str = concat!(
    env!("CARGO_BIN_EXE_rustbound"),
    " run --rate 1000 -o report --"
);

#[test]
fn a_program_in_a_chroot_is_read_in_its_root() {
    if !can_mount() {
        return;
    }
    let chroot = Chroot::new();
    let (mounts, program) = (chroot.prepare(), chroot.python_and_script());
    chroot.run(&format!("{mounts} {RUSTBOUND} chroot root {program}"));
    chroot.is_told_from_here();
    let (place, app) = (&chroot.workplace, chroot.app());
    for arguments in [
        &[][..],
        &["--source-root", &app],
        &["--source-root", "root"],
    ] {
        let analyze = [
            "analyze",
            "report/profile.json",
            "--force",
            "--output",
            "again",
        ];
        place.run(&[&analyze, arguments].concat()).expect(0);
        has_their_source(&place.path().join("again"));
    }
}

#[test]
fn a_program_in_a_container_is_read_in_its_root() {
    if !can_mount() {
        return;
    }
    let chroot = Chroot::new();
    let (mounts, program) = (chroot.prepare(), chroot.python_and_script());
    let enter = format!(
        "mount --bind root root && {mounts} cd root && mkdir old && pivot_root . old && exec chroot . {program}"
    );
    chroot.run(&format!("{RUSTBOUND} unshare -m sh -c '{enter}'"));
    chroot.is_told_from_here();
}

#[test]
fn a_file_that_is_mounted_for_the_program_alone_is_never_taken_from_us() {
    if !can_mount() {
        return;
    }
    let place = Workplace::new();
    let theirs = place.file("theirs.py", &job(THEIRS));
    let ours = place.file("app/job.py", &job(OURS));
    let folder = place.path().join("app");
    let script = format!(
        "mount -t tmpfs none {} && cp {} {} && exec python3 {}",
        folder.display(),
        theirs.display(),
        ours.display(),
        ours.display(),
    );
    let run = [
        "run", "--rate", "1000", "-o", "report", "--", "unshare", "-m", "sh", "-c", &script,
    ];
    place.run(&run).expect(0);
    let report = place.path().join("report");
    has_their_source(&report);
    let root = profile_run(&report)["root"].clone();
    assert!(
        root.as_str().is_some_and(|root| root.starts_with("mnt:[")),
        "{root}"
    );
    let analyze = ["analyze", "report/profile.json", "-o", "again"];
    place.run(&analyze).expect(0);
    assert_eq!(candidates(&plan(&place.path().join("again"))), [""; 0]);
}
