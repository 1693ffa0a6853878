//! What the machine says: the only door of this stage.

mod ask;
mod container;
mod disk;
mod kernel;
mod python;
mod tools;
mod trial;

pub use container::Container;
pub use disk::{Bytes, Disk};
pub use kernel::{Kernel, Seccomp};
pub use python::{Answer, Packages, Python, Pythons, Silence};
pub use tools::{Tool, Tools};
pub use trial::Trial;

use crate::record::{self, Probe};
use std::env;
use std::path::{Path, PathBuf};

/// Where reports are written unless another folder is named.
const REPORTS: &str = "reports";

/// What the machine says.
#[derive(Debug)]
pub struct Facts {
    /// What the kernel lets us do.
    pub kernel: Kernel,
    /// What we are in.
    pub container: Container,
    /// The process that was asked about.
    pub process: Option<Probe>,
    /// The interpreters.
    pub pythons: Pythons,
    /// Whether a Python that we started can be read; none where there was none to start.
    pub trial: Option<Trial>,
    /// What builds.
    pub tools: Tools,
    /// Where reports are written.
    pub reports: Disk,
    /// Where crates are built.
    pub builds: Disk,
}

impl Facts {
    /// Asks the machine, and whether this process could be attached to. An error says that there is no such process.
    pub fn gather(process: Option<u32>) -> Result<Self, record::Error> {
        // First: what is wrong with the question is said at once.
        let process = process.map(record::probe).transpose()?;
        let folder = env::current_dir().unwrap_or_default();
        let reports = folder.join(REPORTS);
        let pythons = Pythons::gather(&folder);
        let trial = (pythons.chosen.answer.is_ok()).then(|| Trial::make(&pythons.chosen.path));
        Ok(Self {
            kernel: Kernel::read(),
            container: Container::read(),
            process,
            trial,
            tools: Tools::gather(pythons.chosen.folder()),
            builds: Disk::of(&build_folder(&folder).unwrap_or_else(|| reports.clone())),
            reports: Disk::of(&reports),
            pythons,
        })
    }

    /// Whether memory of a process that we started could be read, whatever Python it was.
    pub(super) fn can_read_memory(&self) -> bool {
        matches!(
            self.trial,
            Some(Trial::Read { .. } | Trial::Failed(record::Error::FreeThreaded { .. }))
        )
    }
}

/// Where cargo builds, if that is not in the report.
fn build_folder(folder: &Path) -> Option<PathBuf> {
    let named = env::var_os("CARGO_TARGET_DIR").filter(|named| !named.is_empty())?;
    Some(folder.join(named))
}

/// The folders in which programs are looked for.
fn search_path() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .filter(|folder| folder.is_absolute())
        .collect()
}
