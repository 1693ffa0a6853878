//! The numbers of which the file is made, one after another.

use crate::formats::ReadError;
use std::io::{BufRead, ErrorKind, Read as _};

/// Bytes that are read from the front, and where they are.
pub(super) struct Bytes<'r> {
    source: &'r mut dyn BufRead,
    big_endian: bool,
    /// What the places are in, `byte` of the file or `sample byte`, and the place of the next.
    what: &'static str,
    at: usize,
}

impl<'r> Bytes<'r> {
    /// The bytes of a source that begins at a place.
    pub(super) fn new(
        source: &'r mut dyn BufRead,
        big_endian: bool,
        what: &'static str,
        at: usize,
    ) -> Self {
        Self {
            source,
            big_endian,
            what,
            at,
        }
    }

    /// Whether nothing follows.
    pub(super) fn is_empty(&mut self) -> Result<bool, ReadError> {
        let at = self.at;
        let rest = self.source.fill_buf();
        let rest =
            rest.map_err(|error| ReadError::damaged(place(self.what, at), error.to_string()));
        rest.map(<[u8]>::is_empty)
    }

    pub(super) fn byte(&mut self) -> Result<u8, ReadError> {
        self.take().map(|[byte]| byte)
    }

    pub(super) fn u32(&mut self) -> Result<u32, ReadError> {
        let bytes = self.take()?;
        Ok(if self.big_endian {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        })
    }

    pub(super) fn u64(&mut self) -> Result<u64, ReadError> {
        let bytes = self.take()?;
        Ok(if self.big_endian {
            u64::from_be_bytes(bytes)
        } else {
            u64::from_le_bytes(bytes)
        })
    }

    pub(super) fn f64(&mut self) -> Result<f64, ReadError> {
        self.u64().map(f64::from_bits)
    }

    /// A number in pieces of seven bits, the lowest first (LEB128).
    pub(super) fn varint(&mut self) -> Result<u64, ReadError> {
        let begin = self.at;
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(ReadError::damaged(
            place(self.what, begin),
            "a number without an end",
        ))
    }

    /// A number of 32 bits in such pieces.
    pub(super) fn varint_u32(&mut self) -> Result<u32, ReadError> {
        let begin = self.at;
        let number = self.varint()?.try_into();
        number.map_err(|_| ReadError::damaged(place(self.what, begin), "a number beyond 32 bits"))
    }

    /// A signed one: its sign is the lowest bit.
    pub(super) fn signed(&mut self) -> Result<i32, ReadError> {
        let zigzag = self.varint_u32()?;
        Ok((zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed())
    }

    /// A text with its length before it, of which no more is kept than there is.
    pub(super) fn text(&mut self) -> Result<String, ReadError> {
        let length = self.varint_u32()?;
        let mut text = Vec::new();
        let read = (&mut *self.source)
            .take(length.into())
            .read_to_end(&mut text);
        self.at += text.len();
        match read {
            Ok(read) if read == length as usize => Ok(String::from_utf8_lossy(&text).into_owned()),
            Ok(_) => Err(self.damaged("the file ends there")),
            Err(error) => Err(self.damaged(error.to_string())),
        }
    }

    /// What is wrong with the byte that follows.
    pub(super) fn damaged(&self, problem: impl Into<String>) -> ReadError {
        ReadError::damaged(place(self.what, self.at), problem)
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        let mut bytes = [0; N];
        self.source.read_exact(&mut bytes).map_err(|error| {
            if error.kind() == ErrorKind::UnexpectedEof {
                self.damaged("the file ends there")
            } else {
                self.damaged(error.to_string())
            }
        })?;
        self.at += N;
        Ok(bytes)
    }
}

fn place(what: &str, at: usize) -> String {
    format!("{what} {at}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: &[i32]) {
        let mut source = bytes;
        let mut bytes = Bytes::new(&mut source, false, "byte", 0);
        for number in expected {
            assert_eq!(bytes.signed().expect("a number"), *number);
        }
        assert!(bytes.is_empty().expect("a slice"));
    }

    #[test]
    fn signs_are_in_the_lowest_bit() {
        check(b"\0\x01\x02\x03\x04", &[0, -1, 1, -2, 2]);
        check(
            b"\xFE\xFF\xFF\xFF\x0F\xFF\xFF\xFF\xFF\x0F",
            &[i32::MAX, i32::MIN],
        );
    }

    #[test]
    fn numbers_end_and_have_a_size() {
        let error = |bytes: &[u8]| {
            let mut source = bytes;
            let error = Bytes::new(&mut source, false, "byte", 5).varint_u32();
            error.expect_err("no number").to_string()
        };
        let damaged = "; the file is damaged: record or export it again";
        assert_eq!(
            error(&[0xFF; 20]),
            format!("`byte 5`: a number without an end{damaged}")
        );
        assert_eq!(
            error(&[0xFF; 3]),
            format!("`byte 8`: the file ends there{damaged}")
        );
        assert_eq!(
            error(b"\xFF\xFF\xFF\xFF\x1F"),
            format!("`byte 5`: a number beyond 32 bits{damaged}")
        );
    }

    #[test]
    fn a_length_beyond_the_end_takes_no_memory() {
        let mut source = &b"\xFF\xFF\xFF\xFF\x0Fab"[..];
        let error = Bytes::new(&mut source, false, "byte", 0).text();
        assert!(error.is_err());
    }
}
