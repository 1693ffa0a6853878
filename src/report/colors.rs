//! The colours of the flame graph, and the legend that explains them.

use super::split::Place;

/// Red, green and blue.
pub(super) type Rgb = [u8; 3];

/// What lies behind the frames.
pub(super) const BACKGROUND: Rgb = [255, 255, 255];

/// How light a colour is, in percent of the way to white: code that is not the program's is paler.
const PALER: u16 = 45;

/// The same for every second of neighbours, so that they are told apart.
const EVEN: u16 = 14;

/// How a colour is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tone {
    /// For the program's own code.
    pub(super) is_own: bool,
    /// For every second of neighbours.
    pub(super) is_even: bool,
}

/// Colours that the colour-blind tell apart, light enough for black text: those of M. Okabe and K. Ito, "Color
/// Universal Design", 2008, the green and the purple lighter than there; and greys for what no rewrite is about. As
/// G. M. Machado and others simulate it (2009), to no eye without red or green cones are two of them nearer to each
/// other than 10 in CIE Lab.
fn base(place: Place) -> Rgb {
    match place {
        Place::Interpreter => [230, 159, 0],
        Place::Uncertain => [240, 228, 66],
        Place::Native => [86, 180, 233],
        Place::Regex => [30, 170, 131],
        Place::System => [228, 150, 205],
        Place::Gc => [190, 185, 170],
        Place::Import => [228, 228, 228],
    }
}

/// The colour of a place in a tone.
pub(super) fn shade(place: Place, tone: Tone) -> Rgb {
    let paler = if tone.is_own { 0 } else { PALER };
    let even = if tone.is_even { EVEN } else { 0 };
    base(place).map(|part| lighter(lighter(part, paler), even))
}

/// Part of a colour so many percent nearer to white.
fn lighter(part: u8, percent: u16) -> u8 {
    let room = u16::from(u8::MAX - part);
    let added = u8::try_from(room * percent / 100).expect("no more than there is room for");
    part + added
}

/// The legend of these places, as the content of an SVG text element.
pub(super) fn legend(places: impl Iterator<Item = Place>) -> String {
    let entry = |place| {
        let [red, green, blue] = base(place);
        let words = Place::words(place);
        format!("<tspan fill=\"rgb({red},{green},{blue})\">■</tspan> {words}")
    };
    let entries: Vec<String> = places.map(entry).collect();
    format!(
        "Frames are filled by where their time was: {} \u{a0} paler: not your code",
        entries.join(" \u{a0} ")
    )
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

    fn tones() -> impl Iterator<Item = Tone> {
        let tones = [(true, false), (true, true), (false, false), (false, true)];
        tones
            .into_iter()
            .map(|(is_own, is_even)| Tone { is_own, is_even })
    }

    #[test]
    fn black_text_has_the_contrast_of_wcag_aaa_on_every_shade() {
        for place in Place::ALL {
            for tone in tones() {
                let contrast = (luminance(shade(place, tone)) + 0.05) / 0.05;
                assert!(contrast >= 7.0, "{place:?} {tone:?} {contrast}");
            }
        }
    }

    #[test]
    fn no_two_places_or_tones_have_one_colour() {
        let shades = Place::ALL.map(|place| tones().map(move |tone| shade(place, tone)));
        let mut shades: Vec<Rgb> = shades.into_iter().flatten().collect();
        shades.sort_unstable();
        assert!(
            shades.windows(2).all(|pair| pair[0] != pair[1]),
            "{shades:?}"
        );
    }

    #[test]
    fn the_legend_has_the_places_that_are_there() {
        let legend = legend([Place::Interpreter, Place::Native].into_iter());
        let native = "<tspan fill=\"rgb(86,180,233)\">■</tspan> native code";
        assert!(legend.contains(native), "{legend}");
        assert!(!legend.contains("system"), "{legend}");
    }
}
