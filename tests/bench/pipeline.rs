//! What the stages cost: reading and writing each format, and interning.
//!
//! `cargo bench` measures with criterion; `cargo bench -- million` tells only what a million samples
//! of depth 40 take in seconds and in memory.

mod pool;

use criterion::{Criterion, Throughput};
use pool::Pool;
use rustbound::formats::{self, Format};
use rustbound::profile::Profile;
use std::hint::black_box;
use std::time::Instant;

const SAMPLES: u64 = 10_000;

fn main() {
    if std::env::args().any(|argument| argument == "million") {
        return million();
    }
    let pool = Pool::new();
    let mut criterion = Criterion::default().configure_from_args();
    interning(&mut criterion, &pool);
    reading(&mut criterion, &pool);
    writing(&mut criterion, &pool);
    criterion.final_summary();
}

fn interning(criterion: &mut Criterion, pool: &Pool) {
    let mut group = criterion.benchmark_group("intern");
    group.throughput(Throughput::Elements(SAMPLES));
    group.bench_function("names", |bencher| {
        bencher.iter(|| black_box(profile_of(pool, SAMPLES)));
    });
    group.finish();
}

fn reading(criterion: &mut Criterion, pool: &Pool) {
    let profile = profile_of(pool, SAMPLES);
    let mut group = criterion.benchmark_group("read");
    group.throughput(Throughput::Elements(SAMPLES));
    for format in Format::ALL {
        let bytes = written(&profile, format);
        group.bench_function(format.name(), |bencher| {
            bencher.iter(|| formats::read(black_box(&bytes), format).expect("what was written"));
        });
    }
    group.finish();
}

fn writing(criterion: &mut Criterion, pool: &Pool) {
    let profile = profile_of(pool, SAMPLES);
    let mut group = criterion.benchmark_group("write");
    group.throughput(Throughput::Elements(SAMPLES));
    for format in Format::ALL {
        group.bench_function(format.name(), |bencher| {
            bencher.iter(|| written(black_box(&profile), format));
        });
    }
    group.finish();
}

fn profile_of(pool: &Pool, samples: u64) -> Profile {
    let mut profile = Profile::default();
    pool.sample_into(&mut profile, samples);
    profile
}

fn written(profile: &Profile, format: Format) -> Vec<u8> {
    let mut bytes = Vec::new();
    formats::write(profile, format, &mut bytes).expect("written to memory");
    bytes
}

/// The promise of the profile model: a million samples are interned in under 5 s and 150 MB.
#[expect(clippy::print_stderr, reason = "the figures are what this is for")]
fn million() {
    let pool = Pool::new();
    let (before, start) = (pool::peak_memory(), Instant::now());
    let profile = profile_of(&pool, 1_000_000);
    let seconds = start.elapsed().as_secs_f64();
    let megabytes = pool::peak_memory().saturating_sub(before) as f64 / 1e6;
    let (stacks, frames) = (profile.stacks().len(), profile.frames().len());
    eprintln!(
        "1,000,000 samples of depth 40 ({stacks} stacks, {frames} frames): \
         interned in {seconds:.2} s, {megabytes:.0} MB"
    );
    let bytes = written(&profile, Format::Native);
    let (start, size) = (Instant::now(), bytes.len() as f64 / 1e6);
    let read = formats::read(&bytes, Format::Native).expect("what was written");
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!(read.profile, profile);
    eprintln!("its file of {size:.0} MB: read in {seconds:.2} s");
}
