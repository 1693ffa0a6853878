//! What a watched program amounts to: what is known of the run, and what should be known. Pure.

use super::Note;
use super::agent::Counted;
use super::finder::Failure;
use super::missed::Missed;
use super::opened::Stay;
use super::session::Session;
use super::subject::{self, Subject};
use super::tracer::Tracer;
use crate::observation::Observation;
use crate::profile::{CpuSeconds, Hertz, Nanoseconds, Profile, Root, Run, Share, Weight};
use std::ops::Range;
use std::time::Duration;

/// With fewer looks than these nothing can be ranked.
const FEW_TICKS: u64 = 20;
/// With a larger share of lost looks the reason is worth a word, unless the program was over soon: in the
/// first milliseconds of a Python everything moves. The share alone can be seen in the profile.
const MOST_LOST: f64 = 0.5;
/// Below this part of the rate that was asked for, the reader should know.
const SLOW: f64 = 0.5;
/// Looks that compute for less than this part of their interval did not make it longer than [`SLOW`] allows: a program
/// is let alone for nine times as long at most.
const CHEAP: f64 = 0.2;
/// A program that ran for so long had its chance.
const LONG: Duration = Duration::from_secs(1);

/// Everything that was seen of a program.
#[derive(Debug)]
pub(super) struct Outcome {
    /// What was recorded.
    pub(super) session: Session,
    /// At which rate.
    pub(super) rate: Hertz,
    /// How long the program ran from when we knew of it, if it ended by itself.
    pub(super) ran: Option<Duration>,
    /// What was sampled.
    pub(super) sampled: Sampled,
    /// The last Python that could not be opened.
    pub(super) failure: Option<Failure>,
    /// What the sampled process became, if nothing could be sampled any more.
    pub(super) became: Option<String>,
    /// How many other Python processes were seen, if they were to be left alone.
    pub(super) unfollowed: usize,
    /// Which other processes were not sampled, if they were to be.
    pub(super) missed: Missed,
    /// Which process was being debugged, and by whom.
    pub(super) traced: Option<(u32, Tracer)>,
    /// What was counted from inside, if anything was to be.
    pub(super) counted: Option<Counted>,
}

/// What was sampled: one process mostly, several when one ends and another starts, or when all are followed.
#[derive(Clone, Debug, Default)]
pub(super) struct Sampled {
    spans: Vec<Range<Duration>>,
    cpu: Option<CpuSeconds>,
    /// The one that was sampled longest, and how long.
    main: Option<(Duration, Subject)>,
    /// Whether they had different roots, so that a file's name doesn't say whose it is.
    roots_differ: bool,
}

impl Sampled {
    /// Adds a process.
    pub(super) fn add(&mut self, stay: Stay) {
        let Stay { subject, span, cpu } = stay;
        let wall = span.end.saturating_sub(span.start);
        self.spans.push(span);
        self.roots_differ |= self.main().is_some_and(|main| main.root != subject.root);
        self.cpu = match (self.cpu, cpu) {
            (Some(CpuSeconds(before)), Some(CpuSeconds(more))) => Some(CpuSeconds(before + more)),
            (before, more) => before.or(more),
        };
        if self
            .main
            .as_ref()
            .is_none_or(|(longest, _)| wall > *longest)
        {
            self.main = Some((wall, subject));
        }
    }

    /// How long anything was sampled: what was sampled at the same time counts once.
    fn wall(&self) -> Duration {
        let mut spans: Vec<_> = self.spans.iter().map(|it| (it.start, it.end)).collect();
        spans.sort_unstable();
        let (mut wall, mut until) = (Duration::ZERO, Duration::ZERO);
        for (start, end) in spans {
            wall += end.saturating_sub(start.max(until));
            until = until.max(end);
        }
        wall
    }

    /// The same, if it is more than the time that passed.
    fn watched_beside(&self) -> Option<Nanoseconds> {
        let (wall, watched) = (self.wall(), self.watched());
        (watched > wall).then(|| watched.into())
    }

    /// How long each process was sampled, added up.
    fn watched(&self) -> Duration {
        let lengths = self.spans.iter();
        lengths.map(|it| it.end.saturating_sub(it.start)).sum()
    }

    fn main(&self) -> Option<&Subject> {
        self.main.as_ref().map(|(_, subject)| subject)
    }

    fn root(&self) -> Option<Root> {
        if self.roots_differ {
            return Some(Root::unknown());
        }
        self.main()?.root.clone()
    }
}

impl Outcome {
    /// The profile, what was seen of values, and what a reader should know, what weighs most first.
    pub(super) fn into_parts(self) -> (Profile, Observation, Vec<Note>) {
        let notes = self.notes();
        let (mut profile, mut observation) = self.session.finish();
        if let Some(counted) = &self.counted {
            counted.settle(&mut profile, &mut observation);
        }
        let main = self.sampled.main();
        let script = main.and_then(Subject::script);
        let script = script.map(|script| script.to_string_lossy().into_owned());
        profile.run = Run {
            root: self.sampled.root(),
            script: script.or_else(|| subject::module_file(&profile)),
            python: main.map(|subject| subject.python.clone()),
            wall: Nanoseconds::from(self.sampled.wall()),
            watched: self.sampled.watched_beside(),
            cpu: self.sampled.cpu,
            rate: Some(self.rate),
            ..profile.run
        };
        (profile, observation, notes)
    }

