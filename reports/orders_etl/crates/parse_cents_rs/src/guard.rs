//! Which Python objects Rust takes: those of exactly the type, so that nothing is rounded, cut off or lost on the way.
//!
//! `True` is no `i64` here and a `Decimal` no `f64`; a call with an object that has no exact match goes to the original.
#![allow(dead_code, reason = "the same file serves every crate")]

use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::pybacked::{PyBackedBytes, PyBackedStr};
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PySet, PyString, PyTuple};

/// The value of an object as `T`, where the object has exactly the type that `T` stands for.
pub fn exact<'a, 'py, T: Exact<'a, 'py>>(object: &'a Bound<'py, PyAny>) -> Option<T> {
    T::exact(object)
}

/// A result as a Python object.
pub fn object<'py>(py: Python<'py>, value: impl IntoPyObject<'py>) -> PyResult<Bound<'py, PyAny>> {
    value.into_bound_py_any(py)
}

/// Python's `None`.
pub fn none(py: Python<'_>) -> Bound<'_, PyAny> {
    py.None().into_bound(py)
}

/// A Rust type that stands for exactly one Python type.
pub trait Exact<'a, 'py>: Sized {
    /// The value, where the object has exactly that type.
    fn exact(object: &'a Bound<'py, PyAny>) -> Option<Self>;
}

/// A type whose value holds nothing borrowed from the object, so that it can be an element.
pub trait ExactElement<'py>: for<'a> Exact<'a, 'py> {}

impl<'py, T: for<'a> Exact<'a, 'py>> ExactElement<'py> for T {}

/// The items of a `dict` in its order. Collect them into a map to look things up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dict<K, V>(pub Vec<(K, V)>);

/// The elements of a `set`, in no particular order. Collect them into a `HashSet` to look things up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Set<T>(pub Vec<T>);

impl<'a, 'py> Exact<'a, 'py> for &'a Bound<'py, PyAny> {
    fn exact(object: &'a Bound<'py, PyAny>) -> Option<Self> {
        Some(object)
    }
}

/// Objects that stay Python's: for what has no Rust type, and for what is changed in place.
macro_rules! exact_object {
    ($($python_type:ty),*) => {$(
        impl<'a, 'py> Exact<'a, 'py> for &'a Bound<'py, $python_type> {
            fn exact(object: &'a Bound<'py, PyAny>) -> Option<Self> {
                object.cast_exact().ok()
            }
        }
    )*};
}

exact_object!(PyDict, PyList, PySet, PyTuple);

impl<'py> Exact<'_, 'py> for bool {
    fn exact(object: &Bound<'py, PyAny>) -> Option<Self> {
        Some(object.cast_exact::<PyBool>().ok()?.is_true())
    }
}

/// An `int` beyond 64 bit is left to the original.
impl<'py> Exact<'_, 'py> for i64 {
    fn exact(object: &Bound<'py, PyAny>) -> Option<Self> {
        object.cast_exact::<PyInt>().ok()?.extract().ok()
    }
}

impl<'py> Exact<'_, 'py> for f64 {
    fn exact(object: &Bound<'py, PyAny>) -> Option<Self> {
        Some(object.cast_exact::<PyFloat>().ok()?.value())
    }
}

/// A `str` with lone surrogates is left to the original.
impl<'a, 'py> Exact<'a, 'py> for &'a str {
    fn exact(object: &'a Bound<'py, PyAny>) -> Option<Self> {
        object.cast_exact::<PyString>().ok()?.to_str().ok()
    }
}

impl<'py> Exact<'_, 'py> for String {
    fn exact(object: &Bound<'py, PyAny>) -> Option<Self> {
        exact::<&str>(object).map(Self::from)
    }
}

/// Text that the Python object keeps: no copy.
impl<'py> Exact<'_, 'py> for PyBackedStr {
    fn exact(object: &Bound<'py, PyAny>) -> Option<Self> {
        let text = object.cast_exact::<PyString>().ok()?;
        text.clone().try_into().ok()
    }
}

impl<'a, 'py> Exact<'a, 'py> for &'a [u8] {
    fn exact(object: &'a Bound<'py, PyAny>) -> Option<Self> {
        Some(object.cast_exact::<PyBytes>().ok()?.as_bytes())
    }
}

/// Bytes that the Python object keeps: no copy.
impl<'py> Exact<'_, 'py> for PyBackedBytes {
    fn exact(object: &Bound<'py, PyAny>) -> Option<Self> {
        Some(object.cast_exact::<PyBytes>().ok()?.clone().into())
    }
}

/// `None`, or a `T`.
impl<'a, 'py, T: Exact<'a, 'py>> Exact<'a, 'py> for Option<T> {
    fn exact(object: &'a Bound<'py, PyAny>) -> Option<Self> {
        if object.is_none() {
            Some(None)
        } else {
            T::exact(object).map(Some)
        }
    }
}

/// A `list`, copied.
impl<'py, T: ExactElement<'py>> Exact<'_, 'py> for Vec<T> {
    fn exact(object: &Bound<'py, PyAny>) -> Option<Self> {
        let list = object.cast_exact::<PyList>().ok()?;
        list.iter().map(|element| exact(&element)).collect()
    }
}

impl<'py, T: ExactElement<'py>> Exact<'_, 'py> for Set<T> {
    fn exact(object: &Bound<'py, PyAny>) -> Option<Self> {
        let set = object.cast_exact::<PySet>().ok()?;
        let elements: Option<_> = set.iter().map(|element| exact(&element)).collect();
        elements.map(Self)
    }
}

impl<'py, K: ExactElement<'py>, V: ExactElement<'py>> Exact<'_, 'py> for Dict<K, V> {
    fn exact(object: &Bound<'py, PyAny>) -> Option<Self> {
        let dict = object.cast_exact::<PyDict>().ok()?;
        let items: Option<_> = dict
            .iter()
            .map(|(key, value)| Some((exact(&key)?, exact(&value)?)))
            .collect();
        items.map(Self)
    }
}

/// A `tuple` of just this length.
macro_rules! exact_tuple {
    ($length:literal: $($element:ident $index:tt),*) => {
        impl<'py, $($element: ExactElement<'py>),*> Exact<'_, 'py> for ($($element,)*) {
            fn exact(object: &Bound<'py, PyAny>) -> Option<Self> {
                let tuple = object.cast_exact::<PyTuple>().ok()?;
                if tuple.len() != $length {
                    return None;
                }
                Some(($(exact::<$element>(&tuple.get_item($index).ok()?)?,)*))
            }
        }
    };
}

exact_tuple!(1: A 0);
exact_tuple!(2: A 0, B 1);
exact_tuple!(3: A 0, B 1, C 2);
exact_tuple!(4: A 0, B 1, C 2, D 3);
exact_tuple!(5: A 0, B 1, C 2, D 3, E 4);
exact_tuple!(6: A 0, B 1, C 2, D 3, E 4, F 5);

impl<'py, K: IntoPyObject<'py>, V: IntoPyObject<'py>> IntoPyObject<'py> for Dict<K, V> {
    type Target = PyDict;
    type Output = Bound<'py, PyDict>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        let dict = PyDict::new(py);
        for (key, value) in self.0 {
            dict.set_item(key, value)?;
        }
        Ok(dict)
    }
}

impl<'py, T: IntoPyObject<'py>> IntoPyObject<'py> for Set<T> {
    type Target = PySet;
    type Output = Bound<'py, PySet>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        PySet::new(py, self.0)
    }
}
