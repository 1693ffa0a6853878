//! The agent's folder: its files, the pipe that its orders go through, the file that its reports come in.

use super::Trouble;
use rustix::fs::{CWD, FileType, Mode, mknodat};
use std::ffi::{OsStr, OsString};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

const FILES: [(&str, &str); 10] = [
    ("values.py", include_str!("values.py")),
    ("conduct.py", include_str!("conduct.py")),
    ("search.py", include_str!("search.py")),
    ("cost.py", include_str!("cost.py")),
    ("monitoring.py", include_str!("monitoring.py")),
    ("rewriting.py", include_str!("rewriting.py")),
    ("sitecustomize.py", include_str!("sitecustomize.py")),
    ("enter.py", include_str!("enter.py")),
    ("watch.py", include_str!("watch.py")),
    ("agent.py", include_str!("agent.py")),
];
/// The program may write there too: no more is read than an honest agent writes in a day.
const MOST_REPORTED: u64 = 64 << 20;
/// One report is some kilobytes.
const LONGEST_LINE: usize = 1 << 18;

/// A folder that is gone with this.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    pythonpath: Option<OsString>,
    orders: File,
    reports: File,
    read: u64,
    begun_line: Vec<u8>,
}

impl Folder {
    /// Makes it, for us alone.
    pub(super) fn make(path: &Path, pythonpath: Option<OsString>) -> Result<Self, Trouble> {
        let made = Made(path);
        let folder = make(&made, pythonpath).map_err(|error| Trouble::Folder {
            reason: error.to_string(),
        })?;
        std::mem::forget(made);
        Ok(folder)
    }

    /// The program's own, with this folder before it.
    pub(super) fn pythonpath(&self) -> OsString {
        let mut path = self.path.clone().into_os_string();
        // An empty one is like none; behind a colon it would be the current folder.
        if let Some(own) = self.pythonpath.as_deref().filter(|own| !own.is_empty()) {
            path.push(":");
            path.push(own);
        }
        path
    }

    /// Writes into the pipe. It is empty whenever the agent waits, and holds more than any order.
    pub(super) fn send(&mut self, order: &str) -> Result<(), Trouble> {
        let sent = self.orders.write(order.as_bytes());
        match sent {
            Ok(length) if length == order.len() => Ok(()),
            _ => Err(Trouble::Deaf),
        }
    }

    /// The reports that came since the last time.
    pub(super) fn new_lines(&mut self) -> Result<Vec<Vec<u8>>, Trouble> {
        let mut bytes = Vec::new();
        let limit = (MOST_REPORTED.saturating_sub(self.read)).min(LONGEST_LINE as u64);
        let reading = (&mut self.reports).take(limit).read_to_end(&mut bytes);
        reading.map_err(|_| Trouble::Garbled)?;
        self.read += bytes.len() as u64;
        self.begun_line.extend(bytes);
        let mut lines: Vec<Vec<u8>> = (self.begun_line.split(|&byte| byte == b'\n'))
            .map(<[u8]>::to_vec)
            .collect();
        self.begun_line = lines.pop().unwrap_or_default();
        if self.begun_line.len() > LONGEST_LINE || self.read >= MOST_REPORTED {
            return Err(Trouble::Garbled);
        }
        Ok(lines)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

/// A folder that is only half made: gone unless all went well.
struct Made<'p>(&'p Path);

impl Drop for Made<'_> {
    fn drop(&mut self) {
        remove(self.0);
    }
}

/// It lies in the folder of the report that is being put together, which goes too if this can't.
fn remove(path: &Path) {
    let _ = fs::remove_dir_all(path);
}

fn make(made: &Made<'_>, pythonpath: Option<OsString>) -> io::Result<Folder> {
    let path = std::path::absolute(made.0)?;
    if path.as_os_str().as_bytes().contains(&b':') {
        return Err(io::Error::other("its path has a colon"));
    }
    DirBuilder::new().mode(0o700).create(&path)?;
    for (name, text) in FILES {
        fs::write(path.join(name), text)?;
    }
    if let Some(own) = &pythonpath {
        fs::write(path.join("path"), OsStr::as_bytes(own))?;
    }
    let orders = path.join("orders");
    mknodat(CWD, &orders, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0)?;
    // Open for reading too: a pipe without a reader would kill who writes.
    let nonblock = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    let orders = (OpenOptions::new().read(true).write(true))
        .custom_flags(nonblock)
        .open(orders)?;
    let reports = path.join("reports");
    File::create_new(&reports)?;
    Ok(Folder {
        reports: File::open(reports)?,
        path,
        pythonpath,
        orders,
        read: 0,
        begun_line: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(own: Option<&str>, expected: &str) {
        let around = tempfile::tempdir().expect("a temporary folder");
        let folder = around.path().join("agent");
        let made = Folder::make(&folder, own.map(Into::into)).expect("it can be made");
        let expected = format!("{}{expected}", folder.display());
        assert_eq!(made.pythonpath(), OsString::from(expected), "{own:?}");
        let kept = fs::read_to_string(folder.join("path")).ok();
        assert_eq!(kept.as_deref(), own);
        drop(made);
        assert!(!folder.exists());
    }

    #[test]
    fn the_programs_own_path_comes_behind_and_is_kept() {
        check(None, "");
        check(Some(""), "");
        check(Some("/srv/a:b"), ":/srv/a:b");
        check(Some(":"), "::");
    }

    #[test]
    fn a_folder_that_no_path_can_name_is_refused_and_left_out() {
        let around = tempfile::tempdir().expect("a temporary folder");
        let folder = around.path().join("a:b");
        let trouble = Folder::make(&folder, None).err();
        assert!(matches!(trouble, Some(Trouble::Folder { .. })));
        assert!(!folder.exists());
    }

    #[test]
    fn reports_are_read_by_whole_lines() {
        let around = tempfile::tempdir().expect("a temporary folder");
        let path = around.path().join("agent");
        let mut folder = Folder::make(&path, None).expect("it can be made");
        let mut report = |text: &str| {
            let mut reports = OpenOptions::new()
                .append(true)
                .open(path.join("reports"))
                .expect("it is there");
            reports.write_all(text.as_bytes()).expect("it is ours");
            let lines = folder.new_lines().expect("they are few");
            lines
                .iter()
                .map(|line| String::from_utf8_lossy(line).into_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(report("one\ntw"), ["one"]);
        assert_eq!(report("o"), [""; 0]);
        assert_eq!(report("\n\nthree\n"), ["two", "", "three"]);
    }

    #[test]
    fn a_line_without_end_is_no_report() {
        let around = tempfile::tempdir().expect("a temporary folder");
        let path = around.path().join("agent");
        let mut folder = Folder::make(&path, None).expect("it can be made");
        fs::write(path.join("reports"), vec![b'x'; 3 * LONGEST_LINE]).expect("it is ours");
        assert_eq!(folder.new_lines(), Ok(Vec::new()));
        assert_eq!(folder.new_lines(), Err(Trouble::Garbled));
    }
}
