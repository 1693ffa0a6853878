//! The flame graph, drawn by inferno.

use super::colors::{self, Rgb};
use super::escape::visible;
use super::fit::shorten_middle;
use super::folded::fold;
use super::frames::{Frames, Spot};
use super::paint::{ROW_HEIGHT, paint};
use crate::plan::{FunctionName, Label, Picture};
use crate::profile::{Profile, WeightUnit};
use inferno::flamegraph::color::{BackgroundColor, Color, StrokeColor};
use inferno::flamegraph::{Direction, Options, TextTruncateDirection, from_lines};

/// Characters that mean something in a folded line or at the end of a name, and what stands for them
/// until the picture is drawn. [`visible`] leaves no text with a stand-in.
const STAND_INS: [(char, char); 4] = [
    (';', '\u{fdd0}'),
    (' ', '\u{fdd1}'),
    ('#', '\u{fdd2}'),
    (']', '\u{fdd3}'),
];

/// Where the legend goes; a stand-in too.
const LEGEND: &str = "\u{fdd4}";

/// A longer name is shortened: it is written once for each frame.
const LONGEST_NAME: usize = 160;

/// inferno's style of the search button, the first of this text: hardly to be seen.
const FAINT_SEARCH: &str = "opacity:0.1";

/// What its script searches in, which is all of a frame's title, and the name alone.
const SEARCHED: [&str; 2] = [
    "return (func);",
    "return func.replace(/ \\([^(]*\\)$/, \"\");",
];

const NOTHING_SEEN: &str = include_str!("templates/nothing_seen.svg");

/// Why a flame graph was not drawn.
#[derive(Debug, thiserror::Error)]
pub enum FlamegraphError {
    /// The drawing library refused.
    #[error("the flame graph can't be drawn")]
    Draw(#[source] std::io::Error),
}

/// The flame graph as SVG with search and zoom: working samples that have a Python stack, merged per function. Functions
/// of one label are one frame, `Class.method (package.module:61)`, filled with the colours of where its samples were.
/// `picture` is that of the profile. A profile without such samples gives a picture that says so.
pub fn flamegraph(
    profile: &Profile,
    picture: &Picture,
    title: &str,
) -> Result<String, FlamegraphError> {
    let names: Vec<String> = picture.labels.iter().map(frame_name).collect();
    let folded = fold(profile, picture, &names);
    if folded.lines.is_empty() {
        return Ok(NOTHING_SEEN.to_owned());
    }
    let mut options = options(profile.weight_unit, folded.unit, title);
    // With `flame_chart`, the order of the lines, reversed, is kept. inferno's own order, by whole
    // lines, tears siblings apart where one name begins with another.
    options.flame_chart = true;
    let lines = folded.lines.iter().rev().map(String::as_str);
    let mut svg = Vec::new();
    from_lines(&mut options, lines, &mut svg).map_err(FlamegraphError::Draw)?;
    let svg = String::from_utf8(svg).expect("inferno writes what it was given, in UTF-8");
    let svg = paint(&svg, &folded.frames, &picture.labels);
    Ok(finish(&svg, &folded.frames))
}

/// The name of a function's frames, as it may stand in a folded line.
fn frame_name(label: &Label) -> String {
    let FunctionName { module, qualname } = &label.name;
    let text = match label.line {
        Some(line) => format!("{qualname} ({module}:{line})"),
        None => format!("{qualname} ({module})"),
    };
    let stand_in = |&(meant, stands): &(char, char)| (meant, stands);
    exchange(&shorten_middle(&visible(&text), LONGEST_NAME), stand_in)
}

/// The picture with what stood in replaced by what it stood for.
fn finish(svg: &str, frames: &Frames) -> String {
    let meant = |&(meant, stands): &(char, char)| (stands, meant);
    let all = frames[&Spot::default()].total;
    let legend = colors::legend(all.weights().map(|(place, _)| place));
    let [searched, name] = SEARCHED;
    exchange(svg, meant)
        .replacen(LEGEND, &legend, 1)
        .replacen(FAINT_SEARCH, "opacity:0.7", 1)
        .replacen(searched, name, 1)
}

/// The text with a character exchanged where a pair begins with it.
fn exchange(text: &str, pair: impl Fn(&(char, char)) -> (char, char)) -> String {
    let pairs = STAND_INS.each_ref().map(pair);
    let other = |char| {
        pairs
            .iter()
            .find(|pair| pair.0 == char)
            .map_or(char, |pair| pair.1)
    };
    text.chars().map(other).collect()
}

fn options(unit: WeightUnit, scale: f64, title: &str) -> Options<'static> {
    let (count_name, factor) = match unit {
        WeightUnit::Nanoseconds => ("ms", 1e-6),
        WeightUnit::Samples => ("samples", 1.0),
    };
    let mut options = Options::default();
    options.title = shorten_middle(&visible(title), LONGEST_NAME);
    options.subtitle = Some(LEGEND.to_owned());
    options.count_name = count_name.into();
    options.factor = factor * scale;
    options.frame_height = ROW_HEIGHT;
    options.bgcolors = Some(BackgroundColor::Flat(color(colors::BACKGROUND)));
    options.stroke_color = StrokeColor::None;
    // The program's first function stands at the top of the page: a deep stack, of an import say, does
    // not push it out of sight.
    options.direction = Direction::Inverted;
    options.text_truncate_direction = TextTruncateDirection::Right;
    // What is too narrow to be drawn was folded into its parent.
    options.min_width = 0.0;
    options
}

