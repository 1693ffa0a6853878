//! The frames that folded lines draw: where each is, and what is known of it.

use super::folded::Row;
use super::split::Split;
use crate::profile::FunctionId;
use std::collections::BTreeMap;

/// The frames of a picture, by where they are.
pub(super) type Frames = BTreeMap<Spot, Frame>;

/// Where a frame is in the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    /// How many frames are around it: 0 for the one around all.
    pub(super) depth: usize,
    /// Where it begins, in units of the lines' weights.
    pub(super) start: u64,
}

/// What is known of a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Frame {
    /// The first function of its label; none for all together and for those too narrow.
    pub(super) function: Option<FunctionId>,
    /// Its time, with all that it calls.
    pub(super) total: Split,
    /// Its own time, and that of what is too narrow to be drawn within it.
    pub(super) own: Split,
    /// Whether it is the second, the fourth, … of its siblings.
    pub(super) is_even: bool,
}

/// The frames of these rows, which are sorted: neighbours share the nodes that their paths begin with. `own` has the
/// time of each node, `rest` is what is in none, and `functions` has the first function of each label.
pub(super) fn frames(
    rows: &[Row],
    own: &[Split],
    rest: Split,
    functions: &[Option<FunctionId>],
) -> Frames {
    let mut layout = Layout::default();
    for row in rows {
        let begun = layout.leave(row);
        for place in begun..row.path.len() {
            layout.enter(
                row.path[place],
                Frame {
                    function: functions[row.labels[place] as usize],
                    own: own[row.path[place]],
                    ..Frame::default()
                },
            );
        }
        let innermost = row.path.last().map(|&node| own[node]);
        layout.advance(row.weight, innermost.unwrap_or_default());
    }
    layout.finish(rest)
}

/// Frames laid side by side.
#[derive(Default)]
struct Layout {
    frames: Frames,
    /// The frames that the last row ended in, outermost first, by node and spot.
    open: Vec<(usize, Spot)>,
    /// Where the next row begins.
    start: u64,
    /// The time of all rows so far.
    all: Split,
    /// Whether the next frame has an odd number of siblings before it.
    is_even: bool,
}

impl Layout {
    /// Leaves the frames that a row does not share, and says how many it does.
    fn leave(&mut self, row: &Row) -> usize {
        let pairs = self.open.iter().zip(&row.path);
        let shared = pairs.take_while(|((open, _), node)| open == *node).count();
        let sibling = self.open.get(shared).map(|(_, spot)| self.frames[spot]);
        self.is_even = sibling.is_some_and(|sibling| !sibling.is_even);
        self.open.truncate(shared);
        shared
    }

    fn enter(&mut self, node: usize, frame: Frame) {
        let spot = Spot {
            depth: self.open.len() + 1,
            start: self.start,
        };
        let is_even = std::mem::take(&mut self.is_even);
        self.frames.insert(spot, Frame { is_even, ..frame });
        self.open.push((node, spot));
    }

    /// Gives the open frames the time of a row.
    fn advance(&mut self, weight: u64, time: Split) {
        for (_, spot) in &self.open {
            let frame = self.frames.get_mut(spot).expect("open frames were entered");
            frame.total += time;
        }
        self.all += time;
        self.start += weight;
    }

    /// The frames, with the one of what is too narrow behind the others, and the one around all.
    fn finish(mut self, rest: Split) -> Frames {
        let nameless = |total| Frame {
            total,
            ..Frame::default()
        };
        let (depth, start) = (1, self.start);
        if rest.all() > 0 {
            self.frames.insert(Spot { depth, start }, nameless(rest));
        }
        self.all += rest;
        self.frames.insert(Spot::default(), nameless(self.all));
        self.frames
    }
}

#[cfg(test)]
mod tests {
    use super::super::folded::tests::{folded, profile};
    use super::super::split::Place;
    use super::*;

    /// `depth:start label interpreter+native` of each frame; a star where it is the second or fourth of its siblings.
    fn check_frames(text: &str, expected: &[&str]) {
        let profile = profile(text);
        let told = |(spot, frame): (&Spot, &Frame)| {
            let function = frame.function.map(|function| profile.function(function));
            let label = function.map_or("-", |function| profile.strings.get(function.name));
            let mut weights = [0.0, 0.0];
            for (place, fraction) in frame.total.fractions() {
                weights[usize::from(place == Place::Native)] = fraction * frame.total.all() as f64;
            }
            let star = if frame.is_even { "*" } else { "" };
            let Spot { depth, start } = spot;
            format!(
                "{depth}:{start} {label} {}+{}{star}",
                weights[0], weights[1]
            )
        };
        let frames = folded(&profile).frames;
        let told: Vec<String> = frames.iter().map(told).collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn a_frame_knows_where_the_time_of_all_that_it_calls_was() {
        check_frames(
            "main 1\nmain;dot native 4\nmain;sum 2\nmain;sum;dot native 1\nmain;work 3",
            &[
                "0:0 - 6+5",
                "1:0 main 6+5",
                "2:1 dot 0+4",
                "2:5 sum 2+1*",
                "2:8 work 3+0",
                "3:7 dot 0+1",
            ],
        );
    }

    #[test]
    fn what_is_too_narrow_is_the_own_time_of_the_frame_around_it() {
        let profile = profile("main;work 20000\nmain;rare native 1\nlost native 1");
        let frames = folded(&profile).frames;
        let own = |depth, start| {
            let own = frames[&Spot { depth, start }].own;
            own.fractions().map(|(place, _)| place).collect::<Vec<_>>()
        };
        assert_eq!(own(1, 0), [Place::Native]);
        assert_eq!(own(2, 1), [Place::Interpreter]);
        let narrow = frames[&Spot {
            depth: 1,
            start: 20_001,
        }];
        assert_eq!((narrow.function, narrow.total.all()), (None, 1));
    }
}
