//! Which epoch is kept: the best by the first metric on the validation rows, and
//! of those that share its value the one with the lowest loss there.

use ikhim_cpu::Runtime;
use ikhim_run::experiment::Experiment;
use ikhim_train::experiment::Prepared;
use std::path::Path;

#[test]
fn of_equally_good_epochs_the_one_with_the_lowest_loss_is_kept() {
    for metric in ["accuracy", "roc_auc", "log_loss"] {
        let text = format!(
            "[data]\ndataset = 'iris'\n[model]\nhidden = [8]\n\
             [training]\nmetrics = ['{metric}', 'accuracy']\nepochs = 120\nlearning_rate = 1e-2\n"
        );
        let experiment = Experiment::parse(&text, "kept.toml", &[]).unwrap();
        let prepared = Prepared::new(&experiment, Path::new("")).unwrap();
        for seed in 1..=3 {
            let trainer = prepared.trainer(seed).unwrap().runtime(Runtime::single());
            let run = trainer.fit_encoded(&prepared.data).unwrap();
            // Larger is better, and then a smaller loss.
            let sign = if metric == "log_loss" { -1.0 } else { 1.0 };
            let rank = |at: usize| {
                let record = &run.history[at];
                (sign * record.metrics[0].1, -record.validation_loss.unwrap())
            };
            let best = (0..run.history.len())
                .reduce(|best, at| if rank(at) > rank(best) { at } else { best })
                .unwrap();
            assert_eq!(run.best_epoch, Some(run.history[best].epoch), "{metric}, seed {seed}");
            let ties = run.history.iter().filter(|it| it.metrics[0].1 == rank(best).0).count();
            assert!(metric == "log_loss" || ties > 5, "{metric}: {ties} epochs share the best");
        }
    }
}
