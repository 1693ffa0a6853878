//! Values, read from outside: their types, a few of their elements, their sizes.
//!
//! What is read may have died, and its memory may hold anything by now: whatever makes no sense is no value.

use super::dict::Dict;
use super::layout::Layout;
use super::memory::{Address, Memory, int_in, word_in};
use super::text::NotSo;
use super::types::Types;
use crate::observation::{MOST_ELEMENTS, Type, Value};

/// Containers inside containers are looked into so deep.
const DEEPEST: u32 = 3;
/// Reading one value takes at most so many objects.
const MOST_OBJECTS: u32 = 256;
/// More bits or elements than this are garbage.
const LARGEST: u64 = 1 << 40;

/// Reads values of one interpreter.
pub(super) struct Values<'v> {
    layout: &'v Layout,
    types: &'v mut Types,
    memory: &'v dyn Memory,
    objects: u32,
}

impl<'v> Values<'v> {
    /// A reader for one value and what is inside it.
    pub(super) fn new(layout: &'v Layout, types: &'v mut Types, memory: &'v dyn Memory) -> Self {
        Self {
            layout,
            types,
            memory,
            objects: 0,
        }
    }

    /// The value of the object at `at`.
    pub(super) fn value(&mut self, at: Address) -> Result<Value, NotSo> {
        self.inside(at, 0)
    }

    /// The value of an object inside so many containers.
    fn inside(&mut self, at: Address, depth: u32) -> Result<Value, NotSo> {
        self.objects += 1;
        if self.objects > MOST_OBJECTS || !at.0.is_multiple_of(8) {
            return Err(NotSo::Other);
        }
        let head: [u8; 48] = match at.bytes(self.memory) {
            Ok(head) => head,
            // A small object at the end of what there is.
            Err(_) => padded(at.bytes::<24>(self.memory)?),
        };
        let of_type = self.types.get(
            Address(word_in(&head, self.layout.object.of_type)),
            self.layout,
            self.memory,
        )?;
        let Some(name) = of_type.static_name().map(str::to_owned) else {
            let of_type = Type::Other(of_type.name.clone());
            return Ok(Value {
                of_type,
                size: None,
            });
        };
        let object = Object { at, head };
        self.builtin(&name, &object, depth)
    }

    fn builtin(&mut self, name: &str, object: &Object, depth: u32) -> Result<Value, NotSo> {
        let is_deep = depth >= DEEPEST;
        let (of_type, size) = match name {
            "NoneType" => (Type::None, None),
            "bool" => (Type::Bool, None),
            "int" => (Type::Int, Some(self.bits(object)?)),
            "float" => (Type::Float, None),
            "str" => (Type::Str, Some(object.size()?)),
            "bytes" => (Type::Bytes, Some(object.size()?)),
            "list" if !is_deep => (Type::List(self.list(object, depth)?), Some(object.size()?)),
            "tuple" if !is_deep => (self.tuple(object, depth)?, Some(object.size()?)),
            "set" if !is_deep => (Type::Set(self.set(object, depth)?), Some(object.used()?)),
            "frozenset" if !is_deep => (
                Type::FrozenSet(self.set(object, depth)?),
                Some(object.used()?),
            ),
            "dict" if !is_deep => self.dict(object, depth)?,
            "numpy.ndarray" => self.array(object)?,
            other => (Type::Other(other.to_owned()), None),
        };
        Ok(Value { of_type, size })
    }

    /// How many bits the amount of an `int` takes.
    fn bits(&self, object: &Object) -> Result<u64, NotSo> {
        const BITS_IN_DIGIT: u64 = 30;
        let size = word_in(&object.head, 16);
        // From 3.12 on the number of digits stands above three bits of marks; before, it has the number's sign.
        let digits = match self.layout.minor {
            12.. => size >> 3,
            _ => size.cast_signed().unsigned_abs(),
        };
        let Some(above) = digits.checked_sub(1) else {
            return Ok(0);
        };
        if digits > LARGEST {
            return Err(NotSo::Other);
        }
        let highest = object
            .at
            .plus(self.layout.object.int_digits + above * 4)
            .int(self.memory)?;
        Ok(above * BITS_IN_DIGIT + u64::from(u32::BITS - highest.leading_zeros()))
    }

    fn list(&mut self, object: &Object, depth: u32) -> Result<Vec<Type>, NotSo> {
        let items = object
            .at
            .plus(self.layout.object.list_items)
            .pointer(self.memory)?;
        self.items(items, object.size()?, depth).map(distinct)
    }

    fn tuple(&mut self, object: &Object, depth: u32) -> Result<Type, NotSo> {
        let size = object.size()?;
        let items = self.items(object.at.plus(self.layout.object.tuple_items), size, depth)?;
        Ok(if size <= MOST_ELEMENTS as u64 {
            Type::Tuple(items)
        } else {
            Type::LongTuple(distinct(items))
        })
    }

