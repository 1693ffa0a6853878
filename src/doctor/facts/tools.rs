//! The programs that build crates and sample, each asked for its version.

use super::ask::{NoAnswer, ask};
use super::search_path;
use rustix::fs::{Access, access};
use std::path::{Path, PathBuf};

/// A program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tool {
    /// It is nowhere.
    Missing,
    /// It is there and doesn't work.
    Broken {
        /// Where.
        path: PathBuf,
        /// What it says, or the system.
        reason: String,
    },
    /// It is there.
    Found {
        /// Where.
        path: PathBuf,
        /// What it says when it is asked for its version: `rustc 1.95.0 (59807616e 2026-04-14)`.
        version: String,
    },
}

/// The programs that build crates and sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tools {
    /// Builds crates.
    pub cargo: Tool,
    /// Compiles them.
    pub rustc: Tool,
    /// Links them: what `rustc` calls for that is `cc`.
    pub linker: Tool,
    /// Whether the linker finds a C library to link to.
    pub has_c_library: bool,
    /// Makes wheels of crates.
    pub maturin: Tool,
    /// Another sampler.
    pub py_spy: Tool,
}

impl Tools {
    /// What is on `PATH`, or beside the interpreter, where `pip` puts programs.
    pub(super) fn gather(beside: Option<&Path>) -> Self {
        let path = search_path();
        let mut with_python = beside.map(Path::to_owned).into_iter().collect::<Vec<_>>();
        with_python.extend(path.clone());
        let linker = Tool::find("cc", &path);
        Self {
            cargo: Tool::find("cargo", &path),
            rustc: Tool::find("rustc", &path),
            has_c_library: linker.path().is_some_and(finds_c_library),
            linker,
            maturin: Tool::find("maturin", &with_python),
            py_spy: Tool::find("py-spy", &with_python),
        }
    }
}

impl Tool {
    fn find(name: &str, folders: &[PathBuf]) -> Self {
        let mut paths = folders.iter().map(|folder| folder.join(name));
        let is_program =
            |path: &PathBuf| path.is_file() && access(path.as_path(), Access::EXEC_OK).is_ok();
        match paths.find(is_program) {
            Some(path) => Self::asked(path),
            None => Self::Missing,
        }
    }

    fn asked(path: PathBuf) -> Self {
        match ask(&path, &["--version"]) {
            Ok(said) => Self::Found {
                path,
                version: said.lines().next().unwrap_or_default().trim().to_owned(),
            },
            Err(NoAnswer::Failed(reason)) => Self::Broken { path, reason },
            Err(NoAnswer::NotStarted(error)) => Self::Broken {
                path,
                reason: error.to_string(),
            },
        }
    }

    fn path(&self) -> Option<&Path> {
        match self {
            Self::Found { path, .. } => Some(path),
            Self::Missing | Self::Broken { .. } => None,
        }
    }
}

/// A compiler says the path of a file that it links to every program, and only its name if it doesn't find it.
fn finds_c_library(compiler: &Path) -> bool {
    ask(compiler, &["-print-file-name=crt1.o"]).is_ok_and(|said| said.contains('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    fn tool(text: &str, mode: u32) -> String {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("tool");
        fs::write(&path, text).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("our file");
        match Tool::find("tool", &[PathBuf::from("/nowhere"), folder.path().into()]) {
            Tool::Missing => "missing".into(),
            Tool::Broken { reason, .. } => format!("broken: {reason}"),
            Tool::Found { version, .. } => version,
        }
    }

    #[test]
    fn a_version_is_the_first_line_that_is_said() {
        assert_eq!(
            tool("#!/bin/sh\necho tool 1.2\necho more", 0o755),
            "tool 1.2"
        );
    }

    #[test]
    fn a_tool_that_fails_is_broken() {
        let script = "#!/bin/sh\necho error: no default toolchain >&2\nexit 1";
        assert_eq!(tool(script, 0o755), "broken: error: no default toolchain");
    }

    #[test]
    fn a_file_that_may_not_be_run_is_no_tool() {
        assert_eq!(tool("#!/bin/sh\necho tool 1.2", 0o644), "missing");
    }
}
