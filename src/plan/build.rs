//! From samples and source to the plan.

use super::boundary::Costs;
use super::study::Study;
use super::surroundings::Surroundings;
use super::unit::Hot;
use super::{Candidate, Interval, Picture, Plan, Price, Severity};
use crate::observation::Observation;
use crate::profile::Profile;
use crate::source::Sources;

/// What a plan shows, and what it rests on beside the profile.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many candidates at most.
    pub top: usize,
    /// What crossing the boundary costs.
    pub costs: Costs,
    /// What the program costs to run.
    pub price: Option<Price>,
    /// How risky a candidate may be.
    pub risk_limit: Severity,
}

impl Default for Options {
    /// Ten candidates, the shipped costs, no price, any risk.
    fn default() -> Self {
        Self {
            top: 10,
            costs: Costs::shipped(),
            price: None,
            risk_limit: Severity::High,
        }
    }
}

/// Makes the plan for a profile and what was seen of values, and the picture of its stacks. Reads the source files of
/// first-party functions.
pub fn build(
    profile: &Profile,
    observation: &Observation,
    sources: &mut Sources,
    options: &Options,
) -> (Plan, Picture) {
    let mut study = Study::new(profile, observation, sources, &options.costs);
    let ids = study.hot_functions();
    let rows = (ids.iter())
        .map(|&id| study.function_row(id, sources))
        .collect();
    let around = Surroundings::new(profile, &study.catalog, sources);
    let limit = options.risk_limit;
    let (mut functions, mut units) = study.units_within(limit, &ids, rows, &around, sources);
    let mut hot = Hot {
        ids: &ids,
        rows: &mut functions,
    };
    let shortage = study.shortage(&mut units, &mut hot);
    let (candidates, ceiling) = study.candidates(units, &hot, &around, sources, options.top);
    let libraries = study.libraries(sources.roots());
    let plan = Plan {
        program: study.program(),
        run: study.run_summary(),
        time: study.time_summary(),
        modules: study.module_rows(),
        ceiling,
        gain: gain_of(&candidates),
        effort: effort_of(&candidates),
        price: options.price,
        boundary_costs: options.costs.source().clone(),
        notes: study.notes(&functions, &candidates, &libraries, shortage.is_none()),
        functions,
        candidates,
        libraries,
        shortage,
    };
    (plan, study.into_picture())
}

/// What those gain together that are worthwhile; they come first.
fn gain_of(candidates: &[Candidate]) -> Interval {
    let last = candidates.iter().rfind(|it| it.prospect.is_worthwhile());
    last.map_or(Interval::exactly(1.0), |it| it.prospect.so_far)
}

