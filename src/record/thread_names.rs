//! The names that a program gives its threads, asked for when a thread is new.

use super::reader::{Memory, Reader};
use crate::profile::Nanoseconds;
use rustc_hash::FxHashMap;
use std::time::Duration;

/// A thread may get its name after it was first seen; and threads may come and go without end.
const AGAIN: Duration = Duration::from_millis(250);

/// The threads of a process by Python's number, which is used again once a thread has ended.
#[derive(Debug, Default)]
pub(super) struct ThreadNames {
    known: FxHashMap<u64, Named>,
    asked: Option<Nanoseconds>,
}

/// A thread of Python's: the kernel's number that it had when its name was read.
#[derive(Debug)]
struct Named {
    number: u64,
    name: String,
}

impl ThreadNames {
    /// Asks the program for the names if one of these threads, told by both of their numbers, has none.
    pub(super) fn learn(
        &mut self,
        threads: &[(u64, u64)],
        now: Nanoseconds,
        reader: &mut Reader,
        memory: &dyn Memory,
    ) {
        let is_unknown = |&(ident, number): &(u64, u64)| self.get(ident, number).is_none();
        if !threads.iter().any(is_unknown) || !self.may_ask(now) {
            return;
        }
        self.asked = Some(now);
        let numbers: FxHashMap<u64, u64> = threads.iter().copied().collect();
        let names = reader.thread_names(memory).into_iter();
        let named = names.filter_map(|(ident, name)| {
            let number = *numbers.get(&ident)?;
            Some((ident, Named { number, name }))
        });
        self.known = named.collect();
    }

    /// The name of a thread.
    pub(super) fn get(&self, ident: u64, number: u64) -> Option<&str> {
        let named = self.known.get(&ident)?;
        (named.number == number).then_some(&*named.name)
    }

    fn may_ask(&self, now: Nanoseconds) -> bool {
        let again = Nanoseconds::from(AGAIN).0;
        self.asked
            .is_none_or(|asked| now.0.saturating_sub(asked.0) >= again)
    }
}
