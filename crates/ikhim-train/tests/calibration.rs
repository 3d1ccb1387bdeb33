//! What is chosen on the validation rows after training: the threshold of two
//! classes, and the margins around predicted numbers.

use ikhim_data::{Column, Dataset, Parts, Split, Task, Transform};
use ikhim_nn::{Linear, Mlp};
use ikhim_numeric::random::{Stream, stream_id};
use ikhim_run::metric::Metric;
use ikhim_run::{Model, Predictor};
use ikhim_train::{Run, Trainer, TrainingData, permutation_importance};
use std::collections::BTreeMap;

/// Rows of which one in ten is `yes`, and those lie higher but not apart.
fn rare() -> Parts {
    let stream = Stream::new(5, stream_id("rare", "rows"));
    let rows = (0..2_000_u64).map(|row| {
        let is_rare = stream.below(10, row, 0) == 0;
        let at = |index| f64::from(stream.normal(row, index)) + if is_rare { 1.3 } else { 0.0 };
        [at(1).to_string(), at(2).to_string(), if is_rare { "yes" } else { "no" }.to_string()]
    });
    let data = Dataset::rows(["x1", "x2", "rare"], rows).target("rare").load().unwrap();
    data.split(Split::new()).unwrap()
}

fn trainer() -> Trainer {
    Trainer::new(Mlp::new([8])).epochs(8).seed(3).metrics([Metric::F1, Metric::Accuracy])
}

fn first(run: &Run) -> f64 {
    run.validation.first().unwrap().1
}

#[test]
fn a_threshold_is_chosen_on_validation_and_kept_by_the_model() {
    let parts = rare();
    let half = trainer().fit(&parts.train, &parts.validation).unwrap();
    let chosen = trainer().decision_threshold(Metric::F1);
    let chosen = chosen.fit(&parts.train, &parts.validation).unwrap();
    // The weights are the same: only what is made of the probabilities differs.
    assert_eq!(half.model().state(), chosen.model().state());
    assert_ne!(half.model().hash().unwrap(), chosen.model().hash().unwrap());
    let threshold = chosen.model().calibration().threshold.clone().unwrap();
    let choice = threshold.choice.clone().unwrap();
    assert_eq!((choice.metric.as_str(), choice.rows), ("f1", parts.validation.len()));
    assert_eq!((choice.at_half, choice.value), (first(&half), first(&chosen)));
    assert!(choice.value > choice.at_half + 0.05, "{choice:?}");
    assert!(threshold.value < 0.5, "{threshold:?}");

    // The file keeps it, and every way of asking decides by it.
    let model = Model::from_bytes(&chosen.model().to_bytes().unwrap()).unwrap();
    assert_eq!(model.calibration(), chosen.model().calibration());
    let rows = parts.validation.len();
    let data = TrainingData::fit(&parts.train, &parts.validation).unwrap();
    let judged = model.judge(data.validation().encoded(), &[Metric::F1]).unwrap();
    assert_eq!(judged.first().unwrap().1, first(&chosen));
    assert_eq!(judged.rows, rows);
    let predictor = Predictor::new(model);
    let mut between = 0;
    for step in 0..60 {
        let at = f64::from(step) / 20.0;
        let row = predictor.predict(&BTreeMap::from([("x1", at), ("x2", at)])).unwrap();
        let yes = row.probability("yes").unwrap();
        assert_eq!(row.class(), Some(if yes > threshold.value { "yes" } else { "no" }));
        between += usize::from(yes > threshold.value && yes < 0.5);
    }
    assert!(between > 0, "no row shows the difference");
}

#[test]
fn a_threshold_without_two_classes_or_validation_is_refused() {
    let iris = Dataset::named("iris").load().unwrap().split(Split::new()).unwrap();
    let fault = trainer().metrics([Metric::Accuracy]).decision_threshold(0.3);
    let fault = fault.fit(&iris.train, &iris.validation).unwrap_err();
    assert_eq!(fault.code(), "train.threshold_classes");
    assert!(fault.to_string().contains("has 3"), "{fault}");
    let rows = (0..40).map(|row| [row.to_string(), if row % 3 == 0 { "a" } else { "b" }.into()]);
    let data = Dataset::rows(["x", "y"], rows).target("y").load().unwrap();
    let parts = data.split(Split::none()).unwrap();
    let fault = trainer().decision_threshold(Metric::F1);
    let fault = fault.fit(&parts.train, &parts.validation).unwrap_err();
    assert_eq!(fault.code(), "train.threshold_validation");
    // A number needs no rows to be chosen on.
    let given = trainer().decision_threshold(0.0).fit(&parts.train, &parts.validation).unwrap();
    assert!(given.validation.outcome.predicted_classes().iter().all(|class| *class == 1));
}

