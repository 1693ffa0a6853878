//! CPU time of a process while it is sampled.

use super::process;
use super::stat::Stat;
use super::thread_files::ThreadFiles;
use crate::profile::CpuSeconds;
use std::time::{Duration, Instant};

/// So long what was read of a process is good enough, should it end without a trace.
const OFTEN: Duration = Duration::from_millis(50);

/// CPU time since the process was opened.
pub(super) struct CpuMeter {
    pid: u32,
    coarse_before: CpuSeconds,
    precise_before: Option<CpuSeconds>,
    coarse: CpuSeconds,
    seen: Instant,
}

impl CpuMeter {
    /// Counts from now; from `earlier` for a process that ended meanwhile.
    pub(super) fn new(pid: u32, earlier: Stat) -> Self {
        let coarse = Stat::read(pid).unwrap_or(earlier).cpu();
        Self {
            pid,
            coarse_before: coarse,
            precise_before: precise_cpu(pid),
            coarse,
            seen: Instant::now(),
        }
    }

    /// Reads what the process used, now and then: asked for all of its threads, the kernel adds them up.
    pub(super) fn follow(&mut self) {
        if self.seen.elapsed() >= OFTEN {
            self.see();
        }
    }

    /// Reads what the process used so far: of one that ended, for as long as its parent has not taken it away.
    pub(super) fn see(&mut self) {
        self.seen = Instant::now();
        if let Some(stat) = Stat::read(self.pid) {
            self.coarse = stat.cpu();
        }
    }

    /// The last reading, the process's end included if its parent has not taken it away yet.
    pub(super) fn read(&mut self) -> CpuSeconds {
        self.see();
        let coarse = self.coarse.0 - self.coarse_before.0;
        let precise = precise_cpu(self.pid).zip(self.precise_before);
        better_cpu(coarse, precise.map(|(now, before)| now.0 - before.0))
    }
}

/// The precise time lacks threads that ended; only where it isn't behind the coarse one is it whole.
fn better_cpu(coarse: f64, precise: Option<f64>) -> CpuSeconds {
    const COARSENESS: f64 = 0.02;
    let whole = precise.filter(|&precise| precise >= coarse - COARSENESS);
    CpuSeconds(whole.unwrap_or(coarse))
}

/// CPU time of the threads that are there now, to the nanosecond. Threads that ended are missing.
fn precise_cpu(pid: u32) -> Option<CpuSeconds> {
    let threads = process::threads(pid).into_iter();
    let times = threads.filter_map(|thread| ThreadFiles::of(pid, thread).ran());
    let nanoseconds = times.reduce(|one, other| one + other)?;
    Some(CpuSeconds(nanoseconds as f64 / 1e9))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precise_time_wins_while_no_thread_is_missing() {
        assert_eq!(better_cpu(0.51, Some(0.503)), CpuSeconds(0.503));
        assert_eq!(better_cpu(0.51, Some(0.52)), CpuSeconds(0.52));
        assert_eq!(better_cpu(0.51, Some(0.2)), CpuSeconds(0.51));
        assert_eq!(better_cpu(0.51, None), CpuSeconds(0.51));
    }

    #[test]
    fn this_very_process_uses_time() {
        assert!(precise_cpu(std::process::id()).is_some());
    }
}
