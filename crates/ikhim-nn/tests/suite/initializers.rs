//! Initializers against the formulas of their papers.

use ikhim_graph::State;
use ikhim_nn::{CrossEntropy, Initializer, Mlp, Spec, Target, prediction};

const INTO: f64 = 300.0;
const OUT: f64 = 200.0;

fn kernel(initializer: &Initializer) -> Vec<f64> {
    initializer.initial("layer.kernel", &[INTO as usize, OUT as usize])(7).to_f64()
}

/// Mean, standard deviation and largest magnitude.
fn moments(values: &[f64]) -> (f64, f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    (mean, variance.sqrt(), values.iter().fold(0.0, |most, value| most.max(value.abs())))
}

/// With 60,000 numbers the mean is within 5σ/245 of its expectation and the
/// deviation within 2 %, in any healthy stream.
#[track_caller]
fn assert_moments(initializer: &Initializer, mean: f64, deviation: f64, limit: f64) {
    let values = kernel(initializer);
    let (found_mean, found_deviation, most) = moments(&values);
    assert!((found_mean - mean).abs() < deviation / 49.0, "{initializer:?}: mean {found_mean}");
    let ratio = found_deviation / deviation;
    assert!((ratio - 1.0).abs() < 0.02, "{initializer:?}: deviation {found_deviation}");
    assert!(most <= limit * (1.0 + 1e-6), "{initializer:?}: magnitude {most} over {limit}");
}

#[test]
fn uniform_limits_follow_the_papers() {
    let cases = [
        (Initializer::glorot_uniform(), (6.0 / (INTO + OUT)).sqrt()), // Glorot 2010, eq. 16
        (Initializer::he_uniform(), (6.0 / INTO).sqrt()),             // He 2015, eq. 10
        (Initializer::lecun_uniform(), (3.0 / INTO).sqrt()),          // LeCun 1998
        (Initializer::uniform(-0.05, 0.05), 0.05),
    ];
    for (initializer, limit) in cases {
        assert_moments(&initializer, 0.0, limit / 3f64.sqrt(), limit);
        let reached = moments(&kernel(&initializer)).2;
        assert!(reached > 0.999 * limit, "{initializer:?} reaches {reached} of {limit}");
    }
    let values = kernel(&Initializer::uniform(1.0, 3.0));
    assert!(values.iter().all(|value| (1.0..3.0).contains(value)));
}

#[test]
fn normal_variances_follow_the_papers() {
    // Truncated at two of its own deviations before truncation, each is scaled
    // so that the variance of the paper is that of the numbers drawn.
    let cases = [
        (Initializer::glorot_normal(), 2.0 / (INTO + OUT)), // Glorot 2010, eq. 12
        (Initializer::he_normal(), 2.0 / INTO),             // He 2015, eq. 10
        (Initializer::lecun_normal(), 1.0 / INTO),          // LeCun 1998
    ];
    for (initializer, variance) in cases {
        let deviation = f64::sqrt(variance);
        assert_moments(&initializer, 0.0, deviation, 2.0 * deviation / 0.879_625_661_034_239_8);
    }
    assert_moments(&Initializer::normal(0.5, 0.2), 0.5, 0.2, 2.0);
    let shrunk = 0.3 * 0.879_625_661_034_239_8;
    assert_moments(&Initializer::truncated_normal(0.0, 0.3), 0.0, shrunk, 0.6);
}

#[test]
fn constants_are_constant() {
    assert!(kernel(&Initializer::zeros()).iter().all(|value| *value == 0.0));
    assert!(kernel(&Initializer::ones()).iter().all(|value| *value == 1.0));
    assert!(kernel(&Initializer::constant(0.25)).iter().all(|value| *value == 0.25));
}

#[test]
fn fans_count_the_window_of_a_convolution() {
    let initial = Initializer::he_uniform().initial("conv.kernel", &[3, 3, 8, 16]);
    let most = moments(&initial(1).to_f64()).2;
    let limit = (6.0f64 / (3.0 * 3.0 * 8.0)).sqrt();
    assert!(most <= limit && most > 0.98 * limit, "{most} of {limit}");
}

/// Saxe et al. 2014: QᵀQ = gain² I over the shorter side.
#[test]
fn orthogonal_matrices_are_orthogonal() {
    for (rows, columns) in [(40, 40), (60, 20), (20, 60), (1, 5)] {
        let initial = Initializer::orthogonal(1.5).initial("layer.kernel", &[rows, columns]);
        let matrix = initial(3).to_f64();
        let at = |row: usize, column: usize| matrix[row * columns + column];
        let (short, long) = (rows.min(columns), rows.max(columns));
        for left in 0..short {
            for right in 0..short {
                let products = (0..long).map(|k| {
                    if rows >= columns {
                        at(k, left) * at(k, right)
                    } else {
                        at(left, k) * at(right, k)
                    }
                });
                let expected = if left == right { 2.25 } else { 0.0 };
                let found: f64 = products.sum();
                assert!(
                    (found - expected).abs() < 1e-6,
                    "{rows}×{columns}: {left} {right} {found}"
                );
            }
        }
    }
}

#[test]
fn numbers_depend_on_seed_and_path_only() {
    let draw = |path: &str, seed| Initializer::he_normal().initial(path, &[5, 4])(seed).to_f64();
    assert_eq!(draw("dense_1.kernel", 7), draw("dense_1.kernel", 7));
    assert_ne!(draw("dense_1.kernel", 7), draw("dense_1.kernel", 8));
    assert_ne!(draw("dense_1.kernel", 7), draw("dense_2.kernel", 7));

    // Another layer behind it moves no number of a layer.
    let spec = Spec::new([6], Target::class(3));
    let state = |model: &Mlp| {
        let definition = prediction(model, &spec, &CrossEntropy::new().into()).unwrap();
        State::initial(&definition, 7)
    };
    let (short, long) = (state(&Mlp::new([8])), state(&Mlp::new([8, 8])));
    assert_eq!(short.get("dense_1.kernel"), long.get("dense_1.kernel"));
}

#[test]
fn names_and_values_go_both_ways() {
    for name in Initializer::NAMES {
        let initializer = Initializer::of(name).unwrap();
        let text = serde_json::to_string(&initializer).unwrap();
        assert!(text.contains(&format!("\"{name}\"")), "{text}");
        assert_eq!(serde_json::from_str::<Initializer>(&text).unwrap(), initializer);
    }
    assert_eq!(Initializer::of("xavier"), None);
}
