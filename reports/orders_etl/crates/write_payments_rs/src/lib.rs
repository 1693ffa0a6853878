//! The boundary between Python and Rust for `orders_etl.write_payments`. What there is to write is in `native.rs`.

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

#[doc = " Stands in for the bank: writes what became of each order's payment."]
#[allow(
    clippy::style,
    clippy::suspicious,
    reason = "the signature and the docstring are Python's"
)]
#[pyfunction]
#[pyo3(name = "write_payments", signature = (path, orders, rng))]
#[pyo3(text_signature = "(path, orders, rng)")]
fn call<'py>(
    py: Python<'py>,
    path: Bound<'py, PyAny>,
    orders: Bound<'py, PyAny>,
    rng: Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    if native::WRITTEN && original::rust_is_on() {
        let result = self::in_rust(py, &path, &orders, &rng)?;
        if let Some(result) = result {
            return Ok(result);
        }
    }
    original::Call::new(py)
        .positional(path)
        .positional(orders)
        .positional(rng)
        .original()
}

/// The result of Rust; none where an argument has another type than Rust takes, or where Rust leaves the call.
fn in_rust<'py>(
    py: Python<'py>,
    path: &Bound<'py, PyAny>,
    orders: &Bound<'py, PyAny>,
    rng: &Bound<'py, PyAny>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let Some(path) = guard::exact(path) else {
        return Ok(None);
    };
    let Some(orders) = guard::exact(orders) else {
        return Ok(None);
    };
    let Some(rng) = guard::exact(rng) else {
        return Ok(None);
    };
    let result = native::write_payments(py, path, orders, rng)?;
    Ok(result.map(|()| guard::none(py)))
}
