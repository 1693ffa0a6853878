//! The Pythons of this machine itself: they see what is put into a folder of ours.

use crate::pythons::{self, Origin, Python};
use crate::tool::skipped;
use std::ffi::OsStr;

/// All of them, by version.
pub(crate) fn pythons() -> Vec<Python> {
    let mut all = pythons::all(skipped);
    all.retain(|python| matches!(python.origin, Origin::Host(_)));
    all
}

/// The interpreter, or the folder that has it.
pub(crate) fn interpreter(python: &Python) -> &OsStr {
    match &python.origin {
        Origin::Host(interpreter) => interpreter.as_os_str(),
        Origin::Root(root) => root.as_os_str(),
    }
}
