//! `plan.md`: the decision for people. Everything is computed here; the template prints.

mod library;
mod prospect;
mod risks;
mod section;

use super::escape::{cell_code, code, prose, shell};
use super::figures::range_of;
use super::words;
use crate::plan::boundary::CostsSource;
use crate::plan::{FunctionRow, ModuleRow, Plan, RunSummary, Verdict};
use crate::profile::Hertz;
use library::LibraryLines;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use section::Section;
use serde::Serialize;

const TEMPLATE: &str = include_str!("../templates/plan.md.j2");

/// The plan as `plan.md`. `crates` has the folder name of each candidate's crate, in the same order; a
/// candidate beyond them has none.
pub fn markdown(plan: &Plan, crates: &[String]) -> String {
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()
        .expect("the delimiters are the usual ones");
    let mut environment = Environment::new();
    environment.set_syntax(syntax);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let text = environment
        .render_str(TEMPLATE, Serde(Page::new(plan, crates)))
        .expect("the template asks for fields of the page alone");
    text.trim_end().to_owned() + "\n"
}

#[derive(Serialize)]
struct Page {
    title: String,
    verdict: String,
    ceiling: Option<String>,
    has_price: bool,
    first: Option<String>,
    facts: Vec<Fact>,
    modules: Vec<ModuleLine>,
    rejected: Vec<RejectedLine>,
    notes: Vec<String>,
    candidates: Vec<Section>,
    libraries: Vec<LibraryLines>,
}

#[derive(Serialize)]
struct Fact {
    what: &'static str,
    figure: String,
}

#[derive(Serialize)]
struct ModuleLine {
    module: String,
    time: String,
    split: String,
    own: String,
    total: String,
    origin: &'static str,
    file: String,
    functions: usize,
}

#[derive(Serialize)]
struct RejectedLine {
    function: String,
    time: String,
    split: String,
    own: String,
    total: String,
    verdict: &'static str,
    why: String,
}

impl Page {
    fn new(plan: &Plan, crates: &[String]) -> Self {
        let rejected = |row: &&FunctionRow| row.verdict != Verdict::Migrate;
        let section = |place| Section::new(plan, place, crates.get(place));
        Self {
            title: title(plan),
            verdict: words::verdict(plan, code),
            ceiling: ceiling(plan),
            has_price: plan.price.is_some(),
            first: first(plan, crates),
            facts: facts(plan),
            modules: plan.modules.iter().map(module_line).collect(),
            rejected: plan
                .functions
                .iter()
                .filter(rejected)
                .map(rejected_line)
                .collect(),
            notes: words::notes(plan).map(prose).collect(),
            candidates: (0..plan.candidates.len()).map(section).collect(),
            libraries: plan.libraries.iter().map(LibraryLines::new).collect(),
        }
    }
}

/// What Amdahl leaves, which no rewrite reaches.
fn ceiling(plan: &Plan) -> Option<String> {
    let ceiling = range_of(plan.ceiling, "as fast", words::times);
    (!plan.candidates.is_empty()).then(|| {
        format!(
            "The ceiling: if all the functions below took no time at all, the program would become {ceiling}."
        )
    })
}

/// What to type first.
fn first(plan: &Plan, crates: &[String]) -> Option<String> {
    let (candidate, folder) = (plan.candidates.first()?, crates.first()?);
    let name = code(&candidate.name.to_string());
    let folder = code(&format!("crates/{folder}"));
    Some(format!(
        "Read {name} and its risks below, then write it in {folder}: the crate builds and passes its tests before \
         the first line of Rust, and after each that is right."
    ))
}

fn title(plan: &Plan) -> String {
    match &*plan.program.command {
        [] => "What to move to Rust".to_owned(),
        command => format!("What to move to Rust: {}", code(&shell(command))),
    }
}

/// Why looks were lost, how often for each reason.
fn reasons(run: &RunSummary) -> Option<String> {
    let reasons = run.losses.iter();
    let reasons: Vec<String> = reasons
        .map(|(reason, count)| format!("{} ({count})", prose(reason)))
        .collect();
    (!reasons.is_empty()).then(|| reasons.join(", "))
}

