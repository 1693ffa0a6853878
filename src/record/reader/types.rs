//! The types of objects, told by what a type object says of itself.

use super::layout::Layout;
use super::memory::{Address, Memory, int_in, word_in};
use super::text::{NotSo, c_text};
use rustc_hash::FxHashMap;

/// `Py_TPFLAGS_HEAPTYPE`: made at run time, by a `class` statement mostly.
const HEAP_TYPE: u32 = 1 << 9;
/// `Py_TPFLAGS_READY`, which every type has that is in use.
const READY: u32 = 1 << 12;
/// A program that makes types without end has some of them forgotten.
const MOST_TYPES: usize = 1 << 14;

/// The type objects that were met.
#[derive(Debug, Default)]
pub(super) struct Types(FxHashMap<Address, TypeObject>);

/// A type object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TypeObject {
    /// `tp_name`: the name of a class, `collections.OrderedDict` for a type of C.
    pub(super) name: String,
    pub(super) flags: u32,
    name_at: Address,
}

impl Types {
    /// The type object at `at`; what can't be one is refused. A type that was made at run time may be gone, and
    /// another in its place: it is the same only if its name stands where it stood.
    pub(super) fn get(
        &mut self,
        at: Address,
        layout: &Layout,
        memory: &dyn Memory,
    ) -> Result<&TypeObject, NotSo> {
        let object = layout.object;
        let head = at.vector(
            usize::try_from(object.type_flags + 8).map_err(|_| NotSo::Other)?,
            memory,
        )?;
        let flags = int_in(&head, object.type_flags);
        let name_at = Address(word_in(&head, object.type_name));
        if flags & READY == 0 || !at.0.is_multiple_of(8) {
            return Err(NotSo::Other);
        }
        let same = |known: &TypeObject| (known.name_at, known.flags) == (name_at, flags);
        if !self.0.get(&at).is_some_and(same) {
            if self.0.len() >= MOST_TYPES {
                self.0.clear();
            }
            let name = c_text(name_at, memory)?;
            if name.is_empty() || name.contains(|c: char| c.is_control() || c.is_whitespace()) {
                return Err(NotSo::Other);
            }
            self.0.insert(
                at,
                TypeObject {
                    name,
                    flags,
                    name_at,
                },
            );
        }
        self.0.get(&at).ok_or(NotSo::Other)
    }
}

impl TypeObject {
    /// The name of a type that is part of C code, not of the program's.
    pub(super) fn static_name(&self) -> Option<&str> {
        (self.flags & HEAP_TYPE == 0).then_some(&self.name)
    }
}
