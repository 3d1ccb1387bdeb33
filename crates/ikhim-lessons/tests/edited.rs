//! Lessons whose files a reader has edited: what cannot be measured is said, and
//! what is not a number fulfils no claim.

use ikhim_lessons::{Checked, Lesson, Study, Verdict, page};
use ikhim_text::Language;

/// Sigmoid layers before XOR, from weights that are given.
const CHAIN: &str = r#"
version = 1
name = "edited"
[data]
header = ["a", "b", "y"]
rows = [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]]
target = "y"
task = "classification"
[data.defaults]
number = { scaling = "none" }
[split]
method = "none"
[model]
layers = [
  { type = "dense", name = "hidden", units = 2, activation = "sigmoid", kernel = [[5, -7], [5, -7]], bias = [-8, 3] },
  { type = "dense", name = "output", units = 1, activation = "sigmoid", kernel = [[-11], [-11]], bias = [6] },
]
[training]
loss = { type = "binary_cross_entropy", from_logits = false, clip = 0.0 }
optimizer = "sgd"
learning_rate = 0.1
batch_size = "full"
steps = 5
"#;

/// A line through points.
const LINE: &str = r#"
version = 1
name = "edited"
[data]
header = ["a", "y"]
rows = [[1, 2], [2, 4], [3, 7]]
target = "y"
[data.defaults]
number = { scaling = "none" }
[split]
method = "none"
[model]
layers = [{ type = "dense", name = "output", units = 1 }]
[training]
optimizer = "sgd"
learning_rate = 0.01
batch_size = "full"
steps = 20
"#;

fn lesson(rest: &str, experiment: &str) -> Lesson {
    let settings = format!(
        "title = {{ en = 'Edited', ko = '고침' }}\ngoal = {{ en = 'It is.', ko = '그렇다.' }}\n{rest}"
    );
    let text = "# Edited\n\n[figure drawn]\n\n[claims]\n";
    Lesson::read("edited", &settings, text, text, &[("edited.toml", experiment)]).unwrap()
}

/// A claim that something is small, over the experiment with settings.
fn small(experiment: &str, measure: &str, settings: &[&str]) -> Checked {
    let claim = format!(
        "[[claim]]\nrow = 'P1'\nname = 'small'\nwords = {{ en = 'Small.', ko = '작다.' }}\n\
         experiment = 'edited'\nmeasure = {measure}\nexpect = {{ at_most = 1e30 }}\nmust_fail = {{}}\n"
    );
    let folder = tempfile::tempdir().unwrap();
    let settings = settings.iter().map(ToString::to_string).collect();
    let study = Study::in_folder(folder.path()).settings(settings);
    study.check(&lesson(&claim, experiment), &|_| {}).unwrap().remove(0)
}

#[test]
fn what_is_not_a_number_is_not_small() {
    // Weights whose products overflow: ∞ − ∞ and 0 / 0.
    let huge = ["model.layers.output.kernel=[[1e38], [1e38]]"];
    let flat = ["model.layers.hidden.bias=[-1e30, -1e30]"];
    // A rate so high that it is infinite in 32 bits; times a slope of 0 it is no
    // number at once.
    let fast = ["training.learning_rate=1e307"];
    let still = [
        "training.learning_rate=1e307",
        "data.rows=[[-1, 2.5], [1, 2.5], [0, 5.5]]",
        "model.layers.output.kernel=[[0.0]]",
    ];
    let cases = [
        (CHAIN, "{ type = 'by_hand' }", &flat[..]),
        (CHAIN, "{ type = 'gradient_error' }", &huge[..]),
        (LINE, "{ type = 'by_columns' }", &still[..]),
        (LINE, "{ type = 'moved', name = 'output.kernel' }", &still[..]),
        (LINE, "{ type = 'difference', of = 'outputs', set = ['training.l2=0.5'] }", &fast[..]),
    ];
    for (experiment, measure, settings) in cases {
        let plain = small(experiment, measure, &[]);
        assert_eq!(plain.verdict, Verdict::Passed, "{measure}: {}", plain.found);
        let broken = small(experiment, measure, settings);
        assert_eq!(broken.found, "nan", "{measure}");
        assert_eq!(broken.verdict, Verdict::Failed, "{measure}: {}", broken.found);
    }
}

