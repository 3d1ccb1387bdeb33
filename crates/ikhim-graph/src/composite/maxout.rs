//! The largest of several pieces: Goodfellow et al., *Maxout Networks*, 2013.

use crate::{Dim, Tensor};

impl<'g> Tensor<'g> {
    /// The last axis, cut into groups of `pieces` neighbors, with the largest of
    /// each group: `[…, units·pieces]` gives `[…, units]`.
    ///
    /// A width that is not a multiple of `pieces` is a fault (`shape.setting`).
    #[track_caller]
    pub fn maxout(self, pieces: usize) -> Tensor<'g> {
        if self.node().is_none() {
            return self;
        }
        let shape = self.shape();
        let width = self.dim(-1);
        if pieces == 0 || width % pieces != 0 {
            let expected = format!("a divisor of the width {width}");
            return self.refuse("maxout", "pieces", &expected, pieces);
        }
        self.composed("maxout", None, |x| {
            let mut dims = shape.to_vec();
            dims.pop();
            dims.extend([Dim::Fixed(width / pieces), Dim::Fixed(pieces)]);
            x.reshape(&dims).max(&[-1])
        })
    }
}