/// How the figures came about. What is not known has no line.
fn facts(plan: &Plan) -> Vec<Fact> {
    let (program, run) = (&plan.program, &plan.run);
    let hertz = |rate: Hertz| format!("{:.1} Hz", rate.0);
    let processes = counted(run.processes, "process", "processes");
    let threads = counted(run.threads, "thread", "threads");
    let facts = [
        ("Python", program.python.as_deref().map(code)),
        (
            "Exit status",
            program.exit_status.map(|status| status.to_string()),
        ),
        (
            "Samples",
            Some(format!(
                "{} of working threads, {} lost, {} late",
                run.samples, run.lost_samples, run.late_samples
            )),
        ),
        ("Lost because", reasons(run)),
        ("Rate asked for", run.rate_requested.map(hertz)),
        ("Rate reached", run.rate_achieved.map(hertz)),
        ("Wall time", Some(format!("{:.1} s", run.wall_seconds))),
        ("CPU time", run.cpu.map(|cpu| format!("{:.1} s", cpu.0))),
        (
            "CPU time of the sampler",
            run.sampler_cpu.map(|cpu| format!("{:.2} s", cpu.0)),
        ),
        (
            "CPU time of counting calls",
            run.agent_cpu.map(|cpu| {
                format!(
                    "{:.2} s, and {} samples left out for it",
                    cpu.0, run.left_out_samples
                )
            }),
        ),
        ("Seen", Some(format!("{processes}, {threads}"))),
        (
            "Where the time was",
            Some(words::where_the_time_was(&plan.time)),
        ),
        (
            "Importing modules",
            Some(format!(
                "{} of the samples of working threads",
                plan.time.import
            )),
        ),
        ("Waiting for the interpreter lock", gil_wait(plan)),
        (
            "Waiting",
            Some(format!("{} of the samples of all threads", plan.time.idle)),
        ),
        (
            "Crossing between Python and Rust",
            Some(crossing(&plan.boundary_costs)),
        ),
    ];
    let known =
        |(what, figure): (&'static str, Option<String>)| figure.map(|figure| Fact { what, figure });
    facts.into_iter().filter_map(known).collect()
}

/// Where the costs of crossing are from.
fn crossing(source: &CostsSource) -> String {
    let it = source.measurement();
    let of = format!(
        "with Python {} and PyO3 {} on {}, {}",
        prose(&it.python),
        prose(&it.pyo3),
        prose(&it.machine),
        prose(&it.date)
    );
    match source {
        CostsSource::Measured(_) => format!("as `rustbound calibrate` measured it {of}"),
        CostsSource::Shipped(_) => format!(
            "as it was measured {of}, and not here: `rustbound calibrate` measures this machine"
        ),
    }
}

/// Of a program of one thread there is nothing to say.
fn gil_wait(plan: &Plan) -> Option<String> {
    let share = plan.time.gil_wait;
    (share.fraction() > 0.0).then(|| format!("{share} of the samples of all threads"))
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn module_line(row: &ModuleRow) -> ModuleLine {
    ModuleLine {
        module: cell_code(&row.module),
        time: row.ranked_share.to_string(),
        split: words::split(&row.states),
        own: row.self_share.to_string(),
        total: row.total_share.to_string(),
        origin: words::origin_label(row.origin),
        file: cell_code(&row.file),
        functions: row.functions,
    }
}

fn rejected_line(row: &FunctionRow) -> RejectedLine {
    let reasons: Vec<String> = (row.reasons.iter())
        .map(|reason| format!("{}: {}", reason.code, prose(&reason.message)))
        .collect();
    RejectedLine {
        function: cell_code(&row.name.to_string()),
        time: row.ranked_share.to_string(),
        split: words::split(&row.states),
        own: row.self_share.to_string(),
        total: row.total_share.to_string(),
        verdict: words::label(row),
        why: reasons.join("; "),
    }
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    fn lines(plan: &Plan) -> Vec<String> {
        let text = markdown(plan, &example::crates());
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn the_decision_stands_in_the_third_line() {
        let plan = lines(&example::plan());
        assert!(plan[0].starts_with("# What to move to Rust: `python3 'nightly job.py'"));
        assert!(
            plan[2].starts_with("**Move 2 functions to Rust, `shop.basket.Basket.total` first")
        );
        let nothing = lines(&example::empty());
        assert_eq!(nothing[0], "# What to move to Rust");
        assert!(nothing[2].starts_with("**Nothing here is worth moving to Rust: no thread"));
    }

    #[test]
    fn each_candidate_has_its_section() {
        let text = markdown(&example::plan(), &example::crates());
        for part in [
            "\n## 1. `shop.basket.Basket.total`\n\n- Where: `shop/basket.py`, lines 61 to 84\n",
            "- Hot line: 65, `cents += line`\n- Moves with it: `shop.basket.Basket.tax`\n",
            "- Calls: about 300,000 (10,000 to 900,000), as its code and its time suggest; each takes about 3.0 µs",
            "- Gain: what moves gets about 6.00× as fast (3.00× to 9.00×), the program about 2.00× as fast (1.70×",
            "- Effort: about 1.2 days (0.6 to 2.4): 21 lines of code, cyclomatic complexity 6, 2 loops\n",
            "```python\n@traced\ndef total(self, lines: list[float],",
            "\n- RB108: reads self.rate and writes self.cents (line 65)\n",
            "```sh\ncd crates/shop_basket_total\ncargo build\npython -m pytest\n",
        ] {
            assert!(text.contains(part), "{part:?} in {text}");
        }
    }

    #[test]
    fn of_a_generator_it_is_told_what_its_values_cost() {
        let mut plan = example::plan();
        let text = |plan: &Plan| markdown(plan, &example::crates());
        assert!(!text(&plan).contains("Values that it yields"));
        let prospect = &mut plan.candidates[0].prospect;
        prospect.per_value = Some(prospect.per_call);
        let expected = "- Values that it yields: about 300,000 (10,000 to 900,000), as its code and its time suggest; each \
                        takes about 3.0 µs (1.0 µs to 90 µs); crossing costs each of them about 40 ns (15 ns to 300 ns)\n";
        let text = text(&plan);
        assert!(text.contains(expected), "{text}");
    }

    #[test]
    fn each_hot_function_that_stays_has_its_reason() {
        let text = markdown(&example::plan(), &[]);
        let row = "| `shop.basket.main` | 0.1 % | 100/0/0 | 0.1 % | 95.1 % | orchestrates | RB006: main was judged by RB006 |";
        assert!(text.contains(row), "{text}");
    }

    #[test]
    fn sections_without_content_are_left_out() {
        let text = markdown(&example::empty(), &[]);
        let headings: Vec<&str> = text.lines().filter(|line| line.starts_with('#')).collect();
        assert_eq!(
            headings,
            ["# What to move to Rust", "## How it was measured"]
        );
    }

    #[test]
    fn hostile_text_adds_no_line_no_cell_and_no_tag() {
        let cells = |line: &String| line.replace("\\|", "").matches('|').count();
        let (calm, hostile) = (lines(&example::plan()), lines(&example::hostile()));
        // A note more, and a head too long for one line.
        assert_eq!(hostile.len(), calm.len() + 1 + 6, "{}", hostile.join("\n"));
        let tables = |lines: &[String]| -> Vec<usize> {
            lines
                .iter()
                .filter(|line| line.starts_with('|'))
                .map(cells)
                .collect()
        };
        assert_eq!(tables(&hostile), tables(&calm));
        for line in &hostile {
            assert!(!line.chars().any(char::is_control), "{line:?}");
            // The hostile text has two ticks in a row, so its code stands between three.
            let outside: String = line.split("```").step_by(2).collect();
            assert!(!outside.contains('<'), "{line}");
        }
    }

    #[test]
    fn a_candidate_says_what_python_could_do_first() {
        let mut plan = example::plan();
        let candidate = plan.candidates[0].name.clone();
        let row = plan.functions.iter_mut().find(|row| row.name == candidate);
        row.expect("it is ranked")
            .reasons
            .push(crate::plan::Reason {
                code: crate::plan::Code::Slow(crate::source::PatternKind::ListMembership),
                message: "30.0 % of its time is in `x in xs` at line 3".to_owned(),
            });
        let told = lines(&plan).join("\n");
        let expected = "First in Python:\n\n- RB030: 30.0 % of its time is in \\`x in xs\\` at line 3\n\nRisks";
        assert!(told.contains(expected), "{told}");
    }
}
