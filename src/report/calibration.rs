//! Measured boundary costs beside the shipped ones: for a terminal, and for programs.

use super::columns::{Column, Emphasis, Row, Style, render};
use super::escape::visible;
use super::table::{paragraph, usable};
use crate::calibrate::{NOISY, noise};
use crate::plan::Interval;
use crate::plan::boundary::{Call, Conversion, LENGTHS, Measurement, Table};
use serde::Serialize;

/// What was measured, and where it is kept, `place` as the reader would type it.
pub fn calibration(
    measured: &Table,
    shipped: &Table,
    place: &str,
    width: u16,
    style: Style,
) -> String {
    let width = usable(width);
    let columns = [
        Column::text("one call").shortened(40, 20, None),
        Column::number("elements").optional(1),
        Column::number("measured"),
        Column::number("range").optional(0),
        Column::number("shipped").optional(2),
        Column::number("ratio"),
    ];
    let longest = LENGTHS.len() - 1;
    let entries = entries(measured, shipped);
    let shown = entries.iter().filter(|it| {
        it.elements
            .is_none_or(|elements| elements == LENGTHS[longest])
    });
    let rows: Vec<Row> = shown.map(row).collect();
    let table = render(&columns, &rows, width, style);
    let paragraphs = [
        line(&head(&measured.measured), Emphasis::Strong, width, style),
        table,
        [
            line(&beside(&shipped.measured), Emphasis::Faint, width, style),
            busy(measured).map_or_else(String::new, |busy| {
                line(&busy, Emphasis::Strong, width, style)
            }),
            line(&kept(place), Emphasis::Plain, width, style),
        ]
        .concat(),
    ];
    paragraphs.join("\n")
}

fn line(text: &str, emphasis: Emphasis, width: usize, style: Style) -> String {
    paragraph(text, "", emphasis, width, style)
}

fn head(measured: &Measurement) -> String {
    format!(
        "What crossing between Python and Rust costs here, with Python {} and PyO3 {}.",
        visible(&measured.python),
        visible(&measured.pyo3)
    )
}

fn beside(shipped: &Measurement) -> String {
    format!(
        "measured: median, and the range of four fifths of the rounds; shipped: Python {} on {}, {}.",
        visible(&shipped.python),
        visible(&shipped.machine),
        visible(&shipped.date)
    )
}

/// A table that is no better than the shipped one must not be trusted more.
fn busy(measured: &Table) -> Option<String> {
    let noise = noise(measured);
    (noise > NOISY).then(|| {
        format!(
            "This machine had much else to do: half of the figures vary by {:.0} % or more. Measure again when it is idle.",
            noise * 100.0
        )
    })
}

fn kept(place: &str) -> String {
    format!("The figures are kept in {}.", visible(place))
}

fn row(entry: &Entry) -> Row {
    let elements = entry.elements.map_or_else(String::new, |it| it.to_string());
    let measured = &entry.nanoseconds;
    Row {
        cells: vec![
            entry.what.to_owned(),
            elements,
            time(measured.expected),
            format!("{} to {}", time(measured.low), time(measured.high)),
            time(entry.shipped.expected),
            format!("{:.2}", entry.ratio),
        ],
        emphasis: Emphasis::Plain,
    }
}

/// `12.5 ns`, `11.4 µs`.
fn time(nanoseconds: f64) -> String {
    if nanoseconds < 1000.0 {
        format!("{nanoseconds:.1} ns")
    } else {
        format!("{:.1} µs", nanoseconds / 1000.0)
    }
}

/// The same for programs, `"schema": "rustbound.calibration/1"`.
///
/// - `file` is where the table is kept, which has the schema `rustbound.boundary_costs/1`.
/// - `noise` is by how much half of the figures vary or more, in parts of themselves; `is_noisy` where that is too much.
/// - `figures` are in an order that doesn't change; `elements` is null for calls whose arguments have none. Times are
///   nanoseconds of one call, `ratio` is the expected one to the shipped one.
pub fn calibration_json(measured: &Table, shipped: &Table, file: &str) -> String {
    let noise = noise(measured);
    let document = Document {
        schema: "rustbound.calibration/1",
        tool: Tool {
            name: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
        },
        file,
        measured: &measured.measured,
        shipped: &shipped.measured,
        noise: rounded(noise, 1000.0),
        is_noisy: noise > NOISY,
        figures: entries(measured, shipped),
    };
    let text = serde_json::to_string_pretty(&document);
    text.expect("texts and numbers are always written") + "\n"
}

