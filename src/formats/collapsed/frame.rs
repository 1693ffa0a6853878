//! A frame's text in a collapsed stack: `name (file:line)`, `name (file)`, `name (:line)`, `name`.

use crate::formats::py_spy;
use crate::profile::{Line, RawFrame};
use std::borrow::Cow;

/// Pieces that are looked at for the end of a file name with `;` in it: without a bound, a hostile
/// line would take time that grows with the square of its length.
const PIECES: usize = 64;

/// The texts of a stack's frames, outermost first. A `;` parts two frames unless it stands in the
/// parentheses of a file or in the quotes of a process: nothing escapes it there.
pub(super) fn split(stack: &str) -> Vec<&str> {
    let mut frames = Vec::new();
    let mut rest = Some(stack);
    while let Some(text) = rest {
        let end = end_of_first(text);
        frames.push(&text[..end]);
        rest = text.get(end + 1..);
    }
    frames
}

/// The frame that a text tells.
pub(super) fn parse(text: &str) -> RawFrame<'_> {
    let (name, file, line) = located(text).unwrap_or((text, "", None));
    RawFrame {
        name,
        file: Some(file).filter(|file| !file.is_empty()),
        first_line: None,
        line,
    }
}

/// The text of a frame. Characters that break a line (`;`, control characters) become `_`, and
/// where the rest would still be read as something else, so do parentheses and quotes.
pub(super) fn text(frame: RawFrame<'_>) -> String {
    let text = compose(frame, breaks_lines);
    if is_read_back(&text, frame) {
        text
    } else {
        compose(frame, breaks_frames)
    }
}

/// Whether a text, whatever frames come before and after it, is read as this frame.
fn is_read_back(text: &str, frame: RawFrame<'_>) -> bool {
    let (name, file) = cleaned(frame, breaks_lines);
    let expected = RawFrame {
        name: &name,
        file: file.as_deref(),
        first_line: None,
        ..frame
    };
    let stands_alone = unclosed(text) <= 0 && !py_spy::opens_process(text);
    stands_alone && !py_spy::is_identity(text) && parse(text) == expected
}

fn end_of_first(text: &str) -> usize {
    let first = text.find(';').unwrap_or(text.len());
    if py_spy::opens_process(text) {
        end_of_process(text).unwrap_or(first)
    } else if unclosed(&text[..first]) > 0 {
        end_of_file(text).unwrap_or(first)
    } else {
        first
    }
}

/// The last `"` at the end of a piece, before the next process or thread.
fn end_of_process(text: &str) -> Option<usize> {
    let is_next = |piece: &str| py_spy::opens_process(piece) || piece.starts_with("thread (");
    pieces(text)
        .enumerate()
        .take_while(|&(index, (_, piece))| index == 0 || !is_next(piece))
        .filter(|(_, (_, piece))| piece.ends_with('"'))
        .map(|(_, (end, _))| end)
        .last()
}

/// The first `)` at the end of a piece that closes all that were opened.
fn end_of_file(text: &str) -> Option<usize> {
    let mut open = 0;
    for (index, (end, piece)) in pieces(text).enumerate().take(PIECES) {
        open += if index == 0 {
            unclosed(piece)
        } else {
            depth(piece)
        };
        if open <= 0 && piece.ends_with(')') {
            return Some(end);
        }
    }
    None
}

/// The pieces between the `;`, each with its end.
fn pieces(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(';').scan(0, |start, piece| {
        let end = *start + piece.len();
        *start = end + 1;
        Some((end, piece))
    })
}

/// How many parentheses are left open from the first that follows a space.
fn unclosed(piece: &str) -> i64 {
    piece.find(" (").map_or(0, |open| depth(&piece[open..]))
}

fn depth(text: &str) -> i64 {
    text.bytes().map(step).sum()
}

fn step(byte: u8) -> i64 {
    match byte {
        b'(' => 1,
        b')' => -1,
        _ => 0,
    }
}

/// Name, file and line of `name (file:line)`; none where no parentheses at the end hold a place.
fn located(text: &str) -> Option<(&str, &str, Option<Line>)> {
    let inner = text.strip_suffix(')')?;
    let open = opening(inner)?;
    let (name, place) = (&text[..open], &inner[open + 2..]);
    let (file, line) = numbered(place).unwrap_or((place, None));
    (!place.is_empty()).then_some((name, file, line))
}

/// Where the ` (` stands that a `)` after this text closes. A file name may hold parentheses of
/// its own, and they need not match.
fn opening(inner: &str) -> Option<usize> {
    let bytes = inner.as_bytes();
    let (mut depth, mut outermost) = (1, 1);
    for index in (1..bytes.len()).rev() {
        depth -= step(bytes[index]);
        if depth < outermost {
            outermost = depth;
            if bytes[index - 1] == b' ' {
                return Some(index - 1);
            }
        }
    }
    if outermost == 1 {
        inner.find(" (")
    } else {
        None
    }
}

/// File and line of `file:line`. Line 0 is how an unknown one is told.
fn numbered(place: &str) -> Option<(&str, Option<Line>)> {
    let (file, digits) = place.rsplit_once(':')?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = is_number.then(|| digits.parse().ok()).flatten()?;
    Some((file, Line::new(number)))
}

