//! The figures as Markdown.

use crate::Row;
use crate::leaf::Leaf;
use rustbound::plan::{Interval, Mix};

const TITLES: [&str; 10] = [
    "function",
    "example of",
    "Python",
    "call in Python",
    "call in Rust",
    "boundary",
    "consists of",
    "its work",
    "predicted for the work",
    "predicted for the call",
];

pub(crate) fn rows(rows: &[Row]) -> String {
    let rule = "|---".repeat(TITLES.len());
    let head = format!("| {} |\n{rule}|\n", TITLES.join(" | "));
    let lines = rows
        .iter()
        .map(|row| format!("| {} |\n", cells(row).join(" | ")));
    [head, lines.collect(), summary(rows)].concat()
}

/// The same program with its leaf in Rust, and with the loop that calls it.
pub(crate) fn leaves(leaves: &[Leaf]) -> String {
    let head = "\n| Python | leaf alone | predicted | with its loop | predicted |\n|---|---|---|---|---|\n";
    let lines = leaves
        .iter()
        .map(|leaf| format!("| {} |\n", leaf.cells().join(" | ")));
    lines.fold(head.to_owned(), |table, line| table + &line)
}

fn cells(row: &Row) -> [String; 10] {
    let [least, median, most] = row.measurement.speedup;
    let (function, work) = (row.prediction.function, row.measurement.work);
    [
        format!("`{}`", row.case.native),
        row.case.about.to_owned(),
        format!("3.{}", row.minor),
        format!("{:.1} ms", row.measurement.python * 1e3),
        format!("**{}** ({}–{})", times(median), figure(least), times(most)),
        format!("{:.0} %", row.measurement.boundary * 100.0),
        parts(&row.prediction.mix),
        work.map_or_else(nothing, |it| format!("**{}**", times(it))),
        judged(row.prediction.mix.interval(), work),
        function.map_or_else(nothing, |it| judged(it, Some(median))),
    ]
}

/// The kinds that make up a tenth of the work at least.
fn parts(mix: &Mix) -> String {
    let mut parts = mix.parts().to_vec();
    parts.sort_by(|one, other| other.1.total_cmp(&one.1));
    let parts = parts.iter().filter(|(_, part)| *part >= 0.1);
    let parts = parts.map(|(kind, part)| format!("{:.0} % {}", part * 100.0, kind.words()));
    parts.collect::<Vec<_>>().join(", ")
}

pub(crate) fn nothing() -> String {
    "–".to_owned()
}

pub(crate) fn judged(interval: Interval, measured: Option<f64>) -> String {
    let place = match measured {
        None => "",
        Some(it) if it < interval.low => ": **below**",
        Some(it) if it > interval.high => ": **above**",
        Some(_) => ": inside",
    };
    format!(
        "{} ({}–{}){place}",
        times(interval.expected),
        figure(interval.low),
        times(interval.high)
    )
}

pub(crate) fn times(value: f64) -> String {
    format!("{}×", figure(value))
}

/// Two digits.
fn figure(value: f64) -> String {
    if value < 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.0}")
    }
}

fn summary(rows: &[Row]) -> String {
    let work = rows.iter().filter_map(|row| {
        let interval = row.prediction.mix.interval();
        Some(holds(interval, row.measurement.work?))
    });
    let calls = rows.iter().filter_map(|row| {
        let [_, median, _] = row.measurement.speedup;
        Some(holds(row.prediction.function?, median))
    });
    let count = |held: Vec<bool>| {
        let inside = held.iter().filter(|it| **it).count();
        format!("{inside} of {}", held.len())
    };
    format!(
        "\nCall in Rust: how many times faster it was, the median of the rounds (least–most). Boundary: the part of its \
         time that the same call takes when it does nothing. Its work: the call without that part, unless that is nearly all. Inside the interval: \
         the work {}, the call {}.\n",
        count(work.collect()),
        count(calls.collect()),
    )
}

fn holds(interval: Interval, measured: f64) -> bool {
    (interval.low..=interval.high).contains(&measured)
}
