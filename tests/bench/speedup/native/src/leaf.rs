//! A leaf, and the loop that calls it: `fixtures/programs/units/leaf_in_loop.py`.

use pyo3::prelude::*;

/// One step.
#[pyfunction]
pub fn mix(state: i64, byte: i64) -> i64 {
    (state.wrapping_mul(33) ^ byte) & 0xffff_ffff
}

/// All of them.
#[pyfunction]
pub fn checksum(data: &[u8]) -> i64 {
    let bytes = data.iter().copied();
    bytes.fold(5381, |state, byte| mix(state, i64::from(byte)))
}
