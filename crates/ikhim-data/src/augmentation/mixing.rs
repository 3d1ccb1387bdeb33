//! Shares and weighted sums of mixup.

use ikhim_numeric::Stream;

/// Pairs of numbers that are tried; at least half of all pairs are taken, so
/// that none of them is, is less likely than 2⁻³².
const TRIES: u64 = 32;

/// A share from Beta(α, α).
///
/// Up to α = 1 by Jöhnk's method: `X = U^(1/α)`, `Y = V^(1/α)`, taken when
/// `X + Y ≤ 1`, gives `X / (X + Y)`. Above by Ulrich's formula:
/// `½ + ½ sin(2πV) · √(1 − U^(2 / (2α − 1)))`. L. Devroye, "Non-Uniform Random
/// Variate Generation", 1986, chapter IX.
pub(super) fn share(alpha: f64, stream: Stream, epoch: u64, id: u64) -> f64 {
    // Above 0, so that its logarithm is finite.
    let unit = |number: u64| {
        let index = id.wrapping_mul(2 * TRIES).wrapping_add(number);
        f64::from(stream.uniform(epoch, index)) + 2.0_f64.powi(-25)
    };
    if alpha > 1.0 {
        let radius = 1.0 - libm::pow(unit(0), 2.0 / (2.0 * alpha - 1.0));
        return 0.5 + 0.5 * libm::sin(2.0 * std::f64::consts::PI * unit(1)) * radius.sqrt();
    }
    let mut share = 0.5;
    for pair in 0..TRIES {
        let [x, y] = [unit(2 * pair), unit(2 * pair + 1)].map(|unit| libm::log(unit) / alpha);
        share = 1.0 / (1.0 + libm::exp(y - x));
        // ln(X + Y) without leaving the range of numbers.
        if x.max(y) + libm::log1p(libm::exp(-(x - y).abs())) <= 0.0 {
            break;
        }
    }
    share
}

/// `share · value + (1 − share) · other` for the rows of a width.
pub(super) fn weighted(values: &mut [f32], others: &[f32], width: usize, shares: &[f32]) {
    let width = width.max(1);
    let rows = values.chunks_exact_mut(width).zip(others.chunks_exact(width));
    for ((row, other), share) in rows.zip(shares) {
        for (value, other) in row.iter_mut().zip(other) {
            *value = share * *value + (1.0 - share) * other;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean ½ and variance 1 / (4 (2α + 1)).
    #[test]
    fn shares_have_the_moments_of_their_distribution() {
        let stream = Stream::new(3, 5);
        let n = 200_000;
        for alpha in [0.05, 0.2, 1.0, 1.5, 8.0] {
            let shares: Vec<f64> = (0..n).map(|id| share(alpha, stream, 1, id)).collect();
            assert!(shares.iter().all(|share| (0.0..=1.0).contains(share)), "{alpha}");
            let mean = shares.iter().sum::<f64>() / n as f64;
            let variance =
                shares.iter().map(|share| (share - mean).powi(2)).sum::<f64>() / n as f64;
            let expected = 1.0 / (4.0 * (2.0 * alpha + 1.0));
            // Five standard errors of the mean; the variance's are smaller.
            let error = 5.0 * (expected / n as f64).sqrt();
            assert!((mean - 0.5).abs() < error, "{alpha}: {mean}");
            assert!((variance - expected).abs() < error, "{alpha}: {variance} {expected}");
        }
    }

    #[test]
    fn a_weighted_sum_is_taken_by_rows() {
        let mut values = [1.0, 2.0, 3.0, 4.0];
        weighted(&mut values, &[5.0, 6.0, 7.0, 8.0], 2, &[1.0, 0.25]);
        assert_eq!(values, [1.0, 2.0, 6.0, 7.0]);
    }
}
