//! The digits as the example trains them, with every default.

#[path = "../examples/04-digits.rs"]
mod example;

use ikhim::prelude::Ledger;

#[test]
fn the_default_network_reads_digits() {
    let project = tempfile::tempdir().unwrap();
    let results = example::train_and_test(Ledger::in_project(project.path())).unwrap();
    let looks: Vec<usize> = results.iter().map(|(_, look)| look.number).collect();
    assert_eq!(looks, [1, 2, 3, 4, 5], "every look at the sealed rows is counted");
    let mut accuracies = Vec::new();
    for (run, look) in &results {
        assert_eq!(look.examination.metric, "accuracy");
        assert!(look.examination.n >= 269);
        println!("seed {}: {run}; test {look}", run.seed);
        accuracies.push(look.examination.value);
    }
    accuracies.sort_by(f64::total_cmp);
    assert!(accuracies[2] >= 0.965, "the median of {accuracies:?}");
}
