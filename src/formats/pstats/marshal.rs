//! Python's `marshal`, as far as statistics need it: numbers, texts, tuples and dicts.
//!
//! The bytes are those of `CPython`'s Python/marshal.c, versions 3 to 5, which 3.4 and later write: a letter says
//! what follows, with a bit for values that are told again by their number.

use crate::formats::ReadError;
use std::borrow::Cow;
use std::rc::Rc;

/// Statistics nest four deep; values that are told by their number could nest without end.
const DEEPEST: usize = 8;

/// A letter with this bit begins a value that may be told again.
const FLAG_REF: u8 = 0x80;

const CUT_OFF: &str = "the file ends there";

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'a> {
    /// An integer, rounded where it is beyond 2^53, or a float.
    Number(f64),
    Text(Cow<'a, str>),
    Tuple(Rc<Items<'a>>),
    /// Keys and values in turn.
    Dict(Rc<Items<'a>>),
    /// True, False and None.
    Constant,
}

/// What a tuple or a dict holds.
#[derive(Debug, PartialEq)]
pub(super) struct Items<'a> {
    pub(super) values: Vec<Value<'a>>,
    /// How deep they nest, this one included.
    height: usize,
}

impl Value<'_> {
    fn height(&self) -> usize {
        match self {
            Self::Tuple(items) | Self::Dict(items) => items.height,
            Self::Number(_) | Self::Text(_) | Self::Constant => 0,
        }
    }
}

/// Reads the value at the start of these bytes; what follows it is nobody's.
pub(super) fn read(bytes: &[u8]) -> Result<Value<'_>, ReadError> {
    let mut reader = Reader {
        bytes,
        at: 0,
        known: Vec::new(),
    };
    let outermost = reader.value(0)?;
    outermost.ok_or_else(|| damaged(0, "no value begins there"))
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The values that may be told again; none for one that is not complete.
    known: Vec<Option<Value<'a>>>,
}

impl<'a> Reader<'a> {
    /// The next value within `depth` others; none at the end of a dict.
    fn value(&mut self, depth: usize) -> Result<Option<Value<'a>>, ReadError> {
        let begin = self.at;
        let [letter] = self.take()?;
        // A value gets its number before those within it.
        let place = (letter & FLAG_REF != 0).then_some(self.known.len());
        self.known.extend(place.map(|_| None));
        let Some(value) = self.value_of(letter & !FLAG_REF, begin, depth)? else {
            return Ok(None);
        };
        if depth + value.height() > DEEPEST {
            return Err(damaged(begin, "values nest deeper than statistics do"));
        }
        if let Some(place) = place {
            self.known[place] = Some(value.clone());
        }
        Ok(Some(value))
    }

    fn value_of(
        &mut self,
        letter: u8,
        begin: usize,
        depth: usize,
    ) -> Result<Option<Value<'a>>, ReadError> {
        let value = match letter {
            b'0' => return Ok(None),
            b'N' | b'T' | b'F' => Value::Constant,
            b'i' => Value::Number(self.int()?.into()),
            b'l' => Value::Number(self.long()?),
            b'g' => Value::Number(f64::from_le_bytes(self.take()?)),
            b'z' | b'Z' => self.short_text()?,
            b'u' | b't' | b'a' | b'A' => self.text()?,
            b')' => {
                let [length] = self.take()?;
                Value::Tuple(self.tuple(length.into(), depth)?)
            }
            b'(' => {
                let length = self.length()?;
                Value::Tuple(self.tuple(length, depth)?)
            }
            b'{' => Value::Dict(self.dict(depth)?),
            b'r' => self.reference(begin)?,
            b'c' => return Err(ReadError::CodeObjects),
            _ => return Err(damaged(begin, "a kind of value that statistics don't have")),
        };
        Ok(Some(value))
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        let bytes = self.slice(N)?;
        Ok(bytes.try_into().expect("a slice of N bytes"))
    }

    fn slice(&mut self, length: usize) -> Result<&'a [u8], ReadError> {
        let slice = self.bytes[self.at..].get(..length);
        let slice = slice.ok_or_else(|| damaged(self.bytes.len(), CUT_OFF))?;
        self.at += length;
        Ok(slice)
    }

    fn int(&mut self) -> Result<i32, ReadError> {
        Ok(i32::from_le_bytes(self.take()?))
    }

    /// Of a text or a tuple: each part takes a byte at least.
    fn length(&mut self) -> Result<usize, ReadError> {
        let begin = self.at;
        let length = usize::try_from(self.int()?);
        let rest = self.bytes.len() - self.at;
        let length = length.ok().filter(|&length| length <= rest);
        length.ok_or_else(|| damaged(begin, "a length beyond the end of the file"))
    }

    /// Digits of 15 bits, the lowest first; their number has the sign.
    fn long(&mut self) -> Result<f64, ReadError> {
        let count = self.int()?;
        let length = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
        let digits = self.slice(length.saturating_mul(2))?;
        let digits = digits
            .rchunks_exact(2)
            .map(|digit| u16::from_le_bytes([digit[0], digit[1]]));
        let size = digits.fold(0.0, |sum, digit| sum * 32768.0 + f64::from(digit));
        Ok(if count < 0 { -size } else { size })
    }

    fn short_text(&mut self) -> Result<Value<'a>, ReadError> {
        let [length] = self.take()?;
        Ok(Value::Text(String::from_utf8_lossy(
            self.slice(length.into())?,
        )))
    }

    /// Surrogates, which no UTF-8 has, are replaced.
    fn text(&mut self) -> Result<Value<'a>, ReadError> {
        let length = self.length()?;
        Ok(Value::Text(String::from_utf8_lossy(self.slice(length)?)))
    }

    fn tuple(&mut self, length: usize, depth: usize) -> Result<Rc<Items<'a>>, ReadError> {
        let mut values = Vec::new();
        for _ in 0..length {
            let begin = self.at;
            let value = self.nested(depth)?;
            values.push(value.ok_or_else(|| damaged(begin, "a tuple ends too early"))?);
        }
        Ok(items(values))
    }

    fn dict(&mut self, depth: usize) -> Result<Rc<Items<'a>>, ReadError> {
        let mut values = Vec::new();
        while let Some(key) = self.nested(depth)? {
            let begin = self.at;
            let value = self.nested(depth)?;
            let value = value.ok_or_else(|| damaged(begin, "a key without a value"))?;
            values.extend([key, value]);
        }
        Ok(items(values))
    }

    fn nested(&mut self, depth: usize) -> Result<Option<Value<'a>>, ReadError> {
        if depth == DEEPEST {
            return Err(damaged(self.at, "values nest deeper than statistics do"));
        }
        self.value(depth + 1)
    }

    fn reference(&mut self, begin: usize) -> Result<Value<'a>, ReadError> {
        let place = usize::try_from(self.int()?).ok();
        let known = place.and_then(|place| self.known.get(place)?.clone());
        known.ok_or_else(|| damaged(begin, "tells a value again that was not told"))
    }
}