    /// The types of some of the pointers in a row, spread over it.
    fn items(&mut self, items: Address, size: u64, depth: u32) -> Result<Vec<Type>, NotSo> {
        let places = spread(size);
        let types = places.map(|place| {
            let item = items.plus(place * 8).pointer(self.memory)?;
            self.inside(item, depth + 1).map(|value| value.of_type)
        });
        types.collect()
    }

    /// A set's table has entries of a key and its hash, empty ones among them.
    fn set(&mut self, object: &Object, depth: u32) -> Result<Vec<Type>, NotSo> {
        const SLOTS: u64 = 64;
        const DELETED: u64 = u64::MAX;
        let (mask, table) = (
            word_in(&object.head, 32),
            Address(word_in(&object.head, 40)),
        );
        let slots = mask.saturating_add(1).min(SLOTS);
        let slots = table.vector(
            usize::try_from(slots * 16).map_err(|_| NotSo::Other)?,
            self.memory,
        )?;
        let keys = slots
            .chunks_exact(16)
            .filter(|slot| word_in(slot, 0) != 0 && word_in(slot, 8) != DELETED);
        let keys = keys
            .take(MOST_ELEMENTS)
            .map(|slot| Address(word_in(slot, 0)));
        let types: Result<Vec<_>, _> = keys
            .map(|key| self.inside(key, depth + 1).map(|it| it.of_type))
            .collect();
        types.map(distinct)
    }

    fn dict(&mut self, object: &Object, depth: u32) -> Result<(Type, Option<u64>), NotSo> {
        let dict = Dict::open(object.at, self.layout, self.memory)?;
        let (mut keys, mut values) = (Vec::new(), Vec::new());
        for place in spread(dict.places) {
            if let Some((key, value)) = dict.entry(place, self.memory)? {
                keys.push(self.inside(key, depth + 1)?.of_type);
                values.push(self.inside(value, depth + 1)?.of_type);
            }
        }
        Ok((
            Type::Dict(distinct(keys), distinct(values)),
            Some(dict.used),
        ))
    }

    /// `PyArrayObject_fields` of `NumPy` 1 and 2: data, number of dimensions, their lengths, strides, base, descriptor;
    /// the descriptor has its `type_num` at 28 in both.
    fn array(&self, object: &Object) -> Result<(Type, Option<u64>), NotSo> {
        let dimensions = u64::from(int_in(&object.head, 24));
        let lengths = Address(word_in(&object.head, 32));
        let descriptor = object.at.plus(56).pointer(self.memory)?;
        let number = descriptor.plus(28).int(self.memory)?;
        if dimensions > 64 {
            return Err(NotSo::Other);
        }
        let mut elements = 1_u64;
        for axis in 0..dimensions {
            elements = elements.saturating_mul(lengths.plus(axis * 8).word(self.memory)?);
        }
        let dtype = dtype(number).to_owned();
        Ok((Type::Array { dtype, dimensions }, Some(elements)))
    }
}

/// An object's first bytes.
struct Object {
    at: Address,
    head: [u8; 48],
}

impl Object {
    /// `ob_size`, or what stands in its place: `length` of a text.
    fn size(&self) -> Result<u64, NotSo> {
        amount(word_in(&self.head, 16))
    }

    /// How many elements a set has.
    fn used(&self) -> Result<u64, NotSo> {
        amount(word_in(&self.head, 24))
    }
}

fn amount(number: u64) -> Result<u64, NotSo> {
    if number > LARGEST {
        Err(NotSo::Other)
    } else {
        Ok(number)
    }
}

fn padded(bytes: [u8; 24]) -> [u8; 48] {
    let mut padded = [0; 48];
    padded[..24].copy_from_slice(&bytes);
    padded
}

/// At most [`MOST_ELEMENTS`] places below `size`, from the first on, as far apart as can be.
fn spread(size: u64) -> impl Iterator<Item = u64> {
    let most = MOST_ELEMENTS as u64;
    let step = size.div_ceil(most).max(1);
    (0..size).step_by(usize::try_from(step).unwrap_or(usize::MAX))
}

/// Each type once, in order.
fn distinct(mut types: Vec<Type>) -> Vec<Type> {
    types.sort_unstable();
    types.dedup();
    types
}

/// `NPY_TYPES` of `NumPy`, as its dtypes are named on 64-bit Linux.
fn dtype(number: u32) -> &'static str {
    const NAMES: [&str; 24] = [
        "bool",
        "int8",
        "uint8",
        "int16",
        "uint16",
        "int32",
        "uint32",
        "int64",
        "uint64",
        "int64",
        "uint64",
        "float32",
        "float64",
        "float128",
        "complex64",
        "complex128",
        "complex256",
        "object",
        "bytes",
        "str",
        "void",
        "datetime64",
        "timedelta64",
        "float16",
    ];
    NAMES.get(number as usize).copied().unwrap_or("?")
}
