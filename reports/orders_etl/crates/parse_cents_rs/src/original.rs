//! The Python function that this crate stands for, and how it is called with just the arguments that were given.
#![allow(dead_code, reason = "the same file serves every crate")]

use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString, PyTuple};

/// The Python module that finds the original and keeps it.
const KEEPER: &str = concat!(env!("CARGO_PKG_NAME"), "._original");

static RUST_IS_ON: AtomicBool = AtomicBool::new(true);

/// Whether calls go to Rust where they can.
pub fn rust_is_on() -> bool {
    RUST_IS_ON.load(Ordering::Relaxed)
}

/// Switch Rust on or off for this function, and say what it was before.
#[pyfunction]
pub fn use_rust(enabled: bool) -> bool {
    RUST_IS_ON.swap(enabled, Ordering::Relaxed)
}

/// What stands in the place of an argument that was left out, where a Python wrapper passes all of them.
#[pyclass(frozen)]
pub struct Missing;

/// An argument that has a default in Python.
pub enum Given<'py> {
    /// It was left out: the original applies its own default object.
    Missing,
    /// It was given.
    Value(Bound<'py, PyAny>),
}

impl<'py> Given<'py> {
    /// The argument, or the original's own default object.
    pub fn or_default(&self, name: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyAny>> {
        match self {
            Self::Value(value) => Ok(value.clone()),
            Self::Missing => default(name),
        }
    }
}

impl<'py> FromPyObject<'_, 'py> for Given<'py> {
    type Error = Infallible;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> Result<Self, Infallible> {
        if object.is_exact_instance_of::<Missing>() {
            Ok(Self::Missing)
        } else {
            Ok(Self::Value(object.to_owned()))
        }
    }
}

/// A call of the original in the making.
pub struct Call<'py> {
    py: Python<'py>,
    positional: Vec<Bound<'py, PyAny>>,
    named: Vec<(Bound<'py, PyAny>, Bound<'py, PyAny>)>,
    /// An argument before was left out, so that the next ones can only be given by name.
    by_name: bool,
}

impl<'py> Call<'py> {
    /// A call without arguments.
    pub fn new(py: Python<'py>) -> Self {
        Self {
            py,
            positional: Vec::new(),
            named: Vec::new(),
            by_name: false,
        }
    }

    /// Adds a positional argument that has no default.
    pub fn positional(mut self, value: Bound<'py, PyAny>) -> Self {
        self.positional.push(value);
        self
    }

    /// Adds a positional argument, if it was given.
    pub fn given(mut self, name: &str, value: Given<'py>) -> Self {
        match value {
            Given::Missing => self.by_name = true,
            Given::Value(value) if self.by_name => return self.named(name, value),
            Given::Value(value) => self.positional.push(value),
        }
        self
    }

    /// Adds a keyword argument that has no default.
    pub fn named(mut self, name: &str, value: Bound<'py, PyAny>) -> Self {
        let name = PyString::intern(self.py, name);
        self.named.push((name.into_any(), value));
        self
    }

    /// Adds a keyword argument, if it was given.
    pub fn given_named(self, name: &str, value: Given<'py>) -> Self {
        match value {
            Given::Missing => self,
            Given::Value(value) => self.named(name, value),
        }
    }

    /// Adds what `*args` took.
    pub fn more(mut self, values: Bound<'py, PyTuple>) -> Self {
        self.positional.extend(values);
        self
    }

    /// Adds what `**kwargs` took.
    pub fn more_named(mut self, values: Option<Bound<'py, PyDict>>) -> Self {
        for (name, value) in values.into_iter().flatten() {
            self.named.push((name, value));
        }
        self
    }

    /// Calls the original.
    pub fn original(self) -> PyResult<Bound<'py, PyAny>> {
        let positional = PyTuple::new(self.py, self.positional)?;
        if self.named.is_empty() {
            return function(self.py)?.call1(positional);
        }
        let named = PyDict::new(self.py);
        for (name, value) in self.named {
            named.set_item(name, value)?;
        }
        function(self.py)?.call(positional, Some(&named))
    }
}

/// The original, found at the first call that needs it.
fn function(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let function = kept(py)?.get_item(intern!(py, "function"))?;
    if function.is_none() {
        kept(py)?.get_item(intern!(py, "resolve"))?.call0()
    } else {
        Ok(function)
    }
}

/// The default object of a parameter; they are known when the original is.
fn default<'py>(name: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyAny>> {
    let py = name.py();
    let defaults = kept(py)?.get_item(intern!(py, "defaults"))?;
    if !defaults.contains(name)? {
        function(py)?;
    }
    defaults.get_item(name)
}

/// The names of the module that keeps the original, as a mapping.
fn kept(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    static KEPT: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let kept = KEPT.get_or_try_init(py, || {
        let module = py.import(KEEPER)?;
        PyResult::Ok(module.dict().into_any().unbind())
    })?;
    Ok(kept.bind(py))
}
