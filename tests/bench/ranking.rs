//! From samples to the plan: the passes over the call tree, each alone, and the whole way.

use crate::pool::{Pool, no_sources};
use crate::project::Project;
use criterion::{Criterion, Throughput};
use rustbound::analysis::{CallTree, Role, credit, once_per_stack};
use rustbound::observation::Observation;
use rustbound::plan;
use rustbound::profile::Profile;
use rustbound::source::qualify;
use std::hint::black_box;

const SAMPLES: usize = 100_000;

/// Measures the ranking of a profile.
pub(crate) fn measure(criterion: &mut Criterion, pool: &Pool, project: &Project) {
    passes(criterion, &pool.profile(SAMPLES));
    with_sources(criterion, project);
}

fn passes(criterion: &mut Criterion, profile: &Profile) {
    let tree = CallTree::new(profile);
    let (roles, functions) = (roles(profile), functions(profile));
    let mut group = criterion.benchmark_group("rank");
    group.throughput(Throughput::Elements(SAMPLES as u64));
    group.bench_function("call_tree", |bencher| {
        bencher.iter(|| black_box(CallTree::new(profile)).all());
    });
    group.bench_function("credit", |bencher| {
        bencher.iter(|| credit(black_box(&tree), &roles));
    });
    group.bench_function("once_per_stack", |bencher| {
        bencher.iter(|| once_per_stack(black_box(&tree), &functions, functions.len()));
    });
    group.bench_function("plan", |bencher| {
        bencher.iter(|| {
            plan::build(
                profile,
                &Observation::default(),
                &mut no_sources(),
                &plan::Options::default(),
            )
        });
    });
    group.finish();
}

/// The files are read anew in each round, as the tool reads them.
fn with_sources(criterion: &mut Criterion, project: &Project) {
    let profile = project.profile();
    let mut group = criterion.benchmark_group("rank");
    group.throughput(Throughput::Elements(profile.samples.len() as u64));
    group.bench_function("names_and_plan_from_sources", |bencher| {
        bencher.iter(|| {
            let mut sources = project.sources();
            let profile = qualify(profile.clone(), &mut sources);
            plan::build(
                &profile,
                &Observation::default(),
                &mut sources,
                &plan::Options::default(),
            )
        });
    });
    group.finish();
}

/// For each function a role, so that each role is there.
pub(crate) fn roles(profile: &Profile) -> Vec<Role> {
    let role = |index| match index % 8 {
        0 | 1 => Role::Library,
        2 | 3 => Role::Service,
        4 => Role::Part,
        _ => Role::Program,
    };
    (0..profile.functions().len()).map(role).collect()
}

/// Each function as a group of its own.
pub(crate) fn functions(profile: &Profile) -> Vec<usize> {
    (0..profile.functions().len()).collect()
}
