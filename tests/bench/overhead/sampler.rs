//! Samplers: how each is started, and what it says of itself.

use crate::attachment::Span;
use crate::py_spy::PySpy;
use crate::pythons::Python;
use crate::rustbound::Rustbound;
use crate::tachyon::Tachyon;
use std::fmt;
use std::path::Path;
use std::process::Command;

/// What samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub(crate) enum Kind {
    /// The windows without a sampler in another place: the noise.
    Nothing,
    Rustbound,
    /// py-spy, without stopping the program.
    PySpy,
    /// py-spy as it is by default: it stops the program for each look.
    PySpyBlocking,
    /// `profiling.sampling` of Python 3.15, for Python 3.15.
    Tachyon,
}

/// A sampler at a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Setting {
    pub(crate) kind: Kind,
    /// Looks a second; none for nothing.
    pub(crate) rate: Option<u32>,
}

impl Kind {
    /// At these rates, or at its own if there are none.
    pub(crate) fn settings(self, rates: &[u32]) -> Vec<Setting> {
        let own: &[u32] = match self {
            Self::Rustbound => &[200, 1000],
            _ => &[1000],
        };
        let rates = if rates.is_empty() { own } else { rates };
        match self {
            Self::Nothing => vec![Setting {
                kind: self,
                rate: None,
            }],
            kind => (rates.iter().map(|&rate| Setting {
                kind,
                rate: Some(rate),
            }))
            .collect(),
        }
    }

    pub(crate) fn is_py_spy(self) -> bool {
        matches!(self, Self::PySpy | Self::PySpyBlocking)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "nothing",
            Self::Rustbound => "rustbound",
            Self::PySpy => "py-spy --nonblocking",
            Self::PySpyBlocking => "py-spy",
            Self::Tachyon => "profiling.sampling",
        })
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rate {
            Some(rate) => write!(f, "{}, {rate} Hz", self.kind),
            None => self.kind.fmt(f),
        }
    }
}

/// How well a sampler did, by its own word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outcome {
    /// The part of its looks that failed.
    pub(crate) lost: f64,
    /// Looks, also those that failed, in parts of those that were asked for.
    pub(crate) kept: f64,
}

impl Outcome {
    /// Of so many looks, which so many of failed, where so many were asked for. None without a look.
    pub(crate) fn new(looks: f64, failed: f64, asked: f64) -> Option<Self> {
        (looks > 0.0 && asked > 0.0).then(|| Self {
            lost: failed / looks,
            kept: looks / asked,
        })
    }
}

/// A program that samples.
pub(crate) trait Tool {
    /// The command that samples a process at a rate until it is interrupted, and writes to this folder.
    fn command(&self, pid: u32, rate: u32, folder: &Path) -> Command;

    /// What it says when it begins to sample.
    fn announcement(&self) -> &'static str;

    /// How well it did, from what it said and wrote.
    fn outcome(&self, span: &Span<'_>) -> Option<Outcome>;
}

/// A setting with the tool for it; none for nothing.
pub(crate) struct Sampler {
    pub(crate) setting: Setting,
    pub(crate) tool: Option<Box<dyn Tool>>,
}

/// Those of the settings that are possible here.
pub(crate) fn all(settings: &[Setting], python: &Python, py_spy: Option<&Path>) -> Vec<Sampler> {
    let sampler = |&setting: &Setting| Sampler {
        setting,
        tool: tool(setting.kind, python, py_spy),
    };
    let is_possible =
        |sampler: &Sampler| sampler.tool.is_some() || sampler.setting.kind == Kind::Nothing;
    settings.iter().map(sampler).filter(is_possible).collect()
}

fn tool(kind: Kind, python: &Python, py_spy: Option<&Path>) -> Option<Box<dyn Tool>> {
    Some(match kind {
        Kind::Nothing => return None,
        Kind::Rustbound => Box::new(Rustbound),
        Kind::PySpy => Box::new(PySpy::new(py_spy?, &["--nonblocking"])),
        Kind::PySpyBlocking => Box::new(PySpy::new(py_spy?, &[])),
        Kind::Tachyon => Box::new(Tachyon::of(python)?),
    })
}
