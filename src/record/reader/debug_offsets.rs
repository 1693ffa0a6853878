//! `_Py_DebugOffsets`: from 3.13 on the interpreter says itself where it keeps what.
//!
//! It stands at the beginning of `_PyRuntime`: a cookie, the version, and one number of eight bytes for each offset.
//! Which number is which differs from version to version. The structure: `pycore_debug_offsets.h`, in 3.13
//! `pycore_runtime.h`.

use super::layout::Layout;
use super::memory::{Address, Memory, Unreadable, word_in};

const COOKIE: &[u8; 8] = b"xdebugpy";
/// All that is needed stands in here.
const HEAD: usize = 111 * 8;
/// An offset beyond is garbage: the largest structure is the interpreter's, of some hundred thousand bytes.
const LARGEST: u64 = 1 << 20;

/// What the interpreter says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DebugOffsets {
    /// Python 3.`minor`.
    pub(super) minor: u32,
    /// Whether it is built without the interpreter lock.
    pub(super) is_free_threaded: bool,
    /// Where it keeps what; none of a version that is not known.
    pub(super) layout: Option<Layout>,
    /// Where it takes the path of a script to run; none before 3.14.
    pub(super) slot: Option<SlotOffsets>,
}

/// Where an interpreter takes the path of a script that one of its threads is to run; see PEP 768.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SlotOffsets {
    /// `PyInterpreterState.threads.main`.
    pub(super) main_thread: u64,
    /// `PyInterpreterState.config.remote_debug`, an `int`.
    pub(super) is_enabled: u64,
    /// `PyThreadState.eval_breaker`.
    pub(super) breaker: u64,
    /// `PyThreadState.remote_debugger_support.debugger_pending_call`, an `int`.
    pub(super) is_asked: u64,
    /// The same, `debugger_script_path`, and how many bytes it holds.
    pub(super) path: u64,
    pub(super) path_length: u64,
}

/// Reads them from the beginning of `_PyRuntime`; none where they are not there.
pub(super) fn read(
    runtime: Address,
    memory: &dyn Memory,
) -> Result<Option<DebugOffsets>, Unreadable> {
    let head = runtime.vector(HEAD, memory)?;
    Ok(parse(&head))
}

fn parse(head: &[u8]) -> Option<DebugOffsets> {
    if !head.starts_with(COOKIE) {
        return None;
    }
    // PY_VERSION_HEX: a byte each for major and minor.
    let minor = match word_in(head, 8) >> 16 {
        version @ 0x0300..=0x03ff => u32::try_from(version & 0xff).expect("a byte"),
        _ => return None,
    };
    Some(DebugOffsets {
        minor,
        is_free_threaded: word_in(head, 16) != 0,
        layout: layout(minor, |place| word_in(head, place * 8)),
        slot: slot(minor, |place| word_in(head, place * 8)),
    })
}

/// `_Py_MAX_SCRIPT_PATH_SIZE`. A table that says something else is not the one that we know.
const PATH_LENGTH: u64 = 512;

/// The place of `debugger_support`, the last part of the table.
fn support(minor: u32) -> Option<u64> {
    match minor {
        14 => Some(89),
        15 => Some(105),
        _ => None,
    }
}

/// `number` gives the numbers by their place.
fn slot(minor: u32, number: impl Fn(u64) -> u64) -> Option<SlotOffsets> {
    let support = support(minor)?;
    let [breaker, slot, is_enabled, is_asked, path, path_length] =
        [0, 1, 2, 3, 4, 5].map(|place| number(support + place));
    let main_thread = number(10);
    let offsets = [main_thread, breaker, slot, is_enabled, is_asked, path];
    let is_plausible = offsets.iter().all(|&offset| offset <= LARGEST)
        && [main_thread, breaker, slot, is_enabled]
            .iter()
            .all(|&it| it > 0)
        && (is_asked, path, path_length) == (0, 4, PATH_LENGTH);
    is_plausible.then_some(SlotOffsets {
        main_thread,
        is_enabled,
        breaker,
        is_asked: slot + is_asked,
        path: slot + path,
        path_length,
    })
}

/// `number` gives the numbers by their place.
fn layout(minor: u32, number: impl Fn(u64) -> u64) -> Option<Layout> {
    let places = match minor {
        13 => [
            5, 8, 9, 10, 72, 11, 14, 21, 23, 24, 25, 29, 30, 31, 32, 33, 35, 36, 37, 38, 39, 40,
            41, 42, 43, 45, 47, 49, 51, 54, 66, 68, 70, 63,
        ],
        14 => [
            5, 8, 9, 11, 82, 12, 15, 24, 26, 27, 28, 32, 33, 34, 35, 36, 40, 41, 42, 43, 44, 45,
            46, 47, 48, 51, 53, 55, 57, 60, 76, 78, 80, 73,
        ],
        15 => [
            5, 8, 9, 11, 95, 12, 15, 24, 26, 30, 31, 40, 41, 42, 43, 44, 48, 49, 50, 51, 52, 53,
            54, 55, 56, 59, 61, 63, 69, 72, 88, 90, 92, 85,
        ],
        _ => return None,
    };
    let mut layout = Layout::of(minor)?;
    for (place, offset) in places.into_iter().zip(fields(&mut layout)) {
        *offset = number(place);
        if *offset > LARGEST {
            return None;
        }
    }
    // Three counts follow each other; `co_flags` stands before them, which is not told.
    layout.code.keyword_only_count = layout.code.argument_count + 8;
    layout.is_plausible().then_some(layout)
}

