use ikhim_numeric::Stream;

/// Choices that follow from a number.
pub(crate) struct Dice {
    stream: Stream,
    drawn: u64,
}

impl Dice {
    pub(crate) fn new(number: u64, purpose: u64) -> Dice {
        Dice { stream: Stream::new(number, purpose), drawn: 0 }
    }

    fn next(&mut self) -> u64 {
        self.drawn += 1;
        self.drawn
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        let index = self.next();
        self.stream.below(n as u64, 0, index) as usize
    }

    pub(crate) fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    /// True in so many of a hundred.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// A number of the normal distribution with few enough bits that every
    /// precision holds it.
    pub(crate) fn number(&mut self) -> f64 {
        let index = self.next();
        (f64::from(self.stream.normal(0, index)) * 1.2 * 4096.0).round() / 4096.0
    }
}
