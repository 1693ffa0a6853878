//! The frames of inferno's picture, filled with the colours of their time, and with its figures.
//!
//! inferno gives all frames of one name one colour. A frame is filled from the top by the places where its time was, as
//! high as its share of each: a function that calls native code for half of its time is half blue.

use super::colors::{self, Rgb, Tone};
use super::frames::{Frame, Frames, Spot};
use super::split::{Place, Split};
use super::words;
use crate::plan::Label;
use crate::profile::Share;
use crate::source::Origin;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt::Write;

/// The height of a row of frames, which it shares with a gap.
pub(super) const ROW_HEIGHT: usize = 16;

/// What inferno begins each frame with, and nothing else: in texts there is no `<`.
const BEGIN: &str = "<g><title>";

/// What it begins definitions with.
const DEFINITIONS: &str = "<defs>";

/// Frames are filled in so many steps: half a pixel each.
const STEPS: u128 = 30;

/// The picture with each frame filled. `labels` has the label of each function.
pub(super) fn paint(svg: &str, frames: &Frames, labels: &[Label]) -> String {
    let mut fills = Fills::default();
    let mut pieces = svg.split(BEGIN);
    let head = pieces.next().unwrap_or_default();
    let pieces: Vec<&str> = pieces.collect();
    let top = pieces.iter().filter_map(|piece| number(piece, "y")).min();
    let mut painted = String::with_capacity(2 * svg.len());
    for piece in pieces {
        let frame = spot(piece, top.unwrap_or(0)).and_then(|spot| frames.get(&spot));
        painted.push_str(BEGIN);
        match frame {
            Some(frame) => painted.push_str(&painted_frame(piece, frame, labels, &mut fills)),
            None => painted.push_str(piece),
        }
    }
    let head = head.replacen(
        DEFINITIONS,
        &format!("{DEFINITIONS}{}", fills.definitions),
        1,
    );
    head + &painted
}

/// Where a frame is, by the place of its rectangle.
fn spot(piece: &str, top: u64) -> Option<Spot> {
    let below = usize::try_from(number(piece, "y")? - top).ok()?;
    Some(Spot {
        depth: below / ROW_HEIGHT,
        start: number(piece, "fg:x")?,
    })
}

fn painted_frame(piece: &str, frame: &Frame, labels: &[Label], fills: &mut Fills) -> String {
    let label = frame.function.map(|function| &labels[function.index()]);
    let tone = Tone {
        is_own: label.is_none_or(|label| label.origin == Origin::FirstParty),
        is_even: frame.is_even,
    };
    let fill = fills.fill(levels(&frame.total), tone);
    let (title, shape) = piece.split_once("</title>").unwrap_or((piece, ""));
    let title = title.strip_suffix(')').unwrap_or(title);
    let figures = figures(frame, label);
    let shape = match value(shape, "fill") {
        Some(plain) => shape.replacen(plain, &fill, 1),
        None => shape.to_owned(),
    };
    format!("{title}; {figures})</title>{shape}")
}

/// The value of an attribute of a frame's rectangle.
fn value<'p>(piece: &'p str, name: &str) -> Option<&'p str> {
    let (_, shape) = piece.rsplit_once("<rect").unwrap_or(("", piece));
    let (_, from) = shape.split_once(&format!(" {name}=\""))?;
    Some(from.split_once('"')?.0)
}

fn number(piece: &str, name: &str) -> Option<u64> {
    value(piece, name)?.parse().ok()
}