fn items(values: Vec<Value<'_>>) -> Rc<Items<'_>> {
    let height = values.iter().map(Value::height).max().unwrap_or(0) + 1;
    Rc::new(Items { values, height })
}

fn damaged(byte: usize, problem: &str) -> ReadError {
    ReadError::damaged(format!("byte {byte}"), problem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(bytes: &[u8], expected: &Value<'_>) {
        assert_eq!(read(bytes).expect("a value"), *expected);
    }

    fn check_error(bytes: &[u8], expected: &str) {
        let error = read(bytes).expect_err("broken").to_string();
        let expected = format!("{expected}; the file is damaged: record or export it again");
        assert_eq!(error, expected);
    }

    fn text(text: &str) -> Value<'_> {
        Value::Text(text.into())
    }

    fn tuple<'a>(values: impl Into<Vec<Value<'a>>>) -> Value<'a> {
        Value::Tuple(items(values.into()))
    }

    #[test]
    fn numbers_of_all_sizes_are_numbers() {
        check(b"i\xFE\xFF\xFF\xFF", &Value::Number(-2.0));
        // 2**40 and -(2**31), as marshal.dumps gives them.
        check(b"l\x03\0\0\0\0\0\0\0\0\x04", &Value::Number(2_f64.powi(40)));
        check(
            b"l\xFD\xFF\xFF\xFF\0\0\0\0\x02\0",
            &Value::Number(-2_f64.powi(31)),
        );
        check(b"g\0\0\0\0\0\0\xF8\x3F", &Value::Number(1.5));
    }

    #[test]
    fn texts_of_all_kinds_are_texts() {
        check(b"z\x01a", &text("a"));
        check(b"\xDA\x01a", &text("a"));
        check(b"a\x01\0\0\0a", &text("a"));
        check(b"t\x02\0\0\0\xC3\xA9", &text("é"));
        check(
            b"u\x03\0\0\0\xED\xB3\xBF",
            &text("\u{FFFD}\u{FFFD}\u{FFFD}"),
        );
    }

    #[test]
    fn what_was_told_is_told_again_by_its_number() {
        check(
            b"\xA9\x03\xDA\x01a\xA9\x01Nr\x01\0\0\0",
            &tuple([text("a"), tuple([Value::Constant]), text("a")]),
        );
        check(
            b"(\x02\0\0\0\xE9\x05\0\0\0r\0\0\0\0",
            &tuple([Value::Number(5.0), Value::Number(5.0)]),
        );
    }

    #[test]
    fn nothing_is_told_again_before_it_is_complete() {
        check_error(
            b"\xA9\x01r\0\0\0\0",
            "`byte 2`: tells a value again that was not told",
        );
        check_error(
            b")\x01r\xFF\xFF\xFF\xFF",
            "`byte 2`: tells a value again that was not told",
        );
    }

    #[test]
    fn nesting_ends_somewhere() {
        let deep = b")\x01".repeat(100_000);
        check_error(&deep, "`byte 18`: values nest deeper than statistics do");
        // Each tuple holds the one before it.
        let mut chain = b"(\x64\0\0\0\xA9\0".to_vec();
        for number in 0..99_u8 {
            chain.extend([b"\xA9\x01r".as_slice(), &[number, 0, 0, 0]].concat());
        }
        check_error(&chain, "`byte 51`: values nest deeper than statistics do");
    }

    #[test]
    fn a_length_beyond_the_end_takes_no_memory() {
        let beyond = "a length beyond the end of the file";
        check_error(b"(\xFF\xFF\xFF\x7F", &format!("`byte 1`: {beyond}"));
        check_error(b"u\xFF\xFF\xFF\xFF", &format!("`byte 1`: {beyond}"));
        check_error(b"l\xFF\xFF\xFF\x7F", "`byte 5`: the file ends there");
        check_error(b"z\x05a", "`byte 3`: the file ends there");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(
            prop_oneof![any::<u8>(), proptest::sample::select(b"{)(0rizlg\x01\xA9\xFB".to_vec())], 0..200)) {
            drop(read(&bytes));
        }
    }
}
