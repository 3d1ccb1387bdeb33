//! The digits as the example trains them, which is as the command does by
//! default, and by dense layers.

#[path = "../examples/04-digits.rs"]
mod example;

use ikhim::prelude::*;

/// The middle of the accuracies of five looks at the same sealed rows.
fn median(results: &[(Run, Look)]) -> f64 {
    let looks: Vec<usize> = results.iter().map(|(_, look)| look.number).collect();
    assert_eq!(looks, [1, 2, 3, 4, 5], "every look at the sealed rows is counted");
    let mut accuracies = Vec::new();
    for (run, look) in results {
        assert_eq!(look.examination.metric, "accuracy");
        assert!(look.examination.n >= 269);
        println!("seed {}: {run}; test {look}", run.seed);
        accuracies.push(look.examination.value);
    }
    accuracies.sort_by(f64::total_cmp);
    accuracies[2]
}

#[test]
fn the_default_network_reads_digits() {
    let project = tempfile::tempdir().unwrap();
    let results = example::train_and_test(Ledger::in_project(project.path())).unwrap();
    let median = median(&results);
    assert!(median >= 0.98, "{median}");
}

#[test]
fn dense_layers_read_digits() {
    let project = tempfile::tempdir().unwrap();
    let parts = Dataset::digits().load().unwrap().split(Split::new()).unwrap();
    let data = TrainingData::fit(&parts.train, &parts.validation).unwrap();
    let mut test = parts.test.in_ledger(Ledger::in_project(project.path()));
    let train_one = |seed| {
        let run = Trainer::new(Mlp::new([128])).seed(seed).fit_encoded(&data).unwrap();
        let look = test.open(run.model(), "the digits by dense layers").unwrap();
        (run, look)
    };
    let results: Vec<(Run, Look)> = (1..=5).map(train_one).collect();
    let median = median(&results);
    assert!(median >= 0.965, "{median}");
}
