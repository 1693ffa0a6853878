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

fn rounded(number: f64, scale: f64) -> Option<f64> {
    number.is_finite().then(|| (number * scale).round() / scale)
}
