//! The Python that crossing is measured with.

use super::Error;
use crate::doctor::{self, Answer, Silence};
use crate::generate::can_build_for;
use std::path::{Path, PathBuf};

/// An interpreter that crates can be built for and whose programs can be sampled.
#[derive(Clone, Debug)]
pub struct Python {
    path: PathBuf,
    answer: Answer,
}

impl Python {
    /// Asks the interpreter at this path, or of this name on `PATH`, for its version.
    pub fn ask(path: &Path) -> Result<Self, Error> {
        let asked = doctor::Python::asked(path.to_owned());
        let answer = asked.answer.map_err(|silence| Error::Python {
            path: path.to_owned(),
            reason: match silence {
                Silence::NotFound => "it was not found".to_owned(),
                Silence::Broken(reason) => reason,
            },
        })?;
        let python = Self {
            path: path.to_owned(),
            answer,
        };
        if python.is_fit() {
            Ok(python)
        } else {
            Err(Error::Unfit {
                python: python.answer.to_string(),
            })
        }
    }

    /// Its version: `3.11.7`.
    pub fn version(&self) -> String {
        let (major, minor, micro) = self.answer.version;
        format!("{major}.{minor}.{micro}")
    }

    /// As it is started.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    fn is_fit(&self) -> bool {
        let is_sampled = self.answer.implementation == "cpython" && !self.answer.free_threaded;
        is_sampled && can_build_for(&self.version())
    }
}
