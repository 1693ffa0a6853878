//! What `/proc` says of a process. The only file that knows its formats.

use crate::profile::CpuSeconds;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

/// `/proc/PID/stat` counts CPU time in hundredths of a second on every architecture that Python and
/// Rust share (`USER_HZ`), whatever the kernel's own tick is.
const TICKS_PER_SECOND: f64 = 100.0;

/// The line of `/proc/PID/stat`, as far as it is needed; see proc(5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stat {
    /// What it does: `R` runs, `S` and `D` wait, `T` and `t` are stopped, `Z` and `X` have ended.
    pub(super) state: u8,
    /// The parent's process.
    pub(super) parent: u32,
    /// The process group.
    pub(super) group: u32,
    /// User and system time of all threads, also those that ended.
    cpu_ticks: u64,
    /// When it started, in ticks since the machine did.
    pub(super) start: u64,
    /// Where its code and its first stack begin: another program, another image.
    pub(super) image: (u64, u64),
}

impl Stat {
    /// Of a process, or of a thread by its own number; none if there is no such.
    pub(super) fn read(pid: u32) -> Option<Self> {
        Self::parse(&fs::read(format!("/proc/{pid}/stat")).ok()?)
    }

    /// The name in parentheses may hold anything, parentheses and newlines too: numbers begin behind
    /// the last one.
    fn parse(line: &[u8]) -> Option<Self> {
        let name_end = line.iter().rposition(|&byte| byte == b')')?;
        let fields = str::from_utf8(&line[name_end + 1..]).ok()?;
        let fields: Vec<&str> = fields.split_ascii_whitespace().collect();
        // The first of these fields is number 3 of proc(5).
        let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
        Some(Self {
            state: *fields.first()?.as_bytes().first()?,
            parent: u32::try_from(number(4)?).ok()?,
            group: u32::try_from(number(5)?).ok()?,
            cpu_ticks: number(14)? + number(15)?,
            start: number(22)?,
            image: (number(26)?, number(28)?),
        })
    }

    /// Whether it ended, and only its parent keeps it in the list.
    pub(super) fn has_ended(&self) -> bool {
        matches!(self.state, b'Z' | b'X' | b'x')
    }

    /// Whether it was stopped, by Ctrl-Z for one.
    pub(super) fn is_stopped(&self) -> bool {
        matches!(self.state, b'T' | b't')
    }

    /// CPU time of all threads, to 20 ms: two numbers that are each rounded down to 10 ms.
    pub(super) fn cpu(&self) -> CpuSeconds {
        CpuSeconds(self.cpu_ticks as f64 / TICKS_PER_SECOND)
    }
}

/// CPU time of the threads that are there now, to the nanosecond. Threads that ended are missing.
pub(super) fn precise_cpu(pid: u32) -> Option<CpuSeconds> {
    let times: Vec<u64> = (threads(pid).into_iter())
        .filter_map(|thread| {
            fs::read_to_string(format!("/proc/{pid}/task/{thread}/schedstat")).ok()
        })
        .filter_map(|line| scheduled(&line))
        .collect();
    let nanoseconds: u64 = times.iter().sum();
    (!times.is_empty()).then_some(CpuSeconds(nanoseconds as f64 / 1e9))
}

/// The first number of `schedstat`: nanoseconds on a CPU.
fn scheduled(line: &str) -> Option<u64> {
    line.split_ascii_whitespace().next()?.parse().ok()
}

/// The kernel's numbers of its threads.
pub(super) fn threads(pid: u32) -> Vec<u32> {
    numbers_in(&format!("/proc/{pid}/task"))
}

/// All processes.
pub(super) fn all() -> Vec<u32> {
    numbers_in("/proc")
}

fn numbers_in(folder: &str) -> Vec<u32> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut numbers: Vec<u32> = entries
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect();
    numbers.sort_unstable();
    numbers
}

/// The processes that its threads started and that are there now.
pub(super) fn children(pid: u32) -> Vec<u32> {
    let lists = threads(pid).into_iter().filter_map(|thread| {
        fs::read_to_string(format!("/proc/{pid}/task/{thread}/children")).ok()
    });
    lists.flat_map(|list| numbers(&list)).collect()
}

