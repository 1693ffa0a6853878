//! Where in a process the interpreter is, and which it is.

use super::super::guard::guarded;
use super::super::reader::{Address, Memory, ProcessMemory};
use super::in_full;
use ::py_spy::binary_parser::{BinaryInfo, parse_binary};
use ::py_spy::python_process_info::{PythonProcessInfo, get_python_version};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// An interpreter in a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::record) struct Interpreter {
    /// Where its `_PyRuntime` is, if its file says so.
    pub(in crate::record) runtime: Option<Address>,
    /// It is Python 3.`minor`.
    pub(in crate::record) minor: u32,
    /// Its version: `3.11.7`; `3.10` where it does not say more.
    pub(in crate::record) version: String,
}

/// Finds the interpreter in a process. Reads the symbols of its files, which takes 15 ms or so.
pub(in crate::record) fn find(pid: u32) -> Result<Interpreter, String> {
    guarded(|| {
        in_process(pid).or_else(|reason| {
            let found = has_changed_root(pid).then(|| in_library(pid));
            found.flatten().ok_or(reason)
        })
    })
}

/// Whether a process sees other files than we do: in ours py-spy finds what there is, once it is there.
fn has_changed_root(pid: u32) -> bool {
    let identity = |path: &str| fs::metadata(path).map(|it| (it.dev(), it.ino())).ok();
    identity(&format!("/proc/{pid}/root")) != identity("/")
}

fn in_process(pid: u32) -> Result<Interpreter, String> {
    let pid = ::py_spy::Pid::try_from(pid).map_err(in_full)?;
    let process = remoteprocess::Process::new(pid).map_err(in_full)?;
    let info = PythonProcessInfo::new(&process).map_err(in_full)?;
    let version = get_python_version(&info, &process).map_err(in_full)?;
    let (major, minor, patch) = (version.major, version.minor, version.patch);
    if major != 3 {
        return Err(format!("Python {major}.{minor} is too old"));
    }
    let files = [&info.python_binary, &info.libpython_binary];
    let runtime = files.into_iter().flatten().find_map(runtime_in);
    Ok(Interpreter {
        runtime,
        minor: u32::try_from(minor).map_err(in_full)?,
        version: format!("{major}.{minor}.{patch}{}", version.release_flags),
    })
}

/// By its name, or by the section that it has for itself from 3.13 on.
fn runtime_in(file: &BinaryInfo) -> Option<Address> {
    let named = file.symbols.get("_PyRuntime").copied();
    named
        .or_else(|| Some(file.pyruntime_addr).filter(|&at| at != 0))
        .map(Address)
}

/// An interpreter in a library that py-spy looks for in another place than it is: below the root of a process that
/// has changed its root and not its mounts.
fn in_library(pid: u32) -> Option<Interpreter> {
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).ok()?;
    let library = maps.lines().find_map(Library::of)?;
    let file = library.file(pid)?;
    let binary = parse_binary(&file, library.start, library.end - library.start).ok()?;
    let version = binary
        .symbols
        .get("Py_Version")
        .and_then(|&at| version_at(Address(at), pid));
    Some(Interpreter {
        runtime: runtime_in(&binary),
        minor: library.minor,
        version: version.unwrap_or_else(|| format!("3.{}", library.minor)),
    })
}

/// `Py_Version`, from 3.11 on: a byte each for major, minor and patch, and one for the kind of release.
fn version_at(at: Address, pid: u32) -> Option<String> {
    let mut version = [0; 4];
    ProcessMemory::of(pid).read(at, &mut version).ok()?;
    let [_, patch, minor, major] = version;
    Some(format!("{major}.{minor}.{patch}"))
}

/// The mapping of a `libpython3.N.so` that is executed, from whose place py-spy reckons.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Library {
    start: u64,
    end: u64,
    inode: u64,
    path: PathBuf,
    minor: u32,
}

impl Library {
    /// Of a line of `/proc/PID/maps`; see proc(5).
    fn of(line: &str) -> Option<Self> {
        let mut words = line.split_ascii_whitespace();
        let (start, end) = words.next()?.split_once('-')?;
        let is_executed = words.next()?.contains('x');
        let inode = words.nth(2)?.parse().ok().filter(|_| is_executed)?;
        let path = Path::new(words.next()?);
        let minor = path
            .file_name()?
            .to_str()?
            .strip_prefix("libpython3.")?
            .split('.')
            .next()?;
        Some(Self {
            start: u64::from_str_radix(start, 16).ok()?,
            end: u64::from_str_radix(end, 16).ok()?,
            inode,
            path: path.to_owned(),
            minor: minor.parse().ok()?,
        })
    }

    /// The file itself, wherever it is seen: another one of the same name would lead astray.
    fn file(&self, pid: u32) -> Option<PathBuf> {
        let below_root = Path::new("/proc").join(pid.to_string()).join("root");
        let below_root = below_root.join(self.path.strip_prefix("/").ok()?);
        let is_it = |path: &PathBuf| fs::metadata(path).is_ok_and(|file| file.ino() == self.inode);
        [below_root, self.path.clone()].into_iter().find(is_it)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_without_python_has_no_interpreter() {
        assert!(find(std::process::id()).is_err());
    }

    #[test]
    fn a_library_is_told_by_its_name() {
        let line = "7f10-7f20 r-xp 00000000 08:01 1234    /opt/lib/libpython3.11.so.1.0";
        let library = Library::of(line).expect("it is one");
        assert_eq!(
            (library.start, library.inode, library.minor),
            (0x7f10, 1234, 11)
        );
        for other in [
            "7f10-7f20 r--p 00000000 08:01 1234    /opt/lib/libpython3.11.so.1.0",
            "7f10-7f20 r-xp 00000000 08:01 1234    /opt/lib/libm.so.6",
            "7f10-7f20 r-xp 00000000 08:01 1234    /opt/lib/libpython3.so",
            "7f10-7f20 rw-p 00000000 00:00 0",
            "",
        ] {
            assert_eq!(Library::of(other), None, "{other}");
        }
    }
}
