//! Stacks merged per function and folded into lines, `outer;inner weight`, in one fixed order; and what is known of the
//! frames that they draw.

use super::frames::{Frames, frames};
use super::split::{Place, Split};
use crate::plan::Picture;
use crate::profile::{FunctionId, Interned, Profile};

/// The label of the outermost frames that are too narrow for a line of their own.
pub(super) const NARROW: &str = "(narrower frames)";

/// Frames narrower than one part in so many are not drawn: half a pixel.
const PARTS: u128 = 2_000;

/// Frames deeper than this count for the one at this depth: Python's own default recursion limit.
const DEEPEST: u32 = 1_000;

/// The most that the script of the flame graph, which counts in floats, counts exactly.
const EXACT: u128 = 1 << 53;

/// Folded lines, what one unit of their weights stands for, and the frames that they draw.
pub(super) struct Folded {
    /// Sorted frame by frame, siblings of one label side by side.
    pub(super) lines: Vec<String>,
    /// The profile's weight that a weight of 1 stands for: 1, but for astronomic sums.
    pub(super) unit: f64,
    /// The frames, by where they are.
    pub(super) frames: Frames,
}

/// A function above a parent. A parent stands before its children, as with stacks.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Node {
    label: u32,
    depth: u32,
    parent: Option<u32>,
}

/// A line before it is written: its nodes and their labels, outermost first, and its weight.
pub(super) struct Row {
    pub(super) path: Vec<usize>,
    pub(super) labels: Vec<u32>,
    pub(super) weight: u64,
}

/// The working samples that have a stack. `labels` has the label of each function, in order of id,
/// without `;`.
pub(super) fn fold(profile: &Profile, picture: &Picture, labels: &[String]) -> Folded {
    let (sorted, places) = sort(labels);
    let (nodes, node_of_stack) = merge(profile, &places);
    let mut own = vec![Split::default(); nodes.len()];
    for (sample, state) in profile.samples.iter().zip(&picture.states) {
        let Some(stack) = sample.stack else { continue };
        if let Some(place) = Place::of(*state, picture.is_import[stack.index()]) {
            own[node_of_stack[stack.index()] as usize].add(place, sample.weight);
        }
    }
    let all: u128 = own.iter().map(Split::all).sum();
    let rest = prune(&nodes, &mut own, all);
    let unit = all / EXACT + 1;
    let rows = rows(&nodes, &own, unit);
    Folded {
        lines: lines(&rows, &sorted, rest.all() / unit),
        unit: unit as f64,
        frames: frames(&rows, &own, rest, &first_functions(&places, sorted.len())),
    }
}

/// The labels sorted, each once, and the place of each function's label among them.
fn sort(labels: &[String]) -> (Vec<&str>, Vec<u32>) {
    let mut sorted: Vec<&str> = labels.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    sorted.dedup();
    let place = |label: &String| {
        let place = sorted
            .binary_search(&&**label)
            .expect("every label is among the sorted");
        u32::try_from(place).expect("a table holds fewer than 2^32 entries")
    };
    let places = labels.iter().map(place).collect();
    (sorted, places)
}

/// The nodes, and the node of each stack.
fn merge(profile: &Profile, places: &[u32]) -> (Vec<Node>, Vec<u32>) {
    let mut nodes = Interned::<Node>::default();
    let mut node_of_stack: Vec<u32> = Vec::with_capacity(profile.stacks().len());
    for stack in profile.stacks() {
        let parent = stack.parent.map(|parent| node_of_stack[parent.index()]);
        let depth = parent.map_or(0, |parent| nodes.values()[parent as usize].depth + 1);
        let label = places[profile.frame(stack.frame).function.index()];
        let node = match parent.filter(|_| depth > DEEPEST) {
            Some(deepest) => deepest,
            None => u32::try_from(nodes.intern(Node {
                label,
                depth,
                parent,
            }))
            .expect("a table holds fewer than 2^32 entries"),
        };
        node_of_stack.push(node);
    }
    (nodes.values().to_vec(), node_of_stack)
}

/// The first function of each label.
fn first_functions(places: &[u32], labels: usize) -> Vec<Option<FunctionId>> {
    let mut first = vec![None; labels];
    for (index, place) in places.iter().enumerate().rev() {
        first[*place as usize] = Some(FunctionId::from_index(index));
    }
    first
}

/// Gives the time of nodes that are too narrow to their parents; what has no parent is returned.
fn prune(nodes: &[Node], own: &mut [Split], all: u128) -> Split {
    let mut total: Vec<u128> = own.iter().map(Split::all).collect();
    let mut rest = Split::default();
    for (index, node) in nodes.iter().enumerate().rev() {
        let narrow = total[index] * PARTS < all;
        let given = if narrow {
            std::mem::take(&mut own[index])
        } else {
            Split::default()
        };
        if let Some(parent) = node.parent {
            total[parent as usize] += total[index];
            own[parent as usize] += given;
        } else {
            rest += given;
        }
    }
    rest
}