fn numbers(list: &str) -> Vec<u32> {
    let words = list.split_ascii_whitespace();
    words.filter_map(|word| word.parse().ok()).collect()
}

/// All processes below it, in the order in which they started.
pub(super) fn descendants(pid: u32) -> Vec<u32> {
    let mut found = children(pid);
    let mut next = 0;
    while let Some(&one) = found.get(next) {
        // A process can't be below itself, but numbers are used again while we read.
        let new: Vec<u32> = (children(one).into_iter())
            .filter(|child| !found.contains(child))
            .collect();
        found.extend(new);
        next += 1;
    }
    found.sort_by_key(|&pid| (Stat::read(pid).map(|stat| stat.start), pid));
    found
}

/// The file that it runs.
pub(super) fn executable(pid: u32) -> io::Result<PathBuf> {
    fs::read_link(format!("/proc/{pid}/exe"))
}

/// The folder that it is in.
pub(super) fn working_directory(pid: u32) -> io::Result<PathBuf> {
    fs::read_link(format!("/proc/{pid}/cwd"))
}

/// The words with which a process was started; empty for one that ended or never was.
pub fn command_line(pid: u32) -> Vec<OsString> {
    words(&fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default())
}

fn words(line: &[u8]) -> Vec<OsString> {
    let mut words: Vec<_> = (line.split(|&byte| byte == 0))
        .map(|word| OsString::from_vec(word.to_vec()))
        .collect();
    // Each word is closed by a zero byte.
    words.pop();
    words
}

/// A name for people: the last part of its program's path, else of its first word.
pub(super) fn name(pid: u32) -> Option<String> {
    let path = executable(pid)
        .ok()
        .or_else(|| Some(command_line(pid).first()?.into()))?;
    Some(path.file_name()?.to_string_lossy().into_owned())
}

/// Whether the system lets us read its memory, asked without touching it: opening the file takes the
/// same right as reading by `process_vm_readv`.
pub(super) fn check_readable(pid: u32) -> io::Result<()> {
    fs::File::open(format!("/proc/{pid}/mem")).map(drop)
}

/// Whether it belongs to another user than we do.
pub(super) fn is_foreign(pid: u32) -> bool {
    use std::os::unix::fs::MetadataExt;
    let owner = |pid: &str| {
        fs::metadata(format!("/proc/{pid}"))
            .map(|folder| folder.uid())
            .ok()
    };
    owner(&pid.to_string()) != owner("self")
}

/// Whether its numbers are ours: a process in a container counts its own from 1.
pub(super) fn shares_our_numbers(pid: u32) -> bool {
    let space = |pid: &str| fs::read_link(format!("/proc/{pid}/ns/pid")).ok();
    space(&pid.to_string()) == space("self")
}

/// Whether Python may run in it: its program or a file that it has mapped has `python` in its name.
/// A cheap look before the dear one.
pub(super) fn may_be_python(pid: u32) -> bool {
    let maps = fs::read(format!("/proc/{pid}/maps")).unwrap_or_default();
    let named = || executable(pid).is_err() && first_word_is_python(pid);
    maps_python(&maps) || named()
}

/// All that can be seen of a process which may not be read.
fn first_word_is_python(pid: u32) -> bool {
    let words = command_line(pid);
    let first = words.first().map(PathBuf::from);
    let name = first.as_deref().and_then(|path| path.file_name());
    name.is_some_and(|name| name.as_encoded_bytes().starts_with(b"python"))
}

/// The file name of a mapping stands behind the last slash of its line.
fn maps_python(maps: &[u8]) -> bool {
    let names = maps.split(|&byte| byte == b'\n').filter_map(|line| {
        let slash = line.iter().rposition(|&byte| byte == b'/')?;
        Some(&line[slash + 1..])
    });
    let mut names = names;
    names.any(|name| {
        name.windows(6)
            .any(|part| part.eq_ignore_ascii_case(b"python"))
    })
}

