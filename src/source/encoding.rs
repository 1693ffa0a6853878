//! Bytes become text, in the encoding that the file declares (PEP 263), with `\n` line ends.

use super::Unreadable;

/// The text of a Python file, without its byte order mark, every line end as `\n`.
pub(super) fn decode(bytes: &[u8]) -> Result<String, Unreadable> {
    let (declared, bytes) = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => (None, rest),
        None => (declaration(bytes), bytes),
    };
    let name = declared.unwrap_or_else(|| "utf-8".to_owned());
    let text = Encoding::of_name(&name).and_then(|encoding| encoding.decode(bytes));
    text.map(|text| universal_newlines(&text))
        .ok_or(Unreadable::Encoding(name))
}

/// The encodings that Python sources come in. Each has all of ASCII in place, so that the
/// declaration can be read before the encoding is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Ascii,
    Latin1,
    Latin9,
    Windows1252,
}

impl Encoding {
    /// By the names that Python's codecs have; case, `_` and `-` are alike.
    fn of_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase().replace('_', "-");
        match name.as_str() {
            "utf-8" | "utf8" | "utf-8-sig" | "u8" | "utf" | "cp65001" => Some(Self::Utf8),
            "ascii" | "us-ascii" | "646" => Some(Self::Ascii),
            "latin-1" | "latin1" | "latin" | "l1" | "iso-8859-1" | "iso8859-1" | "8859" => {
                Some(Self::Latin1)
            }
            "iso-8859-15" | "iso8859-15" | "latin-9" | "latin9" | "l9" => Some(Self::Latin9),
            "cp1252" | "windows-1252" | "1252" => Some(Self::Windows1252),
            // Editors write these; CPython reads them by their first letters.
            _ if name.starts_with("utf-8-") => Some(Self::Utf8),
            _ if name.starts_with("iso-8859-1-") || name.starts_with("latin-1-") => {
                Some(Self::Latin1)
            }
            _ => None,
        }
    }

    fn decode(self, bytes: &[u8]) -> Option<String> {
        match self {
            Self::Utf8 => std::str::from_utf8(bytes).ok().map(str::to_owned),
            Self::Ascii => bytes.is_ascii().then(|| latin1(bytes)),
            Self::Latin1 => Some(latin1(bytes)),
            Self::Latin9 => Some(bytes.iter().map(|&byte| latin9_char(byte)).collect()),
            Self::Windows1252 => bytes.iter().map(|&byte| windows_1252_char(byte)).collect(),
        }
    }
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

/// Differs from latin-1 in eight places.
fn latin9_char(byte: u8) -> char {
    match byte {
        0xa4 => '€',
        0xa6 => 'Š',
        0xa8 => 'š',
        0xb4 => 'Ž',
        0xb8 => 'ž',
        0xbc => 'Œ',
        0xbd => 'œ',
        0xbe => 'Ÿ',
        _ => char::from(byte),
    }
}

/// Differs from latin-1 in 0x80 to 0x9f, where five places are empty.
fn windows_1252_char(byte: u8) -> Option<char> {
    const HIGH: [char; 32] = [
        '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0',
        '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => Some(HIGH[usize::from(byte - 0x80)]).filter(|&char| char != '\0'),
        _ => Some(char::from(byte)),
    }
}

/// What a `coding:` comment in the first two lines says.
fn declaration(bytes: &[u8]) -> Option<String> {
    let (first, rest) = split_line(bytes);
    let says_nothing = matches!(first.trim_ascii_start().first(), None | Some(b'#'));
    declaration_in(first).or_else(|| {
        says_nothing
            .then(|| declaration_in(split_line(rest).0))
            .flatten()
    })
}

fn split_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let ends = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let end = bytes.iter().position(ends).unwrap_or(bytes.len());
    let (line, rest) = bytes.split_at(end);
    let rest = rest.strip_prefix(b"\r").unwrap_or(rest);
    (line, rest.strip_prefix(b"\n").unwrap_or(rest))
}

/// `^[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)`, the pattern of PEP 263.
fn declaration_in(line: &[u8]) -> Option<String> {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\x0c');
    let start = line.iter().position(|byte| !blank(byte))?;
    let comment = line[start..].strip_prefix(b"#")?;
    comment.windows(7).enumerate().find_map(|(at, window)| {
        let declares = window.starts_with(b"coding") && matches!(window[6], b':' | b'=');
        let name: String = declares
            .then(|| comment[at + 7..].iter())?
            .skip_while(|byte| matches!(byte, b' ' | b'\t'))
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
            .map(|&byte| char::from(byte))
            .collect();
        (!name.is_empty()).then_some(name)
    })
}

fn universal_newlines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], text: &str) {
        assert_eq!(decode(bytes).as_deref(), Ok(text));
    }

    fn check_refused(bytes: &[u8], name: &str) {
        assert_eq!(decode(bytes), Err(Unreadable::Encoding(name.to_owned())));
    }

    #[test]
    fn utf_8_is_the_default_and_a_mark_is_not_text() {
        check("é = 1\n".as_bytes(), "é = 1\n");
        check(b"\xef\xbb\xbfx = 1\n", "x = 1\n");
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_refused_without_a_declaration() {
        check_refused(b"x = '\xe9'\n", "utf-8");
    }

    #[test]
    fn a_declaration_on_the_first_or_second_line_counts() {
        check(
            b"# -*- coding: latin-1 -*-\n'\xe9'",
            "# -*- coding: latin-1 -*-\n'é'",
        );
        check(
            b"#!/usr/bin/python\n# vim: set fileencoding=ISO-8859-15 :\n'\xa4'",
            "#!/usr/bin/python\n# vim: set fileencoding=ISO-8859-15 :\n'€'",
        );
        check(
            b"\r\n# coding=cp1252\r\n'\x80\x9f'",
            "\n# coding=cp1252\n'€Ÿ'",
        );
    }

    #[test]
    fn a_declaration_after_code_does_not_count() {
        check_refused(b"x = 1\n# coding: latin-1\n'\xe9'", "utf-8");
        check_refused(b"\n\n# coding: latin-1\n'\xe9'", "utf-8");
    }

    #[test]
    fn an_unknown_encoding_and_an_empty_place_in_a_known_one_are_refused_by_name() {
        check_refused(b"# coding: shift_jis\n", "shift_jis");
        check_refused(b"# coding: cp1252\n\x81", "cp1252");
        check_refused(b"# coding: ascii\n\xe9", "ascii");
    }

    #[test]
    fn every_line_end_becomes_a_newline() {
        check(b"a\r\nb\rc\n", "a\nb\nc\n");
    }
}
