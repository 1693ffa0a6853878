//! Too few samples for a ranking, and how to get enough.

use super::study::Study;
use super::unit::{Hot, Unit};
use super::{Code, FunctionRow, Reason, Verdict};
use crate::profile::{FunctionId, Hertz, Run};
use crate::record;

/// With fewer samples in all candidates together their order is mostly noise: of two functions with 100 samples each,
/// the 95 % intervals of the shares are a quarter of them wide to either side.
pub(super) const ENOUGH_SAMPLES: u64 = 200;

/// With fewer samples of everything nothing can be said, not even what it is that takes the time.
const ANY_SAMPLES: u64 = 20;

/// What is asked for is a little more than enough: the next run's samples fall otherwise.
const MARGIN: f64 = 1.25;

/// A sampler that reaches less than this part of the rate that was asked for would not reach a higher one.
const KEPT_UP: f64 = 0.8;

/// Rates are told in such steps.
const RATE_STEP: f64 = 50.0;

const NOTHING_SEEN: &str =
    "no thread was seen working: let the program do more, or take samples more often with --rate";

impl Study<'_> {
    /// Takes all units back where their samples together are too few, and says so in a sentence without its full stop.
    /// Without units it says so where hardly anything was seen.
    pub(super) fn shortage(&self, units: &mut Vec<Unit>, hot: &mut Hot<'_>) -> Option<String> {
        let in_units = units.iter().map(|unit| unit.weighed.time.samples);
        let in_units = in_units.fold(0, u64::saturating_add);
        let (samples, enough) = match units.len() {
            0 => (self.all.samples, ANY_SAMPLES),
            _ => (in_units, ENOUGH_SAMPLES),
        };
        if samples >= enough || !self.is_few(samples) {
            return None;
        }
        for unit in units.drain(..) {
            for place in std::iter::once(unit.root).chain(unit.callees) {
                self.take_back(hot.ids[place], &mut hot.rows[place]);
            }
        }
        if samples == 0 {
            return Some(NOTHING_SEEN.to_owned());
        }
        let (counted, remedy) = (counted(samples), self.remedy(samples));
        Some(format!(
            "{counted} too few to say what to move to Rust: {remedy}"
        ))
    }

    /// What was seen of the function is too small for any other verdict.
    fn take_back(&self, id: FunctionId, row: &mut FunctionRow) {
        let own = self.credits.functions[id.index()].time.samples;
        row.verdict = Verdict::TooSmall;
        row.reasons = vec![Reason {
            code: Code::TooFewSamples,
            message: format!("{} too few to tell whether it pays", counted(own)),
        }];
    }

    /// Whether so many samples are too few. Where times were measured, their number says nothing.
    pub(super) fn is_few(&self, samples: u64) -> bool {
        samples < ENOUGH_SAMPLES && !self.profile.run.measured
    }

    /// How to get enough samples where there were so many.
    pub(super) fn remedy(&self, samples: u64) -> String {
        let reached = self.run_summary().rate_achieved;
        remedy(samples, &self.profile.run, reached)
    }
}

fn counted(samples: u64) -> String {
    match samples {
        1 => "1 sample is".to_owned(),
        _ => format!("{samples} samples are"),
    }
}

/// A longer time, or a higher rate where one can be reached.
fn remedy(samples: u64, run: &Run, reached: Option<Hertz>) -> String {
    let missing = ENOUGH_SAMPLES as f64 * MARGIN / samples.max(1) as f64;
    let times = missing.ceil().max(2.0);
    let longer = format!("take samples for {times:.0} times as long");
    let Some(asked) = run.rate else {
        return format!("{longer}, or {times:.0} times as often");
    };
    let reached = reached.unwrap_or(asked);
    let rate = (reached.0.min(asked.0) * times / RATE_STEP).ceil() * RATE_STEP;
    let can_be_reached = reached.0 >= KEPT_UP * asked.0 && rate <= record::Options::HIGHEST_RATE.0;
    if can_be_reached {
        format!("{longer}, or with --rate {rate:.0}")
    } else {
        longer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::Observation;
    use crate::plan::Plan;
    use crate::plan::programs::{JOB, check, plan_changed, plan_of};

    fn check_remedy(samples: u64, asked: Option<f64>, reached: Option<f64>, expected: &str) {
        let run = Run {
            rate: asked.map(Hertz),
            ..Run::default()
        };
        assert_eq!(remedy(samples, &run, reached.map(Hertz)), expected);
    }

    #[test]
    fn what_to_do_is_told_in_figures() {
        let often = "take samples for 5 times as long, or 5 times as often";
        check_remedy(57, None, None, often);
        let rate = "take samples for 5 times as long, or with --rate 1000";
        check_remedy(57, Some(200.0), Some(198.7), rate);
        check_remedy(57, Some(200.0), None, rate);
        let twice = "take samples for 2 times as long, or with --rate 400";
        check_remedy(199, Some(200.0), Some(200.0), twice);
    }

    #[test]
    fn a_rate_that_cannot_be_reached_is_not_asked_for() {
        let longer = "take samples for 250 times as long";
        check_remedy(1, Some(200.0), Some(200.0), longer);
        check_remedy(0, Some(200.0), Some(200.0), longer);
        check_remedy(
            100,
            Some(200.0),
            Some(90.0),
            "take samples for 3 times as long",
        );
    }

    #[test]
    fn few_samples_are_not_ranked_and_the_plan_says_what_to_do() {
        let stacks = "main@24;nearest@21;distance@18 9\nmain@24;nearest@21 4\nmain@24;score@4 6";
        let few = plan_of(JOB, stacks);
        let shortage = few.shortage.expect("there is one");
        let begin = "190 samples are too few to say what to move to Rust: ";
        assert!(shortage.starts_with(begin), "{shortage}");
        assert!(few.candidates.is_empty());
        assert!(!few.notes.iter().any(|note| note.contains("few")));
        check(
            stacks,
            &[
                "distance too_small RB018",
                "score too_small RB018",
                "nearest too_small RB018",
                "main too_small RB006",
            ],
        );
        let message = &few.functions[0].reasons[0].message;
        assert_eq!(message, "90 samples are too few to tell whether it pays");
        let enough = plan_of(JOB, &format!("{stacks}\nmain@24;score@4 1"));
        assert_eq!((enough.shortage, enough.candidates.len()), (None, 2));
    }

    #[test]
    fn few_samples_are_told_where_nothing_is_worth_moving() {
        let Plan {
            shortage, notes, ..
        } = plan_of(JOB, "load@8 +15");
        assert_eq!(shortage, None);
        assert!(notes[0].starts_with("150 samples are few"), "{notes:?}");
    }

    #[test]
    fn nothing_is_said_of_what_was_hardly_seen() {
        let shortage = plan_of(JOB, "load@8 +1").shortage.expect("there is one");
        assert!(
            shortage.starts_with("10 samples are too few to say"),
            "{shortage}"
        );
        let shortage = plan_of(JOB, "load@8 +0").shortage.expect("there is one");
        assert!(
            shortage.starts_with("no thread was seen working: "),
            "{shortage}"
        );
    }

    #[test]
    fn times_that_were_measured_are_never_few() {
        let nothing = |_: &str| Observation::default();
        let plan = plan_changed(JOB, "score@4 3", nothing, |run| run.measured = true);
        assert_eq!((plan.shortage, plan.candidates.len()), (None, 1));
        assert!(!plan.notes.iter().any(|note| note.contains("few")));
    }
}
