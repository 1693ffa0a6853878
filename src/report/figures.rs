//! Figures as people read them: two or three digits, since no estimate is better than that.

use crate::plan::Interval;

/// `3.5× (1.2× to 15.4×)`: a figure and its range.
pub(super) fn range(figure: Interval, write: impl Fn(f64) -> String) -> String {
    let [low, expected, high] = [figure.low, figure.expected, figure.high].map(write);
    if low == expected && high == expected {
        return expected;
    }
    format!("{expected} ({low} to {high})")
}

/// `3.5× as fast (1.2× to 15.4×)`: a figure with what it is of, and its range.
pub(super) fn range_of(figure: Interval, of: &str, write: impl Fn(f64) -> String) -> String {
    let text = range(figure, write);
    match text.split_once(" (") {
        Some((expected, rest)) => format!("{expected} {of} ({rest}"),
        None => format!("{text} {of}"),
    }
}

/// `4,900`: two digits, in groups of three.
pub(super) fn count(count: f64) -> String {
    let rounded = significant(count, 2);
    let digits = format!("{rounded:.0}");
    let grouped = |(place, digit): (usize, char)| {
        let comma = place > 0 && (digits.len() - place).is_multiple_of(3);
        [comma.then_some(','), Some(digit)]
    };
    digits
        .chars()
        .enumerate()
        .flat_map(grouped)
        .flatten()
        .collect()
}

/// `0.8`, `1.6`, `16`.
pub(super) fn days(days: f64) -> String {
    let digits = usize::from(days < 9.95);
    format!("{days:.digits$}")
}

/// `1,700`, `-90`: two digits, without a currency.
pub(super) fn money(money: f64) -> String {
    let sign = if money <= -0.5 { "-" } else { "" };
    format!("{sign}{}", count(money.abs()))
}

fn significant(figure: f64, digits: i32) -> f64 {
    if figure < 1.0 {
        return figure.round();
    }
    let scale = 10_f64.powf(f64::from(digits - 1) - figure.log10().floor());
    if scale >= 1.0 {
        figure.round()
    } else {
        (figure * scale).round() / scale
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_digits_are_enough() {
        let counts = [0.0, 0.6, 9.4, 42.0, 4_872.0, 77_947_714.0];
        assert_eq!(
            counts.map(count),
            ["0", "1", "9", "42", "4,900", "78,000,000"]
        );
        assert_eq!([0.82, 1.64, 16.36].map(days), ["0.8", "1.6", "16"]);
        assert_eq!([1_680.0, -94.0, -0.2].map(money), ["1,700", "-94", "0"]);
    }

    #[test]
    fn a_figure_that_is_known_has_no_range() {
        let sure = Interval::exactly(1.0);
        assert_eq!(range(sure, days), "1.0");
        let unsure = Interval { low: 0.8, ..sure };
        assert_eq!(range(unsure, days), "1.0 (0.8 to 1.0)");
        assert_eq!(range_of(unsure, "days", days), "1.0 days (0.8 to 1.0)");
        assert_eq!(range_of(sure, "days", days), "1.0 days");
    }
}
