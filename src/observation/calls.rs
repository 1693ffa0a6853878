//! How often a function was called.

/// How often a function was called in a run: an interval, and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calls {
    /// So often at least.
    pub low: u64,
    /// The best guess.
    pub expected: u64,
    /// So often at most, with 95 % confidence where it is an estimate.
    pub high: u64,
    /// Where it comes from.
    pub source: CallSource,
}

/// Where a number of calls comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CallSource {
    /// Every call was counted.
    Counted,
    /// Calls were counted for moments of the run, and the whole of it was concluded from them.
    Windows,
}

impl CallSource {
    /// The word for it in files: `counted`, `windows`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Counted => "counted",
            Self::Windows => "windows",
        }
    }

    /// The source of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Counted, Self::Windows]
            .into_iter()
            .find(|source| source.word() == word)
    }
}

impl Calls {
    /// All calls, counted.
    pub fn counted(calls: u64) -> Self {
        Self {
            low: calls,
            expected: calls,
            high: calls,
            source: CallSource::Counted,
        }
    }

    /// Those of two runs, or of two functions, together: as sure as the less sure of them.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            low: self.low.saturating_add(other.low),
            expected: self.expected.saturating_add(other.expected),
            high: self.high.saturating_add(other.high),
            source: self.source.max(other.source),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_as_sure_as_its_less_sure_part() {
        let estimate = Calls {
            low: 5,
            expected: 7,
            high: u64::MAX,
            source: CallSource::Windows,
        };
        let expected = Calls {
            low: 8,
            expected: 10,
            ..estimate
        };
        assert_eq!(Calls::counted(3).and(estimate), expected);
    }

    #[test]
    fn each_source_has_its_word() {
        for source in [CallSource::Counted, CallSource::Windows] {
            assert_eq!(CallSource::of_word(source.word()), Some(source));
        }
        assert_eq!(CallSource::of_word("guessed"), None);
    }
}
