//! The local variables of a frame: which there are, and where their values stand.

use super::layout::Layout;
use super::memory::{Address, Memory, int_in, word_in};
use super::text::{self, NotSo};
use crate::observation::{Role, Variable};

/// A function has fewer local variables than this; more of one frame are not looked at.
const MOST_LOCALS: u64 = 1 << 12;
/// `co_flags`: a parameter for all other positional arguments, and one for all other keyword arguments.
const TAKES_POSITIONAL: u32 = 0x04;
const TAKES_KEYWORDS: u32 = 0x08;
/// `co_localspluskinds`: a variable of a comprehension that was made part of the function.
const IS_HIDDEN: u8 = 0x10;
/// A variable that closures share is in a cell.
const IS_CELL: u8 = 0x40;
/// A variable of a function around it.
const IS_FREE: u8 = 0x80;

/// A local variable of a code object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Local {
    pub(super) variable: Variable,
    /// Its place among a frame's locals.
    pub(super) place: u64,
    /// Whether its value is inside a cell.
    pub(super) is_cell: bool,
}

/// The local variables of the code object at `at`, whose beginning is `head`; without those that Python names itself.
pub(super) fn locals(
    at: Address,
    layout: &Layout,
    memory: &dyn Memory,
) -> Result<Vec<Local>, NotSo> {
    let Layout { code, object, .. } = layout;
    let head = at.vector(code.head(), memory)?;
    let arguments = arguments(&head, layout);
    let names = Address(word_in(&head, code.local_names));
    let count = names.plus(object.size).word(memory)?;
    if count > MOST_LOCALS {
        return Err(NotSo::Other);
    }
    let kinds = match code.local_kinds {
        Some(kinds) => text::bytes(Address(word_in(&head, kinds)), object, memory)?,
        None => Vec::new(),
    };
    let mut locals = Vec::new();
    for place in 0..count {
        let kind = usize::try_from(place)
            .ok()
            .and_then(|place| kinds.get(place))
            .copied()
            .unwrap_or(0);
        let name = names.plus(object.tuple_items + place * 8).pointer(memory)?;
        let name = text::text(name, object, memory)?;
        if kind & (IS_HIDDEN | IS_FREE) != 0 || name.starts_with('.') {
            continue;
        }
        let role = if place < arguments {
            Role::Argument
        } else {
            Role::Local
        };
        locals.push(Local {
            variable: Variable { role, name },
            place,
            is_cell: kind & IS_CELL != 0,
        });
    }
    Ok(locals)
}

/// How many of the first locals are parameters.
fn arguments(head: &[u8], layout: &Layout) -> u64 {
    let code = layout.code;
    let flags = int_in(head, code.flags);
    let more = [TAKES_POSITIONAL, TAKES_KEYWORDS]
        .into_iter()
        .filter(|flag| flags & flag != 0);
    let counts =
        [code.argument_count, code.keyword_only_count].map(|place| u64::from(int_in(head, place)));
    counts.into_iter().sum::<u64>() + more.count() as u64
}