/// Errors of estimates made in one way do not cancel out.
fn effort_of(candidates: &[Candidate]) -> Interval {
    let worthwhile = candidates.iter().filter(|it| it.prospect.is_worthwhile());
    worthwhile.fold(Interval::exactly(0.0), |sum, it| Interval {
        low: sum.low + it.prospect.effort.low,
        expected: sum.expected + it.prospect.effort.expected,
        high: sum.high + it.prospect.effort.high,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::{Role, Subject, Type, Value, Variable};
    use crate::plan::programs::{JOB, check, plan_of, plan_with};
    use crate::plan::{Code, Verdict};
    use crate::profile::Line;

    fn plan(stacks: &str) -> Plan {
        plan_of(JOB, stacks)
    }

    #[test]
    fn what_works_is_proposed_and_what_only_orchestrates_is_not() {
        check(
            "<module>@25;main@22;score@4 90\n<module>@25;main@22 10",
            &[
                "score migrate RB013",
                "main too_small RB006",
                "<module> too_small RB006",
            ],
        );
    }

    #[test]
    fn a_generator_expression_counts_for_its_caller() {
        check(
            "main@22;score@4;<genexpr>@4 60\nmain@22;score@4 40",
            &[
                "score migrate RB013",
                "score.<locals>.<genexpr> migrate_caller RB010",
                "main too_small RB006",
            ],
        );
    }

    #[test]
    fn the_standard_library_counts_for_its_caller_and_is_not_proposed() {
        check(
            "load@8;/usr/lib/python3.11/json/__init__.py!load@293 60\nload@8 40",
            &["load migrate RB013", "load not_first_party RB001"],
        );
    }

    #[test]
    fn a_function_that_leaves_its_time_to_the_standard_library_is_not_proposed() {
        check(
            "load@8;/usr/lib/python3.11/json/__init__.py!load@293 90\nload@8 10",
            &["load not_first_party RB001", "load not_first_party RB001"],
        );
    }

    #[test]
    fn installed_code_is_not_proposed() {
        check(
            "load@8;/usr/lib/python3/dist-packages/yaml/reader.py!Reader.peek@9 100",
            &["Reader.peek not_first_party RB002", "load too_small RB006"],
        );
    }

    #[test]
    fn a_nested_function_moves_with_the_function_around_it() {
        check(
            "solve@13;step@12 90\nsolve@13 10",
            &[
                "solve migrate RB013",
                "solve.<locals>.step migrate_caller RB009",
            ],
        );
    }

    #[test]
    fn evaluated_code_rules_a_move_out() {
        check("evaluate@16 100", &["evaluate too_dynamic RB012"]);
    }

    #[test]
    fn recursion_is_work_though_each_level_orchestrates() {
        let stacks = "walk@19;<genexpr>@19;walk@19;<genexpr>@19;walk@19 30\n\
                      walk@19;<genexpr>@19;walk@19;/usr/lib/python3/dist-packages/x.py!leaf@1 170";
        let rows = plan(stacks).functions;
        let walk = rows
            .iter()
            .find(|row| row.name.qualname == "walk")
            .expect("it is hot");
        assert_eq!(walk.verdict, Verdict::Migrate);
    }

    #[test]
    fn a_callee_moves_with_the_caller_whose_loop_calls_it() {
        let stacks = "main@24;nearest@21;distance@18 60\nmain@24;nearest@21 20\nmain@24;score@4 20";
        check(
            stacks,
            &[
                "distance migrate_caller RB014",
                "nearest migrate RB013",
                "score migrate RB013",
                "main too_small RB006",
            ],
        );
        let candidates = plan(stacks).candidates;
        assert_eq!(candidates[0].name.qualname, "nearest");
        assert_eq!(candidates[0].unit[0].qualname, "distance");
        assert!((candidates[0].share.expected - 0.8).abs() < 1e-9);
    }

    #[test]
    fn a_callee_does_not_move_with_a_caller_that_runs_once() {
        let stacks = "<module>@33;once@30;nearest@21 80\n<module>@33;once@30 20";
        check(
            stacks,
            &[
                "nearest migrate RB013",
                "once too_small RB006",
                "<module> too_small RB006",
            ],
        );
    }

    #[test]
    fn native_code_without_the_lock_and_waiting_are_not_proposed() {
        check("load@8 +90\nload@8 10", &["load already_native RB005"]);
        check(
            "load@8 ~95\nload@8 5\nscore@4 95",
            &["score migrate RB013", "load io_bound RB004"],
        );
    }

    #[test]
    fn a_single_odd_sample_of_a_function_that_hands_its_time_on_says_nothing() {
        for odd in ["main@22 +1", "main@22 ~1"] {
            check(
                &format!("main@22;score@4 99\n{odd}"),
                &["score migrate RB013", "main too_small RB006"],
            );
        }
    }

    #[test]
    fn code_in_no_file_counts_for_its_caller_and_is_not_the_standard_library() {
        check(
            "load@8;<template>!root@3 90\nload@8 10",
            &["load too_dynamic RB011", "root too_dynamic RB011"],
        );
        check(
            "<string>!<module>@9;<string>!work@3 100",
            &["work too_dynamic RB011", "<module> too_dynamic RB011"],
        );
    }

    #[test]
    fn who_wants_the_lock_that_others_have_does_not_wait() {
        let stacks = (1..=8).map(|thread| format!("{thread}|score@4 10\n{thread}|score@4 ~70"));
        check(
            &stacks.collect::<Vec<_>>().join("\n"),
            &["score migrate RB013"],
        );
    }

    #[test]
    fn who_was_seen_to_want_the_lock_does_not_wait_and_who_waits_for_another_thing_does() {
        let stacks = (1..=8).map(|thread| format!("{thread}|score@4 10\n{thread}|score@4 =70"));
        let stacks: Vec<String> = stacks
            .chain(["9|load@8 s70\n9|load@8 1".to_owned()])
            .collect();
        let stacks = stacks.join("\n");
        check(&stacks, &["score migrate RB013", "load io_bound RB004"]);
        let plan = plan(&stacks);
        let wanted = plan.functions[0].states.gil_wait.fraction();
        assert!((wanted - 560.0 / 711.0).abs() < 1e-9, "{wanted}");
        assert!((plan.time.gil_wait.fraction() - wanted).abs() < 1e-9);
        let note = "waited for the interpreter lock 87.4 % of that time";
        assert!(
            plan.notes.iter().any(|it| it.contains(note)),
            "{:?}",
            plan.notes
        );
    }

    #[test]
    fn what_is_waited_for_is_named_where_it_is_mostly_one_thing() {
        for (waits, expected) in [
            ("load@8 s95\nload@8 t3", ", for a socket"),
            ("load@8 s60\nload@8 t38", ", mostly for a socket"),
            ("load@8 s50\nload@8 t48", ", mostly for a socket"),
            ("load@8 s49\nload@8 t49", ""),
            ("load@8 s40\nload@8 ~58", ""),
        ] {
            let rows = plan(&format!("{waits}\nload@8 2\nscore@4 98")).functions;
            let load = rows.iter().find(|row| row.name.qualname == "load");
            let message = &load.expect("it has a row").reasons[0].message;
            assert_eq!(
                *message,
                format!("it waits: 98.0 % of its own time{expected}")
            );
        }
    }

    #[test]
    fn importing_is_told_apart_and_never_proposed() {
        let machinery = "<frozen importlib._bootstrap>!_find_and_load@1176";
        let plan = plan(&format!("load@7;{machinery} 50\nscore@4 50"));
        assert!((plan.time.import.fraction() - 0.5).abs() < 1e-9);
        let names: Vec<_> = plan
            .candidates
            .iter()
            .map(|it| it.name.qualname.as_str())
            .collect();
        assert_eq!(names, ["score"]);
    }

    #[test]
    fn work_during_an_import_is_proposed_and_said_to_be_so() {
        let machinery = "<frozen importlib._bootstrap>!_find_and_load@1176";
        let rows = plan(&format!("load@7;{machinery};<module>@25;score@4 100")).functions;
        assert_eq!(rows[0].name.qualname, "score");
        assert_eq!(rows[0].verdict, Verdict::Migrate);
        assert!(
            rows[0].reasons[0]
                .message
                .ends_with("100.0 % of it while modules were imported")
        );
    }

    #[test]
    fn a_loop_at_module_level_is_to_be_put_into_a_function() {
        check("<module>@24 100", &["<module> fix_python_first RB008"]);
    }

    #[test]
    fn a_small_share_is_not_proposed() {
        check(
            "score@4 985\nload@8 15",
            &["score migrate RB013", "load too_small RB007"],
        );
    }

    #[test]
    fn a_candidate_knows_what_was_seen_of_its_parameters() {
        let seen = |file: &str| {
            let subject = Subject {
                file: file.to_owned(),
                first_line: Line::new(6).expect("a line"),
                name: "load".to_owned(),
            };
            let variable = Variable {
                role: Role::Argument,
                name: "path".to_owned(),
            };
            let mut observation = Observation::default();
            observation.see(
                &subject,
                variable,
                Value {
                    of_type: Type::Str,
                    size: Some(9),
                },
            );
            observation
        };
        let plan = plan_with(JOB, "load@8 50\nscore@4 50", seen, None);
        let of = |qualname: &str| {
            let mut candidates = plan.candidates.iter();
            let candidate = candidates.find(|it| it.name.qualname == qualname);
            candidate.expect("it is proposed")
        };
        let path = of("load").seen_of("path").expect("it was seen");
        assert_eq!(path.common_type.text, "str");
        assert_eq!(of("score").seen, []);
        let risks: Vec<Code> = of("load").risks.iter().map(|it| it.risk.code).collect();
        assert_eq!(risks, [Code::RunsOnImport, Code::OnlySeen]);
    }

    #[test]
    fn a_function_of_several_threads_is_shared() {
        let has_risk = |stacks: &str| {
            let candidates = plan(stacks).candidates;
            let risks = candidates[0].risks.iter().map(|it| it.risk.code);
            risks.filter(|code| *code == Code::SharedByThreads).count()
        };
        assert_eq!(has_risk("1|score@4 50\n2|score@4 50"), 1);
        assert_eq!(has_risk("1|score@4 50\n2|load@8 50"), 0);
    }

    #[test]
    fn a_recording_read_far_from_its_sources_says_what_to_do() {
        let says_so = |stacks: &str| {
            let notes = plan(stacks).notes;
            notes.iter().any(|note| note.contains("--source-root"))
        };
        let (here, gone) = ("score@4", "gone@900");
        assert!(says_so(&format!("{here} 40\n{gone} 60")));
        assert!(!says_so(&format!("{here} 60\n{gone} 40")));
    }

    #[test]
    fn the_ceiling_is_what_amdahl_leaves() {
        let plan = plan("score@4 500\n/usr/lib/python3/dist-packages/x.py!leaf@1 500");
        assert!((plan.ceiling.expected - 2.0).abs() < 1e-9);
        assert!(plan.ceiling.low < 2.0 && plan.ceiling.high > 2.0);
    }
}
