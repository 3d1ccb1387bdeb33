//! Experiments as networks: what a file says is what is computed.

use ikhim_graph::{Array, Evaluator, Feed, State};
use ikhim_nn::{Spec, Target, prediction, summary, training};
use ikhim_run::experiment::Experiment;
use std::path::Path;
use std::sync::Arc;

fn read(name: &str) -> Experiment {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/experiment/files");
    Experiment::read(folder.join(name), &[]).unwrap()
}

/// The prediction of an experiment's network at step 0.
fn predict(experiment: &Experiment, spec: &Spec, rows: usize, features: Vec<f32>) -> Vec<f64> {
    let network = experiment.network().unwrap();
    let objective = experiment.objective(&[], &[]).unwrap();
    let definition = prediction(network.as_ref(), spec, objective.loss()).unwrap();
    let mut state = State::initial(&definition, experiment.seed);
    let evaluator = Evaluator::<f32>::new(Arc::new(definition), &["prediction"]).unwrap();
    let width = features.len() / rows;
    let features = Array::f32(&[rows, width], features);
    let feed = Feed::rows(rows).input("features", &features);
    evaluator.run(&mut state, &feed).unwrap()[0].to_f64()
}

/// Fixture F8 of the course: the weights that the lecture writes on the
/// blackboard give .0112 .9949 .9949 .0244.
#[test]
fn the_weights_of_the_lecture_solve_xor() {
    let spec = Spec::new([2], Target::class(2));
    let rows = vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0];
    let found = predict(&read("xor.toml"), &spec, 4, rows);
    let expected = [0.0112, 0.9949, 0.9949, 0.0244];
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 5e-5, "{found} instead of {expected}");
    }
}

/// The paths of the file are those of the parameters.
#[test]
fn parameters_have_the_paths_of_the_file() {
    let text = "
        data = { dataset = 'digits' }
        training = { loss = 'cross_entropy' }
        [model]
        layers = [
          { type = 'dense', units = 8 },
          { type = 'dense', units = 8, name = 'middle', trainable = false },
          { type = 'dense', units = 8 },
          { share = 'middle' },
          { share = 'dense_1', inputs = ['features'], name = 'again' },
          { type = 'add', inputs = ['middle_2', 'again'] },
          { type = 'dense', units = 'auto' },
        ]";
    let experiment = Experiment::parse(text, "x.toml", &[]).unwrap();
    let network = experiment.network().unwrap();
    let spec = Spec::new([64], Target::class(10));
    let objective = experiment.objective(&[], &[]).unwrap();
    let definition = training(network.as_ref(), &spec, &objective).unwrap();
    let state = State::initial(&definition, 0);
    let shape = |path: &str| state.get(path).map(|array| array.shape().to_vec());
    assert_eq!(shape("dense_1.kernel"), Some(vec![64, 8]));
    assert_eq!(shape("middle.kernel"), Some(vec![8, 8]));
    assert_eq!(shape("dense_2.kernel"), Some(vec![8, 8]));
    assert_eq!(shape("dense_3.kernel"), Some(vec![8, 10]));
    for path in ["middle_2.kernel", "again.kernel", "dense_4.kernel"] {
        assert_eq!(shape(path), None, "{path}");
    }
    // What is frozen has no gradient, what is shared has one.
    assert!(definition.outputs().contains_key("dense_1.kernel.grad"));
    assert!(!definition.outputs().contains_key("middle.kernel.grad"));
}

#[test]
fn an_mlp_is_as_wide_as_the_file_says() {
    let experiment = read("housing.toml");
    let network = experiment.network().unwrap();
    let objective = experiment.objective(&[], &[]).unwrap();
    assert_eq!(objective.loss().name(), "huber");
    let spec = Spec::new([13], Target::number(1));
    let definition = training(network.as_ref(), &spec, &objective).unwrap();
    let state = State::initial(&definition, experiment.seed);
    let shape = |path: &str| state.get(path).map(|array| array.shape().to_vec());
    assert_eq!(shape("dense_1.kernel"), Some(vec![13, 64]));
    assert_eq!(shape("dense_2.kernel"), Some(vec![64, 32]));
    assert_eq!(shape("dense_3.kernel"), Some(vec![32, 1]));
}

