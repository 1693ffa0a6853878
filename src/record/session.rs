//! Looks become samples: what to make of a look that brought something, and of one that didn't. No clock.

use super::pace::Pace;
use super::recorder::Recorder;
use super::sampler::{LookError, Sampler};
use crate::observation::{Observation, Subject};
use crate::profile::{CpuSeconds, Hertz, Profile, Run};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// So many lost looks in a row are no chance: the process became something else in the same place, or the
/// sampler holds on to something old. Opening it again tells. A Python that can't be read at all, with a
/// stack too deep for one, is opened again ever more seldom.
const PATIENCE: u32 = 20;

/// Recording goes on over all processes that are opened in its course.
#[derive(Debug)]
pub(super) struct Session {
    rate: Hertz,
    record: Record,
    pace: Pace,
    lost_in_a_row: u32,
    patience: u32,
}

/// What is recorded, in all sessions of a program together.
#[derive(Clone, Debug, Default)]
struct Record(Arc<Mutex<Recorded>>);

#[derive(Debug, Default)]
struct Recorded {
    recorder: Recorder,
    last_loss: Option<String>,
}

impl Record {
    fn lock(&self) -> MutexGuard<'_, Recorded> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a sampler stands after a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Look again when it is time.
    Open,
    /// It can't be read any more: open the process again.
    Stale,
    /// The process became another program: look for Python again.
    Replaced,
    /// The process ended.
    Gone,
}

impl Session {
    /// An empty recording at `rate`, whose samples are kept in a file of the `scratch` folder if there is one.
    pub(super) fn new(rate: Hertz, scratch: Option<&Path>) -> Self {
        let record = Record::default();
        record.lock().recorder = scratch.map_or_else(Recorder::default, Recorder::in_folder);
        Self::into_record(record, rate, 0)
    }

    /// A session for this process beside this one, which records into the same profile.
    pub(super) fn beside(&self, pid: u32) -> Self {
        Self::into_record(self.record.clone(), self.rate, pid)
    }

    fn into_record(record: Record, rate: Hertz, pid: u32) -> Self {
        Self {
            rate,
            record,
            pace: Pace::new(rate, Duration::ZERO).seeded(pid.into()),
            lost_in_a_row: 0,
            patience: PATIENCE,
        }
    }

    /// A sampler was opened at `now`: time counts from here.
    pub(super) fn resume(&mut self, now: Duration) {
        self.lost_in_a_row = 0;
        self.pace.resume(now);
    }

    /// When to look next.
    pub(super) fn due(&self) -> Duration {
        self.pace.deadline()
    }

    /// Looks at `now` and records what it brings.
    pub(super) fn look(&mut self, sampler: &mut dyn Sampler, now: Duration) -> Standing {
        if self.pace.is_late(now) {
            self.record.lock().recorder.is_late();
        }
        match sampler.look(self.pace.moment(now)) {
            Ok(tick) => {
                self.record.lock().recorder.record(&tick);
                self.pace.weighed(now);
                self.lost_in_a_row = 0;
                self.patience = PATIENCE;
                Standing::Open
            }
            Err(LookError::Torn(reason)) => self.lose(reason),
            Err(LookError::Replaced) => Standing::Replaced,
            Err(LookError::Gone) => Standing::Gone,
        }
    }

    /// Looking took us so much CPU time.
    pub(super) fn cost(&mut self, computed: Duration) {
        self.record.lock().recorder.add_cost(computed);
    }

    /// CPU time that looking took so far.
    pub(super) fn computed(&self) -> CpuSeconds {
        self.run().sampler_cpu.unwrap_or(CpuSeconds(0.0))
    }

    /// The look that began at `begun` is over, and the program is let alone for so long.
    pub(super) fn rest(&mut self, begun: Duration, now: Duration, rest: Duration) {
        self.pace.advance(begun, now, rest);
    }

    fn lose(&mut self, reason: String) -> Standing {
        let mut record = self.record.lock();
        record.recorder.lose(&reason);
        record.last_loss = Some(reason);
        drop(record);
        self.lost_in_a_row += 1;
        if self.lost_in_a_row < self.patience {
            return Standing::Open;
        }
        self.patience = self.patience.saturating_mul(2);
        Standing::Stale
    }

    /// The functions that are hot by now, the hottest first.
    pub(super) fn hottest(&self) -> Vec<Subject> {
        self.record.lock().recorder.hottest()
    }

    /// How often it looked.
    pub(super) fn ticks(&self) -> u64 {
        self.run().ticks
    }

    fn run(&self) -> Run {
        self.record.lock().recorder.run().clone()
    }

    /// Whether nobody was seen to hold the interpreter lock though threads ran.
    pub(super) fn lacks_gil(&self) -> bool {
        self.record.lock().recorder.lacks_gil()
    }

    /// How many looks were lost, and why the last one was.
    pub(super) fn losses(&self) -> Option<(u64, String)> {
        let record = self.record.lock();
        Some((record.recorder.run().lost_ticks, record.last_loss.clone()?))
    }

