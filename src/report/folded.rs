//! Stacks merged per function and folded into lines, `outer;inner weight`, in one fixed order.

use crate::analysis::{State, Tally};
use crate::profile::{Interned, Profile};

/// The label of the outermost frames that are too narrow for a line of their own.
pub(super) const NARROW: &str = "(narrower frames)";

/// Frames narrower than one part in so many are not drawn: half a pixel.
const PARTS: u128 = 2_000;

/// Frames deeper than this count for the one at this depth: Python's own default recursion limit.
const DEEPEST: u32 = 1_000;

/// The most that the script of the flame graph, which counts in floats, counts exactly.
const EXACT: u128 = 1 << 53;

/// Folded lines, and what one unit of their weights stands for.
pub(super) struct Folded {
    /// Sorted frame by frame, siblings of one label side by side.
    pub(super) lines: Vec<String>,
    /// The profile's weight that a weight of 1 stands for: 1, but for astronomic sums.
    pub(super) unit: f64,
}

/// A function above a parent. A parent stands before its children, as with stacks.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Node {
    label: u32,
    depth: u32,
    parent: Option<u32>,
}

/// The working samples that have a stack. `labels` has the label of each function, in order of id,
/// without `;`.
pub(super) fn fold(profile: &Profile, labels: &[String]) -> Folded {
    let (sorted, places) = sort(labels);
    let (nodes, node_of_stack) = merge(profile, &places);
    let mut own = vec![0; nodes.len()];
    for sample in &profile.samples {
        if let Some(stack) = sample.stack {
            let state = State::of(sample.activity);
            let working = Tally::of(sample, profile.weight_unit, state).working;
            own[node_of_stack[stack.index()] as usize] += u128::from(working.0);
        }
    }
    let all: u128 = own.iter().sum();
    let rest = prune(&nodes, &mut own, all);
    let unit = all / EXACT + 1;
    Folded {
        lines: lines(&nodes, &own, &sorted, rest, unit),
        unit: unit as f64,
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

/// Gives the weight of nodes that are too narrow to their parents; what has no parent is returned.
fn prune(nodes: &[Node], own: &mut [u128], all: u128) -> u128 {
    let mut total = own.to_vec();
    let mut rest = 0;
    for (index, node) in nodes.iter().enumerate().rev() {
        let narrow = total[index] * PARTS < all;
        let given = if narrow {
            std::mem::take(&mut own[index])
        } else {
            0
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

fn lines(nodes: &[Node], own: &[u128], labels: &[&str], rest: u128, unit: u128) -> Vec<String> {
    let weighty = (0..nodes.len()).filter(|&index| own[index] / unit > 0);
    let mut paths: Vec<(Vec<u32>, u128)> = weighty
        .map(|index| (path(nodes, index), own[index] / unit))
        .collect();
    paths.sort_unstable();
    let line = |(path, weight): &(Vec<u32>, u128)| {
        let names: Vec<&str> = path.iter().map(|&label| labels[label as usize]).collect();
        format!("{} {weight}", names.join(";"))
    };
    let narrow = (rest / unit > 0).then(|| format!("{NARROW} {}", rest / unit));
    paths.iter().map(line).chain(narrow).collect()
}

/// The labels from the outermost function to this one.
fn path(nodes: &[Node], index: usize) -> Vec<u32> {
    let up = |node: &Node| node.parent.map(|parent| nodes[parent as usize]);
    let mut path: Vec<u32> = std::iter::successors(Some(nodes[index]), up)
        .map(|node| node.label)
        .collect();
    path.reverse();
    path
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::profile::{Activity, Line, Nanoseconds, RawFrame, Sample, Thread, Weight};

    /// A profile of folded stacks, `outer;inner:line weight`; `idle` before the weight of a wait.
    pub(in crate::report) fn profile(folded: &str) -> Profile {
        let mut profile = Profile::default();
        let thread = profile.intern_thread(Thread {
            process: 1,
            id: 1,
            name: None,
        });
        for line in folded.lines() {
            let (stack, weight) = line.rsplit_once(' ').expect("a line ends with its weight");
            let (stack, idle) = stack
                .strip_suffix(" idle")
                .map_or((stack, false), |stack| (stack, true));
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
                activity: if idle {
                    Activity::Idle
                } else {
                    Activity::HoldingGil
                },
                instruction: None,
            });
        }
        profile
    }

    fn folded(profile: &Profile) -> Folded {
        let name =
            |function: &crate::profile::Function| profile.strings.get(function.name).to_owned();
        let labels: Vec<String> = profile.functions().iter().map(name).collect();
        fold(profile, &labels)
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
