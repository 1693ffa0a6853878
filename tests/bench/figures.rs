//! What the largest profiles take, each stage once: seconds, and megabytes where they are promised.

use crate::files::written;
use crate::pool::{Pool, no_sources};
use crate::project::Project;
use crate::ranking::{functions, roles};
use rustbound::analysis::{CallTree, credit, once_per_stack};
use rustbound::formats::{self, Format};
use rustbound::observation::Observation;
use rustbound::plan;
use rustbound::profile::Profile;
use rustbound::report;
use rustbound::source::{Sources, qualify};
use std::time::Instant;

/// Tells all figures on stderr.
pub(crate) fn tell() {
    million_samples();
    many_functions();
    many_sources();
    deep_recursion();
}

/// The promise of the profile model: interned in under 5 s and 150 MB, ranked in under 1 s.
fn million_samples() {
    let pool = Pool::new();
    title("1,000,000 samples of depth 40");
    let before = peak_memory();
    let profile = timed("interned", || pool.profile(1_000_000));
    let grown = peak_memory().saturating_sub(before);
    row("interned", &format!("{:.0} MB", grown as f64 / 1e6));
    passes(&profile);
    whole_way(profile, &mut no_sources());
}

/// A program of 100,000 functions is planned in under 2 s, where its source is not to be read.
fn many_functions() {
    title("100,000 functions in 5,000 files, without their source");
    let pool = Pool::of(100_000, 100_000);
    let profile = timed("interned", || pool.profile(200_000));
    passes(&profile);
    whole_way(profile, &mut no_sources());
}

/// Few files with many functions each, and many with few.
fn many_sources() {
    for (files, functions) in [(20, 1_000), (1_000, 20)] {
        title(&format!(
            "{files} files of {functions} functions, with source"
        ));
        let project = Project::new(files, functions);
        let (profile, mut sources) = (project.profile(), project.sources());
        whole_way(profile, &mut sources);
    }
}

/// The depth changes from sample to sample; nothing may grow with its square.
fn deep_recursion() {
    title("1,000 samples of a recursion, 1 to 15,000 deep");
    let pool = Pool::recursion((1..=1_000).map(|step| step * 7_919 % 15_000 + 1));
    let profile = timed("interned", || pool.profile_of_each());
    passes(&profile);
    whole_way(profile.clone(), &mut no_sources());
    for format in Format::WRITTEN {
        let bytes = timed(&format!("written as {format}"), || {
            written(&profile, format)
        });
        row("", &megabytes(bytes.len()));
        timed(&format!("read as {format}"), || {
            formats::read(&bytes, format).expect("what was written")
        });
    }
}

fn passes(profile: &Profile) {
    let (roles, functions) = (roles(profile), functions(profile));
    let tree = timed("call tree", || CallTree::new(profile));
    timed("credit", || credit(&tree, &roles));
    timed("once per stack", || {
        once_per_stack(&tree, &functions, functions.len())
    });
}

fn whole_way(profile: Profile, sources: &mut Sources) {
    let profile = timed("named", || qualify(profile, sources));
    let (_, picture) = timed("planned", || {
        plan::build(
            &profile,
            &Observation::default(),
            sources,
            &plan::Options::default(),
        )
    });
    let svg = timed("drawn", || {
        report::flamegraph(&profile, &picture, "figures").expect("it can be drawn")
    });
    row("", &megabytes(svg.len()));
}

fn megabytes(bytes: usize) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    row(what, &format!("{:.3} s", start.elapsed().as_secs_f64()));
    result
}

#[expect(clippy::print_stderr, reason = "the figures are what this is for")]
fn title(text: &str) {
    eprintln!("\n{text}");
}

#[expect(clippy::print_stderr, reason = "the figures are what this is for")]
fn row(what: &str, figure: &str) {
    eprintln!("{what:>24}  {figure}");
}

/// The most memory that this process ever held, in bytes; 0 where the system does not tell.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = peak.and_then(|text| text.trim().trim_end_matches(" kB").parse().ok());
    kilobytes.unwrap_or(0_u64) * 1024
}
