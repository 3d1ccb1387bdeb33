//! Metrics against scikit-learn (`fixtures/metrics.py` made the values), and
//! their edges against closed forms.

use ikhim_run::metric::{Confusion, Direction, Interval, Metric, Outcome};
use serde_json::Value;

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

#[test]
fn agree_with_scikit_learn() {
    let cases: Value = serde_json::from_str(include_str!("../fixtures/metrics.json")).unwrap();
    let mut compared = 0;
    let mut check = |outcome: &Outcome, values: &Value| {
        for (name, expected) in values.as_object().unwrap() {
            let found = Metric::named(name).unwrap().value(outcome);
            let expected = expected.as_f64().unwrap();
            assert!(
                (found - expected).abs() <= 1e-12 * expected.abs().max(1.0),
                "{name}: {found}, scikit-learn says {expected}"
            );
            compared += 1;
        }
    };
    for case in cases["classes"].as_array().unwrap() {
        let outcome = Outcome::Classes {
            classes: case["classes"].as_u64().unwrap() as usize,
            probabilities: numbers(&case["probabilities"]),
            labels: numbers(&case["labels"]).into_iter().map(|label| label as usize).collect(),
            threshold: None,
        };
        check(&outcome, &case["values"]);
    }
    for case in cases["numbers"].as_array().unwrap() {
        let outcome = Outcome::Numbers {
            width: case["width"].as_u64().unwrap() as usize,
            predictions: numbers(&case["predictions"]),
            targets: numbers(&case["targets"]),
        };
        check(&outcome, &case["values"]);
    }
    assert!(compared >= 67, "{compared}");
}

#[test]
fn say_nothing_where_they_are_not_defined() {
    let one_class = Outcome::Classes {
        classes: 2,
        probabilities: vec![0.4, 0.6, 0.7, 0.3],
        labels: vec![1, 1],
        threshold: None,
    };
    assert!(Metric::RocAuc.value(&one_class).is_nan());
    assert!(Metric::Rmse.value(&one_class).is_nan());
    assert_eq!(Metric::Accuracy.value(&one_class), 0.5);
    let none = Outcome::Numbers { width: 1, predictions: vec![], targets: vec![] };
    assert!(Metric::Rmse.value(&none).is_nan());
}

#[test]
fn an_interval_holds_its_value_and_repeats() {
    let outcome = Outcome::Numbers {
        width: 1,
        predictions: (0..50).map(f64::from).collect(),
        targets: (0..50).map(|i| f64::from(i) + f64::from(i % 7) - 3.0).collect(),
    };
    let interval = Interval::of(&Metric::Rmse, &outcome);
    let value = Metric::Rmse.value(&outcome);
    assert!(interval.low < value && value < interval.high, "{interval:?} {value}");
    assert_eq!(interval, Interval::of(&Metric::Rmse, &outcome));
    assert_eq!(interval.method, "bootstrap");
}

#[test]
fn a_direction_knows_what_is_better() {
    assert!(Direction::Higher.improves(0.5, f64::NAN, 0.0));
    assert!(!Direction::Lower.improves(f64::NAN, 0.5, 0.0));
    assert!(Direction::Lower.improves(0.4, 0.5, 0.05));
    assert!(!Direction::Lower.improves(0.46, 0.5, 0.05));
}

#[test]
fn a_custom_metric_is_one_function() {
    let hits = Metric::new("hits", Direction::Higher, |outcome| outcome.rows() as f64);
    let outcome =
        Outcome::Labels { width: 2, probabilities: vec![0.1; 4], targets: vec![false; 4] };
    assert_eq!((hits.name(), hits.value(&outcome)), ("hits", 2.0));
    assert_eq!(Metric::Accuracy.value(&outcome), 1.0);
}

#[test]
fn a_confusion_matrix_counts() {
    let confusion = Confusion::new(2, [(0, 0), (0, 1), (1, 1), (1, 1)]);
    assert_eq!(confusion.rows().collect::<Vec<_>>(), [[1, 1], [0, 2]]);
    assert_eq!(confusion.precision(1), 2.0 / 3.0);
}