fn color([r, g, b]: Rgb) -> Color {
    Color { r, g, b }
}

#[cfg(test)]
mod tests {
    use super::super::example::HOSTILE;
    use super::super::folded::tests::{picture, profile};
    use super::*;
    use crate::profile::Line;
    use crate::source::Origin;
    use quick_xml::events::Event;

    fn draw(profile: &Profile, label: impl Fn(&str) -> Label) -> String {
        let labels = (profile.functions().iter())
            .map(|function| label(profile.strings.get(function.name)))
            .collect();
        let picture = Picture {
            labels,
            ..picture(profile)
        };
        flamegraph(profile, &picture, "shop").expect("it can be drawn")
    }

    fn first_party(qualname: &str) -> Label {
        label("shop.basket", qualname, Line::new(61), Origin::FirstParty)
    }

    fn third_party(qualname: &str) -> Label {
        label("pandas", qualname, None, Origin::ThirdParty)
    }

    fn label(module: &str, qualname: &str, line: Option<Line>, origin: Origin) -> Label {
        let (module, qualname) = (module.to_owned(), qualname.to_owned());
        Label {
            name: FunctionName { module, qualname },
            line,
            origin,
        }
    }

    /// The texts of all `title` elements, outer frames first; fails for what is no XML.
    fn titles(svg: &str) -> Vec<String> {
        let mut reader = quick_xml::Reader::from_str(svg);
        reader.config_mut().check_comments = true;
        let (mut titles, mut inside) = (Vec::new(), false);
        loop {
            match reader.read_event().expect("the flame graph is XML") {
                Event::Start(start) if start.name().as_ref() == b"title" => {
                    inside = true;
                    titles.push(String::new());
                }
                Event::End(_) => inside = false,
                Event::Text(text) if inside => {
                    let text = text.decode().expect("UTF-8");
                    titles.last_mut().expect("a title is open").push_str(&text);
                }
                Event::GeneralRef(name) if inside => {
                    let name = String::from_utf8_lossy(&name).into_owned();
                    let text = quick_xml::escape::unescape(&format!("&{name};"))
                        .expect("known")
                        .into_owned();
                    titles.last_mut().expect("a title is open").push_str(&text);
                }
                Event::Eof => return titles,
                _ => {}
            }
        }
    }

    #[test]
    fn frames_have_their_names_times_and_shares() {
        let svg = draw(
            &profile("main;Basket.total 5000000\nmain;Basket.total native 2000000\nmain 3000000"),
            first_party,
        );
        assert_eq!(
            titles(&svg),
            [
                "all (10 ms, 100%; interpreter 80.0 %, native code 20.0 %)",
                "main (shop.basket:61) (10 ms, 100.00%; interpreter 80.0 %, native code 20.0 %; itself 30.0 %; your code)",
                "Basket.total (shop.basket:61) (7 ms, 70.00%; interpreter 71.4 %, native code 28.6 %; your code)",
            ],
        );
    }

    #[test]
    fn equal_profiles_give_equal_bytes_in_any_order_of_samples() {
        let one = draw(&profile("a;b 1\na;c 2\nd;b 4"), first_party);
        let two = draw(&profile("d;b 4\na;c 2\na;b 1"), first_party);
        assert_eq!(one, two);
    }

