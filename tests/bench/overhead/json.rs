//! The figures for programs.

use crate::cost::{Ratios, Row};
use serde_json::{Value, json};
use std::fs;
use std::io;
use std::path::Path;

/// Writes a list with an object for each Python, program and sampler.
pub(crate) fn write(path: &Path, rows: &[Row]) -> io::Result<()> {
    let rows: Value = rows.iter().map(object).collect();
    fs::write(path, format!("{rows:#}\n"))
}

fn object(row: &Row) -> Value {
    json!({
        "python": format!("3.{}", row.minor),
        "program": row.program.to_string(),
        "sampler": row.setting.kind.to_string(),
        "rate_hz": row.setting.rate,
        "wall": ratios(&row.wall),
        "cpu": ratios(&row.cpu),
        "lost": row.outcome.map(|outcome| outcome.lost),
        "rate_kept": row.outcome.map(|outcome| outcome.kept),
        "own_cores": row.cores,
    })
}

fn ratios(ratios: &Ratios) -> Value {
    json!({ "median": ratios.median(), "quartiles": ratios.quartiles(), "windows": ratios.all() })
}
