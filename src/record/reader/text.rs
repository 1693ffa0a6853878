//! Texts and bytes of Python, read from outside.

use super::layout::Object;
use super::memory::{Address, Memory, Unreadable, int_in, word_in};

/// A name is shorter than this; what claims to be longer is none.
const LONGEST_TEXT: u64 = 1 << 14;
/// The tables of a function of ten thousand lines take some hundred thousand bytes.
const LONGEST_BYTES: u64 = 1 << 22;

/// Why an object is not what it was taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotSo {
    /// It is gone.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// It is something else.
    #[error("an object made no sense")]
    Other,
}

/// The text of a `str`. A name that is not UTF-8 is kept by Python in lone surrogates; they become U+FFFD.
pub(super) fn text(at: Address, object: &Object, memory: &dyn Memory) -> Result<String, NotSo> {
    let head: [u8; 40] = at.bytes(memory)?;
    let length = word_in(&head, object.size);
    let state = int_in(&head, object.text_state);
    // From the lowest: two bits for interning, three for the kind, then compact and ASCII.
    let (kind, is_compact, is_ascii) = (state >> 2 & 7, state & 1 << 5 != 0, state & 1 << 6 != 0);
    if length > LONGEST_TEXT || !is_compact || !matches!(kind, 1 | 2 | 4) {
        return Err(NotSo::Other);
    }
    let head = if is_ascii {
        object.ascii_head
    } else {
        object.compact_head
    };
    let size = usize::try_from(length * u64::from(kind)).map_err(|_| NotSo::Other)?;
    let bytes = at.plus(head).vector(size, memory)?;
    Ok(match kind {
        1 => bytes.iter().map(|&byte| char::from(byte)).collect(),
        2 => bytes
            .chunks_exact(2)
            .map(|unit| scalar(u32::from(u16::from_le_bytes([unit[0], unit[1]]))))
            .collect(),
        _ => bytes
            .chunks_exact(4)
            .map(|unit| scalar(int_in(unit, 0)))
            .collect(),
    })
}

fn scalar(code_point: u32) -> char {
    char::from_u32(code_point).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// A text of C, of at most 128 bytes.
pub(super) fn c_text(at: Address, memory: &dyn Memory) -> Result<String, NotSo> {
    const LONGEST: usize = 128;
    const STEP: u64 = 32;
    let mut text = Vec::new();
    let mut from = at;
    while text.len() < LONGEST {
        // Up to a border that is no page's, since what stands behind may not be there.
        let step = STEP - from.0 % STEP;
        let bytes = from.vector(usize::try_from(step).map_err(|_| NotSo::Other)?, memory)?;
        match bytes.iter().position(|&byte| byte == 0) {
            Some(end) => {
                text.extend(&bytes[..end]);
                return String::from_utf8(text).map_err(|_| NotSo::Other);
            }
            None => text.extend(bytes),
        }
        from = from.plus(step);
    }
    Err(NotSo::Other)
}

/// The contents of a `bytes`.
pub(super) fn bytes(at: Address, object: &Object, memory: &dyn Memory) -> Result<Vec<u8>, NotSo> {
    let length = at.plus(object.size).word(memory)?;
    if length > LONGEST_BYTES {
        return Err(NotSo::Other);
    }
    let length = usize::try_from(length).map_err(|_| NotSo::Other)?;
    Ok(at.plus(object.bytes).vector(length, memory)?)
}

#[cfg(test)]
mod tests {
    use super::super::layout::Layout;
    use super::super::staged::Staged;
    use super::*;

    /// A `str` of Python 3.`minor` with this kind and these bytes.
    fn check(minor: u32, state: u32, bytes: &[u8], length: u64, expected: Result<&str, NotSo>) {
        let object = Layout::of(minor).expect("it is known").object;
        let head = if state & 1 << 6 == 0 {
            object.compact_head
        } else {
            object.ascii_head
        };
        let mut memory = Staged::default();
        let at = memory.room(head + 64);
        memory.word(at + object.size, length);
        memory.put(at + object.text_state, &state.to_le_bytes());
        memory.put(at + head, bytes);
        let read = text(Address(at), &object, &memory);
        assert_eq!(read, expected.map(str::to_owned), "3.{minor}");
    }

    const ASCII: u32 = 1 << 2 | 1 << 5 | 1 << 6;

    #[test]
    fn every_width_is_read_on_every_version() {
        for minor in 9..=15 {
            check(minor, ASCII, b"parse", 5, Ok("parse"));
            check(minor, 1 << 2 | 1 << 5, b"caf\xe9", 4, Ok("caf\u{e9}"));
            check(minor, 2 << 2 | 1 << 5, &[0x42, 0x04], 1, Ok("\u{442}"));
            check(
                minor,
                4 << 2 | 1 << 5,
                &[0x80, 0xf9, 0x01, 0],
                1,
                Ok("\u{1f980}"),
            );
        }
    }

    #[test]
    fn a_name_that_is_not_utf8_is_read_with_marks_in_it() {
        check(
            12,
            2 << 2 | 1 << 5,
            &[0x78, 0, 0xff, 0xdc],
            2,
            Ok("x\u{fffd}"),
        );
    }

    #[test]
    fn what_is_no_text_is_refused() {
        check(12, 0, b"parse", 5, Err(NotSo::Other));
        check(12, 3 << 2 | 1 << 5, b"parse", 5, Err(NotSo::Other));
        check(12, ASCII, b"parse", u64::MAX, Err(NotSo::Other));
    }
}
