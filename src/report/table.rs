//! The plan as tables for a terminal.

pub use super::columns::Style;

use super::columns::{Column, Emphasis, Row, render};
use super::escape::visible;
use super::figures::days;
use super::{fit, seen, words};
use crate::plan::{Candidate, FunctionRow, ModuleRow, Plan, Verdict};
use crate::source::Origin;

/// Narrower than this, tables are set as for this.
const NARROWEST: u16 = 40;

/// A parameter with its type is shortened to this.
const LONGEST_ARGUMENT: usize = 60;

/// Rows of the tables in a summary.
const SUMMARY_ROWS: usize = 10;

/// What a run ends with: the verdict, the hot modules and functions, the candidates, the notes, and
/// where the report is. `crates` has the folder name of each candidate's crate, in the same order;
/// `folder` is the report's, as the reader would type it.
pub fn summary(plan: &Plan, crates: &[String], folder: &str, width: u16, style: Style) -> String {
    let columns = usable(width);
    let verdict = words::verdict(plan, visible);
    let mut parts = vec![paragraph(&verdict, "", Emphasis::Strong, columns, style)];
    if !plan.modules.is_empty() {
        let shown = &plan.modules[..plan.modules.len().min(SUMMARY_ROWS)];
        let table = module_table(shown, columns, style);
        parts.push(section("Hot modules", &table, plan.modules.len(), style));
    }
    if !plan.functions.is_empty() {
        let shown = &plan.functions[..plan.functions.len().min(SUMMARY_ROWS)];
        let table = function_table(shown, columns, style);
        let key = paragraph(&key(shown), "", Emphasis::Faint, columns, style);
        parts.push(section("Hot functions", &table, plan.functions.len(), style) + &key);
    }
    if !plan.candidates.is_empty() {
        let mut table = candidates(plan, crates, width, style);
        if let Some(stop) = stop(plan) {
            table += &paragraph(&stop, "", Emphasis::Plain, columns, style);
        }
        if !crates.is_empty() {
            let key = format!("crate: its folder in {}/crates", visible(folder));
            table += &paragraph(&key, "", Emphasis::Faint, columns, style);
        }
        let key = paragraph(GAINS, "", Emphasis::Faint, columns, style);
        table += &key;
        table += &arguments(plan, columns, style);
        parts.push(section("Worth moving to Rust", &table, 0, style));
    }
    let note = |note| paragraph(&visible(note), "- ", Emphasis::Plain, columns, style);
    let notes: String = words::notes(plan).map(note).collect();
    if !notes.is_empty() {
        parts.push(section("Notes", &notes, 0, style));
    }
    let place = format!("The whole decision is in {}/plan.md.", visible(folder));
    parts.push(paragraph(&place, "", Emphasis::Plain, columns, style));
    parts.join("\n")
}

/// Where to stop, if not all candidates save enough.
fn stop(plan: &Plan) -> Option<String> {
    let mut candidates = plan.candidates.iter();
    let first = candidates.find(|it| !it.prospect.is_worthwhile())?;
    Some(format!(
        "stop before {}: {}",
        first.rank,
        words::what_follows()
    ))
}

/// What the candidates take, as far as it was seen.
fn arguments(plan: &Plan, width: usize, style: Style) -> String {
    let name = |text: &str| fit::shorten_middle(&visible(text), LONGEST_ARGUMENT);
    let candidates = plan.candidates.iter();
    candidates
        .map(|candidate| (candidate.rank, seen::brief(candidate, name)))
        .filter(|(_, phrases)| !phrases.is_empty())
        .map(|(rank, phrases)| {
            let text = format!("{rank} takes {}", phrases.join(", "));
            paragraph(&text, "", Emphasis::Faint, width, style)
        })
        .collect()
}

/// The column that says how a row's time is split.
const SPLIT: &str = "i/n/s %";

/// Which column that is.
const SPLIT_AT: usize = 2;

/// What the columns of shares mean.
fn key(functions: &[FunctionRow]) -> String {
    let split = if words::tell_apart(&function_splits(functions)) {
        "i/n/s: where all of that was: interpreter, native code, system; "
    } else {
        ""
    };
    format!(
        "time: own, and that of library code called for it, in the interpreter; {split}self: own \
         alone; total: with all that it calls."
    )
}

fn function_splits(functions: &[FunctionRow]) -> Vec<String> {
    let states = functions.iter().map(|row| &row.states);
    states.map(words::split).collect()
}

/// What the columns of gains mean.
const GAINS: &str = "program: times as fast by this alone, not counting what those above it gain.";

