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

#[cfg(test)]
mod tests {
    use crate::check::{assert_close, check_gradient, evaluate, fault, fixed, slopes};

    const INF: f64 = f64::INFINITY;

    #[test]
    fn values() {
        let inputs = [fixed(&[6], &[-2.0, -1.0, 0.25, 2.0, INF, f64::NAN])];
        let found = evaluate::<f32>(&inputs, |x| x[0].clip(-1.0, 1.5)).to_f64();
        assert_close(&found, &[-1.0, -1.0, 0.25, 1.5, 1.5, f64::NAN], 0.0);
        let found = evaluate::<f32>(&inputs, |x| x[0].clip(-INF, 0.5)).to_f64();
        assert_close(&found, &[-2.0, -1.0, 0.25, 0.5, 0.5, f64::NAN], 0.0);
    }

    #[test]
    fn gradient_passes_between_and_at_the_bounds() {
        check_gradient(&[fixed(&[3], &[-2.0, 0.25, 2.0])], |x| x[0].clip(-1.0, 1.5));
        let inputs = [fixed(&[5], &[-1.0 - 1e-9, -1.0, 0.0, 1.5, 1.5 + 1e-9])];
        let found = slopes::<f64>(&inputs, |x| x[0].clip(-1.0, 1.5));
        assert_eq!(found, [[0.0, 1.0, 1.0, 1.0, 0.0]]);
    }

    #[test]
    fn refuses_bounds_in_the_wrong_order() {
        let inputs = [fixed(&[1], &[0.0])];
        assert_eq!(fault(&inputs, |x| x[0].clip(1.0, 0.0)), "shape.setting");
        assert_eq!(fault(&inputs, |x| x[0].clip(f64::NAN, 0.0)), "shape.setting");
    }
}
