//! The figures that all costs are worked out from, and the file that keeps them, `"schema":
//! "rustbound.boundary_costs/1"`.

use super::figure::{Call, Conversion, LENGTHS};
use crate::plan::Interval;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The name and version of the file's schema.
const SCHEMA: &str = "rustbound.boundary_costs/1";

/// No call that is measured takes a second.
const MOST: f64 = 1e9;

/// Where and with what figures were measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measurement {
    /// The version of Python: `3.11.7`.
    pub python: String,
    /// The version of `PyO3`.
    pub pyo3: String,
    /// The version of the compiler.
    pub rustc: String,
    /// The kind of machine.
    pub machine: String,
    /// When: `2026-11-27`, or a month.
    pub date: String,
    /// How, in a sentence or two.
    pub how: String,
}

/// A table of boundary costs: what calls and conversions took where they were measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Where, when and how.
    pub measured: Measurement,
    calls: [Interval; Call::ALL.len()],
    conversions: [[Interval; LENGTHS.len()]; Conversion::ALL.len()],
}

/// Why a text is no table of boundary costs.
#[derive(Debug, thiserror::Error)]
pub enum CostsError {
    /// It is no JSON, or not of this shape.
    #[error("it is no table of boundary costs")]
    Shape(#[source] serde_json::Error),
    /// It is of another version.
    #[error("its schema is {found:?}, and {SCHEMA:?} can be read")]
    Schema {
        /// The schema that it names.
        found: String,
    },
    /// It was measured with other numbers of elements.
    #[error("its lengths are not those that conversions are measured with")]
    Lengths,
    /// A figure is not there.
    #[error("it has no figure {name:?}")]
    Missing {
        /// Its name.
        name: &'static str,
    },
    /// A figure is nothing, negative, without end or longer than a second, or not in order.
    #[error("its figure {name:?} is no time that a call can take")]
    Impossible {
        /// Its name.
        name: &'static str,
    },
}

#[derive(Serialize, Deserialize)]
struct File {
    schema: String,
    measured: Measurement,
    lengths: [usize; LENGTHS.len()],
    nanoseconds: BTreeMap<String, Figure>,
    nanoseconds_at_lengths: BTreeMap<String, [Figure; LENGTHS.len()]>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Figure {
    low: f64,
    expected: f64,
    high: f64,
}

impl Table {
    /// The table of these figures, in nanoseconds. Each is checked: a time that a call can take, and `low <= expected
    /// <= high`.
    pub fn new(
        measured: Measurement,
        call: impl Fn(Call) -> Option<Interval>,
        conversion: impl Fn(Conversion) -> Option<[Interval; LENGTHS.len()]>,
    ) -> Result<Self, CostsError> {
        let mut table = Self {
            measured,
            calls: [Interval::exactly(1.0); Call::ALL.len()],
            conversions: [[Interval::exactly(1.0); LENGTHS.len()]; Conversion::ALL.len()],
        };
        for (place, figure) in table.calls.iter_mut().zip(Call::ALL) {
            let name = figure.name();
            *place = checked(name, call(figure).ok_or(CostsError::Missing { name })?)?;
        }
        for (place, figure) in table.conversions.iter_mut().zip(Conversion::ALL) {
            let name = figure.name();
            let [few, many] = conversion(figure).ok_or(CostsError::Missing { name })?;
            *place = [checked(name, few)?, checked(name, many)?];
        }
        Ok(table)
    }

    /// The table that a file holds.
    pub fn read(text: &str) -> Result<Self, CostsError> {
        let file: File = serde_json::from_str(text).map_err(|error| match schema(text) {
            Some(found) if found != SCHEMA => CostsError::Schema { found },
            _ => CostsError::Shape(error),
        })?;
        if file.schema != SCHEMA {
            return Err(CostsError::Schema { found: file.schema });
        }
        if file.lengths != LENGTHS {
            return Err(CostsError::Lengths);
        }
        let call = |figure: Call| file.nanoseconds.get(figure.name());
        let conversion = |figure: Conversion| file.nanoseconds_at_lengths.get(figure.name());
        Self::new(
            file.measured,
            |figure| call(figure).map(Figure::interval),
            |figure| conversion(figure).map(|ends| ends.each_ref().map(Figure::interval)),
        )
    }

