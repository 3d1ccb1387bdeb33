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
        if pieces == 0 || !width.is_multiple_of(pieces) {
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

#[cfg(test)]
mod tests {
    use crate::Array;
    use crate::check::{batch, check_gradient, evaluate, fault, slopes};

    #[test]
    fn takes_the_largest_of_each_group() {
        let inputs = [batch(&[2, 4], &[1.0, 3.0, -2.0, -5.0, 0.5, 0.25, 7.0, 8.0])];
        let found = evaluate::<f32>(&inputs, |x| x[0].maxout(2));
        assert_eq!(found, Array::f32(&[2, 2], vec![3.0, -2.0, 0.5, 8.0]));
        check_gradient(&inputs, |x| x[0].maxout(2));
        let found = slopes::<f64>(&inputs, |x| x[0].maxout(2));
        assert_eq!(found, [[0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0]]);
    }

    #[test]
    fn refuses_pieces_that_do_not_divide() {
        let inputs = [batch(&[1, 4], &[1.0, 3.0, -2.0, -5.0])];
        assert_eq!(fault(&inputs, |x| x[0].maxout(3)), "shape.setting");
        assert_eq!(fault(&inputs, |x| x[0].maxout(0)), "shape.setting");
    }

    #[test]
    fn ties_share_the_slope() {
        let tied = [batch(&[1, 6], &[2.0, 2.0, -1.0, 3.0, 3.0, 3.0])];
        let found = slopes::<f64>(&tied, |x| x[0].maxout(3));
        let third = 1.0 / 3.0;
        assert_eq!(found, [[0.5, 0.5, 0.0, third, third, third]]);
        check_gradient(&[batch(&[1, 4], &[0.5, -0.3, 1.7, 2.0])], |x| {
            crate::gradients(x[0].maxout(2).square().sum_all(), x)[0]
        });
    }
}
