use ikhim_numeric::{Stream, stream_id};

/// Choices in a fixed order: the k-th is a function of the seed and k.
pub(super) struct Draw {
    stream: Stream,
    next: u64,
}

impl Draw {
    pub(super) fn new(seed: u64) -> Draw {
        Draw { stream: Stream::new(seed, stream_id("random graph", "choices")), next: 0 }
    }

    /// One of `0..count`.
    pub(super) fn below(&mut self, count: usize) -> usize {
        self.next += 1;
        self.stream.below(count as u64, 0, self.next) as usize
    }

    /// True in `share` of a hundred cases.
    pub(super) fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }

    /// One of several.
    pub(super) fn of<E: Copy>(&mut self, among: &[E]) -> E {
        among[self.below(among.len())]
    }

    /// A number of `low..high`.
    pub(super) fn number(&mut self, low: f64, high: f64) -> f64 {
        self.next += 1;
        low + (high - low) * f64::from(self.stream.uniform(0, self.next))
    }

    /// The numbers `0..count` in any order.
    pub(super) fn order(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for last in (1..count).rev() {
            order.swap(last, self.below(last + 1));
        }
        order
    }
}
