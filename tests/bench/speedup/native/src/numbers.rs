//! Numbers, and elements of lists by number.

use pyo3::prelude::*;

#[pyfunction]
#[pyo3(signature = (returns, alphas, betas, *, work = true))]
pub fn garch(returns: Vec<f64>, alphas: Vec<f64>, betas: Vec<f64>, work: bool) -> f64 {
    let mut best = f64::NEG_INFINITY;
    if !work {
        return best;
    }
    for &alpha in &alphas {
        for &beta in &betas {
            let omega = 0.0001 * (1.0 - alpha - beta);
            let mut variance = 0.0001;
            let mut likelihood = 0.0;
            for &value in &returns {
                variance = omega + alpha * value * value + beta * variance;
                likelihood -= 0.5 * (value * value / variance + variance * 1000.0);
            }
            if likelihood > best {
                best = likelihood;
            }
        }
    }
    best
}

#[pyfunction]
#[pyo3(signature = (limit, *, work = true))]
pub fn collatz(limit: u64, work: bool) -> (u64, u64) {
    let (mut best, mut most) = (1, 0);
    if !work {
        return (best, most);
    }
    for start in 1..limit {
        let mut number = start;
        let mut steps = 0;
        while number != 1 {
            if number % 2 == 0 {
                number /= 2;
            } else {
                number = 3 * number + 1;
            }
            steps += 1;
        }
        if steps > most {
            best = start;
            most = steps;
        }
    }
    (best, most)
}

#[pyfunction]
#[pyo3(signature = (weights, values, capacity, *, work = true))]
pub fn knapsack(weights: Vec<usize>, values: Vec<i64>, capacity: usize, work: bool) -> i64 {
    if !work {
        return 0;
    }
    let mut best = vec![0; capacity + 1];
    for (&weight, &value) in weights.iter().zip(&values) {
        for room in (weight..=capacity).rev() {
            let taken = best[room - weight] + value;
            if taken > best[room] {
                best[room] = taken;
            }
        }
    }
    best[capacity]
}
