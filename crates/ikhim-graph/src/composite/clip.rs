//! Numbers held between two bounds. Slope: 1 from bound to bound, both
//! included, and 0 outside.

use crate::Tensor;

impl<'g> Tensor<'g> {
    /// `low` where x < `low`, `high` where x > `high`, x elsewhere. A bound may
    /// be infinite. NaN stays NaN.
    ///
    /// Bounds in the wrong order are a fault (`shape.setting`).
    #[track_caller]
    pub fn clip(self, low: f64, high: f64) -> Tensor<'g> {
        if low > high || low.is_nan() || high.is_nan() {
            let found = format!("{low} and {high}");
            return self.refuse("clip", "the bounds", "a lower and an upper one", found);
        }
        self.composed("clip", None, |x| {
            let (low, high) = (x.number(low), x.number(high));
            x.less(low).select(low, x.greater(high).select(high, x))
        })
    }
}
