//! Lists that grow, and what is made anew.

use crate::{Kept, kept};
use pyo3::prelude::*;

#[pyfunction]
#[pyo3(signature = (items, *, work = true))]
pub fn merge_sort(items: Vec<i64>, work: bool) -> Vec<i64> {
    static KEPT: Kept<Vec<i64>> = Kept::new(None);
    if work {
        sorted(&items)
    } else {
        kept(&KEPT, || sorted(&items))
    }
}

fn sorted(items: &[i64]) -> Vec<i64> {
    if items.len() <= 1 {
        return items.to_vec();
    }
    let (left, right) = items.split_at(items.len() / 2);
    let (left, right) = (sorted(left), sorted(right));
    let mut merged = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < left.len() && j < right.len() {
        if left[i] <= right[j] {
            merged.push(left[i]);
            i += 1;
        } else {
            merged.push(right[j]);
            j += 1;
        }
    }
    merged.extend(&left[i..]);
    merged.extend(&right[j..]);
    merged
}

type Pair = (usize, usize, (f64, f64));

#[pyfunction]
#[pyo3(signature = (points, reach, *, work = true))]
pub fn pairs(points: Vec<(f64, f64)>, reach: f64, work: bool) -> Vec<Pair> {
    static KEPT: Kept<Vec<Pair>> = Kept::new(None);
    if work {
        near(&points, reach)
    } else {
        kept(&KEPT, || near(&points, reach))
    }
}

fn near(points: &[(f64, f64)], reach: f64) -> Vec<Pair> {
    let mut near = Vec::new();
    let mut cells: Vec<Vec<(usize, f64, f64)>> = vec![Vec::new(); 101];
    for (number, &(x, y)) in points.iter().enumerate() {
        cells[(x * 100.0) as usize].push((number, x, y));
    }
    for cell in &cells {
        for &(number, x, y) in cell {
            for &(other, a, b) in cell {
                if number < other && (x - a) * (x - a) + (y - b) * (y - b) < reach {
                    near.push((number, other, (x + a, y + b)));
                }
            }
        }
    }
    near
}

#[pyfunction]
#[pyo3(signature = (numbers, divisor, *, work = true))]
pub fn sums(numbers: Vec<i64>, divisor: i64, work: bool) -> i64 {
    let mut found = 0;
    if !work {
        return found;
    }
    let mut made = Vec::new();
    for (place, &one) in numbers.iter().enumerate() {
        for &other in &numbers[place + 1..] {
            made.push((one + other, one, other));
        }
    }
    for (total, one, other) in made {
        if total.rem_euclid(divisor) == 0 {
            found += one ^ other;
        }
    }
    found
}

#[derive(Clone, Copy)]
struct Area {
    low: (f64, f64),
    high: (f64, f64),
    count: u64,
}

fn join(one: &Area, other: &Area) -> Area {
    Area {
        low: (one.low.0.min(other.low.0), one.low.1.min(other.low.1)),
        high: (one.high.0.max(other.high.0), one.high.1.max(other.high.1)),
        count: one.count + other.count,
    }
}

#[pyfunction]
#[pyo3(signature = (points, *, work = true))]
pub fn boxes(points: Vec<(f64, f64)>, work: bool) -> f64 {
    let mut area = 0.0;
    if !work {
        return area;
    }
    let alone = |&point: &(f64, f64)| Area {
        low: point,
        high: point,
        count: 1,
    };
    let mut level: Vec<Area> = points.iter().map(alone).collect();
    while level.len() > 1 {
        let mut above = Vec::new();
        for pair in level.chunks_exact(2) {
            let joined = join(&pair[0], &pair[1]);
            area += (joined.high.0 - joined.low.0)
                * (joined.high.1 - joined.low.1)
                * joined.count as f64;
            above.push(joined);
        }
        if level.len() % 2 == 1 {
            above.push(level[level.len() - 1]);
        }
        level = above;
    }
    area
}
