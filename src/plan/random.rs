//! Random numbers that are the same in every run: equal input gives equal bytes.

/// `SplitMix64` (G. L. Steele, D. Lea, C. H. Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    /// Equal seeds give equal numbers.
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Evenly between 0 and 1, both excluded.
    pub(super) fn uniform(&mut self) -> f64 {
        /// A double has 53 significant bits.
        const STEPS: f64 = (1_u64 << 53) as f64;
        ((self.next() >> 11) as f64 + 0.5) / STEPS
    }

    /// Of the normal distribution of mean 0 and deviation 1 (G. E. P. Box, M. E. Muller, 1958).
    pub(super) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.uniform().ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean and deviation of ten thousand numbers.
    fn moments(mut draw: impl FnMut(&mut Random) -> f64) -> (f64, f64) {
        let mut random = Random::new(20_261);
        let drawn: Vec<f64> = (0..10_000).map(|_| draw(&mut random)).collect();
        let mean = drawn.iter().sum::<f64>() / 10_000.0;
        let square = drawn.iter().map(|it| (it - mean).powi(2)).sum::<f64>();
        (mean, (square / 10_000.0).sqrt())
    }

    #[test]
    fn numbers_are_distributed_as_they_should() {
        let (mean, deviation) = moments(Random::uniform);
        assert!((mean - 0.5).abs() < 0.01, "{mean}");
        assert!(
            (deviation - 12_f64.sqrt().recip()).abs() < 0.01,
            "{deviation}"
        );
        let (mean, deviation) = moments(Random::normal);
        assert!(mean.abs() < 0.04 && (deviation - 1.0).abs() < 0.03);
    }

    #[test]
    fn the_first_numbers_are_those_of_the_reference() {
        // `xoshiro.di.unimi.it/splitmix64.c` with x = 1234567.
        let mut random = Random::new(1_234_567);
        assert_eq!(random.next(), 6_457_827_717_110_365_317);
        assert_eq!(random.next(), 3_203_168_211_198_807_973);
    }
}
