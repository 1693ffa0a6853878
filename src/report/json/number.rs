//! How numbers are rounded in `plan.json`, so that the last bits of a division don't show.

use crate::profile::Share;

/// Six decimals.
pub(super) fn share(share: Share) -> f64 {
    rounded(share.fraction(), 1e6).unwrap_or_default()
}

/// A bare fraction, six decimals.
pub(super) fn fraction(fraction: f64) -> Option<f64> {
    rounded(fraction, 1e6)
}

/// Three decimals; none for what is no number.
pub(super) fn seconds(seconds: f64) -> Option<f64> {
    rounded(seconds, 1e3)
}

/// Three decimals; none for a speed-up without limit.
pub(super) fn speedup(speedup: f64) -> Option<f64> {
    rounded(speedup, 1e3)
}

/// One decimal.
pub(super) fn nanoseconds(nanoseconds: f64) -> Option<f64> {
    rounded(nanoseconds, 1e1)
}

/// One decimal.
pub(super) fn length(length: f64) -> Option<f64> {
    rounded(length, 1e1)
}

/// Two decimals.
pub(super) fn days(days: f64) -> Option<f64> {
    rounded(days, 1e2)
}

/// Two decimals.
pub(super) fn cents(money: f64) -> Option<f64> {
    rounded(money, 1e2)
}

/// None.
pub(super) fn whole(count: f64) -> Option<f64> {
    rounded(count, 1.0)
}

fn rounded(number: f64, scale: f64) -> Option<f64> {
    number.is_finite().then(|| (number * scale).round() / scale)
}
