//! The figures as Markdown.

use crate::cost::{Row, median};
use std::collections::BTreeMap;

/// A row for each program and sampler, over all Pythons: the README's.
pub(crate) fn by_program(rows: &[Row]) -> String {
    let mut alike: BTreeMap<_, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        let key = (row.program, row.setting);
        alike.entry(key).or_default().push(row);
    }
    let mut lines = head(&["program", "sampler"]);
    for ((program, setting), rows) in alike {
        let names = [program.to_string(), setting.to_string()];
        lines += &line(&[&names[..], &over_pythons(&rows)].concat());
    }
    lines
        + "\nMedians of the Pythons, the worst of them in parentheses. Time, CPU time: the program's speed \
           alone, in parts of that when it is sampled.\n"
}

/// A row for each Python, program and sampler.
pub(crate) fn by_python(rows: &[Row]) -> String {
    let mut lines = head(&["Python", "program", "sampler"]);
    for row in rows {
        let outcome = |part: Option<f64>| part.map_or_else(nothing, percent);
        lines += &line(&[
            format!("3.{}", row.minor),
            row.program.to_string(),
            row.setting.to_string(),
            row.wall.to_string(),
            row.cpu.to_string(),
            outcome(row.outcome.map(|it| it.lost)),
            outcome(row.outcome.map(|it| it.kept)),
            cores(row.cores),
        ]);
    }
    lines + "\nMedians of the windows, and their quartiles in parentheses.\n"
}

fn over_pythons(rows: &[&Row]) -> [String; 5] {
    let all = |part: fn(&Row) -> f64| rows.iter().map(|row| part(row)).collect();
    let outcomes =
        |part: fn(&Row) -> Option<f64>| rows.iter().filter_map(|row| part(row)).collect();
    [
        highest(all(|row| row.wall.median()), ratio),
        highest(all(|row| row.cpu.median()), ratio),
        highest(outcomes(|row| Some(row.outcome?.lost)), percent),
        lowest(outcomes(|row| Some(row.outcome?.kept)), percent),
        highest(all(|row| row.cores), cores),
    ]
}

/// The middle one, and the highest, which is the worst.
fn highest(values: Vec<f64>, shown: fn(f64) -> String) -> String {
    let worst = values.iter().copied().max_by(f64::total_cmp);
    middle_and(values, worst, shown)
}

fn lowest(values: Vec<f64>, shown: fn(f64) -> String) -> String {
    let worst = values.iter().copied().min_by(f64::total_cmp);
    middle_and(values, worst, shown)
}

fn middle_and(values: Vec<f64>, worst: Option<f64>, shown: fn(f64) -> String) -> String {
    match (median(values), worst) {
        (Some(median), Some(worst)) => format!("{} ({})", shown(median), shown(worst)),
        _ => nothing(),
    }
}

fn ratio(value: f64) -> String {
    format!("{value:.3}")
}

fn cores(value: f64) -> String {
    format!("{value:.2}")
}

fn percent(part: f64) -> String {
    format!("{:.1} %", part * 100.0)
}

fn nothing() -> String {
    "–".to_owned()
}

/// The titles: these, and those that all tables have.
fn head(titles: &[&str]) -> String {
    let figures = ["time", "CPU time", "lost", "rate kept", "own cores"];
    let titles = [titles, &figures].concat();
    let rule = "|---".repeat(titles.len());
    format!("| {} |\n{rule}|\n", titles.join(" | "))
}

fn line(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}
