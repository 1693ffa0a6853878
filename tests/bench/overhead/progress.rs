//! How far a program got, and how fast it was in a window.

use crate::window::Window;
use std::time::Duration;

/// With fewer ticks inside a window than this, those around it are taken.
const FEWEST: usize = 4;

/// What a program said at one moment.
#[derive(Clone, Copy, Debug)]
struct Tick {
    time: Duration,
    cpu: Duration,
    units: u64,
}

/// All that a program said, in the order of time.
#[derive(Debug)]
pub(crate) struct Progress(Vec<Tick>);

/// Units of work in a second.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Speed {
    /// In a second that passed.
    pub(crate) wall: f64,
    /// In a second of the program's CPU time.
    pub(crate) cpu: f64,
}

impl Progress {
    /// Lines of three numbers; the last may be half written.
    pub(crate) fn parse(text: &str) -> Self {
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        let mut ticks: Vec<Tick> = whole.lines().filter_map(tick).collect();
        ticks.sort_by_key(|tick| tick.time);
        Self(ticks)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Between the first and the last tick in the window. A program that hardly gets on has hardly any: then
    /// between those around it, where the program said something then.
    pub(crate) fn speed(&self, window: &Window) -> Option<Speed> {
        let begin = self.0.partition_point(|tick| tick.time < window.begin);
        let end = self.0.partition_point(|tick| tick.time <= window.end);
        let (first, last) = if end - begin >= FEWEST {
            (begin, end - 1)
        } else {
            (begin.checked_sub(1)?, end)
        };
        speed(self.0.get(first)?, self.0.get(last)?)
    }
}

fn tick(line: &str) -> Option<Tick> {
    let mut numbers = line.split(' ').map(|number| number.parse::<u64>().ok());
    let mut next = || numbers.next().flatten();
    Some(Tick {
        time: Duration::from_nanos(next()?),
        cpu: Duration::from_nanos(next()?),
        units: next()?,
    })
}

fn speed(first: &Tick, last: &Tick) -> Option<Speed> {
    let units = last.units.saturating_sub(first.units) as f64;
    let wall = last.time.checked_sub(first.time)?.as_secs_f64();
    let cpu = last.cpu.checked_sub(first.cpu)?.as_secs_f64();
    (units > 0.0 && wall > 0.0 && cpu > 0.0).then(|| Speed {
        wall: units / wall,
        cpu: units / cpu,
    })
}
