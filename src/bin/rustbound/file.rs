//! A file that is there whole, or as it was before.

use std::fs;
use std::io;
use std::path::Path;

/// A regular file is replaced in one step, so that a failure leaves the old one; a device is written to.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return fs::write(path, bytes);
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".partial-{}", std::process::id()));
    let partial = path.with_file_name(name);
    let written = fs::write(&partial, bytes).and_then(|()| fs::rename(&partial, path));
    if written.is_err() {
        // The error that led here is the one to tell.
        let _ = fs::remove_file(&partial);
    }
    written
}
