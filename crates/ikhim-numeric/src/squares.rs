//! Sums of squares in f64, for looking at values rather than computing with them.

/// Sums that do not wait for each other.
const LANES: usize = 16;

/// Σ x², each square exact, added in sixteen chains that are added in the end.
///
/// ```
/// assert_eq!(ikhim_numeric::sum_of_squares(&[3.0, 4.0]), 25.0);
/// ```
pub fn sum_of_squares(values: &[f32]) -> f64 {
    let mut lanes = [0.0_f64; LANES];
    let (whole, rest) = values.as_chunks::<LANES>();
    for sixteen in whole {
        for (lane, value) in lanes.iter_mut().zip(sixteen) {
            *lane += f64::from(*value) * f64::from(*value);
        }
    }
    for (lane, value) in lanes.iter_mut().zip(rest) {
        *lane += f64::from(*value) * f64::from(*value);
    }
    lanes.iter().sum()
}

/// Σ (x − y)², in the same way, over as many pairs as the shorter has numbers.
///
/// ```
/// assert_eq!(ikhim_numeric::sum_of_squared_differences(&[3.0, 5.0], &[0.0, 1.0]), 25.0);
/// ```
pub fn sum_of_squared_differences(left: &[f32], right: &[f32]) -> f64 {
    let count = left.len().min(right.len());
    let mut lanes = [0.0_f64; LANES];
    let (whole, rest) = left[..count].as_chunks::<LANES>();
    let (whole_right, rest_right) = right[..count].as_chunks::<LANES>();
    for (left, right) in whole.iter().zip(whole_right) {
        for ((lane, left), right) in lanes.iter_mut().zip(left).zip(right) {
            let difference = f64::from(*left) - f64::from(*right);
            *lane += difference * difference;
        }
    }
    for ((lane, left), right) in lanes.iter_mut().zip(rest).zip(rest_right) {
        let difference = f64::from(*left) - f64::from(*right);
        *lane += difference * difference;
    }
    lanes.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length() {
        // 1² + … + n² = n(n + 1)(2n + 1) / 6, and so many ones.
        for count in 0..100_u32 {
            let values: Vec<f32> = (1..=count).map(|value| value as f32).collect();
            let before: Vec<f32> = values.iter().map(|value| value - 1.0).collect();
            let n = f64::from(count);
            assert_eq!(sum_of_squares(&values), n * (n + 1.0) * (2.0 * n + 1.0) / 6.0);
            assert_eq!(sum_of_squared_differences(&values, &before), n);
        }
    }
}