/// The offsets that the interpreter tells, in the order of its structures.
fn fields(layout: &mut Layout) -> [&mut u64; 34] {
    let Layout {
        runtime,
        interpreter,
        thread,
        frame,
        code,
        object,
        ..
    } = layout;
    let told = "this version has it";
    [
        &mut runtime.interpreters,
        &mut interpreter.next,
        &mut interpreter.threads,
        &mut interpreter.garbage,
        &mut interpreter.collecting,
        &mut interpreter.modules,
        interpreter.lock.as_mut().expect(told),
        &mut thread.next,
        &mut thread.frame,
        &mut thread.ident,
        thread.native_id.as_mut().expect(told),
        &mut frame.previous,
        &mut frame.code,
        &mut frame.instruction,
        &mut frame.locals,
        frame.owner.as_mut().expect(told),
        &mut code.file,
        &mut code.name,
        code.qualified_name.as_mut().expect(told),
        &mut code.lines,
        &mut code.first_line,
        &mut code.argument_count,
        &mut code.local_names,
        code.local_kinds.as_mut().expect(told),
        &mut code.bytecode,
        &mut object.of_type,
        &mut object.type_name,
        &mut object.type_flags,
        &mut object.tuple_items,
        &mut object.list_items,
        &mut object.bytes,
        &mut object.text_state,
        &mut object.ascii_head,
        &mut object.int_digits,
    ]
}

/// What an interpreter of this version says that keeps everything where the table says.
#[cfg(any(test, fuzzing))]
pub(super) fn head_of(minor: u32) -> Vec<u8> {
    let mut head = vec![0; HEAD];
    head[..8].copy_from_slice(COOKIE);
    head[8..16].copy_from_slice(&(0x0300_02f0 | u64::from(minor) << 16).to_le_bytes());
    let mut table = Layout::of(minor).expect("it is known");
    let offsets = fields(&mut table).map(|offset| *offset);
    let mut told = offsets.into_iter();
    // The places are asked for in order of the fields.
    let places = std::cell::RefCell::new(Vec::new());
    layout(minor, |place| {
        places.borrow_mut().push(place);
        0
    });
    for place in places.into_inner() {
        let place = usize::try_from(place).expect("small") * 8;
        let offset = told.next().expect("a place for each").to_le_bytes();
        head[place..place + 8].copy_from_slice(&offset);
    }
    if let Some(support) = support(minor) {
        let places = [10].into_iter().chain(support..support + 6);
        for (place, offset) in places.zip([7360_u64, 24, 304, 8076, 0, 4, PATH_LENGTH]) {
            let place = usize::try_from(place).expect("small") * 8;
            head[place..place + 8].copy_from_slice(&offset.to_le_bytes());
        }
    }
    head
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interpreter_that_says_what_the_table_says_has_its_layout() {
        for minor in 13..=15 {
            let told = parse(&head_of(minor)).expect("it says so");
            assert_eq!((told.minor, told.is_free_threaded), (minor, false));
            assert_eq!(told.layout, Layout::of(minor));
        }
    }

    #[test]
    fn a_place_for_scripts_is_told_from_3_14_on() {
        let slot = |minor| parse(&head_of(minor)).expect("it says so").slot;
        let told = SlotOffsets {
            main_thread: 7360,
            is_enabled: 8076,
            breaker: 24,
            is_asked: 304,
            path: 308,
            path_length: 512,
        };
        assert_eq!([13, 14, 15].map(slot), [None, Some(told), Some(told)]);
        let mut odd = head_of(14);
        odd[94 * 8] = 1;
        assert_eq!(parse(&odd).map(|told| told.slot), Some(None));
    }

    #[test]
    fn free_threading_is_told() {
        let mut head = head_of(14);
        head[16] = 1;
        assert!(parse(&head).is_some_and(|told| told.is_free_threaded));
    }

    #[test]
    fn later_versions_and_garbage_have_no_layout() {
        let mut later = head_of(15);
        later[10] = 16;
        assert_eq!(
            parse(&later).map(|told| (told.minor, told.layout)),
            Some((16, None))
        );
        let mut wild = head_of(13);
        wild[5 * 8 + 7] = 1;
        assert_eq!(parse(&wild).map(|told| told.layout), Some(None));
        assert_eq!(parse(&[0; HEAD]), None);
    }
}
