//! The functions of `fixtures/programs/speedups` as one would write them in a first port: the standard library's
//! types, the same algorithm, the same results. With `work=False` a call takes its arguments and does nothing; what
//! is more than a few values it gives as it was the first time. That is its boundary.

mod leaf;
mod lists;
mod numbers;
mod objects;
mod tables;
mod texts;

use pyo3::prelude::*;
use std::sync::Mutex;

#[pymodule]
mod speedup_native {
    #[pymodule_export]
    use super::leaf::{checksum, mix};
    #[pymodule_export]
    use super::lists::{boxes, merge_sort, pairs, sums};
    #[pymodule_export]
    use super::numbers::{collatz, garch, knapsack};
    #[pymodule_export]
    use super::objects::{Particle, particles, particles_of_class, tree};
    #[pymodule_export]
    use super::tables::{grouping, word_count};
    #[pymodule_export]
    use super::texts::{edit_distance, fields, tokens};
}

/// The result of the first time.
type Kept<T> = Mutex<Option<T>>;

fn kept<T: Clone>(kept: &Kept<T>, make: impl FnOnce() -> T) -> T {
    let mut kept = kept.lock().expect("nobody panicked with it");
    kept.get_or_insert_with(make).clone()
}
