//! Durations as people read them.

/// `60 ns`, `3.2 µs`, `12 ms`, `1.5 s`: two significant digits, a whole number from 10 on.
pub fn duration(nanoseconds: f64) -> String {
    const UNITS: [(f64, &str); 4] = [(1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1.0, "ns")];
    let unit = UNITS.iter().find(|(size, _)| nanoseconds >= 0.995 * size);
    let (size, name) = unit.unwrap_or(&UNITS[3]);
    let figure = nanoseconds / size;
    let digits = usize::from(figure < 9.95);
    format!("{figure:.digits$} {name}")
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn two_digits_are_enough() {
        let durations = [0.0, 7.44, 60.2, 999.0, 3_210.0, 12_345_678.0, 1.5e9, 7200e9];
        let texts = durations.map(duration);
        assert_eq!(
            texts,
            [
                "0.0 ns", "7.4 ns", "60 ns", "1.0 µs", "3.2 µs", "12 ms", "1.5 s", "7200 s"
            ]
        );
    }
}
