use ikhim_numeric::random::{Stream, stream_id};

/// The random numbers of one parameter: element `i` is a function of the seed,
/// the path and `i`.
pub(super) struct Source(Stream);

impl Source {
    pub(super) fn new(seed: u64, path: &str) -> Source {
        Source(Stream::new(seed, stream_id(path, "initializer")))
    }

    pub(super) fn uniform(&self, count: usize, low: f64, high: f64) -> Vec<f64> {
        let draw = |index| low + (high - low) * f64::from(self.0.uniform(0, index));
        (0..count as u64).map(draw).collect()
    }

    pub(super) fn normal(&self, count: usize, mean: f64, deviation: f64) -> Vec<f64> {
        let draw = |index| mean + deviation * f64::from(self.0.normal(0, index));
        (0..count as u64).map(draw).collect()
    }

    /// Normal numbers within two deviations of the mean.
    pub(super) fn truncated(&self, count: usize, mean: f64, deviation: f64) -> Vec<f64> {
        let draw = |index| mean + deviation * f64::from(self.0.truncated_normal(0, index));
        (0..count as u64).map(draw).collect()
    }
}