/// The rows of the nodes that have a weight, in order of their labels.
fn rows(nodes: &[Node], own: &[Split], unit: u128) -> Vec<Row> {
    let weight = |index: usize| {
        u64::try_from(own[index].all() / unit).expect("the unit keeps the sum of all within 2^53")
    };
    let weighty = (0..nodes.len()).filter(|&index| weight(index) > 0);
    let mut rows: Vec<Row> = weighty
        .map(|index| {
            let path = path(nodes, index);
            Row {
                labels: path.iter().map(|&node| nodes[node].label).collect(),
                path,
                weight: weight(index),
            }
        })
        .collect();
    rows.sort_unstable_by(|one, two| one.labels.cmp(&two.labels));
    rows
}

/// The nodes from the outermost function to this one.
fn path(nodes: &[Node], index: usize) -> Vec<usize> {
    let up = |&index: &usize| nodes[index].parent.map(|parent| parent as usize);
    let mut path: Vec<usize> = std::iter::successors(Some(index), up).collect();
    path.reverse();
    path
}

fn lines(rows: &[Row], labels: &[&str], rest: u128) -> Vec<String> {
    let line = |row: &Row| {
        let names: Vec<&str> = (row.labels.iter())
            .map(|&label| labels[label as usize])
            .collect();
        format!("{} {}", names.join(";"), row.weight)
    };
    let narrow = (rest > 0).then(|| format!("{NARROW} {rest}"));
    rows.iter().map(line).chain(narrow).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::analysis::State;
    use crate::profile::{Activity, Line, Nanoseconds, RawFrame, Sample, Thread, Weight};

    /// A profile of folded stacks, `outer;inner:line weight`; `idle` before the weight of a wait, `native` before that
    /// of work without the interpreter lock.
    pub(in crate::report) fn profile(folded: &str) -> Profile {
        let mut profile = Profile::default();
        let thread = profile.intern_thread(Thread {
            process: 1,
            id: 1,
            name: None,
        });
        for line in folded.lines() {
            let (stack, weight) = line.rsplit_once(' ').expect("a line ends with its weight");
            let (stack, activity) = match stack.rsplit_once(' ') {
                Some((stack, "idle")) => (stack, Activity::Idle),
                Some((stack, "native")) => (stack, Activity::Running),
                _ => (stack, Activity::HoldingGil),
            };
            let frame = |text| {
                let (name, line) = str::rsplit_once(text, ':').unwrap_or((text, "1"));
                let line = Line::new(line.parse().expect("a line is a number"));
                RawFrame {
                    name,
                    file: None,
                    first_line: None,
                    line,
                }
            };
            let stack = profile.intern_raw_stack(stack.split(';').map(frame));
            profile.samples.push(Sample {
                time: Nanoseconds(0),
                weight: Weight(weight.parse().expect("a weight is a number")),
                thread,
                stack,
                activity,
                instruction: None,
            });
        }
        profile
    }

    /// What is known of a profile by the activities of its threads alone. Functions have no labels.
    pub(in crate::report) fn picture(profile: &Profile) -> Picture {
        let samples = profile.samples.iter();
        Picture {
            labels: Vec::new(),
            states: samples.map(|it| State::of(it.activity)).collect(),
            is_import: vec![false; profile.stacks().len()],
        }
    }

    pub(in crate::report) fn folded(profile: &Profile) -> Folded {
        let name =
            |function: &crate::profile::Function| profile.strings.get(function.name).to_owned();
        let labels: Vec<String> = profile.functions().iter().map(name).collect();
        fold(profile, &picture(profile), &labels)
    }

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(folded(&profile(text)).lines, expected);
    }

    #[test]
    fn lines_of_one_function_are_one_frame() {
        check(
            "main:3;fib:5 2\nmain:4;fib:5 3\nmain:4;fib:6 1",
            &["main;fib 6"],
        );
    }

    #[test]
    fn waiting_is_left_out() {
        check("main;read idle 5\nmain;work 1", &["main;work 1"]);
    }

    #[test]
    fn siblings_of_one_name_stand_side_by_side() {
        // As whole lines these would sort `a 5`, `a b;x 1`, `a;x 1`, and draw `a` twice.
        check("a;x 1\na b;x 1\na 5", &["a 5", "a;x 1", "a b;x 1"]);
    }

    #[test]
    fn narrow_frames_count_for_the_frame_below() {
        check(
            "main;work 20000\nmain;rare 1\nlost 1",
            &["main 1", "main;work 20000", "(narrower frames) 1"],
        );
    }

    #[test]
    fn a_recursion_beyond_the_deepest_stays_in_it() {
        let stack = vec!["f"; 5_000].join(";");
        let lines = folded(&profile(&format!("{stack} 7"))).lines;
        assert_eq!(lines[0].matches('f').count(), 1_001);
        assert!(lines[0].ends_with(" 7"));
    }

    #[test]
    fn astronomic_weights_are_scaled_to_what_can_be_counted() {
        let folded = folded(&profile(&format!("a {0}\nb {0}", u64::MAX)));
        assert_eq!(folded.lines.len(), 2);
        let weight = folded.lines[0]["a ".len()..]
            .parse::<f64>()
            .expect("a number");
        assert!((weight * folded.unit / u64::MAX as f64 - 1.0).abs() < 1e-6);
    }

    #[test]
    fn an_empty_profile_has_no_lines() {
        assert!(folded(&Profile::default()).lines.is_empty());
        check("main idle 5", &[]);
    }
}