fn compose(frame: RawFrame<'_>, breaks: impl Fn(char) -> bool) -> String {
    let (name, file) = cleaned(frame, breaks);
    match (file, frame.line) {
        (None, None) => name.into_owned(),
        (file, Some(line)) => format!("{name} ({}:{line})", file.unwrap_or_default()),
        // A file whose own name ends like a line.
        (Some(file), None) if numbered(&file).is_some() => format!("{name} ({file}:0)"),
        (Some(file), None) => format!("{name} ({file})"),
    }
}

fn cleaned<'a>(
    frame: RawFrame<'a>,
    breaks: impl Fn(char) -> bool,
) -> (Cow<'a, str>, Option<Cow<'a, str>>) {
    let clean = |text: &'a str| {
        if text.contains(&breaks) {
            Cow::Owned(text.replace(&breaks, "_"))
        } else {
            Cow::Borrowed(text)
        }
    };
    let name = match frame.name {
        "" => Cow::Borrowed("_"),
        // A line that begins so is a comment.
        name if name == "#" || name.starts_with("# ") => {
            Cow::Owned(clean(name).replacen('#', "_", 1))
        }
        name => clean(name),
    };
    (name, frame.file.filter(|file| !file.is_empty()).map(clean))
}

/// Ends a line or a frame, or is taken for the mark at the start of a file.
fn breaks_lines(char: char) -> bool {
    char == ';' || char.is_control() || char == '\u{FEFF}'
}

fn breaks_frames(char: char) -> bool {
    breaks_lines(char) || matches!(char, '(' | ')' | '"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_semicolon_parts_frames_unless_a_file_or_a_command_line_is_open() {
        let check = |stack, expected: &[&str]| assert_eq!(split(stack), expected, "{stack}");
        check("a;b", &["a", "b"]);
        check("a (a.py:3);b (b.py:7)", &["a (a.py:3)", "b (b.py:7)"]);
        check("a;;b;", &["a", "", "b", ""]);
        check("a (;r x/m;x 9.py:4);b", &["a (;r x/m;x 9.py:4)", "b"]);
        check(
            "a (r x;m (a).py:4);b (r x;m (a).py:5)",
            &["a (r x;m (a).py:4)", "b (r x;m (a).py:5)"],
        );
        check("process 1:\"a; b\" c\";a", &["process 1:\"a; b\" c\"", "a"]);
        check(
            "process 1:\"sh\";process 2:\"a;b\";a",
            &["process 1:\"sh\"", "process 2:\"a;b\"", "a"],
        );
        check(
            "process 1:\"a;thread (2): \"b\";a",
            &["process 1:\"a", "thread (2): \"b\"", "a"],
        );
        check("std::f<void (int)>::g;b", &["std::f<void (int)>::g", "b"]);
        check("a (never closed;b;c", &["a (never closed", "b", "c"]);
    }

    #[test]
    fn the_search_for_the_end_of_a_file_name_is_bounded() {
        let stack = "a (b;".repeat(100_000);
        assert_eq!(split(&stack).len(), 100_001);
    }

    #[test]
    fn frames_tell_name_file_and_line() {
        let check = |text, name, file, line| {
            let expected = RawFrame {
                name,
                file,
                first_line: None,
                line: Line::new(line),
            };
            assert_eq!(parse(text), expected, "{text}");
        };
        check("main", "main", None, 0);
        check("main (a.py)", "main", Some("a.py"), 0);
        check("main (a.py:3)", "main", Some("a.py"), 3);
        check("main (C:\\a.py:3)", "main", Some("C:\\a.py"), 3);
        check(
            "<module> (<frozen importlib._bootstrap>:241)",
            "<module>",
            Some("<frozen importlib._bootstrap>"),
            241,
        );
        check("main (r x;m (a).py:3)", "main", Some("r x;m (a).py"), 3);
        check("main (a(b.py:3)", "main", Some("a(b.py"), 3);
        check("main (a)b.py:3)", "main", Some("a)b.py"), 3);
        check("operator() (lib.so)", "operator()", Some("lib.so"), 0);
        check(
            "std::f<void (int)>::g(int)",
            "std::f<void (int)>::g(int)",
            None,
            0,
        );
        check(
            "main (a.py:99999999999)",
            "main",
            Some("a.py:99999999999"),
            0,
        );
        check("main ()", "main ()", None, 0);
        check("main (:3)", "main", None, 3);
        check("main_[k]", "main_[k]", None, 0);
    }

    #[test]
    fn only_what_would_be_misread_is_replaced() {
        let check = |name, file, line, expected| {
            let frame = RawFrame {
                name,
                file,
                first_line: None,
                line: Line::new(line),
            };
            assert_eq!(text(frame), expected);
        };
        check("main", Some("a.py"), 3, "main (a.py:3)");
        check("main", Some(""), 0, "main");
        check("main", None, 3, "main (:3)");
        check("main", Some("a:3"), 0, "main (a:3:0)");
        check(
            "operator()",
            Some("r x (a).py"),
            3,
            "operator() (r x (a).py:3)",
        );
        check("a;b\nc", Some("d;e\r"), 3, "a_b_c (d_e_:3)");
        check("", None, 0, "_");
        check("# a", None, 0, "_ a");
        check("a (b", None, 0, "a _b");
        check("a", Some("b (c.py"), 3, "a (b _c.py:3)");
        check("process 1:\"a", None, 0, "process 1:_a");
        check("a (b)", None, 0, "a _b_");
        check("thread (1)", None, 0, "thread _1_");
        check("process 1:\"a\"", None, 0, "process 1:_a_");
    }
}
