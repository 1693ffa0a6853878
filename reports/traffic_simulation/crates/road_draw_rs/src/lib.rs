//! The boundary between Python and Rust for `traffic_simulation.Road.draw`. What there is to write is in `native.rs`.

mod guard;
mod native;
mod original;

use pyo3::prelude::*;

#[pymodule]
mod _native {
    #[pymodule_export]
    use super::call;

    #[pymodule_export]
    use super::original::use_rust;

    #[pymodule_export]
    const MISSING: super::original::Missing = super::original::Missing;
}

#[pyfunction]
#[pyo3(name = "call", signature = (self_, count, /))]
fn call<'py>(
    py: Python<'py>,
    self_: Bound<'py, PyAny>,
    count: Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    if native::WRITTEN && original::rust_is_on() {
        let result = self::in_rust(py, &self_, &count)?;
        if let Some(result) = result {
            return Ok(result);
        }
    }
    original::Call::new(py)
        .positional(self_)
        .positional(count)
        .original()
}

/// The result of Rust; none where an argument has another type than Rust takes, or where Rust leaves the call.
fn in_rust<'py>(
    py: Python<'py>,
    self_: &Bound<'py, PyAny>,
    count: &Bound<'py, PyAny>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let Some(self_) = guard::exact(self_) else {
        return Ok(None);
    };
    let Some(count) = guard::exact(count) else {
        return Ok(None);
    };
    let result = native::draw(py, self_, count)?;
    result.map(|value| guard::object(py, value)).transpose()
}
