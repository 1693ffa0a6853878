//! What a thread did, as two letters: one that every reader of the format knows, and one that says more.

use crate::profile::{Activity, Wait};

/// The second letter where there is nothing more to say.
pub(super) const NOTHING: u8 = b'-';

/// The letters of an activity.
pub(super) fn letters(activity: Activity) -> (u8, u8) {
    match activity {
        Activity::HoldingGil => (b'g', NOTHING),
        Activity::Collecting => (b'g', b'c'),
        Activity::Running => (b'r', NOTHING),
        Activity::InKernel => (b'i', b'k'),
        Activity::WantsGil => (b'i', b'g'),
        Activity::Waiting(wait) => (b'i', letter(wait)),
        Activity::Idle => (b'i', NOTHING),
        Activity::Unknown => (b'u', NOTHING),
    }
}

fn letter(wait: Wait) -> u8 {
    match wait {
        Wait::Lock => b'l',
        Wait::Timer => b't',
        Wait::Socket => b's',
        Wait::Event => b'e',
        Wait::Child => b'p',
        Wait::File => b'f',
    }
}

/// The activity of these letters; none if the first is not known. A second one that is not known is a later version's.
pub(super) fn activity(letter: u8, detail: u8) -> Option<Activity> {
    Some(match (letter, detail) {
        (b'g', b'c') => Activity::Collecting,
        (b'g', _) => Activity::HoldingGil,
        (b'r', _) => Activity::Running,
        (b'i', b'k') => Activity::InKernel,
        (b'i', b'g') => Activity::WantsGil,
        (b'i', _) => wait(detail).map_or(Activity::Idle, Activity::Waiting),
        (b'u', _) => Activity::Unknown,
        _ => return None,
    })
}

fn wait(detail: u8) -> Option<Wait> {
    let mut waits = Wait::ALL.into_iter();
    waits.find(|&wait| letter(wait) == detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_later_version_says_more_is_left_out() {
        assert_eq!(activity(b'i', b'?'), Some(Activity::Idle));
        assert_eq!(activity(b'g', b's'), Some(Activity::HoldingGil));
        assert_eq!(activity(b'x', b'-'), None);
    }
}
