//! Objects: such that stay Python's and are read and written where they are, and such that became Rust's.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyList;

#[pyfunction]
#[pyo3(signature = (node, low, high, *, work = true))]
pub fn tree(node: &Bound<'_, PyAny>, low: i64, high: i64, work: bool) -> PyResult<i64> {
    if work { walk(node, low, high) } else { Ok(0) }
}

fn walk(node: &Bound<'_, PyAny>, low: i64, high: i64) -> PyResult<i64> {
    let py = node.py();
    let key: i64 = node.getattr(intern!(py, "key"))?.extract()?;
    let mut total = 0;
    if key >= low {
        let left = node.getattr(intern!(py, "left"))?;
        if !left.is_none() {
            total += walk(&left, low, high)?;
        }
    }
    if low <= key && key < high {
        total += key;
    }
    if key < high {
        let right = node.getattr(intern!(py, "right"))?;
        if !right.is_none() {
            total += walk(&right, low, high)?;
        }
    }
    Ok(total)
}

/// Python's objects, where they are.
#[pyfunction]
#[pyo3(signature = (crowd, steps, dt, *, work = true))]
pub fn particles(crowd: &Bound<'_, PyList>, steps: usize, dt: f64, work: bool) -> PyResult<f64> {
    let mut energy = 0.0;
    if !work {
        return Ok(energy);
    }
    let py = crowd.py();
    let (x, y) = (intern!(py, "x"), intern!(py, "y"));
    let (vx, vy) = (intern!(py, "vx"), intern!(py, "vy"));
    for _ in 0..steps {
        for one in crowd {
            let move_along = |place, speed| -> PyResult<()> {
                let velocity: f64 = one.getattr(speed)?.extract()?;
                let at = one.getattr(place)?.extract::<f64>()? + velocity * dt;
                one.setattr(place, at)?;
                if !(0.0..=1.0).contains(&at) {
                    one.setattr(speed, -velocity)?;
                }
                Ok(())
            };
            move_along(x, vx)?;
            move_along(y, vy)?;
        }
    }
    for one in crowd {
        let of = |name| -> PyResult<f64> { one.getattr(name)?.extract() };
        let (vx, vy, x, y) = (of(vx)?, of(vy)?, of(x)?, of(y)?);
        energy += vx * vx + vy * vy + x * y;
    }
    Ok(energy)
}

/// The class in Rust: what the methods of a class become that moves as a whole.
#[pyclass(get_all, set_all)]
pub struct Particle {
    x: f64,
    y: f64,
    vx: f64,
    vy: f64,
}

#[pymethods]
impl Particle {
    #[new]
    fn new(x: f64, y: f64, vx: f64, vy: f64) -> Self {
        Self { x, y, vx, vy }
    }
}

/// The same over objects of that class.
#[pyfunction]
#[pyo3(signature = (crowd, steps, dt, *, work = true))]
pub fn particles_of_class(
    crowd: Vec<Bound<'_, Particle>>,
    steps: usize,
    dt: f64,
    work: bool,
) -> PyResult<f64> {
    let mut energy = 0.0;
    if !work {
        return Ok(energy);
    }
    for _ in 0..steps {
        for one in &crowd {
            let mut one = one.try_borrow_mut()?;
            one.x += one.vx * dt;
            one.y += one.vy * dt;
            if one.x < 0.0 || one.x > 1.0 {
                one.vx = -one.vx;
            }
            if one.y < 0.0 || one.y > 1.0 {
                one.vy = -one.vy;
            }
        }
    }
    for one in &crowd {
        let one = one.try_borrow()?;
        energy += one.vx * one.vx + one.vy * one.vy + one.x * one.y;
    }
    Ok(energy)
}