/// Where the time was, how much of it was the frame's own, and whose code it is. No bracket opens in it: from the last
/// one on, the picture's script leaves a title out of the frame.
fn figures(frame: &Frame, label: Option<&Label>) -> String {
    let shown = |fraction: f64| Some(Share::new(fraction).to_string()).filter(|it| it != "0.0 %");
    let places: Vec<String> = (frame.total.fractions())
        .filter_map(|(place, fraction)| Some(format!("{} {}", place.words(), shown(fraction)?)))
        .collect();
    let own = frame.own.all() as f64 / frame.total.all() as f64;
    let own = shown(own)
        .filter(|_| frame.own != frame.total)
        .map(|own| format!("itself {own}"));
    let whose = label.map(|label| words::origin_label(label.origin).to_owned());
    let parts = [
        Some(places.join(", ")),
        own.filter(|_| label.is_some()),
        whose,
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// The places of a frame from the top, each with the step that it ends at.
type Levels = Vec<(Place, u128)>;

fn levels(split: &Split) -> Levels {
    let all = split.all().max(1);
    let mut levels = Levels::new();
    let (mut sum, mut filled) = (0, 0);
    for (place, weight) in split.weights() {
        sum += u128::from(weight.0);
        let step = (2 * sum * STEPS + all) / (2 * all);
        if step > filled {
            levels.push((place, step));
            filled = step;
        }
    }
    levels
}

/// The fills of several colours, each defined once.
#[derive(Default)]
struct Fills {
    known: BTreeMap<(Levels, Tone), String>,
    definitions: String,
}

impl Fills {
    /// The value of a `fill` attribute.
    fn fill(&mut self, levels: Levels, tone: Tone) -> String {
        let color = |place| rgb(colors::shade(place, tone));
        match levels[..] {
            [] => return rgb(colors::BACKGROUND),
            [(place, _)] => return color(place),
            _ => {}
        }
        let number = self.known.len();
        match self.known.entry((levels, tone)) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(new) => {
                let (levels, _) = new.key();
                define(&mut self.definitions, number, levels, color);
                new.insert(format!("url(#fill{number})")).clone()
            }
        }
    }
}

/// A gradient without transitions.
fn define(
    definitions: &mut String,
    number: usize,
    levels: &Levels,
    color: impl Fn(Place) -> String,
) {
    let mut stops = String::new();
    let mut begun = 0;
    for (place, step) in levels {
        for edge in [begun, *step] {
            let (color, percent) = (color(*place), edge as f64 * 100.0 / STEPS as f64);
            let stop = write!(
                stops,
                "<stop offset=\"{percent:.1}%\" stop-color=\"{color}\"/>"
            );
            stop.expect("a string takes everything");
        }
        begun = *step;
    }
    let gradient = write!(
        definitions,
        "<linearGradient id=\"fill{number}\" x1=\"0\" x2=\"0\" y1=\"0\" y2=\"1\">{stops}</linearGradient>"
    );
    gradient.expect("a string takes everything");
}

fn rgb([red, green, blue]: Rgb) -> String {
    format!("rgb({red},{green},{blue})")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Weight;

    fn split(weights: &[(Place, u64)]) -> Split {
        let mut split = Split::default();
        for (place, weight) in weights {
            split.add(*place, Weight(*weight));
        }
        split
    }

    #[test]
    fn a_frame_is_filled_from_the_top_by_what_can_move_first() {
        use Place::{Interpreter, Native, System};
        let check = |weights: &[(Place, u64)], expected: &[(Place, u128)]| {
            assert_eq!(levels(&split(weights)), expected);
        };
        check(&[(Interpreter, 7)], &[(Interpreter, 30)]);
        check(
            &[(System, 1), (Native, 1), (Interpreter, 2)],
            &[(Interpreter, 15), (Native, 23), (System, 30)],
        );
        // Less than half of a step is not to be seen.
        check(&[(Interpreter, 1), (Native, 99)], &[(Native, 30)]);
        check(&[(Interpreter, 99), (Native, 1)], &[(Interpreter, 30)]);
        check(&[], &[]);
    }

    #[test]
    fn equal_fills_are_defined_once() {
        let mut fills = Fills::default();
        let tone = Tone {
            is_own: true,
            is_even: false,
        };
        let halves = || levels(&split(&[(Place::Interpreter, 1), (Place::Native, 1)]));
        assert_eq!(fills.fill(halves(), tone), "url(#fill0)");
        assert_eq!(fills.fill(halves(), tone), "url(#fill0)");
        let paler = Tone {
            is_own: false,
            ..tone
        };
        assert_eq!(fills.fill(halves(), paler), "url(#fill1)");
        assert_eq!(fills.definitions.matches("<linearGradient").count(), 2);
        let edge = "<stop offset=\"50.0%\"";
        assert_eq!(fills.definitions.matches(edge).count(), 4);
    }
}
