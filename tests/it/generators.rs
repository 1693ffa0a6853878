//! A generator is resumed for each of its values: by whom is told, how often is counted, and each value crosses.

use crate::machine;
use crate::pythons::Python;
use crate::tool::{Run, Workplace, plan};
use serde_json::Value;
use std::fs;

const PROGRAM: &str = "\
import sys


def numbers(n):
    a, b = 0, 1
    for i in range(60):
        a, b = b, (a * 31 + b + i) % 1000003
        yield a + n


def total(n):
    sum = 0
    for value in numbers(n):
        sum += value
    return sum


def main(times):
    for n in range(times):
        total(n)


main(int(sys.argv[1]))
";

const TIMES: u64 = 400_000;
const VALUES: u64 = 60;

/// An interval of 95 % does not hold the truth once in twenty times: a run in which one did not is followed by another.
#[test]
fn a_generator_moves_with_who_takes_its_values_on_every_version() {
    const MOST_RUNS: usize = 3;
    for python in machine::pythons() {
        let said: Vec<String> = (0..MOST_RUNS)
            .map(|_| check(&python))
            .take_while(Result::is_err)
            .filter_map(Result::err)
            .collect();
        assert!(said.len() < MOST_RUNS, "{python}: {said:?}");
    }
}

fn check(python: &Python) -> Result<(), String> {
    let workplace = Workplace::new();
    workplace.file("program.py", PROGRAM);
    let mut command = workplace.rustbound();
    command.args(["run", "--output", "report", "--python"]);
    command.arg(machine::interpreter(python));
    command.args(["program.py", &TIMES.to_string()]);
    Run::of(&mut command).expect(0);
    let report = workplace.path().join("report");
    let plan = plan(&report);
    let share = &row(&plan["functions"], "qualname", "total")["total_share"];
    if share.as_f64() < Some(0.9) {
        return Err(format!("{share} of the time is below `total`"));
    }
    let first = &plan["candidates"][0];
    let unit = (&first["qualname"], &first["unit"][0]);
    if unit != (&"total".into(), &"program.numbers".into()) {
        return Err(format!("{unit:?} are proposed"));
    }
    let text = fs::read_to_string(report.join("profile.json")).expect("it is there");
    let profile: Value = serde_json::from_str(&text).expect("it is JSON");
    let numbers = row(&profile["observation"], "name", "numbers");
    holds(&numbers["calls"], TIMES)?;
    if python.minor >= 12 {
        holds(&numbers["yields"], TIMES * VALUES)?;
    }
    Ok(())
}

fn row<'v>(rows: &'v Value, key: &str, name: &str) -> &'v Value {
    let mut rows = rows.as_array().expect("it is a list").iter();
    let row = rows.find(|row| row[key] == name);
    row.unwrap_or_else(|| panic!("nothing of {name}"))
}

fn holds(interval: &Value, truth: u64) -> Result<(), String> {
    let end = |name: &str| interval[name].as_u64();
    let (Some(low), Some(high)) = (end("low"), end("high")) else {
        return Err(format!("{truth} is to be in {interval}"));
    };
    let is_narrow = high < 6 * low.max(1);
    if low <= truth && truth <= high && is_narrow {
        Ok(())
    } else {
        Err(format!("{truth} is to be in {interval}"))
    }
}
