//! How the validation rows lie beside the train rows, column by column: parts
//! that were drawn from the same rows are alike.

use ikhim_data::{Encoded, EncodedTarget, EncodedValues, SplitMethod};
use ikhim_train::experiment::Prepared;

/// Rows of each part that are needed: a deviation of 20 rows is known to 16 %.
const ENOUGH: usize = 20;

/// Values of a column that are enough to know it by.
const MOST: usize = 20_000;

/// One column of both parts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Beside {
    pub(crate) name: String,
    /// The deviation of validation by that of train: of the two measures, with all
    /// rows and in the middle half, the one nearer to 1.
    pub(crate) scale: f64,
    /// The distance of the two middles by the deviation of train: of means and
    /// medians the smaller one.
    pub(crate) shift: f64,
}

impl Beside {
    /// Whether two parts of the same rows are never so far apart: a factor of 2,
    /// or a whole deviation. Of 20 rows beside many, both are beyond four standard
    /// errors by either measure.
    pub(crate) fn is_apart(&self) -> bool {
        !(0.5..=2.0).contains(&self.scale) || self.shift > 1.0
    }
}

/// The columns of the features, or each input that is no table, and the targets.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Parts {
    pub(crate) features: Vec<Beside>,
    pub(crate) targets: Vec<Beside>,
}

impl Parts {
    /// Compares the parts. Nothing is said where they are meant to differ: the
    /// future and other groups may be of another kind.
    pub(crate) fn of(prepared: &Prepared) -> Parts {
        let (train, validation) =
            (prepared.data.train().encoded(), prepared.data.validation().encoded());
        let method = prepared.split.method;
        let meant = matches!(method, SplitMethod::Time | SplitMethod::Group);
        if meant || train.rows < ENOUGH || validation.rows < ENOUGH {
            return Parts::default();
        }
        let names = prepared.data.preprocessing();
        Parts {
            features: features(train, validation, &names.feature_names()),
            targets: targets(train, validation, &names.target_names()),
        }
    }
}

fn features(train: &Encoded, validation: &Encoded, names: &[impl AsRef<str>]) -> Vec<Beside> {
    let mut found = Vec::new();
    for (one, other) in train.inputs.iter().zip(&validation.inputs) {
        let (EncodedValues::F32(a), EncodedValues::F32(b)) = (&one.values, &other.values) else {
            continue;
        };
        let width: usize = one.shape.iter().product();
        if one.name != "features" || one.shape.len() > 1 || names.len() != width {
            found.extend(beside(&one.name, strided(a, 0, 1), strided(b, 0, 1)));
            continue;
        }
        for (column, name) in names.iter().enumerate() {
            let (a, b) = (strided(a, column, width), strided(b, column, width));
            found.extend(beside(name.as_ref(), a, b));
        }
    }
    found
}

fn targets(train: &Encoded, validation: &Encoded, names: &[impl AsRef<str>]) -> Vec<Beside> {
    let (EncodedTarget::Number { width, values: a, .. }, EncodedTarget::Number { values: b, .. }) =
        (&train.target, &validation.target)
    else {
        return Vec::new();
    };
    let columns = names.iter().enumerate().take(*width);
    columns
        .filter_map(|(column, name)| {
            beside(name.as_ref(), strided(a, column, *width), strided(b, column, *width))
        })
        .collect()
}

/// A column, evenly thinned where it is long.
fn strided(values: &[f32], from: usize, width: usize) -> Vec<f64> {
    let every = (values.len() / width.max(1)).div_ceil(MOST).max(1);
    let column = values.iter().skip(from).step_by(width.max(1) * every);
    column.map(|value| f64::from(*value)).collect()
}

fn beside(name: &str, train: Vec<f64>, validation: Vec<f64>) -> Option<Beside> {
    // Rare levels and missing values are there by chance.
    if train.iter().all(|value| *value == 0.0 || *value == 1.0) {
        return None;
    }
    let (a, b) = (Spread::of(train), Spread::of(validation));
    if a.deviation <= 0.0 || !a.deviation.is_finite() || !b.deviation.is_finite() {
        return None;
    }
    let whole = b.deviation / a.deviation;
    // Of values that are mostly the same the middle half says nothing.
    let inner = if a.inner > 0.0 && b.inner > 0.0 { b.inner / a.inner } else { whole };
    let nearer = if whole.ln().abs() < inner.ln().abs() { whole } else { inner };
    let scale = if (whole > 1.0) == (inner > 1.0) { nearer } else { 1.0 };
    let shift = (a.mean - b.mean).abs().min((a.median - b.median).abs()) / a.deviation;
    Some(Beside { name: name.to_string(), scale, shift })
}

struct Spread {
    mean: f64,
    deviation: f64,
    median: f64,
    /// The width of the middle half.
    inner: f64,
}

impl Spread {
    fn of(mut values: Vec<f64>) -> Spread {
        values.sort_by(f64::total_cmp);
        let rows = values.len().max(1) as f64;
        let mean = values.iter().sum::<f64>() / rows;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let at =
            |share: f64| values.get((share * (rows - 1.0)) as usize).copied().unwrap_or(f64::NAN);
        Spread {
            mean,
            deviation: (squares / rows).sqrt(),
            median: at(0.5),
            inner: at(0.75) - at(0.25),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(at: usize, scale: f64, shift: f64) -> Vec<f64> {
        // Twelve fractions of a golden ratio's multiples sum to nearly a normal
        // deviate.
        let one = |row: usize| -> f64 {
            (0..12).map(|k| ((row * 12 + k + at) as f64 * 0.618_033_988_75).fract() - 0.5).sum()
        };
        let mut state = at as u64 + 1;
        (0..200)
            .map(|row| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let fraction = (state >> 11) as f64 / (1_u64 << 53) as f64;
                scale * (one(row) + 3.0 * (fraction - 0.5)) + shift
            })
            .collect()
    }

    #[test]
    fn parts_of_the_same_rows_are_alike_and_others_are_not() {
        let apart = |a, b| beside("x", a, b).unwrap().is_apart();
        for seed in 0..50 {
            assert!(!apart(normal(seed, 1.0, 0.0), normal(seed + 1000, 1.0, 0.0)), "{seed}");
        }
        assert!(apart(normal(1, 1.0, 0.0), normal(2, 3.0, 0.0)));
        assert!(apart(normal(1, 255.0, 0.0), normal(2, 1.0, 0.0)));
        assert!(apart(normal(1, 1.0, 5.0), normal(2, 1.0, 0.0)));
        // One rare value far out is no other scale.
        let mut rare = normal(3, 1.0, 0.0);
        rare[7] = 1e6;
        assert!(!apart(normal(4, 1.0, 0.0), rare));
    }
}