#[derive(Serialize)]
struct Document<'t> {
    schema: &'static str,
    tool: Tool,
    file: &'t str,
    measured: &'t Measurement,
    shipped: &'t Measurement,
    noise: f64,
    is_noisy: bool,
    figures: Vec<Entry>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Entry {
    name: &'static str,
    what: &'static str,
    elements: Option<usize>,
    nanoseconds: Time,
    shipped: Time,
    ratio: f64,
}

#[derive(Serialize)]
struct Time {
    low: f64,
    expected: f64,
    high: f64,
}

fn entries(measured: &Table, shipped: &Table) -> Vec<Entry> {
    let entry = |(name, what), elements, measured: Interval, shipped: Interval| Entry {
        name,
        what,
        elements,
        nanoseconds: Time::of(measured),
        shipped: Time::of(shipped),
        ratio: rounded(measured.expected / shipped.expected, 1000.0),
    };
    let calls = Call::ALL.iter().map(|it| {
        let named = (it.name(), it.what());
        entry(named, None, measured.call(*it), shipped.call(*it))
    });
    let conversions = Conversion::ALL.iter().flat_map(|it| {
        let both = measured
            .conversion(*it)
            .into_iter()
            .zip(shipped.conversion(*it));
        let named = (it.name(), it.what());
        let with = both.zip(LENGTHS);
        with.map(move |((measured, shipped), length)| entry(named, Some(length), measured, shipped))
    });
    calls.chain(conversions).collect()
}

impl Time {
    fn of(interval: Interval) -> Self {
        Self {
            low: rounded(interval.low, 100.0),
            expected: rounded(interval.expected, 100.0),
            high: rounded(interval.high, 100.0),
        }
    }
}

fn rounded(figure: f64, parts: f64) -> f64 {
    (figure * parts).round() / parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::boundary::Costs;

    /// A table in which everything takes so many times as long as in the shipped one, and varies so much.
    fn table(factor: f64, spread: f64) -> Table {
        let shipped = Costs::shipped();
        let scaled = |it: Interval| Interval {
            low: it.expected * factor * (1.0 - spread),
            expected: it.expected * factor,
            high: it.expected * factor * (1.0 + spread),
        };
        let mut measured = shipped.table().measured.clone();
        measured.python = "3.13.1\x1b[31m".to_owned();
        let table = Table::new(
            measured,
            |it| Some(scaled(shipped.table().call(it))),
            |it| Some(shipped.table().conversion(it).map(scaled)),
        );
        table.expect("the figures are possible")
    }

    fn shown(measured: &Table) -> String {
        let style = Style { color: false };
        calibration(measured, Costs::shipped().table(), "costs.json", 120, style)
    }

    #[test]
    fn measured_figures_stand_beside_the_shipped_ones() {
        let text = shown(&table(2.0, 0.05));
        let first = "What crossing between Python and Rust costs here, with Python 3.13.1\\x1b[31m and PyO3 0.30.1.\n";
        assert!(text.starts_with(first), "{text}");
        let call = (text.lines()).find(|line| line.starts_with("a call without arguments"));
        let words: Vec<&str> = call.expect("a row").split_whitespace().skip(4).collect();
        let expected = "25.0 ns 23.7 ns to 26.2 ns 12.5 ns 2.00";
        assert_eq!(words.join(" "), expected);
        assert!(
            text.ends_with("The figures are kept in costs.json.\n"),
            "{text}"
        );
        assert!(!text.contains("much else to do"), "{text}");
    }

    #[test]
    fn a_busy_machine_is_told() {
        let text = shown(&table(1.0, 0.2));
        assert!(text.contains("half of the figures vary by 40 %"), "{text}");
    }

    #[test]
    fn programs_get_every_figure() {
        let text = calibration_json(&table(2.0, 0.05), Costs::shipped().table(), "costs.json");
        let document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let figures = document["figures"].as_array().expect("a list");
        assert_eq!(figures.len(), Call::ALL.len() + 2 * Conversion::ALL.len());
        assert_eq!(figures[0]["name"], "call");
        assert_eq!(figures[0]["elements"], serde_json::Value::Null);
        assert_eq!(figures[0]["ratio"], 2.0);
        assert_eq!(figures[0]["shipped"]["expected"], 12.48);
        assert_eq!(figures[Call::ALL.len() + 1]["elements"], 10_000);
        assert_eq!(document["is_noisy"], false);
        assert_eq!(document["noise"], 0.1);
    }
}