    fn notes(&self) -> Vec<Note> {
        let notes = [
            self.note_on_search(),
            self.note_on_length(),
            self.note_on_tracer(),
            self.note_on_losses(),
            self.note_on_rate(),
            self.became
                .clone()
                .map(|program| Note::Replaced { program }),
            self.note_on_names(),
            self.session.lacks_gil().then_some(Note::NoGil),
            self.note_on_family(),
            self.note_on_calls(),
        ];
        let notes = notes.into_iter().flatten();
        notes.chain(self.missed.notes()).collect()
    }

    fn note_on_search(&self) -> Option<Note> {
        match (&self.sampled.main, &self.failure) {
            (Some(_), _) => None,
            (None, None) => Some(Note::NeverPython),
            (None, Some(failure)) => {
                let hopeless = failure.denied || self.ran.is_none_or(|ran| ran >= LONG);
                hopeless.then(|| Note::Unreadable {
                    pid: failure.pid,
                    reason: failure.reason.clone(),
                })
            }
        }
    }

    fn note_on_length(&self) -> Option<Note> {
        let was_python = self.sampled.main.is_some() || self.failure.is_some();
        let ran = self.ran.filter(|&ran| was_python && ran < LONG)?;
        let ticks = self.session.ticks();
        (ticks < FEW_TICKS).then(|| Note::Short {
            ran: ran.into(),
            ticks,
        })
    }

    fn note_on_tracer(&self) -> Option<Note> {
        let (pid, tracer) = self.traced.clone()?;
        Some(Note::Debugged { pid, tracer })
    }

    fn note_on_losses(&self) -> Option<Note> {
        let (lost, reason) = self.session.losses()?;
        let share = Share::of(Weight(lost), Weight(self.session.ticks()));
        let long = self.ran.is_none_or(|ran| ran >= LONG);
        (long && share.fraction() > MOST_LOST).then_some(Note::Lost { reason })
    }

    fn note_on_rate(&self) -> Option<Note> {
        let (wall, ticks) = (self.sampled.watched(), self.session.ticks());
        let reached = ticks as f64 / wall.as_secs_f64();
        let slow = wall >= LONG && ticks > 0 && reached < SLOW * self.rate.0;
        let each = self.session.computed().0 / ticks as f64;
        (slow && self.note_on_losses().is_none()).then_some(Note::Slow {
            reached: Hertz(reached),
            machine_was_busy: each * self.rate.0 < CHEAP,
        })
    }

    fn note_on_names(&self) -> Option<Note> {
        let main = self.sampled.main()?;
        main.has_odd_names().then_some(Note::NameNotUtf8)
    }

    /// A program without Python has no calls.
    fn note_on_calls(&self) -> Option<Note> {
        self.sampled.main()?;
        self.counted.as_ref()?.note()
    }

    fn note_on_family(&self) -> Option<Note> {
        let processes = self.unfollowed;
        (processes > 0).then_some(Note::NotFollowed { processes })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{LookError, Moment, Sampler, Tick};
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// A program of which every look is torn.
    struct Unreadable;

    impl Sampler for Unreadable {
        fn look(&mut self, _: Moment) -> Result<Tick<'_>, LookError> {
            Err(LookError::Torn("it moved".into()))
        }
    }

    /// A program without threads.
    struct Quiet;

