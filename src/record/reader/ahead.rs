//! What a look reads ahead: what it, or a look before it, asked for.

use std::iter;

const PAGE: u64 = 4096;
/// Two places nearer than this are read as one stretch: a stretch costs as much as some thousand bytes.
const NEAR: u64 = 2048;
/// A stack that grew a little is still read ahead.
const AHEAD: u64 = 512;
/// A stack of more bytes is deep: some thousand frames.
const DEEP: u64 = 1 << 18;
/// So many places that were missed are read ahead from then on, whether the look before asked for them or not.
const MOST_MISSED: usize = 16;

/// From here up to there.
pub(super) type Span = (u64, u64);

/// What one part of a look asks for: the list of threads, or one thread with its frames.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    /// In the order in which it was asked for.
    asked: Vec<Span>,
    /// The same at the look before.
    before: Vec<Span>,
    /// What was not read ahead when it was asked for. A stack comes back to where it was: without them it would be
    /// missed each time, and found changed.
    missed: Newest<Span, MOST_MISSED>,
}

impl Part {
    /// It is read once more.
    pub(super) fn begin(&mut self) {
        if !self.asked.is_empty() {
            self.before = std::mem::take(&mut self.asked);
        }
    }

    /// Remembers what was asked for. A stack is walked from place to place near by.
    pub(super) fn ask(&mut self, (start, end): Span) {
        match self.asked.last_mut() {
            Some(last) if touch(*last, (start, end)) => {
                *last = (last.0.min(start), last.1.max(end));
            }
            _ => self.asked.push((start, end)),
        }
    }

    /// Remembers what was not read ahead.
    pub(super) fn miss(&mut self, span: Span) {
        self.missed.add(span);
    }

    /// What was missed is gone.
    pub(super) fn forget_missed(&mut self, span: Span) {
        self.missed.items.retain(|missed| *missed != span);
        self.missed.oldest = 0;
    }

    /// It is read anew, in the same look: it may need what it needed so far. Gives what this attempt asked for.
    pub(super) fn forget(&mut self) -> Vec<Span> {
        let asked = std::mem::take(&mut self.asked);
        for &span in &asked {
            let near = self.before.iter_mut().find(|known| touch(**known, span));
            match near {
                Some(known) => *known = (known.0.min(span.0), known.1.max(span.1)),
                None => self.before.push(span),
            }
        }
        asked
    }

    /// What is to be read ahead, in the order in which it will be asked for.
    pub(super) fn spans(&self) -> impl Iterator<Item = Span> {
        let known = self.known();
        let is_known = move |&(start, end): &Span| {
            let holds = |&(from, to): &Span| from <= start && end <= to;
            known.iter().any(holds)
        };
        let missed = self.missed.items.iter().copied();
        // What was at the top of a deep stack is not there any more.
        let missed = missed.filter(|_| !self.is_deep());
        let known = (known.iter()).flat_map(|&(start, end)| in_order(start, end));
        known.chain(missed.filter(move |span| !is_known(span)))
    }

    /// Whether it takes so long to read that its stack is another one meanwhile.
    pub(super) fn is_deep(&self) -> bool {
        let bytes = self.known().iter().map(|(start, end)| end - start);
        bytes.sum::<u64>() > DEEP
    }

    fn known(&self) -> &[Span] {
        if self.asked.is_empty() {
            &self.before
        } else {
            &self.asked
        }
    }
}

/// The newest few things that differ.
#[derive(Clone, Debug, Default)]
struct Newest<T, const MOST: usize> {
    items: Vec<T>,
    oldest: usize,
}

impl<T: PartialEq, const MOST: usize> Newest<T, MOST> {
    fn add(&mut self, item: T) {
        if self.items.contains(&item) {
            return;
        }
        if self.items.len() < MOST {
            self.items.push(item);
        } else {
            self.items[self.oldest] = item;
            self.oldest = (self.oldest + 1) % MOST;
        }
    }
}

/// Whether two are so near to each other that they are read as one.
fn touch(one: Span, other: Span) -> bool {
    one.0 < other.1.saturating_add(NEAR) && other.0 < one.1.saturating_add(NEAR)
}

/// A stretch as it is asked for: a stack's top, which changes fastest, and then the rest of it. The two overlap, so that
/// each frame is whole in one of them.
fn in_order(start: u64, end: u64) -> impl Iterator<Item = Span> {
    const TOP: u64 = 1024;
    const OVERLAP: u64 = 256;
    // What stands behind a page may not be there at all.
    let ahead = (end + AHEAD).min(end.next_multiple_of(PAGE).max(end));
    let middle = end.saturating_sub(TOP);
    let is_long = middle > start.saturating_add(TOP);
    let (top, rest) = if is_long {
        ((middle, ahead), Some((start, middle + OVERLAP)))
    } else {
        ((start, ahead), None)
    };
    iter::once(top).chain(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_near_each_other_are_one_stretch() {
        let mut part = Part::default();
        for at in (20_000..60_000).rev().step_by(90) {
            part.ask((at, at + 80));
        }
        assert_eq!(part.asked.len(), 1);
    }

    #[test]
    fn the_top_of_a_stack_comes_before_the_rest() {
        let mut part = Part::default();
        part.ask((20_000, 60_000));
        let starts: Vec<u64> = part.spans().map(|(start, _)| start).collect();
        assert_eq!(starts.len(), 2);
        assert!(starts[0] > 58_000 && starts[1] == 20_000, "{starts:?}");
    }

    #[test]
    fn what_was_missed_in_a_deep_stack_is_not_read_ahead() {
        let mut part = Part::default();
        part.miss((90_000_000, 90_000_008));
        assert_eq!(part.spans().count(), 1);
        part.ask((20_000_000, 20_400_000));
        assert!(part.is_deep());
        assert_eq!(part.spans().count(), 2, "the top and the rest");
    }

    #[test]
    fn what_is_read_anew_is_read_once_whole() {
        let mut part = Part::default();
        part.ask((20_000, 60_000));
        part.begin();
        for _ in 0..3 {
            part.ask((21_000, 60_080));
            part.forget();
        }
        assert_eq!(part.before, [(20_000, 60_080)]);
    }

    #[test]
    fn what_was_missed_is_read_ahead_until_newer_is() {
        let mut part = Part::default();
        part.miss((100, 108));
        part.ask((90_000, 90_008));
        for _ in 0..5 {
            part.begin();
            part.ask((90_000, 90_008));
            assert!(part.spans().any(|span| span == (100, 108)));
        }
        for at in (0..).step_by(8).take(MOST_MISSED) {
            part.miss((at, at + 8));
        }
        assert!(part.spans().all(|span| span != (100, 108)));
    }
}
