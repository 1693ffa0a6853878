//! Text of the profiled program, made safe to print in Rust, Python, TOML and Markdown.
//!
//! Everything that a reader can't see (control characters, directions, marks that join the character before) is
//! written as an escape: compilers refuse some of it, and it could make a text read as something else than it is.

use std::fmt::Write as _;

/// A Rust string literal, with its quotes.
pub(super) fn rust_string(text: &str) -> String {
    quoted(text, |character| {
        format!("\\u{{{:x}}}", u32::from(character))
    })
}

/// A Python string literal, with its quotes, on one line.
pub(super) fn python_string(text: &str) -> String {
    quoted(text, short_or_long)
}

/// A Python string literal of ASCII alone, with its quotes: what `inspect` reads in the signature of a builtin.
pub(super) fn python_ascii(text: &str) -> String {
    python_string(text)
        .chars()
        .map(|character| match character {
            ' '..='~' => character.to_string(),
            _ => short_or_long(character),
        })
        .collect()
}

/// A TOML basic string, with its quotes.
pub(super) fn toml_string(text: &str) -> String {
    quoted(text, short_or_long)
}

/// A Python bytes literal, with its quotes.
pub(super) fn python_bytes(bytes: &[u8]) -> String {
    let mut literal = String::from("b\"");
    for byte in bytes {
        match byte {
            b'"' | b'\\' => literal.extend(['\\', char::from(*byte)]),
            b' '..=b'~' => literal.push(char::from(*byte)),
            _ => write!(literal, "\\x{byte:02x}").expect("a String takes all"),
        }
    }
    literal + "\""
}

/// One line for a comment or running text.
pub(super) fn line(text: &str) -> String {
    text.chars().fold(String::new(), |mut line, character| {
        if is_visible(character) {
            line.push(character);
        } else {
            line.extend(character.escape_default());
        }
        line
    })
}

/// An inline code span of Markdown and of Rust's documentation.
pub(super) fn code_span(text: &str) -> String {
    let text = line(text);
    let fence = "`".repeat(longest_run_of_backticks(&text) + 1);
    let touches = text.starts_with('`') || text.ends_with('`') || text.is_empty();
    let space = if touches { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// A fenced code block of Markdown.
pub(super) fn code_block(text: &str, language: &str) -> String {
    let fence = "`".repeat((longest_run_of_backticks(text) + 1).max(3));
    let lines: Vec<String> = text.lines().map(visible_code).collect();
    format!("{fence}{language}\n{}\n{fence}", lines.join("\n"))
}

/// A line of source, which may be indented by tabs.
fn visible_code(text: &str) -> String {
    let parts: Vec<String> = text.split('\t').map(line).collect();
    parts.join("\t")
}

fn quoted(text: &str, escape: impl Fn(char) -> String) -> String {
    let mut literal = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => literal.extend(['\\', character]),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            _ if is_visible(character) => literal.push(character),
            _ => literal.push_str(&escape(character)),
        }
    }
    literal + "\""
}

/// The escapes that Python and TOML share.
fn short_or_long(character: char) -> String {
    match u32::from(character) {
        code @ 0..=0xFFFF => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    }
}

/// Whether Rust's table of printable characters has it; it has no controls, directions, joiners and separators.
fn is_visible(character: char) -> bool {
    matches!(character, '"' | '\'' | '\\') || character.escape_debug().len() == 1
}

fn longest_run_of_backticks(text: &str) -> usize {
    text.split(|character| character != '`')
        .map(str::len)
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What breaks out of comments, strings, templates and lines, or shows something else than it is.
    const HOSTILE: [&str; 14] = [
        "",
        "\"\"\" ''' \" '",
        "*/ // # --",
        "ends in a backslash \\",
        "two\nlines\rand\r\nmore\u{2028}\u{85}",
        "nul \0 and bell \u{7}",
        "right to left \u{202e} \u{2066} \u{200f}",
        "{{ template }} {% raw %} {# note #}",
        "```` fences ```",
        "`",
        "<script>alert(1)</script> <!-- -->",
        "λ 🦀 é e\u{301} \u{feff}\u{200d}",
        "\\N{BULLET} \\u0041 \\x41 ${x} %s {0}",
        "\u{e000}\u{10ffff}\u{ad}",
    ];

    fn is_plain(text: &str) -> bool {
        text.chars().all(is_visible)
    }

    #[test]
    fn nothing_that_cannot_be_seen_gets_through() {
        for text in HOSTILE {
            assert!(is_plain(&rust_string(text)), "{text:?}");
            assert!(is_plain(&python_string(text)), "{text:?}");
            assert!(is_plain(&toml_string(text)), "{text:?}");
            assert!(is_plain(&line(text)), "{text:?}");
            assert!(is_plain(&code_span(text)), "{text:?}");
        }
    }

    #[test]
    fn json_reads_back_what_toml_and_python_are_given() {
        // Below U+10000 the escapes of the three are the same.
        for text in HOSTILE.iter().filter(|text| !text.contains('\u{10ffff}')) {
            let literal = python_string(text);
            let read: String = serde_json::from_str(&literal).expect("a JSON string");
            assert_eq!(read, *text);
            assert_eq!(literal, toml_string(text));
        }
    }

    #[test]
    fn a_literal_ends_at_its_last_quote_only() {
        for text in HOSTILE {
            for literal in [rust_string(text), python_string(text), toml_string(text)] {
                let inner = &literal[1..literal.len() - 1];
                let unescaped = inner.replace("\\\\", "").replace("\\\"", "");
                assert!(!unescaped.contains('"'), "{literal}");
                assert!(!unescaped.ends_with('\\'), "{literal}");
            }
        }
    }

    #[test]
    fn rust_literals_use_the_escapes_of_rust() {
        assert_eq!(
            rust_string("\u{202e}\0\"\\\n🦀"),
            r#""\u{202e}\u{0}\"\\\n🦀""#
        );
    }

    #[test]
    fn a_signature_is_ascii() {
        assert_eq!(
            python_ascii("λ\"🦀\u{202e}"),
            r#""\u03bb\"\U0001f980\u202e""#
        );
    }

    #[test]
    fn bytes_outside_ascii_are_escaped() {
        assert_eq!(python_bytes(b"a\"\\\n\xff"), r#"b"a\"\\\x0a\xff""#);
    }

    #[test]
    fn a_code_span_is_longer_than_the_backticks_in_it() {
        assert_eq!(code_span("a"), "`a`");
        assert_eq!(code_span("a``b"), "```a``b```");
        assert_eq!(code_span("`"), "`` ` ``");
    }

    #[test]
    fn a_code_block_is_not_closed_by_its_text() {
        assert_eq!(
            code_block("x = '''\n```\n\tcr\r\u{202e}\n'''", "python"),
            "````python\nx = '''\n```\n\tcr\\r\\u{202e}\n'''\n````"
        );
    }
}