    #[test]
    fn hostile_names_stay_inside_their_frame() {
        let svg = draw(&profile("f 1000000"), |_| third_party(HOSTILE));
        let titles = titles(&svg);
        assert_eq!(titles.len(), 2, "{titles:?}");
        let hostile = &titles[1];
        assert!(
            hostile.starts_with("a;b|c`d``e\\n# f\\x1b[31m<script>"),
            "{hostile}"
        );
        assert!(
            hostile.ends_with(
                "\\x00\\u202e数量🦀_[k] (pandas) (1 ms, 100.00%; interpreter 100.0 %; installed)"
            ),
            "{hostile}"
        );
        assert_eq!(svg.matches("<script").count(), 1);
    }

    #[test]
    fn names_that_inferno_gives_a_meaning_are_only_names() {
        let names = [
            "# comment",
            "--",
            "-",
            "",
            " ",
            "f_[k]",
            "f 12",
            "f 1.5",
            "\u{fdd0}\u{fdd4}",
        ];
        for name in names {
            let svg = draw(&profile("f 5000000"), |_| first_party(name));
            let shown =
                visible(name) + " (shop.basket:61) (5 ms, 100.00%; interpreter 100.0 %; your code)";
            assert_eq!(
                titles(&svg),
                ["all (5 ms, 100%; interpreter 100.0 %)", &shown]
            );
        }
    }

    #[test]
    fn nothing_is_loaded_from_elsewhere() {
        let svg = draw(&profile("main;f 1"), first_party);
        for load in [
            "href=",
            "src=",
            "@import",
            "url(http",
            "<image",
            "<foreignObject",
            "fetch(",
        ] {
            assert!(!svg.contains(load), "{load}");
        }
    }

    /// The fills of the frames, in order of where they end.
    fn fills(svg: &str) -> Vec<&str> {
        let rects = svg.split("</title><rect ").skip(1);
        let fill = rects.filter_map(|rect| rect.split("fill=\"").nth(1)?.split('"').next());
        fill.collect()
    }

    #[test]
    fn frames_have_the_colours_of_where_their_time_was() {
        let both = profile("main;dot native 1\nmain;work 1");
        let [orange, blue] = ["rgb(230,159,0)", "rgb(86,180,233)"];
        let svg = draw(&both, first_party);
        assert_eq!(fills(&svg)[..3], [blue, "url(#fill0)", "url(#fill0)"]);
        assert_eq!(fills(&draw(&profile("f 1"), first_party)), [orange, orange]);
        let paler = fills(&draw(&profile("f 1"), third_party))[1].to_owned();
        assert_ne!(paler, orange);
        let defined = svg
            .find("<linearGradient id=\"fill0\"")
            .expect("it is defined");
        assert!(defined < svg.find("url(#fill0)").expect("it is used"));
        assert!(svg.contains("</tspan> native code") && svg.contains("paler: not your code"));
        assert!(!svg.contains("</tspan> system"));
    }

    #[test]
    fn one_function_has_its_own_colour_in_each_place() {
        let svg = draw(&profile("a;f native 1\nb;f 1"), first_party);
        let mut fills = fills(&svg);
        fills.sort_unstable();
        fills.dedup();
        assert!(fills.len() > 3, "{fills:?}");
    }

    #[test]
    fn a_search_is_in_names_alone() {
        let svg = draw(&profile("main 1"), first_party);
        assert!(svg.contains(SEARCHED[1]) && !svg.contains(SEARCHED[0]));
    }

    #[test]
    fn the_search_button_can_be_seen() {
        let svg = draw(&profile("main 1"), first_party);
        assert!(!svg.contains(FAINT_SEARCH));
        assert!(svg.contains("#search { text-anchor:end; opacity:0.7;"));
    }

    #[test]
    fn an_empty_profile_gives_a_picture_that_says_so() {
        let svg = draw(&Profile::default(), first_party);
        assert!(svg.contains("No Python code was seen working"));
        assert!(titles(&svg).is_empty());
    }

    #[test]
    fn a_hundred_thousand_stacks_stay_small() {
        let line = |stack: u32| format!("main;f{};g{};h{stack} 1", stack % 7, stack % 91);
        let folded: Vec<String> = (0..100_000).map(line).collect();
        let svg = draw(&profile(&folded.join("\n")), first_party);
        assert_eq!(titles(&svg).len(), 2 + 7 + 7 * 13);
    }
}