    impl Sampler for Quiet {
        fn look(&mut self, moment: Moment) -> Result<Tick<'_>, LookError> {
            let threads = Vec::new();
            let values = Vec::new();
            Ok(Tick {
                moment,
                threads,
                values,
            })
        }
    }

    fn outcome() -> Outcome {
        Outcome {
            session: Session::new(Hertz(200.0), None),
            rate: Hertz(200.0),
            ran: None,
            sampled: Sampled::default(),
            failure: None,
            became: None,
            unfollowed: 0,
            missed: Missed::default(),
            traced: None,
            counted: None,
        }
    }

    fn sampled(processes: &[(&str, u32)]) -> Sampled {
        let mut sampled = Sampled::default();
        for (python, wall) in processes {
            let subject = Subject {
                python: (*python).to_string(),
                ..Subject::default()
            };
            let begun = sampled.wall();
            sampled.add(Stay {
                subject,
                span: begun..begun + *wall * MS,
                cpu: Some(CpuSeconds(0.5)),
            });
        }
        sampled
    }

    fn failure(denied: bool) -> Failure {
        Failure {
            pid: 7,
            denied,
            image: None,
            reason: "no".into(),
        }
    }

    fn check(outcome: &Outcome, expected: &[&str]) {
        let notes: Vec<_> = outcome.notes().iter().map(Note::to_string).collect();
        assert_eq!(notes, expected, "{outcome:?}");
    }

    const NEVER: &str = "the program never ran Python";
    const UNREADABLE: &str = "process 7 looks like Python and could not be read: no";

    #[test]
    fn a_shell_script_never_ran_python() {
        let ran = Some(5 * MS);
        check(&Outcome { ran, ..outcome() }, &[NEVER]);
    }

    #[test]
    fn a_program_of_20_ms_says_how_long_it_ran() {
        let short = "the program ran for 20 ms only, time for 0 looks at it";
        let ran = Some(20 * MS);
        check(
            &Outcome {
                ran,
                failure: Some(failure(false)),
                ..outcome()
            },
            &[short],
        );
    }

    #[test]
    fn a_python_that_never_opens_says_why() {
        let ran = Some(2000 * MS);
        check(
            &Outcome {
                ran,
                failure: Some(failure(false)),
                ..outcome()
            },
            &[UNREADABLE],
        );
    }

    #[test]
    fn a_forbidden_python_says_so_at_once() {
        let (ran, sampled) = (Some(1000 * MS), Sampled::default());
        check(
            &Outcome {
                ran,
                sampled,
                failure: Some(failure(true)),
                ..outcome()
            },
            &[UNREADABLE],
        );
    }

    #[test]
    fn what_is_lost_mostly_says_why() {
        let sampled = sampled(&[("3.11.7", 5000)]);
        let mut session = Session::new(Hertz(200.0), None);
        session.look(&mut Unreadable, 5 * MS);
        let note = "most looks at the program brought nothing, the last because it moved";
        check(
            &Outcome {
                session,
                sampled,
                ..outcome()
            },
            &[note],
        );
    }

    #[test]
    fn looks_that_took_too_long_to_keep_the_rate_are_told() {
        let sampled = sampled(&[("3.11.7", 2000)]);
        let mut session = Session::new(Hertz(200.0), None);
        for look in 1..=20 {
            session.look(&mut Quiet, look * 100 * MS);
            session.cost(50 * MS);
        }
        let note = Note::Slow {
            reached: Hertz(10.0),
            machine_was_busy: false,
        };
        check(
            &Outcome {
                session,
                sampled,
                ..outcome()
            },
            &[&note.to_string()],
        );
    }

    #[test]
    fn looks_that_took_little_and_were_late_tell_a_busy_machine() {
        let sampled = sampled(&[("3.11.7", 2000)]);
        let mut session = Session::new(Hertz(200.0), None);
        for look in 1..=20 {
            session.look(&mut Quiet, look * 100 * MS);
            session.cost(MS / 2);
        }
        let note = "10 looks a second were taken only, as the machine was busy: a longer run gives more samples";
        check(
            &Outcome {
                session,
                sampled,
                ..outcome()
            },
            &[note],
        );
    }

    #[test]
    fn a_failure_before_the_success_is_forgotten() {
        let sampled = sampled(&[("3.11.7", 5000)]);
        check(
            &Outcome {
                sampled,
                failure: Some(failure(false)),
                ..outcome()
            },
            &[],
        );
    }

    #[test]
    fn what_the_program_became_and_left_out_is_told() {
        let outcome = Outcome {
            sampled: sampled(&[("3.11.7", 5000)]),
            became: Some("sleep".into()),
            unfollowed: 2,
            ..outcome()
        };
        let expected = [
            "the program replaced itself by sleep, which is not Python; samples end there",
            "2 other Python processes were not followed: `--subprocesses` samples them too",
        ];
        check(&outcome, &expected);
    }

    #[test]
    fn what_is_sampled_at_the_same_time_passes_once() {
        let mut sampled = Sampled::default();
        for (start, end) in [(0, 50), (10, 20), (30, 70), (100, 110)] {
            sampled.add(Stay {
                span: start * MS..end * MS,
                ..Stay::default()
            });
        }
        assert_eq!((sampled.wall(), sampled.watched()), (80 * MS, 110 * MS));
        assert_eq!(sampled.watched_beside(), Some((110 * MS).into()));
    }

    #[test]
    fn processes_in_different_roots_leave_the_root_unknown() {
        let root_of = |roots: &[Option<&str>]| {
            let mut sampled = Sampled::default();
            for root in roots {
                let root = root.map(Root::at);
                let subject = Subject {
                    root,
                    ..Subject::default()
                };
                sampled.add(Stay {
                    subject,
                    ..Stay::default()
                });
            }
            sampled.root()
        };
        assert_eq!(root_of(&[None, None]), None);
        assert_eq!(root_of(&[Some("/a"), Some("/a")]), Some(Root::at("/a")));
        assert_eq!(root_of(&[None, Some("/a")]), Some(Root::unknown()));
    }

    #[test]
    fn the_process_sampled_longest_gives_the_version() {
        let sampled = sampled(&[("3.8.18", 50), ("3.11.7", 5000), ("3.12.1", 70)]);
        let (profile, ..) = Outcome {
            sampled,
            ..outcome()
        }
        .into_parts();
        assert_eq!(profile.run.python.as_deref(), Some("3.11.7"));
        assert_eq!(profile.run.wall, Nanoseconds(5_120_000_000));
        assert_eq!(profile.run.cpu, Some(CpuSeconds(1.5)));
    }
}
