//! The boundary between Python and Rust for `orders_etl.match_product`. What there is to write is in `native.rs`.

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

#[doc = " The code nearest to what was typed, and how many edits away; (\"\", -1) if none is."]
#[allow(
    clippy::style,
    clippy::suspicious,
    reason = "the signature and the docstring are Python's"
)]
#[pyfunction]
#[pyo3(name = "match_product", signature = (typed, codes, max_edits=original::Given::Missing))]
#[pyo3(text_signature = "(typed, codes, max_edits=2)")]
fn call<'py>(
    py: Python<'py>,
    typed: Bound<'py, PyAny>,
    codes: Bound<'py, PyAny>,
    max_edits: original::Given<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    if native::WRITTEN && original::rust_is_on() {
        let result = self::in_rust(py, &typed, &codes, &max_edits)?;
        if let Some(result) = result {
            return Ok(result);
        }
    }
    original::Call::new(py)
        .positional(typed)
        .positional(codes)
        .given("max_edits", max_edits)
        .original()
}

/// The result of Rust; none where an argument has another type than Rust takes, or where Rust leaves the call.
fn in_rust<'py>(
    py: Python<'py>,
    typed: &Bound<'py, PyAny>,
    codes: &Bound<'py, PyAny>,
    max_edits: &original::Given<'py>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let Some(typed) = guard::exact(typed) else {
        return Ok(None);
    };
    let Some(codes) = guard::exact(codes) else {
        return Ok(None);
    };
    let max_edits = max_edits.or_default(pyo3::intern!(py, "max_edits"))?;
    let Some(max_edits) = guard::exact(&max_edits) else {
        return Ok(None);
    };
    let result = native::match_product(py, typed, codes, max_edits)?;
    result.map(|value| guard::object(py, value)).transpose()
}