    /// The file that holds it. Times have two decimals.
    pub fn write(&self) -> String {
        let calls = Call::ALL.iter().zip(self.calls);
        let conversions = Conversion::ALL.iter().zip(self.conversions);
        let file = File {
            schema: SCHEMA.to_owned(),
            measured: self.measured.clone(),
            lengths: LENGTHS,
            nanoseconds: calls
                .map(|(figure, it)| (figure.name().to_owned(), Figure::of(it)))
                .collect(),
            nanoseconds_at_lengths: conversions
                .map(|(figure, ends)| (figure.name().to_owned(), ends.map(Figure::of)))
                .collect(),
        };
        let text = serde_json::to_string_pretty(&file);
        text.expect("texts and numbers are always written") + "\n"
    }

    /// What one call takes, in nanoseconds.
    pub fn call(&self, figure: Call) -> Interval {
        self.calls[figure as usize]
    }

    /// What one call takes, in nanoseconds, for each number of elements.
    pub fn conversion(&self, figure: Conversion) -> [Interval; LENGTHS.len()] {
        self.conversions[figure as usize]
    }
}

/// The schema that a text names, if it is JSON at all.
fn schema(text: &str) -> Option<String> {
    let document: serde_json::Value = serde_json::from_str(text).ok()?;
    Some(document.get("schema")?.as_str()?.to_owned())
}

fn checked(name: &'static str, figure: Interval) -> Result<Interval, CostsError> {
    let Interval {
        low,
        expected,
        high,
    } = figure;
    let is_possible = low > 0.0 && low <= expected && expected <= high && high <= MOST;
    is_possible
        .then_some(figure)
        .ok_or(CostsError::Impossible { name })
}

impl Figure {
    fn of(interval: Interval) -> Self {
        let rounded = |nanoseconds: f64| (nanoseconds * 100.0).round() / 100.0;
        Self {
            low: rounded(interval.low),
            expected: rounded(interval.expected),
            high: rounded(interval.high),
        }
    }

    fn interval(&self) -> Interval {
        Interval {
            low: self.low,
            expected: self.expected,
            high: self.high,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::SHIPPED;
    use super::*;

    fn document() -> serde_json::Value {
        serde_json::from_str(SHIPPED).expect("the shipped table is JSON")
    }

    /// Checks what is said of the shipped table with a change.
    #[track_caller]
    fn check(change: impl FnOnce(&mut serde_json::Value), expected: &str) {
        let mut document = document();
        change(&mut document);
        let error = Table::read(&document.to_string()).expect_err("it is refused");
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn a_table_comes_back_as_it_was_written() {
        let table = Table::read(SHIPPED).expect("the shipped table is one");
        let again = Table::read(&table.write()).expect("what is written can be read");
        assert_eq!(again, table);
        assert_eq!(again.write(), table.write());
    }

    #[test]
    fn figures_that_no_call_can_take_are_refused() {
        let impossible = "its figure \"float\" is no time that a call can take";
        for bad in ["0", "-1", "1e300"] {
            let bad: serde_json::Value = serde_json::from_str(bad).expect("a number");
            for end in ["low", "expected", "high"] {
                let bad = bad.clone();
                check(|it| it["nanoseconds"]["float"][end] = bad, impossible);
            }
        }
    }

    #[test]
    fn a_table_that_lacks_something_says_what() {
        let objects = |it: &mut serde_json::Value, key: &str| {
            let object = it[key].as_object_mut();
            object.expect("it is an object").clear();
        };
        check(|it| objects(it, "nanoseconds"), "it has no figure \"call\"");
        check(
            |it| objects(it, "nanoseconds_at_lengths"),
            "it has no figure \"floats_in\"",
        );
    }

    #[test]
    fn another_schema_is_named() {
        let expected = "its schema is \"x/9\", and \"rustbound.boundary_costs/1\" can be read";
        check(|it| it["schema"] = "x/9".into(), expected);
        let error = Table::read("{\"schema\": \"x/9\"}").expect_err("it is refused");
        assert_eq!(error.to_string(), expected);
        let error = Table::read("nonsense").expect_err("it is refused");
        assert_eq!(error.to_string(), "it is no table of boundary costs");
        check(
            |it| it["lengths"] = serde_json::json!([1, 2]),
            "its lengths are not those that conversions are measured with",
        );
    }
}
