//! From the plan to what people read, and to crates.

use crate::project::Project;
use criterion::Criterion;
use rustbound::generate::{self, Place};
use rustbound::plan::{self, Label, Plan};
use rustbound::profile::Profile;
use rustbound::report::{self, table};
use rustbound::source::qualify;

const WIDTH: u16 = 100;

/// Measures each part of a report.
pub(crate) fn measure(criterion: &mut Criterion, project: &Project) {
    let mut sources = project.sources();
    let profile = qualify(project.profile(), &mut sources);
    let plan = plan::build(&profile, &mut sources, &plan::Options::default());
    let labels = plan::labels(&profile, &mut sources);
    flame_graph(criterion, &profile, &labels);
    texts(criterion, &plan);
}

fn flame_graph(criterion: &mut Criterion, profile: &Profile, labels: &[Label]) {
    let mut group = criterion.benchmark_group("render");
    group.bench_function("flame_graph", |bencher| {
        bencher.iter(|| report::flamegraph(profile, labels, "bench").expect("it can be drawn"));
    });
    group.finish();
}

fn texts(criterion: &mut Criterion, plan: &Plan) {
    let specs = generate::specs(plan);
    let crates: Vec<String> = specs.iter().map(|spec| spec.name.clone()).collect();
    let mut group = criterion.benchmark_group("render");
    group.bench_function("summary", |bencher| {
        bencher.iter(|| {
            table::summary(
                plan,
                &crates,
                "reports/bench",
                WIDTH,
                table::Style::default(),
            )
        });
    });
    group.bench_function("plan_md", |bencher| {
        bencher.iter(|| report::markdown(plan, &crates));
    });
    group.bench_function("plan_json", |bencher| {
        bencher.iter(|| report::json(plan, &crates));
    });
    group.bench_function("crates", |bencher| {
        bencher.iter(|| generate::render(&generate::specs(plan), &Place::default()));
    });
    group.finish();
}
