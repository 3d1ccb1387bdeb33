//! What the data decide where an experiment says nothing: how long training goes
//! on, and which metric selects.

use ikhim_data::Ledger;
use ikhim_run::experiment::Experiment;
use ikhim_train::default_epochs;
use ikhim_train::experiment::{Decision, Prepared};
use std::path::Path;

fn prepared(project: &Path, text: &str, settings: &[&str]) -> Prepared {
    let settings: Vec<String> = settings.iter().map(|setting| setting.to_string()).collect();
    let experiment = Experiment::parse(text, "defaults.toml", &settings).unwrap();
    Prepared::new(&experiment, project).unwrap().in_ledger(Ledger::in_project(project))
}

fn decision<'a>(prepared: &'a Prepared, key: &str) -> Option<&'a Decision> {
    prepared.decisions.iter().find(|decision| decision.key == key)
}

const IRIS: &str = "[data]\ndataset = 'iris'\n";

#[test]
fn few_rows_get_more_epochs_and_it_is_said() {
    let project = tempfile::tempdir().unwrap();
    // 104 train rows are 4 batches of 32.
    let iris = prepared(project.path(), IRIS, &[]);
    let epochs = decision(&iris, "training.epochs").unwrap();
    assert_eq!(
        (epochs.value.as_str(), epochs.because.to_string().as_str()),
        ("1000", "4 steps an epoch")
    );
    assert_eq!(iris.experiment.training.epochs(), Some(1000));
    // 1,257 train rows are 40 batches.
    let digits = prepared(project.path(), "[data]\ndataset = 'digits'\n", &[]);
    assert_eq!(decision(&digits, "training.epochs").unwrap().value, "100");
    let full = prepared(project.path(), IRIS, &["training.batch_size='full'"]);
    assert_eq!(full.experiment.training.epochs(), Some(4000));
    assert_eq!([1, 39, 40, 41, 10_000].map(default_epochs), [4000, 103, 100, 100, 100]);

    // What is given stays.
    for (setting, expected) in
        [("training.epochs=7", (Some(7), None)), ("training.steps=9", (None, Some(9)))]
    {
        let given = prepared(project.path(), IRIS, &[setting]);
        assert!(decision(&given, "training.epochs").is_none());
        let training = &given.experiment.training;
        assert_eq!((training.epochs(), training.steps()), expected);
    }
    let auto = prepared(project.path(), IRIS, &["training.epochs='auto'"]);
    assert_eq!(auto.experiment.training.epochs(), Some(1000));
}

/// 100 rows of the first class for each share of the others, in percent of it.
fn classes(project: &Path, counts: &[usize]) -> Prepared {
    let mut table = "x,y\n".to_string();
    for (class, count) in counts.iter().enumerate() {
        for row in 0..*count {
            table += &format!("{},class_{class}\n", (class * 7 + row) % 13);
        }
    }
    std::fs::write(project.join("classes.csv"), table).unwrap();
    prepared(project, "[data]\npath = 'classes.csv'\ntarget = 'y'\n", &[])
}

#[test]
fn a_rare_class_takes_the_choice_from_accuracy() {
    let project = tempfile::tempdir().unwrap();
    let metrics = |counts: &[usize]| {
        let prepared = classes(project.path(), counts);
        decision(&prepared, "training.metrics").unwrap().value.clone()
    };
    let ranking = "['roc_auc', 'average_precision', 'accuracy']";
    let of_many = "['roc_auc', 'average_precision', 'balanced_accuracy', 'accuracy']";
    assert_eq!(metrics(&[400, 300]), "['accuracy']");
    assert_eq!(metrics(&[400, 60]), ranking);
    assert_eq!(metrics(&[200, 200, 200]), "['accuracy']");
    assert_eq!(metrics(&[300, 250, 60]), of_many);
    // Ten classes have a tenth each, and none of them is rare.
    assert_eq!(metrics(&[50; 10]), "['accuracy']");
    assert_eq!(metrics(&[70, 70, 70, 70, 70, 70, 70, 70, 70, 20]), of_many);
}
