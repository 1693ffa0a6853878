//! How often which lengths were seen: pairs of the least length of a power of two and how often one up to the next was.

use crate::observation::{self, Lengths, Size};
use serde::{Deserialize, Serialize};

const BUCKETS: &str = "a length is not 0 or a power of two, out of order, or was never seen";
const COUNTED: &str = "`lengths` are more than the values, or beyond `smallest` and `largest`";

/// Those of calls that were looked at, and those that were there when samples were taken.
#[derive(Serialize, Deserialize)]
pub(super) struct Told {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    calls: Vec<(u64, u64)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    samples: Vec<(u64, u64)>,
}

impl Told {
    /// None where nobody noted them.
    pub(super) fn of(size: &Size) -> Option<Self> {
        let pairs = |lengths: &observation::Lengths| {
            let buckets = lengths.buckets();
            buckets.map(|it| (it.from, it.times)).collect()
        };
        let is_told = !size.calls.is_empty() || !size.samples.is_empty();
        is_told.then(|| Self {
            calls: pairs(&size.calls),
            samples: pairs(&size.samples),
        })
    }

    /// With the smallest and largest of so many values.
    pub(super) fn read(
        &self,
        smallest: u64,
        largest: u64,
        times: u64,
    ) -> Result<Size, &'static str> {
        let lengths = |pairs: &[(u64, u64)]| Lengths::of(pairs.iter().copied()).ok_or(BUCKETS);
        let size = Size {
            calls: lengths(&self.calls)?,
            samples: lengths(&self.samples)?,
            ..Size::range(smallest, largest)
        };
        size.is_possible(times).then_some(size).ok_or(COUNTED)
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::native;
    use crate::formats::native::tests::{WITH_VALUES, check_values as check};
    use crate::observation::{Bucket, Size};

    const SIZES: &str = "\"smallest\":1,\"largest\":7";

    fn with(lengths: &str) -> String {
        format!("{SIZES},\"lengths\":{lengths}")
    }

    /// The size of the int of the fixture, which was seen three times.
    fn size(lengths: &str) -> Size {
        let text = WITH_VALUES.replace(SIZES, &with(lengths));
        let observation = native::read(text.as_bytes()).expect("valid").observation;
        let subject = observation.subjects().next().expect("is there");
        let (_, seen) = observation.variables_of(subject).next().expect("is there");
        let size = seen.types().find_map(|(.., size)| size);
        size.expect("an int has bits").clone()
    }

    #[test]
    fn lengths_are_told_of_calls_and_samples_apart() {
        let size = size(r#"{"calls":[[1,1],[4,1]],"samples":[[4,1]]}"#);
        let buckets: Vec<Bucket> = size.calls.buckets().chain(size.samples.buckets()).collect();
        let bucket = |from, to| Bucket { from, to, times: 1 };
        assert_eq!(buckets, [bucket(1, 1), bucket(4, 7), bucket(4, 7)]);
    }

    #[test]
    fn files_of_earlier_versions_tell_no_lengths() {
        assert_eq!(size("null"), Size::range(1, 7));
        assert_eq!(size("{}"), Size::range(1, 7));
    }

    #[test]
    fn lengths_that_no_values_can_have_are_refused() {
        let place = "`observation[0].variables[0].seen[1]`: ";
        for lengths in [r#"{"calls":[[3,1]]}"#, r#"{"samples":[[4,1],[2,1]]}"#] {
            let problem = "a length is not 0 or a power of two, out of order, or was never seen";
            check(SIZES, &with(lengths), &format!("{place}{problem}"));
        }
        for lengths in [
            r#"{"calls":[[4,4]]}"#,
            r#"{"calls":[[4,2]],"samples":[[4,2]]}"#,
            r#"{"calls":[[8,1]]}"#,
        ] {
            let problem = "`lengths` are more than the values, or beyond `smallest` and `largest`";
            check(SIZES, &with(lengths), &format!("{place}{problem}"));
        }
        let none = "\"smallest\":null,\"largest\":null,\"lengths\":{\"calls\":[[4,1]]}";
        check(
            SIZES,
            none,
            &format!("{place}`lengths` are told of what has no `smallest` and `largest`"),
        );
    }
}
