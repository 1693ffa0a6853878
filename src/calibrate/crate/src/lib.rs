//! Calls and conversions of every kind that a generated crate makes, each alone, for `bench.py` to measure.
//!
//! Values that Python hands over are taken as generated crates take them, with `guard.rs`.

mod guard;

#[pyo3::pymodule]
mod rustbound_calibration {
    use crate::guard::{Dict, exact};
    use pyo3::buffer::PyBuffer;
    use pyo3::prelude::*;
    use pyo3::pybacked::PyBackedStr;
    use pyo3::types::{PyDict, PyList, PyString};
    use std::borrow::Cow;
    use std::collections::HashMap;
    use std::hint::black_box;

    /// An int that Python does not keep ready.
    const LARGE: i64 = 1_000_000_000_000;

    #[pyfunction]
    fn empty() {}

    #[pyfunction]
    fn object(_object: &Bound<'_, PyAny>) {}

    #[pyfunction]
    fn float(value: f64) -> f64 {
        value
    }

    #[pyfunction]
    fn three_floats(first: f64, second: f64, third: f64) -> f64 {
        first + second + third
    }

    #[pyfunction]
    fn int(value: i64) -> i64 {
        value
    }

    #[pyfunction]
    fn boolean(value: bool) -> bool {
        value
    }

    #[pyfunction]
    fn tuple_in(value: (f64, f64, f64)) -> f64 {
        value.0 + value.1 + value.2
    }

    #[pyfunction]
    fn tuple_out() -> (f64, f64, f64) {
        black_box((1.5, 2.5, 3.5))
    }

    #[pyclass]
    struct Plain;

    #[pymethods]
    impl Plain {
        #[new]
        fn new() -> Self {
            Self
        }

        fn noop(&self) {}
    }

    #[pyclass(frozen)]
    struct Frozen;

    #[pymethods]
    impl Frozen {
        #[new]
        fn new() -> Self {
            Self
        }

        fn noop(&self) {}
    }

    #[pyfunction]
    fn callbacks(function: &Bound<'_, PyAny>, count: usize) -> PyResult<()> {
        for _ in 0..count {
            black_box(function.call0()?);
        }
        Ok(())
    }

    #[pyfunction]
    fn callbacks_float(function: &Bound<'_, PyAny>, count: usize) -> PyResult<()> {
        for _ in 0..count {
            black_box(function.call1((1.5,))?);
        }
        Ok(())
    }

    #[pyfunction]
    fn floats_in(list: &Bound<'_, PyAny>) {
        black_box(exact::<Vec<f64>>(list));
    }

    #[pyfunction]
    fn ints_in(list: &Bound<'_, PyAny>) {
        black_box(exact::<Vec<i64>>(list));
    }

    #[pyfunction]
    fn strings_in(list: &Bound<'_, PyAny>) {
        black_box(exact::<Vec<PyBackedStr>>(list));
    }

    #[pyfunction]
    fn strings_copied_in(list: &Bound<'_, PyAny>) {
        black_box(exact::<Vec<String>>(list));
    }

    #[pyfunction]
    fn objects_in(list: Vec<Bound<'_, PyAny>>) {
        black_box(list);
    }

    #[derive(FromPyObject)]
    struct Point {
        x: f64,
        y: f64,
        z: f64,
    }

    #[pyfunction]
    fn instances_in(list: Vec<Point>) -> f64 {
        list.iter().map(|point| point.x + point.y + point.z).sum()
    }

    #[pyfunction]
    fn int_dict_in(dict: &Bound<'_, PyAny>) {
        let items = exact::<Dict<i64, i64>>(dict).map(|it| it.0);
        black_box(items.map(HashMap::<i64, i64>::from_iter));
    }

    #[pyfunction]
    fn strings_borrowed(list: &Bound<'_, PyList>) -> PyResult<usize> {
        let mut length = 0;
        for element in list {
            length += element.cast::<PyString>()?.to_str()?.len();
        }
        Ok(length)
    }

    #[pyfunction]
    fn dict_borrowed(dict: &Bound<'_, PyDict>) -> PyResult<i64> {
        let mut sum = 0;
        for (key, value) in dict {
            let length = key.cast::<PyString>()?.to_str()?.len();
            sum += value.extract::<i64>()? ^ i64::try_from(length)?;
        }
        Ok(sum)
    }

    #[pyfunction]
    fn items_set(list: &Bound<'_, PyList>) -> PyResult<()> {
        for index in 0..list.len() {
            list.set_item(index, 1.5)?;
        }
        Ok(())
    }

    #[pyfunction]
    fn text_borrowed(text: &str) -> usize {
        text.len()
    }

    #[pyfunction]
    fn bytes_borrowed(bytes: &[u8]) -> usize {
        bytes.len()
    }

    #[pyfunction]
    fn buffer_in(py: Python<'_>, buffer: PyBuffer<f64>) -> PyResult<()> {
        black_box(buffer.to_vec(py)?);
        Ok(())
    }

    #[pyfunction]
    fn floats_out(count: usize) -> Vec<f64> {
        vec![1.5; count]
    }

    #[pyfunction]
    fn ints_out(count: usize) -> Vec<i64> {
        vec![LARGE; count]
    }

    #[pyfunction]
    fn small_ints_out(count: usize) -> Vec<i64> {
        vec![5; count]
    }

    #[pyfunction]
    fn bools_out(count: usize) -> Vec<bool> {
        vec![true; count]
    }

    #[pyfunction]
    fn strings_out(count: usize) -> Vec<String> {
        strings(count)
    }

    /// What `strings_out` does besides.
    #[pyfunction]
    fn strings_made(count: usize) {
        black_box(strings(count));
    }

    fn strings(count: usize) -> Vec<String> {
        (0..count).map(|_| black_box("some text").to_owned()).collect()
    }

    #[pyfunction]
    fn int_dict_out(count: i64) -> HashMap<i64, i64> {
        dict(count)
    }

    /// What `int_dict_out` does besides.
    #[pyfunction]
    fn int_dict_made(count: i64) {
        black_box(dict(count).into_iter().map(black_box).for_each(drop));
    }

    fn dict(count: i64) -> HashMap<i64, i64> {
        (0..count).map(|index| (LARGE + index, LARGE)).collect()
    }

    #[pyfunction]
    fn text_out(count: usize) -> String {
        "a".repeat(count)
    }

    #[pyfunction]
    fn bytes_out(count: usize) -> Cow<'static, [u8]> {
        Cow::Owned(vec![b'a'; count])
    }
}
