//! Interning, and each profile format read and written.

use crate::pool::Pool;
use criterion::{Criterion, Throughput};
use rustbound::formats::{self, Format};
use rustbound::observation::Observation;
use rustbound::profile::Profile;
use std::hint::black_box;

const SAMPLES: usize = 10_000;

/// Measures what a profile costs until it is there, and until it is a file.
pub(crate) fn measure(criterion: &mut Criterion, pool: &Pool) {
    let mut group = criterion.benchmark_group("intern");
    group.throughput(Throughput::Elements(SAMPLES as u64));
    group.bench_function("names", |bencher| {
        bencher.iter(|| black_box(pool.profile(SAMPLES)));
    });
    group.finish();
    let profile = pool.profile(SAMPLES);
    reading(criterion, &profile);
    writing(criterion, &profile);
}

fn reading(criterion: &mut Criterion, profile: &Profile) {
    let mut group = criterion.benchmark_group("read");
    group.throughput(Throughput::Elements(SAMPLES as u64));
    for format in Format::WRITTEN {
        let bytes = written(profile, format);
        group.bench_function(format.name(), |bencher| {
            bencher.iter(|| formats::read(black_box(&bytes), format).expect("what was written"));
        });
    }
    group.finish();
}

fn writing(criterion: &mut Criterion, profile: &Profile) {
    let mut group = criterion.benchmark_group("write");
    group.throughput(Throughput::Elements(SAMPLES as u64));
    for format in Format::WRITTEN {
        group.bench_function(format.name(), |bencher| {
            bencher.iter(|| written(black_box(profile), format));
        });
    }
    group.finish();
}

/// The bytes of a profile's file.
pub(crate) fn written(profile: &Profile, format: Format) -> Vec<u8> {
    let mut bytes = Vec::new();
    formats::write(profile, &Observation::default(), format, &mut bytes)
        .expect("written to memory");
    bytes
}
