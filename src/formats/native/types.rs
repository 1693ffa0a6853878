//! The type of a value: a name where nothing is in it, otherwise an object whose key says what it is.
//!
//! `"int"`, `{"list":["None","int"]}`, `{"dict":[["str"],["int"]]}`, `{"other":"decimal.Decimal"}`,
//! `{"array":{"dtype":"float64","dimensions":2}}`. What a later version tells besides is kept by
//! its name.

use crate::observation::{MOST_ELEMENTS, Type};
use serde::de::{Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// Types with nothing in them.
const PLAIN: [(&str, Type); 6] = [
    ("None", Type::None),
    ("bool", Type::Bool),
    ("int", Type::Int),
    ("float", Type::Float),
    ("str", Type::Str),
    ("bytes", Type::Bytes),
];

/// A type on its way into a file.
pub(super) struct Written<'a>(pub(super) &'a Type);

/// A type that a file tells.
pub(crate) struct Told(pub(crate) Type);

#[derive(Serialize, Deserialize)]
struct Array<'a> {
    dtype: Cow<'a, str>,
    dimensions: u64,
}

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Type::List(of) => serializer.collect_map([("list", all(of))]),
            Type::Tuple(of) => serializer.collect_map([("tuple", all(of))]),
            Type::LongTuple(of) => serializer.collect_map([("long_tuple", all(of))]),
            Type::Set(of) => serializer.collect_map([("set", all(of))]),
            Type::FrozenSet(of) => serializer.collect_map([("frozenset", all(of))]),
            Type::Dict(keys, values) => {
                serializer.collect_map([("dict", [all(keys), all(values)])])
            }
            Type::Array { dtype, dimensions } => {
                let (dtype, dimensions) = (Cow::Borrowed(&**dtype), *dimensions);
                serializer.collect_map([("array", Array { dtype, dimensions })])
            }
            Type::Other(name) => serializer.collect_map([("other", name)]),
            plain => {
                let known = PLAIN.iter().find(|(_, it)| it == plain);
                serializer.serialize_str(known.expect("all others are plain").0)
            }
        }
    }
}

fn all(types: &[Type]) -> Vec<Written<'_>> {
    types.iter().map(Written).collect()
}

impl<'de> Deserialize<'de> for Told {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TypeVisitor)
    }
}

struct TypeVisitor;

impl<'de> Visitor<'de> for TypeVisitor {
    type Value = Told;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a type: its name, or an object")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Told, E> {
        let known = PLAIN.into_iter().find(|&(it, _)| it == name);
        Ok(Told(known.map_or_else(
            || Type::Other(name.to_owned()),
            |(_, plain)| plain,
        )))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Told, A::Error> {
        let key: Option<String> = map.next_key()?;
        let key = key.ok_or_else(|| A::Error::custom("an object that tells no type"))?;
        let told = value(key, &mut map)?;
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Told(told))
    }
}

/// The type that a key and its value tell.
fn value<'de, A: MapAccess<'de>>(key: String, map: &mut A) -> Result<Type, A::Error> {
    Ok(match &*key {
        "list" => Type::List(set(map.next_value()?)),
        "tuple" => tuple(map.next_value()?),
        "long_tuple" => Type::LongTuple(set(map.next_value()?)),
        "set" => Type::Set(set(map.next_value()?)),
        "frozenset" => Type::FrozenSet(set(map.next_value()?)),
        "dict" => {
            let [keys, values] = map.next_value()?;
            Type::Dict(set(keys), set(values))
        }
        "array" => {
            let Array { dtype, dimensions } = map.next_value()?;
            let dtype = dtype.into_owned();
            Type::Array { dtype, dimensions }
        }
        "other" => Type::Other(map.next_value()?),
        _ => {
            map.next_value::<IgnoredAny>()?;
            Type::Other(key)
        }
    })
}

/// Each type once, in order.
fn set(types: Vec<Told>) -> Vec<Type> {
    let mut types: Vec<Type> = types.into_iter().map(|told| told.0).collect();
    types.sort_unstable();
    types.dedup();
    types
}

fn tuple(types: Vec<Told>) -> Type {
    if types.len() > MOST_ELEMENTS {
        Type::LongTuple(set(types))
    } else {
        Type::Tuple(types.into_iter().map(|told| told.0).collect())
    }
}
