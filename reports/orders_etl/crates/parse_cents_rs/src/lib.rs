//! The boundary between Python and Rust for `orders_etl.parse_cents`. What there is to write is in `native.rs`.

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
}

#[doc = " An amount in cents, whichever of `.` and `,` the shop's country puts before them."]
#[allow(
    clippy::style,
    clippy::suspicious,
    reason = "the signature and the docstring are Python's"
)]
#[pyfunction]
#[pyo3(name = "parse_cents", signature = (text))]
#[pyo3(text_signature = "(text)")]
fn call<'py>(py: Python<'py>, text: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    if native::WRITTEN && original::rust_is_on() {
        let result = self::in_rust(py, &text)?;
        if let Some(result) = result {
            return Ok(result);
        }
    }
    original::Call::new(py).positional(text).original()
}

/// The result of Rust; none where an argument has another type than Rust takes, or where Rust leaves the call.
fn in_rust<'py>(py: Python<'py>, text: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let Some(text) = guard::exact(text) else {
        return Ok(None);
    };
    let result = native::parse_cents(py, text)?;
    result.map(|value| guard::object(py, value)).transpose()
}
