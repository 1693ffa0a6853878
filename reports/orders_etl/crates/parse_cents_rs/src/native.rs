//! `orders_etl.parse_cents` in Rust: this file is yours.
//!
//! Write the function, set `WRITTEN` to `true`, build, and run pytest: it compares the two. From then on a call
//! comes here when each argument has exactly the type that its parameter stands for (`True` is no `i64`); any other
//! call goes to the Python original. A parameter may have any type that `guard.rs` knows, a result any type that
//! PyO3 can convert: change them as it suits. A list, set or dictionary that comes in as a Rust value is a copy;
//! what is to be changed in place must stay a Python object (`&Bound<'_, PyList>`).

use pyo3::prelude::*;

/// Whether the function below is written. As long as it is not, it is not called, and nothing is converted.
pub const WRITTEN: bool = false;

/// `def parse_cents(text: str) -> int`, `orders_etl.py` line 97.
///
/// - `Ok(Some(result))`: this is the result.
/// - `Ok(None)`: the original is to do this call, as when an `i64` overflows where Python's `int` grows. Nothing
///   that the caller can see may have changed by then.
/// - `Err(error)`: Python raises it, as `pyo3::exceptions::PyValueError::new_err("…")`.
///
/// `py.detach(|| …)` lets other Python threads run while no Python object is touched.
#[expect(unused_variables, reason = "not written yet: remove this line")]
pub fn parse_cents(py: Python<'_>, text: &str) -> PyResult<Option<i64>> {
    Ok(None)
}