/// `y = exp(x + noise / 4)`: the interval of a logarithm is a factor.
fn prices(rows: u64, seed: u64) -> Vec<[f64; 2]> {
    let stream = Stream::new(seed, stream_id("prices", "rows"));
    let at = |row: u64| {
        let x = f64::from(stream.normal(row, 0));
        [x, (x + f64::from(stream.normal(row, 1)) / 4.0).exp()]
    };
    (0..rows).map(at).collect()
}

/// Of fresh rows the intervals hold the share that they promise. With 400 rows of
/// validation the coverage of one model has a standard deviation of
/// √(0.9 · 0.1 / 402) = 0.015 around 0.9 (Vovk 2012), and that of 4,000 fresh rows
/// adds 0.005: 0.06 is more than three of both.
#[test]
fn intervals_hold_the_share_of_fresh_rows_that_they_promise() {
    let data = Dataset::rows(["x", "y"], prices(2_000, 1)).target("y");
    let data = data.column("y", Column::number().transform(Transform::Log));
    let split = Split::new().validation(ikhim_data::Size::Rows(400));
    let parts = data.task(Task::Regression).load().unwrap().split(split).unwrap();
    let run = Trainer::new(Linear::new()).epochs(20).fit(&parts.train, &parts.validation).unwrap();
    let model = run.model();
    assert_eq!(model.calibration().margins.as_ref().unwrap().rows, 400);
    let fresh = Dataset::rows(["x", "y"], prices(4_000, 2));
    let fresh = fresh.schema(model.preprocessing().schema()).load().unwrap();
    let fresh = model.preprocessing().encode_labelled(&fresh).unwrap().encoded;
    for level in [0.5, 0.8, 0.9, 0.95, 0.99] {
        let share = model.coverage(&fresh, level).unwrap().unwrap();
        assert!(
            (share - level).abs() < 0.06 * (1.0 - (2.0 * level - 1.0).powi(2)).sqrt() / 0.6,
            "{level}: {share}"
        );
    }
    assert_eq!(model.coverage(&fresh, 0.93).unwrap(), None);
    // The ends of a logarithm's interval are one factor apart, everywhere.
    let predictor = Predictor::new(model.clone());
    let factor = |x: f64| {
        let row = predictor.predict(&BTreeMap::from([("x", x)])).unwrap();
        let [low, high] = row.interval().unwrap();
        let value = row.number().unwrap();
        assert!(low < value && value < high, "{low} {value} {high}");
        high / low
    };
    assert!((factor(-1.0) / factor(1.5) - 1.0).abs() < 1e-4);
    // Few rows know no rare errors.
    let few = Dataset::rows(["x", "y"], prices(80, 3)).target("y").task(Task::Regression);
    let parts = few.load().unwrap().split(Split::new()).unwrap();
    let run = Trainer::new(Linear::new()).epochs(2).fit(&parts.train, &parts.validation).unwrap();
    let margins = run.model().calibration().margins.clone().unwrap();
    assert_eq!(
        (margins.rows, margins.halves(0.95), margins.halves(0.9).is_some()),
        (12, None, true)
    );
}

/// Of `y = 3·x1 + x2`, with inputs of the same spread, permuting a column of weight
/// w leaves an error of variance 2·w²·Var(x), so the mse grows nine times as much
/// for `x1` as for `x2`, and not at all for what is not used.
#[test]
fn importance_is_what_a_linear_model_says_of_itself() {
    let stream = Stream::new(9, stream_id("importance", "rows"));
    let rows = (0..3_000_u64).map(|row| {
        let at = |index: u64| f64::from(stream.normal(row, index));
        [at(0), at(1), at(2), 3.0 * at(0) + at(1)]
    });
    let data = Dataset::rows(["x1", "x2", "unused", "y"], rows).target("y");
    let parts = data.task(Task::Regression).load().unwrap().split(Split::random()).unwrap();
    let data = TrainingData::fit(&parts.train, &parts.validation).unwrap();
    let trainer = Trainer::new(Linear::new()).metrics([Metric::Mse]).learning_rate(1e-2);
    let run = trainer.epochs(30).fit_encoded(&data).unwrap();
    let found = |seed| permutation_importance(run.model(), &data, &Metric::Mse, 8, seed).unwrap();
    let all = found(0);
    let names: Vec<&str> = all.iter().map(|column| column.column.as_str()).collect();
    assert_eq!(names, ["x1", "x2", "unused"]);
    // The variance of 450 normal values is 1 with a standard deviation of
    // √(2 / 449) = 0.067, so three of them are 20 %.
    assert!((all[0].mean / 18.0 - 1.0).abs() < 0.2, "{all:?}");
    assert!((all[1].mean / 2.0 - 1.0).abs() < 0.2, "{all:?}");
    assert!(all[2].mean.abs() < 0.01, "{all:?}");
    assert_eq!(all[0].losses.len(), 8);
    assert_eq!(found(0), all);
    assert_ne!(found(1), all);
    let wrong = permutation_importance(run.model(), &data, &Metric::F1, 1, 0).unwrap_err();
    assert_eq!(wrong.code(), "train.metric_of_target");
}
