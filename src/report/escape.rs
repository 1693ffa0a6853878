//! Text from the profiled program, made harmless for what it is written to.

use super::fit;
use std::fmt::Write;

/// A name longer than this is shortened wherever it is written inside a line of Markdown.
const LONGEST_NAME: usize = 200;

/// The text on one line, with everything that a terminal would obey, hide or reorder written the way
/// Python writes it: `\n`, `\x1b`, `\u202e`. Private-use characters and noncharacters go the same way:
/// no font has them, XML forbids two of them, and some are free for our own marks.
pub fn visible(text: &str) -> String {
    let mut seen = String::with_capacity(text.len());
    for char in text.chars() {
        if hides(char) {
            push_escaped(&mut seen, char);
        } else {
            seen.push(char);
        }
    }
    seen
}

/// Controls, marks that change the direction of what follows, characters without a shape.
fn hides(char: char) -> bool {
    char.is_control()
        || u32::from(char) & 0xfffe == 0xfffe
        || matches!(char,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}' | '\u{f0000}'..)
}

fn push_escaped(seen: &mut String, char: char) {
    let written = match (char, u32::from(char)) {
        ('\n', _) => seen.write_str("\\n"),
        ('\r', _) => seen.write_str("\\r"),
        ('\t', _) => seen.write_str("\\t"),
        (_, code @ 0..=0xff) => write!(seen, "\\x{code:02x}"),
        (_, code @ 0x100..=0xffff) => write!(seen, "\\u{code:04x}"),
        (_, code) => write!(seen, "\\U{code:08x}"),
    };
    written.expect("a string takes everything");
}

/// The text as Markdown prose: on one line, nothing in it is markup.
pub(super) fn prose(text: &str) -> String {
    let text = visible(text);
    let mut prose = String::with_capacity(text.len());
    let mut before = ' ';
    for (at, char) in text.char_indices() {
        let after = text[at + char.len_utf8()..].chars().next().unwrap_or(' ');
        // An underscore inside a word marks nothing, and names are full of them.
        let inside_word = before.is_alphanumeric() && after.is_alphanumeric();
        match char {
            '&' => prose.push_str("&amp;"),
            '<' => prose.push_str("&lt;"),
            '>' => prose.push_str("&gt;"),
            '\\' | '`' | '*' | '[' | ']' | '|' | '~' | '$' => prose.extend(['\\', char]),
            '_' if !inside_word => prose.push_str("\\_"),
            _ => prose.push(char),
        }
        before = char;
    }
    prose
}

/// The text as inline code of Markdown; nothing for nothing.
pub(super) fn code(text: &str) -> String {
    let text = fit::shorten_middle(&visible(text), LONGEST_NAME);
    if text.is_empty() {
        return text;
    }
    let ticks = "`".repeat(longest_run_of_ticks(&text) + 1);
    let space = if ticks.len() > 1 || text.starts_with(' ') {
        " "
    } else {
        ""
    };
    format!("{ticks}{space}{text}{space}{ticks}")
}

/// The text as inline code in a cell of a Markdown table, where a bar ends the cell even inside code.
pub(super) fn cell_code(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// The text as a fenced block of code: its lines stay lines.
pub(super) fn fence(language: &str, text: &str) -> String {
    let ticks = "`".repeat(longest_run_of_ticks(text).max(2) + 1);
    let lines: Vec<String> = text.lines().map(visible).collect();
    format!("{ticks}{language}\n{}\n{ticks}", lines.join("\n"))
}

/// The arguments as one line that a POSIX shell reads back into them, before it is made visible.
pub(super) fn shell(arguments: &[String]) -> String {
    let words: Vec<String> = arguments.iter().map(|word| shell_word(word)).collect();
    words.join(" ")
}

fn shell_word(word: &str) -> String {
    let plain = |char: char| char.is_alphanumeric() || "_-+=./:,@%".contains(char);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

fn longest_run_of_ticks(text: &str) -> usize {
    text.split(|char| char != '`')
        .map(str::len)
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_becomes_visible() {
        let check = |text: &str, expected: &str| assert_eq!(visible(text), expected);
        check("\x1b[31mred\x07", r"\x1b[31mred\x07");
        check("a\nb\r\tc\0", r"a\nb\r\tc\x00");
        check("user\u{202e}nimda", r"user\u202enimda");
        check("\u{9b}31m", r"\x9b31m");
        check("\u{ffff}\u{e0041}", r"\uffff\U000e0041");
        check("größe_数量_🦀", "größe_数量_🦀");
    }

    #[test]
    fn prose_keeps_no_markup_of_the_program() {
        let check = |text: &str, expected: &str| assert_eq!(prose(text), expected);
        check(
            "<script>alert(1)</script>",
            "&lt;script&gt;alert(1)&lt;/script&gt;",
        );
        check("a | b", r"a \| b");
        check("__init__ of my_name", r"\_\_init\_\_ of my_name");
        check(
            "[x](javascript:y) *b* `c`",
            r"\[x\](javascript:y) \*b\* \`c\`",
        );
        check("one\n# two", r"one\\n# two");
    }

    #[test]
    fn inline_code_cannot_be_ended_from_inside() {
        let check = |text: &str, expected: &str| assert_eq!(code(text), expected);
        check("f", "`f`");
        check("a`b", "`` a`b ``");
        check("``", "``` `` ```");
        check("a\n\n# b", r"`a\n\n# b`");
        check("", "");
    }

    #[test]
    fn a_bar_does_not_end_a_cell() {
        assert_eq!(cell_code("int | None"), r"`int \| None`");
    }

    #[test]
    fn a_fence_is_longer_than_any_fence_inside() {
        assert_eq!(
            fence("python", "a\n````\nb"),
            "`````python\na\n````\nb\n`````"
        );
        assert_eq!(fence("sh", "x\x1b"), "```sh\nx\\x1b\n```");
    }

    #[test]
    fn arguments_are_quoted_for_a_shell() {
        let arguments = ["python3", "my job.py", "it's", "", "$(id)"].map(str::to_owned);
        assert_eq!(
            shell(&arguments),
            r"python3 'my job.py' 'it'\''s' '' '$(id)'"
        );
    }
}
