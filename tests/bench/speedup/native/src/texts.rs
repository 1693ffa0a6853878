//! Texts: character by character, and by their methods.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

#[pyfunction]
#[pyo3(signature = (text, *, work = true))]
pub fn tokens(text: &str, work: bool) -> (usize, usize, usize) {
    let (mut words, mut numbers, mut signs) = (0, 0, 0);
    if !work {
        return (words, numbers, signs);
    }
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if character == ' ' || character == '\n' {
            continue;
        } else if character.is_alphabetic() || character == '_' {
            while characters
                .next_if(|it| it.is_alphanumeric() || *it == '_')
                .is_some()
            {}
            words += 1;
        } else if character.is_numeric() {
            while characters
                .next_if(|it| it.is_numeric() || *it == '.')
                .is_some()
            {}
            numbers += 1;
        } else {
            signs += 1;
        }
    }
    (words, numbers, signs)
}

#[pyfunction]
#[pyo3(signature = (one, other, *, work = true))]
pub fn edit_distance(one: &str, other: &str, work: bool) -> usize {
    if !work {
        return 0;
    }
    let one: Vec<char> = one.chars().collect();
    let other: Vec<char> = other.chars().collect();
    let mut before: Vec<usize> = (0..=other.len()).collect();
    for i in 1..=one.len() {
        let mut row = vec![0; other.len() + 1];
        row[0] = i;
        for j in 1..=other.len() {
            let cost = usize::from(one[i - 1] != other[j - 1]);
            row[j] = (before[j] + 1)
                .min(row[j - 1] + 1)
                .min(before[j - 1] + cost);
        }
        before = row;
    }
    before[other.len()]
}

#[pyfunction]
#[pyo3(signature = (text, *, work = true))]
pub fn fields(text: &str, work: bool) -> PyResult<(usize, i64, String)> {
    let (mut errors, mut total, mut longest) = (0, 0, String::new());
    if !work {
        return Ok((errors, total, longest));
    }
    for line in text.split('\n') {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let parts: Vec<&str> = line.split(';').collect();
        let level = parts[1].trim().to_lowercase();
        if level == "error" {
            errors += 1;
        }
        let name = parts[2].replace('_', "-");
        if name.ends_with("-7") && name.chars().count() > longest.chars().count() {
            longest = name;
        }
        let number: i64 = parts[3]
            .parse()
            .map_err(|_| PyValueError::new_err("no number"))?;
        total += number;
    }
    Ok((errors, total, longest))
}
