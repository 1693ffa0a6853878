//! Which functions move together, in programs that were sampled for real.

use crate::tool::{Workplace, plan};
use serde_json::Value;
use std::path::Path;

/// The plan of a program of `fixtures/programs/units`.
fn plan_of(name: &str) -> Value {
    let workplace = Workplace::new();
    let report = workplace.path().join("report");
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/programs/units");
    let script = programs.join(format!("{name}.py"));
    let output = [
        "run".as_ref(),
        "--output".as_ref(),
        report.as_os_str(),
        script.as_os_str(),
    ];
    workplace.run(&output).expect(0);
    plan(&report)
}

fn row<'p>(plan: &'p Value, function: &str) -> &'p Value {
    let rows = plan["functions"].as_array().expect("a list");
    let row = rows.iter().find(|row| row["function"] == function);
    row.unwrap_or_else(|| panic!("{function} is in the table"))
}

#[track_caller]
fn check_unit(plan: &Value, root: &str, callees: &[&str]) {
    let first = &plan["candidates"][0];
    assert_eq!(first["function"], root, "{first}");
    let unit: Vec<&str> = first["unit"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert_eq!(unit, callees, "{first}");
    for callee in callees {
        assert_eq!(row(plan, callee)["verdict"], "migrate_caller");
    }
}

#[test]
fn a_leaf_moves_with_the_loop_that_calls_it_and_the_plan_says_what_it_would_gain_alone() {
    let plan = plan_of("leaf_in_loop");
    check_unit(&plan, "leaf_in_loop.checksum", &["leaf_in_loop.mix"]);
    let first = &plan["candidates"][0];
    let alternatives = first["alternatives"].as_array().expect("a list");
    let leaf = alternatives
        .iter()
        .find(|it| it["function"] == "leaf_in_loop.mix");
    let leaf = &leaf.expect("it was weighed alone")["speedup"];
    let together = &first["speedup"]["program"];
    let figure = |speedup: &Value, end: &str| speedup[end].as_f64().expect("a number");
    assert!(
        figure(leaf, "high") < figure(together, "expected"),
        "{leaf} {together}"
    );
}

#[test]
fn functions_that_call_each_other_are_one_candidate() {
    let plan = plan_of("mutual_recursion");
    let list = "mutual_recursion.nested_list";
    check_unit(&plan, list, &["mutual_recursion.nested_dict"]);
}

#[test]
fn a_sort_key_moves_with_the_function_that_sorts() {
    let plan = plan_of("sort_key");
    check_unit(&plan, "sort_key.ranking", &["sort_key.key"]);
}
