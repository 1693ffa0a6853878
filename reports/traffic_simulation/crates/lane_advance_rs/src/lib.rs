//! The boundary between Python and Rust for `traffic_simulation.Lane.advance`. What there is to write is in `native.rs`.

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
#[pyo3(name = "call", signature = (self_, draws, blocked, /))]
fn call<'py>(
    py: Python<'py>,
    self_: Bound<'py, PyAny>,
    draws: Bound<'py, PyAny>,
    blocked: Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    if native::WRITTEN && original::rust_is_on() {
        let result = self::in_rust(py, &self_, &draws, &blocked)?;
        if let Some(result) = result {
            return Ok(result);
        }
    }
    original::Call::new(py)
        .positional(self_)
        .positional(draws)
        .positional(blocked)
        .original()
}

/// The result of Rust; none where an argument has another type than Rust takes, or where Rust leaves the call.
fn in_rust<'py>(
    py: Python<'py>,
    self_: &Bound<'py, PyAny>,
    draws: &Bound<'py, PyAny>,
    blocked: &Bound<'py, PyAny>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let Some(self_) = guard::exact(self_) else {
        return Ok(None);
    };
    let Some(draws) = guard::exact(draws) else {
        return Ok(None);
    };
    let Some(blocked) = guard::exact(blocked) else {
        return Ok(None);
    };
    let result = native::advance(py, self_, draws, blocked)?;
    result.map(|value| guard::object(py, value)).transpose()
}
