use serde::{Deserialize, Serialize};

/// How often each true class was taken for each predicted one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confusion {
    classes: usize,
    counts: Vec<usize>,
}

impl Confusion {
    /// Counts pairs of (true class, predicted class).
    pub fn new(classes: usize, pairs: impl IntoIterator<Item = (usize, usize)>) -> Confusion {
        let mut counts = vec![0; classes * classes];
        for (truth, predicted) in pairs {
            counts[truth * classes + predicted] += 1;
        }
        Confusion { classes, counts }
    }

    /// The counts of two classes, by true class, then predicted class.
    pub(super) fn of_two(counts: [usize; 4]) -> Confusion {
        Confusion { classes: 2, counts: counts.to_vec() }
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Rows of class `truth` that were called `predicted`.
    pub fn count(&self, truth: usize, predicted: usize) -> usize {
        self.counts[truth * self.classes + predicted]
    }

    /// One row of counts for each true class.
    pub fn rows(&self) -> impl Iterator<Item = &[usize]> {
        self.counts.chunks(self.classes.max(1))
    }

    /// Rows of a true class.
    pub fn actual(&self, class: usize) -> usize {
        (0..self.classes).map(|predicted| self.count(class, predicted)).sum()
    }

    /// Rows that were called a class.
    pub fn predicted(&self, class: usize) -> usize {
        (0..self.classes).map(|truth| self.count(truth, class)).sum()
    }

    /// Share of true ones among the rows called this class; 0 without any.
    pub fn precision(&self, class: usize) -> f64 {
        share(self.count(class, class), self.predicted(class))
    }

    /// Share of rows of this class that were found; 0 without any.
    pub fn recall(&self, class: usize) -> f64 {
        share(self.count(class, class), self.actual(class))
    }

    /// Harmonic mean of precision and recall, `2·TP / (2·TP + FP + FN)`.
    pub fn f1(&self, class: usize) -> f64 {
        share(2 * self.count(class, class), self.actual(class) + self.predicted(class))
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
