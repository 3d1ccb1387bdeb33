//! Training on augmented rows: the same bits on every number of threads and
//! after going on from a checkpoint, and evaluation on rows as they are.

use ikhim_cpu::Runtime;
use ikhim_data::{Augmentation, Dataset, Flip, Split};
use ikhim_nn::{CrossEntropy, Mlp, Sgd};
use ikhim_run::Checkpoint;
use ikhim_run::experiment::Experiment;
use ikhim_train::experiment::Prepared;
use ikhim_train::{Step, Trainer, TrainingData};
use std::path::Path;

const DIGITS: &str = "
[data]
dataset = 'digits'
limit = 300
[data.augmentation]
shift = 1
rotate = 10
noise = 0.05
mixup = 0.3
[model]
hidden = [12]
dropout = 0.1
[training]
learning_rate = 0.01
batch_size = 64
epochs = 4
";

fn prepared(settings: &[&str]) -> Prepared {
    let settings: Vec<String> = settings.iter().map(|setting| setting.to_string()).collect();
    let experiment = Experiment::parse(DIGITS, "digits.toml", &settings).unwrap();
    Prepared::new(&experiment, Path::new("")).unwrap()
}

#[test]
fn bits_do_not_depend_on_threads_and_stops() {
    for settings in [&[][..], &["training.batch_size=\"full\"", "training.epochs=8"]] {
        let prepared = prepared(settings);
        let train = |threads| {
            let runtime = Runtime::builder().threads(threads).build();
            let trainer = prepared.trainer(5).unwrap().runtime(runtime);
            trainer.fit_encoded(&prepared.data).unwrap()
        };
        let whole = train(1);
        assert_eq!(train(2).model.to_bytes().unwrap(), whole.model.to_bytes().unwrap());
        for step in [1, 3, whole.steps - 1] {
            let moment = prepared.trainer(5).unwrap().moment(&prepared.data, step).unwrap();
            let from = Checkpoint { state: moment.state, control: moment.control };
            let resumed = prepared.trainer(5).unwrap().resume(from).fit_encoded(&prepared.data);
            let resumed = resumed.unwrap();
            assert_eq!(resumed.model.state(), whole.model.state(), "{step}");
            assert_eq!(resumed.validation, whole.validation);
        }
    }
}

/// Without a step nothing is learned, and the measurements are those of a
/// training that augments nothing.
#[test]
fn evaluation_sees_rows_as_they_are() {
    let (augmented, plain) = (
        prepared(&["training.steps=0"]),
        prepared(&["training.steps=0", "data.augmentation='none'"]),
    );
    let run =
        |prepared: &Prepared| prepared.trainer(1).unwrap().fit_encoded(&prepared.data).unwrap();
    let (augmented, plain) = (run(&augmented), run(&plain));
    assert_eq!(augmented.validation, plain.validation);
    assert_eq!(augmented.train, plain.train);
    // And learning differs.
    let steps = ["training.steps=3"];
    let none = ["training.steps=3", "data.augmentation='none'"];
    assert_ne!(run(&prepared(&steps)).model.state(), run(&prepared(&none)).model.state());
}

/// The loop of the trainer and one written by hand see the same rows.
#[test]
fn a_loop_of_ones_own_sees_the_same_rows() {
    let parts = Dataset::digits().load().unwrap().split(Split::new()).unwrap();
    let augmentation = Augmentation::new().shift(1).flip(Flip::Horizontal).mixup(0.2);
    let data = TrainingData::fit(&parts.train, &parts.validation)
        .unwrap()
        .augmented(augmentation.clone())
        .unwrap();
    let step = Step::new(Mlp::new([8]), CrossEntropy::new(), Sgd::new(0.1))
        .seed(7)
        .compile(&data.spec())
        .unwrap();
    let mut state = step.init();
    for epoch in 0..2 {
        let batches = data.train().batches(100).shuffled(7, epoch);
        for batch in batches.augmented(data.augmenter().unwrap(), 7) {
            step.run(&mut state, &batch.unwrap()).unwrap();
        }
    }
    let run = Trainer::new(Mlp::new([8]))
        .loss(CrossEntropy::new())
        .optimizer(Sgd::new(0.1))
        .augmentation(augmentation)
        .batch_size(100)
        .epochs(2)
        .restore_best(false)
        .seed(7)
        .fit(&parts.train, &parts.validation)
        .unwrap();
    for (path, array) in run.model.state().iter() {
        assert_eq!(state.get(path), Some(array), "{path}");
    }
}