/// The candidates in order. `crates` has the folder name of each, in the same order.
fn candidates(plan: &Plan, crates: &[String], width: u16, style: Style) -> String {
    let columns = [
        Column::number("#"),
        Column::text("function").shortened(24, 14, '.'),
        Column::number("time").optional(3),
        Column::number("program"),
        Column::text("95 % range").optional(1),
        Column::number("days").optional(2),
        Column::number("lines").optional(0),
        Column::text("crate").shortened(28, 12, None),
    ];
    let rows: Vec<Row> = (plan.candidates.iter().enumerate())
        .map(|(index, candidate)| candidate_row(candidate, crates.get(index)))
        .collect();
    render(&columns, &rows, usable(width), style)
}

pub(super) fn usable(width: u16) -> usize {
    width.max(NARROWEST).into()
}

fn module_table(modules: &[ModuleRow], width: usize, style: Style) -> String {
    let columns = vec![
        Column::text("module").shortened(24, 14, '.'),
        Column::number("time"),
        Column::number(SPLIT).optional(5),
        Column::number("self").optional(3),
        Column::number("total").optional(2),
        Column::text("origin").optional(4),
        Column::text("file").shortened(20, 20, '/').optional(1),
        Column::number("functions").optional(0),
    ];
    let splits: Vec<String> = (modules.iter())
        .map(|row| words::split(&row.states))
        .collect();
    let rows = modules.iter().zip(&splits).map(module_row).collect();
    table(columns, rows, &splits, width, style)
}

/// The table, without the column of splits where they say nothing.
fn table(
    mut columns: Vec<Column>,
    mut rows: Vec<Row>,
    splits: &[String],
    width: usize,
    style: Style,
) -> String {
    if !words::tell_apart(splits) {
        columns.remove(SPLIT_AT);
        for row in &mut rows {
            row.cells.remove(SPLIT_AT);
        }
    }
    render(&columns, &rows, width, style)
}

fn module_row((row, split): (&ModuleRow, &String)) -> Row {
    Row {
        cells: vec![
            visible(&row.module),
            row.ranked_share.to_string(),
            split.clone(),
            row.self_share.to_string(),
            row.total_share.to_string(),
            words::origin_label(row.origin).to_owned(),
            visible(&row.file),
            row.functions.to_string(),
        ],
        emphasis: origin_emphasis(row.origin),
    }
}

fn function_table(functions: &[FunctionRow], width: usize, style: Style) -> String {
    let columns = vec![
        Column::text("function").shortened(24, 14, '.'),
        Column::number("time"),
        Column::number(SPLIT).optional(3),
        Column::number("self").optional(1),
        Column::number("total").optional(2),
        Column::text("verdict"),
        Column::text("where").shortened(24, 24, '/').optional(0),
    ];
    let splits = function_splits(functions);
    let rows = functions.iter().zip(&splits).map(function_row).collect();
    table(columns, rows, &splits, width, style)
}

fn function_row((row, split): (&FunctionRow, &String)) -> Row {
    let line = row.line.map_or_else(String::new, |line| format!(":{line}"));
    let emphasis = match row.verdict {
        Verdict::Migrate => Emphasis::Strong,
        _ => origin_emphasis(row.origin),
    };
    Row {
        cells: vec![
            visible(&row.name.to_string()),
            row.ranked_share.to_string(),
            split.clone(),
            row.self_share.to_string(),
            row.total_share.to_string(),
            words::label(row).to_owned(),
            visible(&row.file) + &line,
        ],
        emphasis,
    }
}

fn candidate_row(candidate: &Candidate, folder: Option<&String>) -> Row {
    let gain = &candidate.prospect.gain;
    Row {
        cells: vec![
            candidate.rank.to_string(),
            visible(&candidate.name.to_string()),
            words::percent(candidate.share.expected),
            words::times(gain.program.expected),
            words::times_range(gain.program),
            days(candidate.prospect.effort.expected),
            candidate.definition.lines.to_string(),
            folder.map_or_else(String::new, |folder| visible(folder)),
        ],
        emphasis: if candidate.prospect.is_worthwhile() {
            Emphasis::Plain
        } else {
            Emphasis::Faint
        },
    }
}

fn origin_emphasis(origin: Origin) -> Emphasis {
    match origin {
        Origin::FirstParty => Emphasis::Plain,
        Origin::ThirdParty | Origin::Stdlib | Origin::Builtin => Emphasis::Faint,
    }
}