/// What is said of a claim that cannot be measured.
fn refused(experiment: &str, measure: &str, settings: &[&str]) -> String {
    let checked = small(experiment, measure, settings);
    assert_eq!((checked.verdict, checked.value), (Verdict::Failed, None), "{}", checked.found);
    checked.found
}

#[test]
fn slopes_by_hand_are_of_dense_layers_to_one_unit() {
    let softmax = "model.layers=[{ type = 'dense', name = 'output', units = 2 }]";
    let cross = "training.loss='cross_entropy'";
    let bare = "model.layers=[{ type = 'dense', name = 'output', units = 1, use_bias = false, \
                activation = 'sigmoid' }]";
    let image = "model.layers=[{ type = 'reshape', target_shape = [1, 2, 1] }, \
                 { type = 'conv2d', filters = 2, kernel_size = 1 }, { type = 'flatten' }, \
                 { type = 'dense', name = 'output', units = 1, activation = 'sigmoid' }]";
    for settings in [&[softmax, cross][..], &[bare], &[image]] {
        let found = refused(CHAIN, "{ type = 'by_hand' }", settings);
        assert!(found.contains("chain of dense layers"), "{settings:?}: {found}");
    }
    let found = refused(LINE, "{ type = 'by_hand' }", &[]);
    assert!(found.contains("chain of dense layers"), "{found}");
    let found = refused(LINE, "{ type = 'by_columns' }", &["model={ type='mlp', hidden=[3] }"]);
    assert!(found.contains("one product"), "{found}");
}

#[test]
fn a_grid_that_is_too_large_is_refused() {
    // Nine parameters; 41 values each are 3 · 10¹⁴ points.
    let grid = |from: f64, to: f64, step: f64| {
        format!("{{ type = 'grid', from = {from:?}, to = {to:?}, step = {step:?} }}")
    };
    for (from, to, step) in [
        (-2.0, 2.0, 0.1),
        (-2.0, 2.0, 1e-9),
        (-2.0, 2.0, 0.0),
        (-2.0, 2.0, 1e-300),
        (2.0, -2.0, 0.1),
    ] {
        let found = refused(CHAIN, &grid(from, to, step), &[]);
        assert!(found.contains("grid that can be gone through"), "{found}");
    }
    let free = ["model.layers=[{ type='dense', name='hidden', units=40 }, \
                 { type='dense', name='output', units=1, activation='sigmoid' }]"];
    let found = refused(CHAIN, &grid(-2.0, 2.0, 0.1), &free);
    assert!(found.contains("grid that can be gone through"), "{found}");
    assert_eq!(small(CHAIN, &grid(-1.0, 1.0, 2.0), &[]).verdict, Verdict::Passed);
}

#[test]
fn the_borders_of_a_network_with_other_inputs_are_refused_without_a_panic() {
    let figure = "[[figure]]\nname = 'drawn'\ntitle = { en = 'Drawn', ko = '그림' }\n\
                  draw = { type = 'boundary', experiment = 'edited', steps = [0] }\n";
    let draw = |columns: &str, rows: &str| {
        let experiment = CHAIN
            .replace("header = [\"a\", \"b\", \"y\"]", &format!("header = [{columns}, \"y\"]"))
            .replace("rows = [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]]", rows);
        let experiment = experiment
            .replace(", kernel = [[5, -7], [5, -7]], bias = [-8, 3]", "")
            .replace(", kernel = [[-11], [-11]], bias = [6]", "");
        let lesson = lesson(figure, &experiment);
        let folder = tempfile::tempdir().unwrap();
        let study = Study::in_folder(folder.path());
        study.unpack(&lesson).unwrap();
        page::page(&lesson, &study, &[], &[], Language::English)
    };
    assert!(draw("'a', 'b'", "rows = [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]]").is_ok());
    assert!(draw("'a'", "rows = [[0, 0], [1, 1], [2, 1]]").is_err());
    assert!(draw("'a', 'b', 'c'", "rows = [[0, 0, 1, 0], [1, 1, 1, 1], [2, 1, 0, 1]]").is_err());
}
