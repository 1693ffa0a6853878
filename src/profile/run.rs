//! What is known of the run that a profile comes from.

use super::{CpuSeconds, Hertz, Nanoseconds, Root};
use std::collections::BTreeMap;

/// The run behind a profile. A profile that was read from another tool's file leaves most of it open.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    /// What was started: the program and its arguments. Bytes that are not UTF-8 are replaced.
    pub command: Vec<String>,
    /// The root of the program's files; none when it is ours.
    pub root: Option<Root>,
    /// The script or module file that was started, where it is a file: as the program names it.
    pub script: Option<String>,
    /// The folder in which it ran, absolute: as it is seen from here.
    pub working_directory: Option<String>,
    /// Folders whose files are first-party, absolute: as they are seen from here.
    pub source_roots: Vec<String>,
    /// The Python version: `3.11.7`.
    pub python: Option<String>,
    /// The interpreter that was chosen by name, by the environment or by a `.venv`; none when it is plain `python3`.
    pub interpreter: Option<String>,
    /// The program's exit status as a shell says it: N, or 128 + signal.
    pub exit_status: Option<i32>,
    /// How long samples were taken.
    pub wall: Nanoseconds,
    /// How long each process was sampled, added up; none where that is the same: one process at a time.
    pub watched: Option<Nanoseconds>,
    /// CPU time of the sampled processes while samples were taken.
    pub cpu: Option<CpuSeconds>,
    /// The sampling rate that was asked for.
    pub rate: Option<Hertz>,
    /// How often the sampler looked.
    pub ticks: u64,
    /// Looks that brought nothing: the memory read was torn, or the process was not readable.
    pub lost_ticks: u64,
    /// Looks that began more than an interval after they were due: the machine was busy, or a look before took long.
    pub late_ticks: u64,
    /// Why looks were lost, and how many for each reason.
    pub losses: BTreeMap<String, u64>,
    /// CPU time that looking took, rustbound's own.
    pub sampler_cpu: Option<CpuSeconds>,
    /// Looks that were left out, since the program's calls were being counted.
    pub left_out_ticks: u64,
    /// CPU time that counting took of the program's; none where nothing was counted.
    pub agent_cpu: Option<CpuSeconds>,
    /// Whether samples are times that a tracer measured or that another tool has added up, and not looks: how many there
    /// are says nothing of how sure a share is.
    pub measured: bool,
}
