//! What the stages cost: interning, reading and writing each format, ranking, rendering.
//!
//! `cargo bench` measures with criterion; `cargo bench -- figures` tells only what the largest
//! profiles take, each stage once, in seconds and in memory.

mod dice;
mod figures;
mod files;
mod pool;
mod project;
mod ranking;
mod rendering;

use criterion::Criterion;
use pool::Pool;
use project::Project;
use std::time::Duration;

fn main() {
    if std::env::args().any(|argument| argument == "figures") {
        return figures::tell();
    }
    let (pool, project) = (Pool::new(), Project::new(10, 20));
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    files::measure(&mut criterion, &pool);
    ranking::measure(&mut criterion, &pool, &project);
    rendering::measure(&mut criterion, &pool, &project);
    criterion.final_summary();
}
