//! What the stages cost: reading each format, and interning, up to a million samples.
//!
//! `cargo bench` measures; `cargo bench -- million` tells only what a million samples of depth 40
//! take in seconds and in memory.

mod pool;

use criterion::{Criterion, Throughput};
use pool::Pool;
use rustbound::profile::Profile;
use std::hint::black_box;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    interning(&mut criterion);
    criterion.final_summary();
    million();
}

fn interning(criterion: &mut Criterion) {
    let pool = Pool::new();
    let mut group = criterion.benchmark_group("intern");
    group.throughput(Throughput::Elements(10_000));
    group.bench_function("10000 samples of depth 40", |bencher| {
        bencher.iter(|| {
            let mut profile = Profile::default();
            pool.sample_into(&mut profile, 10_000);
            black_box(profile)
        });
    });
    group.finish();
}

/// The promise of the profile model: under 5 s and 150 MB.
#[expect(clippy::print_stderr, reason = "the figures are what this is for")]
fn million() {
    let pool = Pool::new();
    let (before, start) = (pool::peak_memory(), std::time::Instant::now());
    let mut profile = Profile::default();
    pool.sample_into(&mut profile, 1_000_000);
    let seconds = start.elapsed().as_secs_f64();
    let megabytes = pool::peak_memory().saturating_sub(before) as f64 / 1e6;
    eprintln!(
        "1,000,000 samples of depth 40 ({} stacks, {} frames): {seconds:.2} s, {megabytes:.0} MB",
        profile.stacks().len(),
        profile.frames().len(),
    );
}