    /// The profile, and what was seen of values, in this session and in those beside it.
    pub(super) fn finish(self) -> (Profile, Observation) {
        let mut recorder = std::mem::take(&mut self.record.lock().recorder);
        let observation = recorder.take_observation();
        (recorder.finish(), observation)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sampler::{Moment, Observed, Tick};
    use super::*;
    use crate::profile::{Activity, RawFrame};

    /// A sampler that answers by a script: `.` a stack, `x` a torn look, `r` another program, `g` gone.
    struct Scripted(std::vec::IntoIter<u8>);

    impl Sampler for Scripted {
        fn look(&mut self, now: Moment) -> Result<Tick<'_>, LookError> {
            match self.0.next().expect("the script is long enough") {
                b'.' => Ok(Tick {
                    moment: now,
                    threads: vec![main_thread()],
                    values: Vec::new(),
                }),
                b'x' => Err(LookError::Torn("a string made no sense".into())),
                b'r' => Err(LookError::Replaced),
                _ => Err(LookError::Gone),
            }
        }
    }

    fn main_thread() -> Observed<'static> {
        Observed {
            process: 1,
            thread: 1,
            name: None,
            activity: Activity::HoldingGil,
            frames: vec![RawFrame {
                name: "main",
                file: None,
                first_line: None,
                line: None,
            }],
            instruction: None,
        }
    }

    /// Plays a script with a look every 5 ms.
    fn play(session: &mut Session, script: &str) -> Vec<Standing> {
        let mut sampler = Scripted(script.as_bytes().to_vec().into_iter());
        let look = |round| session.look(&mut sampler, Duration::from_millis(5 * round));
        (1..=script.len() as u64).map(look).collect()
    }

    fn session() -> Session {
        Session::new(Hertz(200.0), None)
    }

    fn weights(session: Session) -> Vec<u64> {
        let samples = session.finish().0.samples;
        samples
            .iter()
            .map(|sample| sample.weight.0 / 1_000_000)
            .collect()
    }

    #[test]
    fn good_looks_keep_it_open() {
        let mut session = session();
        assert_eq!(play(&mut session, "..."), [Standing::Open; 3]);
        assert_eq!(weights(session), [5, 5, 5]);
    }

    #[test]
    fn a_torn_look_is_counted_and_its_time_goes_to_the_next() {
        let mut session = session();
        assert_eq!(play(&mut session, ".x."), [Standing::Open; 3]);
        let run = session.run();
        assert_eq!((run.ticks, run.lost_ticks), (3, 1));
        assert_eq!(weights(session), [5, 10]);
    }

    #[test]
    fn many_torn_looks_in_a_row_ask_for_a_new_opening() {
        let standings = play(&mut session(), &"x".repeat(20));
        assert_eq!(standings[18], Standing::Open);
        assert_eq!(standings[19], Standing::Stale);
    }

    #[test]
    fn a_good_look_between_restores_the_patience() {
        let script = format!("{}.{}", "x".repeat(19), "x".repeat(19));
        let standings = play(&mut session(), &script);
        assert!(standings.iter().all(|&standing| standing == Standing::Open));
    }

    #[test]
    fn what_stays_unreadable_is_opened_ever_more_seldom() {
        let mut session = session();
        let mut sampler = Scripted(vec![b'x'; 200].into_iter());
        let mut looks_until_stale = || {
            session.resume(Duration::ZERO);
            let mut look = || session.look(&mut sampler, Duration::ZERO);
            (1..=100).find(|_| look() == Standing::Stale)
        };
        let looks: Vec<_> = (0..3).map(|_| looks_until_stale()).collect();
        assert_eq!(looks, [Some(20), Some(40), Some(80)]);
    }

    #[test]
    fn another_program_and_an_end_are_no_lost_looks() {
        let mut session = session();
        assert_eq!(
            play(&mut session, ".r"),
            [Standing::Open, Standing::Replaced]
        );
        assert_eq!(play(&mut session, "g"), [Standing::Gone]);
        assert_eq!(session.run().lost_ticks, 0);
    }

    #[test]
    fn samples_go_on_after_a_new_opening() {
        let mut session = session();
        play(&mut session, ".r");
        session.resume(Duration::from_millis(0));
        play(&mut session, "..");
        assert_eq!(weights(session), [5, 5, 5]);
    }

    #[test]
    fn the_last_reason_is_kept() {
        let mut session = session();
        play(&mut session, ".x..");
        let losses = session.losses().expect("a look was lost");
        assert_eq!(losses, (1, "a string made no sense".to_owned()));
    }

    #[test]
    fn sessions_beside_each_other_make_one_profile() {
        let mut session = session();
        let mut beside = session.beside(2);
        play(&mut session, "..");
        play(&mut beside, ".x.");
        let run = session.run();
        assert_eq!((run.ticks, run.lost_ticks), (5, 1));
        assert_eq!(weights(session), [5, 5, 5, 10]);
    }

    #[test]
    fn sessions_beside_each_other_do_not_look_in_the_same_moments() {
        let session = session();
        let due = |pid| {
            let mut beside = session.beside(pid);
            beside.resume(Duration::ZERO);
            beside.due()
        };
        assert_ne!(due(2), due(3));
    }
}