/// Signals that a process ignores, one bit each: `SigIgn` of `/proc/self/status`.
pub(super) fn signals_we_ignore() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    ignored(&status).unwrap_or(0)
}

fn ignored(status: &str) -> Option<u64> {
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(mask.trim(), 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(name: &str) -> Vec<u8> {
        let numbers = "S 1233 1230 1229 34816 1300 4194304 100 0 1 0 250 31 0 0 20 0 3 0 178909 \
            12345 678 18446744073709551615 94000 95000 140000 0 0 0 0 16781312 0 1 0 0 17 1 0 0 0 0 0\n";
        format!("1234 ({name}) {numbers}").into_bytes()
    }

    fn check(name: &str) {
        let stat = Stat::parse(&line(name)).expect("a whole line");
        let expected = Stat {
            state: b'S',
            parent: 1233,
            group: 1230,
            cpu_ticks: 281,
            start: 178_909,
            image: (94000, 140_000),
        };
        assert_eq!(stat, expected, "{name:?}");
    }

    #[test]
    fn a_name_may_hold_anything() {
        for name in ["python3", "a b", ") (", ") R 1 2 3", "x\ny", "((", "))", ""] {
            check(name);
        }
    }

    #[test]
    fn a_name_need_not_be_utf8() {
        let mut bytes = line("xx");
        bytes[6..8].copy_from_slice(b"\xc3\x28");
        assert!(Stat::parse(&bytes).is_some());
    }

    #[test]
    fn a_line_cut_anywhere_is_no_process_and_no_panic() {
        let whole = line("python3");
        // Everything up to field 28 is needed.
        let needed = whole
            .windows(6)
            .position(|part| part == b"140000")
            .expect("is there");
        for end in 0..needed {
            assert_eq!(Stat::parse(&whole[..end]), None, "cut at {end}");
        }
    }

    #[test]
    fn cpu_time_is_user_and_system_time() {
        let stat = Stat::parse(&line("python3")).expect("a whole line");
        assert_eq!(stat.cpu(), CpuSeconds(2.81));
    }

    #[test]
    fn scheduled_time_is_the_first_number() {
        assert_eq!(scheduled("201765129 10683701 126\n"), Some(201_765_129));
        assert_eq!(scheduled(""), None);
    }

    #[test]
    fn empty_words_of_a_command_line_are_kept() {
        assert_eq!(words(b"python3\0\0a b\n\0"), ["python3", "", "a b\n"]);
        assert!(words(b"").is_empty());
    }

    #[test]
    fn a_mapped_libpython_tells_python() {
        let maps = |path: &str| format!("7f0-7f1 r-xp 0 08:01 12 {path}\n7f2-7f3 rw-p 0 0:0 0\n");
        let check = |path: &str, expected| {
            assert_eq!(maps_python(maps(path).as_bytes()), expected, "{path}");
        };
        check("/usr/bin/python3.11", true);
        check("/opt/lib/libpython3.8.so.1.0", true);
        check("/opt/x/_json.cpython-311-x86_64-linux-gnu.so", true);
        check("/usr/bin/bash", false);
        check("/home/python/bin/node", false);
        check("", false);
    }

    #[test]
    fn ignored_signals_are_a_mask() {
        assert_eq!(
            ignored("Name:\tx\nSigIgn:\t0000000000001002\n"),
            Some(0x1002)
        );
        assert_eq!(ignored("Name:\tx\n"), None);
    }

    #[test]
    fn children_are_a_list_of_numbers() {
        assert_eq!(numbers("12 13 \n"), [12, 13]);
        assert!(numbers("").is_empty());
    }

    #[test]
    fn this_very_process_can_be_read() {
        let pid = std::process::id();
        let stat = Stat::read(pid).expect("we are here");
        assert!(!stat.has_ended() && !stat.is_stopped());
        assert!(precise_cpu(pid).is_some());
        assert!(check_readable(pid).is_ok() && !is_foreign(pid) && shares_our_numbers(pid));
    }
}
