//! Dicts and sets.

use crate::{Kept, kept};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use std::collections::{HashMap, HashSet};

#[pyfunction]
#[pyo3(signature = (words, *, work = true))]
pub fn word_count(words: Vec<PyBackedStr>, work: bool) -> HashMap<String, u64> {
    static KEPT: Kept<HashMap<String, u64>> = Kept::new(None);
    if work {
        counted(&words)
    } else {
        kept(&KEPT, || counted(&words))
    }
}

fn counted(words: &[PyBackedStr]) -> HashMap<String, u64> {
    let mut counts: HashMap<&str, u64> = HashMap::new();
    let mut seen: HashSet<&str> = HashSet::new();
    let mut before = "";
    for word in words {
        let word: &str = word;
        *counts.entry(word).or_default() += 1;
        if before < word {
            seen.insert(word);
        } else if seen.remove(word) {
            *counts.entry(word).or_default() += 1;
        }
        before = word;
    }
    let counts = counts.into_iter();
    counts
        .map(|(word, count)| (word.to_owned(), count))
        .collect()
}

#[pyfunction]
#[pyo3(signature = (rows, *, work = true))]
pub fn grouping(rows: Vec<(PyBackedStr, f64)>, work: bool) -> HashMap<String, f64> {
    static KEPT: Kept<HashMap<String, f64>> = Kept::new(None);
    if work {
        grouped(&rows)
    } else {
        kept(&KEPT, || grouped(&rows))
    }
}

fn grouped(rows: &[(PyBackedStr, f64)]) -> HashMap<String, f64> {
    let mut groups: HashMap<&str, Vec<f64>> = HashMap::new();
    for (key, amount) in rows {
        groups.entry(key).or_default().push(*amount);
    }
    let groups = groups.into_iter();
    groups
        .map(|(key, amounts)| {
            let total = amounts.iter().fold(0.0, |total, amount| total + amount);
            (key.to_owned(), total)
        })
        .collect()
}
