//! From functions with direct callers to stacks.
//!
//! A function's own time is known by direct caller, exactly. Who called that caller is not known together with it:
//! the shares of the caller's own callers in its total time are taken for it, as gprof takes them ("gprof: a Call
//! Graph Execution Profiler", 1982). So all own times and all times by direct caller are as
//! they were told, and what lies further out is an estimate; a recursion is left by the shortest way. No time is lost, and none is counted twice.

use super::{Caller, Function, nanoseconds};
use crate::profile::Nanoseconds;

/// No stack is made deeper, and none of a time that is not divided further is made deeper than the second: there may
/// be as many of them as a file has callers.
const DEEPEST: usize = 100;
const DEEPEST_OF_LITTLE: usize = 16;

/// Less than one part in this many of all time is not divided further: it goes the way of the largest share.
const FINEST: u64 = 10_000;

/// So many callers' callers at most share a time.
const WIDEST: usize = 16;

/// Calls `emit` with stacks, innermost function first, and times, which are the functions' own.
pub(super) fn unfold(functions: &[Function], emit: &mut dyn FnMut(&[usize], Nanoseconds)) {
    let all = functions
        .iter()
        .fold(0_u64, |sum, function| sum.saturating_add(function.own.0));
    let mut climb = Climb {
        functions,
        least: all / FINEST,
        ways_out: ways_out(functions),
        stack: Vec::new(),
        on_stack: vec![false; functions.len()],
        emit,
    };
    for (place, function) in functions.iter().enumerate() {
        climb.own_time(place, function);
    }
}

struct Climb<'f> {
    functions: &'f [Function],
    least: u64,
    /// For each function, the caller by which the fewest lead out of all recursion.
    ways_out: Vec<Option<usize>>,
    /// Innermost first.
    stack: Vec<usize>,
    on_stack: Vec<bool>,
    emit: &'f mut dyn FnMut(&[usize], Nanoseconds),
}

impl Climb<'_> {
    /// Divides a function's own time by direct caller. What no caller had is the function's as the outermost.
    fn own_time(&mut self, place: usize, function: &Function) {
        let shares: Vec<f64> = function.callers.iter().map(|caller| caller.own).collect();
        let own = function.own.0;
        let Nanoseconds(told) = nanoseconds(shares.iter().sum());
        let called = own.min(told);
        self.push(place);
        if own > called {
            (self.emit)(&self.stack, Nanoseconds(own - called));
        }
        for (caller, part) in function.callers.iter().zip(split(called, &shares)) {
            if part > 0 {
                self.step(caller.function, part);
            }
        }
        self.pop();
    }

    /// Goes on with a caller; also with one that is on the stack already, which called itself.
    fn step(&mut self, caller: usize, time: u64) {
        let again = self.on_stack[caller];
        self.push(caller);
        self.climb(caller, time);
        self.stack.pop();
        self.on_stack[caller] = again;
    }

    /// Divides the time of the stack by who called its outermost function. Callers that are on the stack are left
    /// out: how often a recursion went round is not known.
    fn climb(&mut self, outermost: usize, time: u64) {
        let callers = self.functions[outermost].callers.iter();
        let callers =
            callers.filter(|caller| caller.total > 0.0 && !self.on_stack[caller.function]);
        let callers: Vec<Caller> = callers.take(WIDEST).copied().collect();
        let deepest = if time < self.least {
            DEEPEST_OF_LITTLE
        } else {
            DEEPEST
        };
        if callers.is_empty() || self.stack.len() >= deepest {
            self.leave(outermost, Nanoseconds(time), deepest);
            return;
        }
        for (caller, part) in callers.iter().zip(self.parts(time, &callers)) {
            if part > 0 {
                self.step(caller.function, part);
            }
        }
    }

    /// Ends the stack: all callers of its outermost function are on it, or there are none.
    fn leave(&mut self, outermost: usize, time: Nanoseconds, deepest: usize) {
        let depth = self.stack.len();
        let mut way = self.ways_out[outermost];
        while let Some(caller) = way.filter(|_| self.stack.len() < deepest) {
            self.stack.push(caller);
            way = self.ways_out[caller];
        }
        (self.emit)(&self.stack, time);
        self.stack.truncate(depth);
    }

    /// The parts of a time, of which none is too small but one that is all.
    fn parts(&self, time: u64, callers: &[Caller]) -> Vec<u64> {
        let shares: Vec<f64> = callers.iter().map(|caller| caller.total).collect();
        let mut parts = split(time, &shares);
        for place in 1..parts.len() {
            if parts[place] < self.least {
                parts[0] += std::mem::take(&mut parts[place]);
            }
        }
        parts
    }

    fn push(&mut self, function: usize) {
        self.stack.push(function);
        self.on_stack[function] = true;
    }

    fn pop(&mut self) {
        if let Some(function) = self.stack.pop() {
            self.on_stack[function] = false;
        }
    }
}

