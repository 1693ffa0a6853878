//! What `/proc` says of a process: its family, its program, its words. See proc(5).

use super::stat::Stat;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

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

/// The processes that its threads started and that are there now; none on a kernel that was built without
/// these lists.
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

/// The root of its files.
pub(super) fn root(pid: u32) -> io::Result<PathBuf> {
    fs::read_link(format!("/proc/{pid}/root"))
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

/// A name for people: the last part of its program's path, else of its first word. None of one that is ending.
pub(super) fn name(pid: u32) -> Option<String> {
    let path = executable(pid)
        .ok()
        .or_else(|| Some(command_line(pid).first()?.into()))?;
    Some(path.file_name()?.to_string_lossy().into_owned())
}

/// What the kernel calls it: a thread of its own has no program, but that.
pub(super) fn kernel_name(pid: u32) -> Option<String> {
    let name = fs::read(format!("/proc/{pid}/comm")).ok()?;
    Some(String::from_utf8_lossy(&name).trim_end().to_owned())
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

/// The number of one of its threads in the innermost container that it is in: the last one behind `NSpid:`.
pub(super) fn inner_number(pid: u32, thread: u32) -> Option<u32> {
    let status = fs::read_to_string(format!("/proc/{pid}/task/{thread}/status")).ok()?;
    let numbers = field(&status, "NSpid:")?;
    numbers.split_ascii_whitespace().last()?.parse().ok()
}

/// Its number as it knows it itself.
pub(super) fn own_number(pid: u32) -> u32 {
    inner_number(pid, pid).unwrap_or(pid)
}

/// Whether it lets the kernel filter more of its system calls than we do; see seccomp(2). A kernel before 5.9 does not
/// say how many filters there are.
pub(super) fn is_filtered(pid: u32) -> bool {
    let filters = |pid: &str| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let number = field(&status, "Seccomp_filters:").or_else(|| field(&status, "Seccomp:"));
        number.and_then(|number| number.parse::<u32>().ok())
    };
    filters(&pid.to_string()) > filters("self")
}

/// How many more files it may open, if the kernel says so.
pub(super) fn room_for_files(pid: u32) -> Option<u64> {
    let limits = fs::read_to_string(format!("/proc/{pid}/limits")).ok()?;
    let limit = field(&limits, "Max open files")?;
    let limit: u64 = limit.split_ascii_whitespace().next()?.parse().ok()?;
    let open = fs::read_dir(format!("/proc/{pid}/fd")).ok()?.count() as u64;
    Some(limit.saturating_sub(open))
}

/// What stands behind a name at the beginning of a line.
fn field<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let mut lines = text.lines();
    lines
        .find_map(|line| line.strip_prefix(name))
        .map(str::trim)
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
    u64::from_str_radix(field(status, "SigIgn:")?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_file_that_is_opened_takes_room() {
        let room = || room_for_files(std::process::id()).expect("the kernel says so");
        // Other tests open and close files meanwhile.
        let files: Vec<_> = (0..200).map_while(|_| fs::File::open("/").ok()).collect();
        let less = room();
        drop(files);
        assert!(room() > less);
    }

    #[test]
    fn this_very_process_can_be_read() {
        let pid = std::process::id();
        assert!(check_readable(pid).is_ok() && !is_foreign(pid) && shares_our_numbers(pid));
        assert!(own_number(pid) == pid && !is_filtered(pid));
    }
}
