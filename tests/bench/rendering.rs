//! From the plan to what people read, and to crates.

use crate::pool::{Pool, no_sources};
use crate::project::Project;
use criterion::Criterion;
use rustbound::generate::{self, Place};
use rustbound::observation::Observation;
use rustbound::plan::{self, Plan};
use rustbound::profile::Profile;
use rustbound::report::{self, table};
use rustbound::source::qualify;

const SAMPLES: usize = 10_000;
const WIDTH: u16 = 100;

/// Measures each part of a report.
pub(crate) fn measure(criterion: &mut Criterion, pool: &Pool, project: &Project) {
    let mut sources = project.sources();
    let profile = qualify(project.profile(), &mut sources);
    let (plan, _) = plan::build(
        &profile,
        &Observation::default(),
        &mut sources,
        &plan::Options::default(),
    );
    texts(criterion, &plan);
    flame_graph(criterion, &pool.profile(SAMPLES));
}

fn flame_graph(criterion: &mut Criterion, profile: &Profile) {
    let (_, picture) = plan::build(
        profile,
        &Observation::default(),
        &mut no_sources(),
        &plan::Options::default(),
    );
    let mut group = criterion.benchmark_group("render");
    group.bench_function("flame_graph", |bencher| {
        bencher.iter(|| report::flamegraph(profile, &picture, "bench").expect("it can be drawn"));
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
