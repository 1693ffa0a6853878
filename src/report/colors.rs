//! The colours of the flame graph, and the legend that explains them.

use crate::source::Origin;

/// Red, green and blue.
pub(super) type Rgb = [u8; 3];

/// What is no function: all of them together, and those too narrow to show.
pub(super) const NEUTRAL: Rgb = [238, 238, 238];

/// What lies behind the frames.
pub(super) const BACKGROUND: Rgb = [255, 255, 255];

/// Colours that the colour-blind tell apart, light enough for black text: orange and sky blue of
/// M. Okabe and K. Ito, "Color Universal Design", 2008, and grey.
fn base(origin: Origin) -> Rgb {
    match origin {
        Origin::FirstParty => [230, 159, 0],
        Origin::ThirdParty => [86, 180, 233],
        Origin::Stdlib | Origin::Builtin => [190, 190, 190],
    }
}

/// The colour of an origin, lighter by a step that depends on the label: neighbours are told apart.
pub(super) fn shade(origin: Origin, label: &str) -> Rgb {
    let mix = |sum: u8, byte: u8| sum.wrapping_mul(31).wrapping_add(byte);
    let step = label.bytes().fold(0, mix) % 4;
    base(origin).map(|part| part + (255 - part) / 6 * step)
}

/// The legend, as the content of an SVG text element.
pub(super) fn legend() -> String {
    let entries = [
        (Origin::FirstParty, "your code"),
        (Origin::ThirdParty, "installed packages"),
        (Origin::Stdlib, "standard library and generated code"),
    ];
    let entry = |(origin, meaning)| {
        let [red, green, blue] = base(origin);
        format!("<tspan fill=\"rgb({red},{green},{blue})\">■</tspan> {meaning}")
    };
    entries.map(entry).join(" \u{a0} ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance as WCAG 2.2 defines it.
    fn luminance(color: Rgb) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        };
        let [red, green, blue] = color.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    #[test]
    fn black_text_has_the_contrast_of_wcag_aaa_on_every_shade() {
        for origin in [Origin::FirstParty, Origin::ThirdParty, Origin::Stdlib] {
            for label in ["a", "b", "c", "d"] {
                let contrast = (luminance(shade(origin, label)) + 0.05) / 0.05;
                assert!(contrast >= 7.0, "{origin:?} {contrast}");
            }
        }
    }

    #[test]
    fn shades_of_one_origin_differ_and_stay_the_same() {
        let shades = ["a", "b", "c", "d"].map(|label| shade(Origin::ThirdParty, label));
        assert!((1..4).all(|at| !shades[..at].contains(&shades[at])));
        assert_eq!(shades[0], shade(Origin::ThirdParty, "a"));
    }
}
