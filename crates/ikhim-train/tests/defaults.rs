//! What the data decide where an experiment says nothing: how long training goes
//! on, and which metric selects.

use ikhim_data::Ledger;
use ikhim_run::experiment::Experiment;
use ikhim_train::experiment::{Decision, Prepared};
use ikhim_train::{default_epochs, default_epochs_of_images};
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
    assert_eq!(decision(&digits, "training.epochs").unwrap().value, "30");
    let dense = prepared(project.path(), "[data]\ndataset = 'digits'\n", &["model.type='mlp'"]);
    assert_eq!(decision(&dense, "training.epochs").unwrap().value, "100");
    let full = prepared(project.path(), IRIS, &["training.batch_size='full'"]);
    assert_eq!(full.experiment.training.epochs(), Some(4000));
    assert_eq!([1, 39, 40, 41, 10_000].map(default_epochs), [4000, 103, 100, 100, 100]);
    let of_images = [1, 39, 40, 120, 10_000].map(default_epochs_of_images);
    assert_eq!(of_images, [1200, 31, 30, 10, 10]);

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

/// Images get convolutions and a rate that falls, unless the experiment says
/// otherwise; a key of dense layers says so too.
#[test]
fn images_get_convolutions_and_it_is_said() {
    let project = tempfile::tempdir().unwrap();
    let digits =
        |settings: &[&str]| prepared(project.path(), "[data]\ndataset = 'digits'\n", settings);
    let open = digits(&[]);
    let told = |key| {
        let decision = decision(&open, key).unwrap();
        (decision.value.clone(), decision.because.to_string())
    };
    let images = "images of 8×8".to_string();
    assert_eq!(told("model.type"), ("'cnn'".to_string(), images.clone()));
    assert_eq!(told("model.blocks"), ("[[32, 32], [64]]".to_string(), images));
    let model = "the model is `cnn`".to_string();
    assert_eq!(told("training.schedule.type"), ("'cosine'".to_string(), model));
    assert_eq!(open.experiment.model.kind(), "cnn");
    // 1·9·32 + 32, 32·9·32 + 32, 32·9·64 + 64, 256·10 + 10.
    let parameters: usize = open.layers().unwrap().iter().map(|row| row.parameters).sum();
    assert_eq!(parameters, 320 + 9_248 + 18_496 + 2_570);

    let ensemble = digits(&["model.ensemble={members=2}", "training.schedule.warmup_epochs=1"]);
    assert_eq!(ensemble.experiment.model.kind(), "cnn");
    let members = |prepared: &Prepared| {
        let settings = &prepared.experiment.model.choice().settings;
        settings.table("ensemble").and_then(|ensemble| ensemble.count("members"))
    };
    assert_eq!(members(&ensemble), Some(2));
    let of_table = prepared(project.path(), IRIS, &["model.ensemble={members=3}"]);
    assert_eq!((of_table.experiment.model.kind(), members(&of_table)), ("mlp", Some(3)));
    let schedule = ensemble.experiment.training.schedule();
    assert_eq!((schedule.kind, schedule.settings.number("warmup_epochs")), ("cosine", Some(1.0)));
    let constant = digits(&["training.schedule='constant'"]);
    assert_eq!(constant.experiment.training.schedule().kind, "constant");
    let own = digits(&["model.type='cnn'", "model.blocks=[[4]]"]);
    assert_eq!(own.experiment.model.blocks(), Some(vec![vec![4]]));
    assert_eq!(own.experiment.training.schedule().kind, "cosine");

    for setting in ["model.type='mlp'", "model.hidden=[9]", "model.dropout=0.2", "seed=1"] {
        let given = digits(&[setting]);
        let is_open = setting == "seed=1";
        assert_eq!(given.experiment.model.kind(), if is_open { "cnn" } else { "mlp" });
        let schedule = given.experiment.training.schedule().kind;
        assert_eq!(schedule, if is_open { "cosine" } else { "constant" });
        assert_eq!(decision(&given, "model.type").is_some(), is_open);
    }
    // A key that only convolutions have says so, also beside the word.
    for settings in [&["model.blocks=[[4]]"][..], &["model.type='auto'", "model.blocks=[[4]]"]] {
        assert_eq!(digits(settings).experiment.model.kind(), "cnn");
    }
    // A table has no images, and what gives its input back is another matter.
    assert_eq!(prepared(project.path(), IRIS, &[]).experiment.model.kind(), "mlp");
    assert_eq!(digits(&["data.task='reconstruction'"]).experiment.model.kind(), "mlp");
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
