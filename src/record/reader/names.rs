//! The names of threads, as `threading` keeps them.

use super::Reader;
use super::dict::Dict;
use super::layout::Layout;
use super::memory::{Address, Memory, int_in};
use super::pages::Pages;
use super::text::{self, NotSo};
use super::types::Types;

/// `Py_TPFLAGS_INLINE_VALUES`, from 3.13 on: attributes stand in the object itself.
const INLINE_VALUES: u32 = 1 << 2;
/// `Py_TPFLAGS_MANAGED_DICT`, from 3.11 on: attributes stand before the object.
const MANAGED_DICT: u32 = 1 << 4;
/// No dict that is looked through has more entries.
const MOST_ENTRIES: u64 = 1 << 16;

impl Reader {
    /// The threads that `threading` knows, by `get_ident()`, and their names; none if the program did not import it.
    pub fn thread_names(&mut self, memory: &dyn Memory) -> Vec<(u64, String)> {
        self.read_thread_names(&Pages::of(memory))
            .unwrap_or_default()
    }

    fn read_thread_names(&mut self, memory: &dyn Memory) -> Result<Vec<(u64, String)>, NotSo> {
        let active = self.active_threads(memory)?;
        let mut look = Attributes {
            layout: &self.layout,
            types: &mut self.types,
            memory,
        };
        let mut names = Vec::new();
        for entry in look.entries(active)? {
            // One thread that ends just now does not hide the others.
            if let Ok(name) = look.thread_name(entry) {
                names.push(name);
            }
        }
        Ok(names)
    }

    /// The dict `threading._active`, which stays where it is.
    fn active_threads(&mut self, memory: &dyn Memory) -> Result<Dict, NotSo> {
        let known = self
            .active
            .and_then(|at| Dict::open(at, &self.layout, memory).ok());
        if let Some(known) = known {
            return Ok(known);
        }
        let mut interpreter = self
            .runtime
            .plus(self.layout.runtime.interpreters)
            .pointer(memory)?;
        // The main interpreter stands last.
        for _ in 0..MOST_ENTRIES {
            let next = interpreter
                .plus(self.layout.interpreter.next)
                .pointer(memory)?;
            if next.is_null() {
                break;
            }
            interpreter = next;
        }
        let modules = interpreter
            .plus(self.layout.interpreter.modules)
            .pointer(memory)?;
        let mut look = Attributes {
            layout: &self.layout,
            types: &mut self.types,
            memory,
        };
        let modules = Dict::open(modules, look.layout, memory)?;
        let threading = look.named(modules, "threading")?;
        let active = look.attribute(threading, "_active")?;
        self.active = Some(active);
        Dict::open(active, &self.layout, memory)
    }
}

/// Looks up what objects keep under names.
struct Attributes<'a> {
    layout: &'a Layout,
    types: &'a mut Types,
    memory: &'a dyn Memory,
}

impl Attributes<'_> {
    /// A thread's number and name, from its number's and its own object.
    fn thread_name(
        &mut self,
        (number, thread): (Address, Address),
    ) -> Result<(u64, String), NotSo> {
        let name = self.attribute(thread, "_name")?;
        Ok((
            self.number(number)?,
            text::text(name, &self.layout.object, self.memory)?,
        ))
    }

    fn attribute(&mut self, object: Address, name: &str) -> Result<Address, NotSo> {
        let attributes = self.attributes(object)?;
        self.named(attributes, name)
    }

    fn named(&self, dict: Dict, name: &str) -> Result<Address, NotSo> {
        let is_named =
            |key| text::text(key, &self.layout.object, self.memory).is_ok_and(|text| text == name);
        let found = self
            .entries(dict)?
            .into_iter()
            .find(|&(key, _)| is_named(key));
        found.map(|(_, value)| value).ok_or(NotSo::Other)
    }

    fn entries(&self, dict: Dict) -> Result<Vec<(Address, Address)>, NotSo> {
        let places = 0..dict.places.min(MOST_ENTRIES);
        let entries = places.map(|place| dict.entry(place, self.memory));
        entries.filter_map(Result::transpose).collect()
    }

    /// Where an object keeps its attributes: in a dict whose place its type knows, before itself, or in itself.
    fn attributes(&mut self, object: Address) -> Result<Dict, NotSo> {
        let kept = self.layout.object;
        let of_type = object.plus(kept.of_type).pointer(self.memory)?;
        let flags = self.types.get(of_type, self.layout, self.memory)?.flags;
        if self.layout.minor < 11 || flags & MANAGED_DICT == 0 {
            let offset = of_type.plus(kept.type_dict_offset).word(self.memory)?;
            return self.dict_at(object.plus(offset));
        }
        let before = object.plus(24_u64.wrapping_neg());
        let values = match self.layout.minor {
            11 => object.plus(32_u64.wrapping_neg()).pointer(self.memory)?,
            // One pointer for both: that of values is one too low.
            12 => match before.word(self.memory)? {
                values if values & 1 == 1 => Address(values).plus(1),
                _ => Address::default(),
            },
            _ if flags & INLINE_VALUES != 0 && before.pointer(self.memory)?.is_null() => {
                object.plus(16 + 8)
            }
            _ => Address::default(),
        };
        if values.is_null() {
            return self.dict_at(before);
        }
        let keys = of_type.plus(kept.type_cached_keys).pointer(self.memory)?;
        Dict::of_keys(keys, Some(values), self.layout, self.memory)
    }

    fn dict_at(&self, pointer: Address) -> Result<Dict, NotSo> {
        Dict::open(pointer.pointer(self.memory)?, self.layout, self.memory)
    }

    /// A positive `int` of at most 64 bits.
    fn number(&self, at: Address) -> Result<u64, NotSo> {
        let size = at.plus(16).word(self.memory)?;
        let digits = if self.layout.minor >= 12 {
            size >> 3
        } else {
            size
        };
        if digits > 3 {
            return Err(NotSo::Other);
        }
        let head: [u8; 12] = at.plus(self.layout.object.int_digits).bytes(self.memory)?;
        let digits = (0..digits).map(|digit| u64::from(int_in(&head, digit * 4)) << (30 * digit));
        Ok(digits.fold(0, |number, digit| number | digit))
    }
}