/// A heading and what stands below it; `all` are the rows that there are, where some may be missing.
fn section(heading: &str, body: &str, all: usize, style: Style) -> String {
    let heading = Emphasis::Strong.set(heading, style);
    let missing = all.saturating_sub(SUMMARY_ROWS);
    let rest = if missing > 0 {
        Emphasis::Faint.set(&format!("… and {missing} more"), style) + "\n"
    } else {
        String::new()
    };
    format!("{heading}\n{body}{rest}")
}

/// A text in lines that fit; the first begins with the bullet, the others below its text.
pub(super) fn paragraph(
    text: &str,
    bullet: &str,
    emphasis: Emphasis,
    width: usize,
    style: Style,
) -> String {
    let indent = " ".repeat(fit::width(bullet));
    let starts = std::iter::once(bullet).chain(std::iter::repeat(&*indent));
    (fit::wrap(text, width - fit::width(bullet))
        .iter()
        .zip(starts))
    .map(|(line, start)| emphasis.set(&format!("{start}{line}"), style) + "\n")
    .collect()
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    const FOLDER: &str = "reports/nightly job";
    const PLAIN: Style = Style { color: false };

    #[test]
    fn no_line_is_wider_than_asked_and_nothing_escapes() {
        for plan in [example::plan(), example::hostile(), example::empty()] {
            for width in 40..=140 {
                let summary = summary(&plan, &example::crates(), FOLDER, width, PLAIN);
                for line in summary.lines() {
                    assert!(fit::width(line) <= width.into(), "{width}: {line}");
                    assert!(!line.chars().any(char::is_control), "{line:?}");
                }
            }
        }
    }

    #[test]
    fn the_verdict_comes_first_and_the_candidates_have_their_crates() {
        let summary = summary(&example::plan(), &example::crates(), FOLDER, 100, PLAIN);
        assert!(summary.starts_with("Move 2 functions to Rust, shop.basket.Basket.total first"));
        assert!(summary.contains("  shop_basket_total\n"), "{summary}");
        assert!(
            summary.contains("\ncrate: its folder in reports/nightly job/crates\n"),
            "{summary}"
        );
        assert!(summary.ends_with("\nThe whole decision is in reports/nightly job/plan.md.\n"));
    }

    #[test]
    fn a_summary_says_where_to_stop() {
        let stop = "\nstop before 2: what follows saves less than 5.0 % of the time each\n";
        let mut plan = example::plan();
        assert!(!summary(&plan, &[], FOLDER, 80, PLAIN).contains(stop));
        plan.candidates[1].prospect.gain.saved.expected = 0.04;
        assert!(summary(&plan, &[], FOLDER, 80, PLAIN).contains(stop));
    }

    #[test]
    fn a_summary_says_how_many_rows_it_left_out() {
        let mut plan = example::plan();
        let row = plan.modules[0].clone();
        plan.modules = vec![row; 23];
        let summary = summary(&plan, &[], FOLDER, 80, PLAIN);
        assert!(summary.contains("… and 13 more\n"), "{summary}");
        assert_eq!(module_table(&plan.modules, 80, PLAIN).lines().count(), 25);
    }

    #[test]
    fn the_split_of_the_time_is_shown_where_it_says_something() {
        let mut rows = example::plan().functions;
        assert!(!function_table(&rows, 80, PLAIN).contains(SPLIT));
        assert!(!key(&rows).contains("i/n/s"));
        rows[1].states.native = rows[1].states.interpreter;
        let table = function_table(&rows, 80, PLAIN);
        assert!(
            table.contains(SPLIT) && table.contains("  50/50/0  "),
            "{table}"
        );
        assert!(key(&rows).contains("i/n/s"));
    }

    #[test]
    fn columns_of_shares_end_at_one_place() {
        let table = function_table(&example::plan().functions, 80, PLAIN);
        let ends: Vec<usize> = (table.lines().skip(2))
            .map(|line| fit::width(&line[..line.find('%').expect("every row has a share")]))
            .collect();
        assert!(ends.windows(2).all(|pair| pair[0] == pair[1]), "{table}");
    }

    #[test]
    fn a_table_without_colour_is_the_coloured_one_without_its_codes() {
        let plan = example::plan();
        let colored = summary(&plan, &[], FOLDER, 80, Style { color: true });
        let bare = ["\x1b[0m", "\x1b[1m", "\x1b[2m"]
            .iter()
            .fold(colored.clone(), |text, code| text.replace(code, ""));
        assert_ne!(colored, bare);
        assert_eq!(bare, summary(&plan, &[], FOLDER, 80, PLAIN));
    }
}
