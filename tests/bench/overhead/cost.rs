//! What a sampler costs a program: the program's speed alone, in parts of that when it is sampled.

use crate::experiment::Sampled;
use crate::program::Program;
use crate::progress::{Progress, Speed};
use crate::sampler::{Outcome, Setting};
use crate::window::Window;
use std::fmt;

/// A sampled window between its two bare ones.
pub(crate) struct Turn {
    pub(crate) before: Window,
    pub(crate) sampled: Sampled,
    pub(crate) after: Window,
}

/// Ratios of windows, from the smallest to the largest; at least one.
#[derive(Clone, Debug)]
pub(crate) struct Ratios(Vec<f64>);

impl Ratios {
    fn new(mut ratios: Vec<f64>) -> Option<Self> {
        ratios.sort_by(f64::total_cmp);
        (!ratios.is_empty()).then_some(Self(ratios))
    }

    pub(crate) fn median(&self) -> f64 {
        self.quartile(2)
    }

    /// Between two ratios where it falls between them.
    fn quartile(&self, number: usize) -> f64 {
        let quarters = number * (self.0.len() - 1);
        let (low, high) = (self.0[quarters / 4], self.0[quarters.div_ceil(4)]);
        low + (high - low) * (quarters % 4) as f64 / 4.0
    }

    pub(crate) fn all(&self) -> &[f64] {
        &self.0
    }

    /// The first and the third: half of the ratios lie between them.
    pub(crate) fn quartiles(&self) -> [f64; 2] {
        [self.quartile(1), self.quartile(3)]
    }
}

/// `1.004 (0.998–1.009)`: the median and the quartiles.
impl fmt::Display for Ratios {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [low, high] = self.quartiles();
        write!(f, "{:.3} ({low:.3}–{high:.3})", self.median())
    }
}

/// What one sampler costs one program on one Python.
pub(crate) struct Row {
    /// The version of Python: 3 and this.
    pub(crate) minor: u32,
    pub(crate) program: Program,
    pub(crate) setting: Setting,
    /// By units of work in a second.
    pub(crate) wall: Ratios,
    /// By units of work in a second of the program's CPU time.
    pub(crate) cpu: Ratios,
    /// Processors' worth of time that the sampler itself takes; the mean, as of the outcome.
    pub(crate) cores: f64,
    pub(crate) outcome: Option<Outcome>,
}

impl Row {
    /// None if there is no window to tell of.
    pub(crate) fn new(
        minor: u32,
        program: Program,
        setting: Setting,
        turns: &[Turn],
        progress: &Progress,
    ) -> Option<Self> {
        let speeds: Vec<[Speed; 3]> = turns.iter().filter_map(|it| it.speeds(progress)).collect();
        let ratios = |by: fn(&Speed) -> f64| {
            let ratio = |speeds: &[Speed; 3]| ratio(speeds.each_ref().map(by));
            Ratios::new(speeds.iter().map(ratio).collect())
        };
        Some(Self {
            minor,
            program,
            setting,
            wall: ratios(|speed| speed.wall)?,
            cpu: ratios(|speed| speed.cpu)?,
            cores: mean(turns.iter().map(|turn| turn.sampled.cores)),
            outcome: outcome(turns),
        })
    }
}

impl Turn {
    fn speeds(&self, progress: &Progress) -> Option<[Speed; 3]> {
        let speed = |window| progress.speed(window);
        Some([
            speed(&self.before)?,
            speed(&self.sampled.window)?,
            speed(&self.after)?,
        ])
    }
}

fn ratio([before, sampled, after]: [f64; 3]) -> f64 {
    f64::midpoint(before, after) / sampled
}

fn outcome(turns: &[Turn]) -> Option<Outcome> {
    let outcomes: Vec<Outcome> = turns.iter().filter_map(|it| it.sampled.outcome).collect();
    (!outcomes.is_empty()).then(|| Outcome {
        lost: mean(outcomes.iter().map(|it| it.lost)),
        kept: mean(outcomes.iter().map(|it| it.kept)),
    })
}

/// None of nothing.
pub(crate) fn median(values: Vec<f64>) -> Option<f64> {
    Some(Ratios::new(values)?.median())
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    values.sum::<f64>() / count
}
