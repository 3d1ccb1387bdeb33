//! Rows of like length together, so that a batch of short rows is not computed over
//! the padding of long ones.

/// Which rows of different lengths go together: a row belongs to the first bucket
/// whose bound it does not pass.
///
/// ```
/// use ikhim_data::Buckets;
/// let buckets = Buckets::new([3, 9, 4, 2, 10, 5], 12, 2);
/// assert_eq!(buckets.bounds(), [4, 12]);
/// assert_eq!(buckets.steps(&[0, 2]), 4);
/// assert_eq!(buckets.steps(&[0, 1]), 12);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buckets {
    bounds: Vec<usize>,
    /// The bucket of each row.
    of: Vec<usize>,
}

impl Buckets {
    /// At most so many buckets of about as many rows each, for rows of these lengths,
    /// each padded to `steps`. Rows of one length are never parted, so there may be
    /// fewer. The last bucket is as long as all rows with their padding.
    pub fn new(lengths: impl IntoIterator<Item = usize>, steps: usize, buckets: usize) -> Buckets {
        let lengths: Vec<usize> = lengths.into_iter().collect();
        let mut sorted = lengths.clone();
        sorted.sort_unstable();
        let last_of = |part: usize| (part * sorted.len() / buckets.max(1)).checked_sub(1);
        let quantiles = (1..buckets).filter_map(|part| sorted.get(last_of(part)?).copied());
        // A row without a token has one step of padding.
        let mut bounds: Vec<usize> = quantiles.map(|bound| bound.max(1)).collect();
        bounds.retain(|bound| *bound < steps);
        bounds.push(steps);
        bounds.dedup();
        let bucket = |length: usize| bounds.partition_point(|bound| *bound < length);
        let of = lengths.iter().map(|length| bucket(*length).min(bounds.len() - 1)).collect();
        Buckets { bounds, of }
    }

    /// The steps of each bucket, the shortest first.
    pub fn bounds(&self) -> &[usize] {
        &self.bounds
    }

    /// The bucket of a row, from 0.
    pub fn bucket(&self, row: usize) -> usize {
        self.of.get(row).copied().unwrap_or(self.bounds.len() - 1)
    }

    /// The steps that some rows need together.
    pub fn steps(&self, rows: &[usize]) -> usize {
        let longest = rows.iter().map(|row| self.bucket(*row)).max().unwrap_or(0);
        self.bounds[longest]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_fits_its_bucket_and_not_the_one_before() {
        let lengths = [0, 7, 7, 7, 1, 3, 12, 5, 2, 9];
        for count in 1..12 {
            let buckets = Buckets::new(lengths, 12, count);
            assert!(buckets.bounds().len() <= count);
            assert_eq!(buckets.bounds().last(), Some(&12));
            assert!(buckets.bounds().windows(2).all(|pair| pair[0] < pair[1]));
            for (row, length) in lengths.iter().enumerate() {
                let bucket = buckets.bucket(row);
                assert!(*length <= buckets.bounds()[bucket], "{count}: {row}");
                assert!(bucket == 0 || *length > buckets.bounds()[bucket - 1], "{count}: {row}");
            }
        }
        // Halves of ten lengths: the fifth in order is 5.
        assert_eq!(Buckets::new(lengths, 12, 2).bounds(), [5, 12]);
    }

    #[test]
    fn rows_of_one_length_are_one_bucket() {
        assert_eq!(Buckets::new([4; 9], 4, 3).bounds(), [4]);
        assert_eq!(Buckets::new([0; 9], 4, 2).bounds(), [1, 4]);
        assert_eq!(Buckets::new([], 4, 3).bounds(), [4]);
    }
}