#[test]
fn class_weights_go_by_the_names_of_classes() {
    let parse = |weights: &str| {
        let text = format!(
            "data = {{ dataset = 'iris' }}\n\
             training = {{ loss = 'cross_entropy', class_weight = {weights} }}"
        );
        Experiment::parse(&text, "x.toml", &[]).unwrap()
    };
    let classes = ["no".to_string(), "yes".to_string()];
    let given = parse("{ yes = 3.0 }").objective(&classes, &[90, 10]).unwrap();
    let loss = ikhim_nn::CrossEntropy::new();
    let expected = |weights: [f64; 2]| {
        ikhim_nn::Objective::new(loss.clone(), ikhim_nn::Adam::new(1e-3)).class_weight(weights)
    };
    assert_eq!(given, expected([1.0, 3.0]));
    // scikit-learn's compute_class_weight("balanced"): 100/(2·90), 100/(2·10).
    let balanced = parse("'balanced'").objective(&classes, &[90, 10]).unwrap();
    assert_eq!(balanced, expected([100.0 / 180.0, 5.0]));
    let fault = parse("{ maybe = 3.0 }").objective(&classes, &[90, 10]).unwrap_err();
    assert_eq!(fault.code(), "experiment.unknown_class");
}

/// The layers of the course's second net as lines, with every way to write
/// padding: sizes by the formulas.
#[test]
fn images_go_through_the_layers_of_a_file() {
    let text = "
        data = { dataset = 'digits' }
        training = { loss = 'cross_entropy' }
        [model]
        layers = [
          { type = 'conv2d', filters = 32, kernel_size = 3, padding = 'same', activation = 'relu' },
          { type = 'max_pool2d', pool_size = 2 },
          { type = 'batch_norm' },
          { type = 'relu', name = 'block' },
          { type = 'conv2d', filters = 32, kernel_size = [3, 5], padding = [1, 2] },
          { type = 'add', inputs = ['previous', 'block'] },
          { type = 'max_pool2d', pool_size = 3, stride = 2, padding = [[0, 1], [1, 1]] },
          { type = 'conv2d', filters = 64, kernel_size = 3, padding = 'valid', groups = 32 },
          { type = 'global_average_pool2d' },
          { type = 'dense', units = 'auto' },
        ]";
    let experiment = Experiment::parse(text, "x.toml", &[]).unwrap();
    let network = experiment.network().unwrap();
    let spec = Spec::new([28, 28, 1], Target::class(10));
    let objective = experiment.objective(&[], &[]).unwrap();
    let rows = summary(network.as_ref(), &spec, objective.loss()).unwrap();
    let shapes: Vec<(String, String)> =
        rows.iter().map(|row| (row.path.clone(), row.shape.to_string())).collect();
    let expected = [
        ("conv2d_1", "[N, 28, 28, 32]"),
        ("max_pool2d_1", "[N, 14, 14, 32]"),
        ("batch_norm_1", "[N, 14, 14, 32]"),
        ("block", "[N, 14, 14, 32]"),
        ("conv2d_2", "[N, 14, 14, 32]"),
        ("add_1", "[N, 14, 14, 32]"),
        ("max_pool2d_2", "[N, 7, 7, 32]"),
        ("conv2d_3", "[N, 5, 5, 64]"),
        ("global_average_pool2d_1", "[N, 64]"),
        ("dense_1", "[N, 10]"),
    ];
    assert_eq!(shapes, expected.map(|(path, shape)| (path.to_string(), shape.to_string())));
}

#[test]
fn models_of_images_have_names() {
    let parameters = |model: &str, image: [usize; 3]| -> usize {
        let text = format!("data = {{ dataset = 'digits' }}\nmodel = {model}");
        let text = format!("{text}\ntraining = {{ loss = 'cross_entropy' }}");
        let experiment = Experiment::parse(&text, "x.toml", &[]).unwrap();
        let network = experiment.network().unwrap();
        let spec = Spec::new(image, Target::class(10));
        let objective = experiment.objective(&[], &[]).unwrap();
        let rows = summary(network.as_ref(), &spec, objective.loss()).unwrap();
        rows.iter().map(|row| row.parameters).sum()
    };
    let mnist = [28, 28, 1];
    // The labs' code, the paper on residual networks, VGG-16 as it is usually built.
    assert_eq!(parameters("{ type = 'lab_11_1' }", mnist), 50_090);
    assert_eq!(parameters("{ type = 'lab_11_2' }", mnist), 1_379_333);
    assert_eq!(parameters("{ type = 'lab_11_4' }", mnist), 1_379_557);
    assert_eq!(parameters("{ type = 'lenet5' }", mnist), 61_706);
    assert_eq!(parameters("{ type = 'resnet' }", [32, 32, 3]), 269_722);
    assert_eq!(parameters("{ type = 'resnet', depth = 32 }", [32, 32, 3]), 464_154);
    let blocks = "[[64, 64], [128, 128], [256, 256, 256], [512, 512, 512], [512, 512, 512]]";
    let vgg = format!("{{ type = 'vgg', blocks = {blocks} }}");
    assert_eq!(parameters(&vgg, [32, 32, 3]), 14_728_266);
    assert!(parameters("{ type = 'inception' }", [32, 32, 3]) > 10_000);
}