/// From the functions that nobody called inwards, the nearest first.
fn ways_out(functions: &[Function]) -> Vec<Option<usize>> {
    let mut callees = vec![Vec::new(); functions.len()];
    for (place, function) in functions.iter().enumerate() {
        for caller in &function.callers {
            callees[caller.function].push(place);
        }
    }
    let is_outermost = |&place: &usize| functions[place].callers.is_empty();
    let mut reached: Vec<usize> = (0..functions.len()).filter(is_outermost).collect();
    let mut ways = vec![None; functions.len()];
    let mut next = 0;
    while let Some(&caller) = reached.get(next) {
        for &callee in &callees[caller] {
            if ways[callee].is_none() {
                ways[callee] = Some(caller);
                reached.push(callee);
            }
        }
        next += 1;
    }
    ways
}

/// Whole parts in proportion to the shares, which together are all of it; what rounding leaves is the first's.
fn split(whole: u64, shares: &[f64]) -> Vec<u64> {
    let sum: f64 = shares.iter().sum();
    let mut rest = whole;
    let mut parts: Vec<u64> = (shares.iter())
        .map(|share| {
            let fraction = if sum > 0.0 { share / sum } else { 0.0 };
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "`as` holds it in range"
            )]
            let part = ((whole as f64 * fraction) as u64).min(rest);
            rest -= part;
            part
        })
        .collect();
    if let Some(first) = parts.first_mut() {
        *first += rest;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    /// A function's own time, and for each caller its place, own time and total time.
    type Drawn = (u64, Vec<(usize, u32, u32)>);

    fn functions(drawn: &[Drawn]) -> Vec<Function> {
        let function = |(own, callers): &Drawn| Function {
            calls: 1,
            own: Nanoseconds(*own),
            callers: (callers.iter())
                .map(|&(function, own, total)| Caller {
                    function: function % drawn.len(),
                    own: f64::from(own) * 1e-9,
                    total: f64::from(total) * 1e-9,
                })
                .collect(),
        };
        drawn.iter().map(function).collect()
    }

    /// The stacks as `0;1;2 40`, outermost first.
    fn unfolded(drawn: &[Drawn]) -> Vec<String> {
        let mut stacks = Vec::new();
        unfold(&functions(drawn), &mut |stack, time| {
            let names: Vec<String> = stack.iter().rev().map(usize::to_string).collect();
            stacks.push(format!("{} {}", names.join(";"), time.0));
        });
        stacks
    }

    fn check(drawn: &[Drawn], expected: &[&str]) {
        assert_eq!(unfolded(drawn), expected);
    }

    #[test]
    fn direct_callers_have_what_they_had() {
        check(
            &[
                (10, vec![]),
                (20, vec![]),
                (100, vec![(0, 70, 80), (1, 20, 20)]),
            ],
            &["0 10", "1 20", "2 10", "0;2 70", "1;2 20"],
        );
    }

    #[test]
    fn callers_of_callers_share_by_their_totals() {
        let middle = (0, vec![(0, 0, 300), (1, 0, 100)]);
        check(
            &[(0, vec![]), (0, vec![]), middle, (100, vec![(2, 100, 100)])],
            &["0;2;3 75", "1;2;3 25"],
        );
    }

    #[test]
    fn callers_who_had_more_than_there_was_had_all_of_it() {
        check(&[(0, vec![]), (10, vec![(0, 20, 20)])], &["0;1 10"]);
    }

    #[test]
    fn a_recursion_goes_round_once() {
        let ping = (6, vec![(2, 6, 6), (0, 0, 20)]);
        let pong = (4, vec![(1, 4, 10)]);
        check(&[(0, vec![]), ping, pong], &["0;1;2;1 6", "0;1;2 4"]);
        check(
            &[(0, vec![]), (9, vec![(1, 8, 8), (0, 1, 9)])],
            &["0;1;1 8", "0;1 1"],
        );
    }

    #[test]
    fn a_web_of_callers_does_not_grow_without_end() {
        // Everybody calls everybody: 40! ways.
        let everybody: Vec<_> = (0..40).map(|place| (place, 10, 1000)).collect();
        let drawn = vec![(1_000_000, everybody); 40];
        let stacks = unfolded(&drawn);
        assert!(stacks.len() < 50_000, "{}", stacks.len());
    }

    proptest! {
        #[test]
        fn own_times_and_those_of_direct_callers_are_kept(
            drawn in vec((0..1_000_000_u64, vec((any::<usize>(), 0..300_000_u32, 0..1_000_000_u32), 0..4)), 1..8),
        ) {
            let mut own = vec![0; drawn.len()];
            unfold(&functions(&drawn), &mut |stack, time| own[stack[0]] += time.0);
            let expected: Vec<u64> = drawn.iter().map(|(own, _)| *own).collect();
            prop_assert_eq!(own, expected);
        }
    }
}
