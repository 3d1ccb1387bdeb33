//! Free composition: chains, skips, branches, shared weights, several inputs,
//! against central differences and against back-propagation by hand.

use crate::support::{Loop, assert_close};
use ikhim_graph::{Array, DType, Definition, Evaluator, Feed, State, Tensor};
use ikhim_nn::{
    Activation, Apply, Concat, CrossEntropy, Dense, Dropout, Embedding, Entry, Flatten,
    Initializer, Inputs, Layer, Linear, Loss, Mlp, Model, ModelInput, Module, Mse, Network,
    Objective, Penalty, Sequential, Sgd, Spec, Target, Wrap, evaluation, from_fn, from_inputs,
    layers, prediction, summary, training,
};
use proptest::prelude::*;

/// Numbers without a pattern, from −1 to 1.
fn scattered(count: usize, salt: u64) -> Vec<f64> {
    (0..count).map(|index| (12.9898 * (index as f64 + 1.0) + salt as f64).sin()).collect()
}

/// Compares `<path>.grad` of every parameter with central differences of the
/// objective in f64.
fn check_gradients(model: &dyn Model, inputs: usize, outputs: usize, objective: &Objective) {
    let spec = Spec::new([inputs], Target::number(outputs));
    let definition = training(model, &spec, objective).unwrap();
    let paths: Vec<String> = definition
        .variables()
        .iter()
        .filter(|variable| definition.outputs().contains_key(&format!("{}.grad", variable.path)))
        .map(|variable| variable.path.clone())
        .collect();
    assert!(!paths.is_empty());
    let mut state = State::initial(&definition, 5);
    for (salt, path) in (1..).zip(&paths) {
        let shape = state.get(path).unwrap().shape().to_vec();
        let values = scattered(shape.iter().product(), salt);
        state.set(path.as_str(), Array::f64(&shape, values));
    }
    let names: Vec<String> = paths.iter().map(|path| format!("{path}.grad")).collect();
    let fetches: Vec<&str> =
        ["objective"].into_iter().chain(names.iter().map(String::as_str)).collect();
    let evaluator = Evaluator::<f64>::new(definition.into(), &fetches).unwrap();
    let x = Array::f64(&[3, inputs], scattered(3 * inputs, 100));
    let y = Array::f64(&[3, outputs], scattered(3 * outputs, 200));
    let feed = Feed::rows(3).input("features", &x).input("target", &y);
    let values = evaluator.run(&mut state, &feed).unwrap();
    for (path, slopes) in paths.iter().zip(&values[1..]) {
        let start = state.get(path).unwrap().clone();
        for (index, slope) in slopes.to_f64().into_iter().enumerate() {
            let mut at = |offset: f64| {
                let mut moved = start.to_f64();
                moved[index] += offset;
                state.set(path.as_str(), Array::f64(start.shape(), moved));
                let objective = evaluator.run(&mut state, &feed).unwrap();
                state.set(path.as_str(), start.clone());
                objective[0].to_f64()[0]
            };
            // Fourth order: the error of the difference is far below 1e-6.
            let h = 1e-3;
            let central = (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h);
            let bound = 1e-6 * slope.abs().max(central.abs()).max(1e-2);
            assert!((slope - central).abs() <= bound, "{path}[{index}]: {slope}, not {central}");
        }
    }
}

/// An entry of a random network as numbers that mean something for any value.
#[derive(Debug, Clone)]
struct Choice {
    kind: u8,
    smooth: u8,
    other: usize,
}

const SMOOTH: [Activation; 8] = [
    Activation::Sigmoid,
    Activation::Tanh,
    Activation::Softplus,
    Activation::Silu,
    Activation::Gelu,
    Activation::Softmax,
    Activation::Linear,
    Activation::Sigmoid,
];

/// A network of chains, skips, products, two-branch concatenations and shared
/// layers; every value has three columns, so any two can be joined.
fn network(choices: &[Choice]) -> Network {
    let name = |index: usize| format!("value{index}");
    let mut entries = vec![
        Entry::new(Dense::new(3).activation(Activation::Tanh)).named(name(0)),
        // Every shared use has the parameters of this one.
        Entry::new(Dense::new(3)).named("common"),
    ];
    for (index, choice) in (1..).zip(choices) {
        let activation = SMOOTH[choice.smooth as usize % SMOOTH.len()];
        let earlier = name(choice.other % index);
        let entry = match choice.kind % 6 {
            0 => Entry::new(Dense::new(3).activation(activation)),
            1 => Entry::new(activation),
            2 => Entry::new(Layer::Add).inputs(["previous".to_string(), earlier]),
            3 => Entry::new(Layer::Multiply).inputs(["previous".to_string(), earlier]),
            4 => {
                let joined = format!("joined{index}");
                let inputs = ["previous".to_string(), earlier];
                entries.push(Entry::new(Concat::new()).inputs(inputs).named(joined));
                Entry::new(Dense::new(3).activation(activation))
            }
            _ => Entry::new(Dense::new(3)).share("common"),
        };
        entries.push(entry.named(name(index)));
    }
    entries.push(Entry::new(Dense::auto()));
    Network::new(entries)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn random_networks_have_right_gradients(
        choices in prop::collection::vec(
            (0u8..6, 0u8..8, 0usize..100)
                .prop_map(|(kind, smooth, other)| Choice { kind, smooth, other }),
            1..7,
        ),
    ) {
        let network = network(&choices);
        check_gradients(&network, 2, 2, &Objective::new(Mse::new(), Sgd::new(0.1)).l2(0.01));
        let text = serde_json::to_string(&network).unwrap();
        prop_assert_eq!(serde_json::from_str::<Network>(&text).unwrap(), network);
    }
}

/// A chain, a skip, two branches and shared weights, each alone.
#[test]
fn named_compositions_have_right_gradients() {
    let objective = Objective::new(Mse::new(), Sgd::new(0.1));
    let chain = from_fn(|x| x.apply(Dense::new(4)).tanh().apply(Dense::new(2)).sigmoid());
    check_gradients(&chain, 3, 2, &objective);
    let skip = from_fn(|x| x + x.apply(Dense::new(3)).softplus().apply(Dense::new(3)));
    check_gradients(&skip, 3, 3, &objective);
    let branches = from_fn(|x| {
        let (left, right) = (x.apply(Dense::new(2)).tanh(), x.apply(Dense::new(3)).gelu());
        Tensor::concat(&[left, right], -1).apply(Dense::new(1))
    });
    check_gradients(&branches, 3, 1, &objective);
    let shared = from_fn(|x| {
        let twice = Dense::new(3).activation(Activation::Tanh).shared("twice");
        x.apply(&twice).apply(&twice).apply(Dense::new(1))
    });
    check_gradients(&shared, 3, 1, &objective);
    let penalized = from_fn(|x| {
        let dense = Dense::new(3).kernel_regularizer(Penalty::new(0.1, 0.2));
        x.apply(dense).tanh().apply(Dense::new(1))
    });
    check_gradients(&penalized, 2, 1, &objective);
}

/// Course, lecture 9: the 2-2-1 network with its derivatives written out.
/// With p the output and a the hidden values, the bare cross-entropy gives
/// δ₂ = (p − y) / N, ∂W₂ = aᵀδ₂, ∂b₂ = Σδ₂, δ₁ = δ₂W₂ᵀ ∘ a(1 − a),
/// ∂W₁ = xᵀδ₁, ∂b₁ = Σδ₁.
#[test]
fn back_propagation_by_hand_agrees() {
    let x = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
    let y = [0.0, 1.0, 1.0, 0.0];
    let (w1, b1) = ([[0.8, -0.5], [0.3, 1.1]], [0.1, -0.2]);
    let (w2, b2) = ([1.4, -0.9], 0.25);
    let sigmoid = |z: f64| 1.0 / (1.0 + (-z).exp());

    let mut dw1 = [[0.0; 2]; 2];
    let mut db1 = [0.0; 2];
    let mut dw2 = [0.0; 2];
    let mut db2 = 0.0;
    for (x, y) in x.iter().zip(y) {
        let a = [0, 1].map(|unit| sigmoid(x[0] * w1[0][unit] + x[1] * w1[1][unit] + b1[unit]));
        let p = sigmoid(a[0] * w2[0] + a[1] * w2[1] + b2);
        let outer = (p - y) / 4.0;
        db2 += outer;
        for unit in 0..2 {
            dw2[unit] += a[unit] * outer;
            let inner = outer * w2[unit] * a[unit] * (1.0 - a[unit]);
            db1[unit] += inner;
            dw1[0][unit] += x[0] * inner;
            dw1[1][unit] += x[1] * inner;
        }
    }

    let sigmoid = |units| Dense::new(units).activation(Activation::Sigmoid);
    let network = Network::new([
        Entry::new(sigmoid(2)).named("hidden"),
        Entry::new(sigmoid(1)).named("output"),
    ]);
    let loss = ikhim_nn::BinaryCrossEntropy::new().from_logits(false).clip(0.0);
    let objective = Objective::new(loss, Sgd::new(0.1));
    let fetches =
        ["hidden.kernel.grad", "hidden.bias.grad", "output.kernel.grad", "output.bias.grad"];
    let data = (Array::f64(&[4, 2], x.concat()), Array::i32(&[4], vec![0, 1, 1, 0]));
    let spec = Spec::new([2], Target::class(2));
    let mut run = Loop::<f64>::new(&network, &spec, &objective, &fetches, data);
    run.set("hidden.kernel", &w1.concat());
    run.set("hidden.bias", &b1);
    run.set("output.kernel", &w2);
    run.set("output.bias", &[b2]);
    let found = run.step(0.1);
    assert_close(&found[2], &dw1.concat(), 1e-12, "hidden kernel");
    assert_close(&found[3], &db1, 1e-12, "hidden bias");
    assert_close(&found[4], &dw2, 1e-12, "output kernel");
    assert_close(&found[5], &[db2], 1e-12, "output bias");
    let moved: Vec<f64> = w1.concat().iter().zip(dw1.concat()).map(|(w, d)| w - 0.1 * d).collect();
    assert_close(&run.get("hidden.kernel"), &moved, 1e-7, "the update");
}

fn parameters(definition: &Definition) -> Vec<&str> {
    definition.variables().iter().map(|variable| variable.path.as_str()).collect()
}

#[test]
fn the_three_graphs_have_the_same_parameters() {
    let spec = Spec::new([4, 2], Target::class(3));
    let loss: Loss = CrossEntropy::new().into();
    let model = Mlp::new([5, 4]).dropout(0.5);
    let predicts = prediction(&model, &spec, &loss).unwrap();
    let paths = [
        "dense_1.kernel",
        "dense_1.bias",
        "dense_2.kernel",
        "dense_2.bias",
        "dense_3.kernel",
        "dense_3.bias",
    ];
    assert_eq!(parameters(&predicts), paths);
    assert_eq!(parameters(&evaluation(&model, &spec, &loss).unwrap()), paths);
    let trains = training(&model, &spec, &Objective::new(loss, Sgd::new(0.1))).unwrap();
    assert_eq!(parameters(&trains)[..6], paths);
    let outputs =
        |definition: &Definition| -> Vec<String> { definition.outputs().keys().cloned().collect() };
    assert_eq!(outputs(&predicts), ["prediction", "probability"]);
    assert_eq!(outputs(&trains).len(), 4 + 6, "{:?}", outputs(&trains));
}

#[test]
fn dropout_is_for_training_only() {
    let spec = Spec::new([40], Target::number(40));
    let model = Sequential::new().then(Dropout::new(0.5));
    let x = Array::f32(&[2, 40], vec![1.0; 80]);
    let feed = Feed::rows(2).input("features", &x).random(3, 0);
    let run = |definition: Definition| {
        let evaluator = Evaluator::<f32>::new(definition.into(), &["prediction"]).unwrap();
        evaluator.run(&mut State::new(), &feed).unwrap()[0].to_f64()
    };
    let trained = run(training(&model, &spec, &Objective::new(Mse::new(), Sgd::new(0.1))).unwrap());
    assert!(trained.contains(&0.0) && trained.contains(&2.0));
    assert_eq!(run(prediction(&model, &spec, &Mse::new().into()).unwrap()), [1.0; 80]);
}

#[test]
fn frozen_layers_stay() {
    let spec = Spec::new([2], Target::number(1));
    let objective = Objective::new(Mse::new(), Sgd::new(0.1)).weight_decay(0.5);
    let network = Network::new([
        Entry::new(Dense::new(3)).named("kept").trainable(false),
        Entry::new(Dense::auto()).named("moved"),
    ]);
    let own = from_fn(|x| {
        x.apply(Dense::new(3).named("kept").trainable(false)).apply(Dense::new(1).named("moved"))
    });
    for model in [&network as &dyn Model, &own] {
        let data =
            (Array::f32(&[2, 2], vec![1.0, 2.0, 3.0, 4.0]), Array::f32(&[2, 1], vec![1.0, 2.0]));
        let mut run = Loop::<f32>::new(model, &spec, &objective, &["moved.kernel.grad"], data);
        let before = run.state.clone();
        run.steps(3, 0.1);
        assert_eq!(run.state.get("kept.kernel"), before.get("kept.kernel"));
        assert_ne!(run.state.get("moved.kernel"), before.get("moved.kernel"));
        let definition = training(model, &spec, &objective).unwrap();
        assert!(!definition.outputs().contains_key("kept.kernel.grad"));
        assert!(!definition.variable("kept.kernel").unwrap().trainable);
    }
}

/// Interface of the library: a module of one's own and its parts have paths.
#[test]
fn paths_follow_the_modules() {
    struct ConvBlock(usize);
    impl Module for ConvBlock {
        fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
            x.apply(Dense::new(self.0)).apply(Activation::Relu).apply(Dense::new(self.0))
        }
    }
    let model = from_fn(|x| {
        let x = x.apply(ConvBlock(4)).apply(ConvBlock(4).named("middle"));
        x.apply(Sequential::new().then(Dense::new(2)).named("head"))
    });
    let spec = Spec::new([3], Target::number(2));
    let definition = prediction(&model, &spec, &Mse::new().into()).unwrap();
    let kernels: Vec<&str> =
        parameters(&definition).into_iter().filter(|path| path.ends_with("kernel")).collect();
    assert_eq!(
        kernels,
        [
            "conv_block_1/dense_1.kernel",
            "conv_block_1/dense_2.kernel",
            "middle/dense_1.kernel",
            "middle/dense_2.kernel",
            "head/dense_1.kernel"
        ]
    );
    assert!(definition.find("conv_block_1/relu_1/relu_1").is_none());
}

#[test]
fn models_of_several_inputs_read_them_by_name() {
    let inputs = [
        ModelInput::real("features", [2]),
        ModelInput::integers("word", [], Some(5)),
        ModelInput::integers("words", [3], Some(5)),
    ];
    let spec = Spec::with_inputs(inputs, Target::class(3));
    let network = Network::new([
        Entry::new(Embedding::new(4)).inputs(["word"]).named("one"),
        Entry::new(Embedding::new(4)).inputs(["words"]).share("one").named("many"),
        Entry::new(Flatten::new()),
        Entry::new(Concat::new()).inputs(["previous", "one", "features"]),
        Entry::new(Dense::auto()),
    ]);
    let by_hand = from_inputs(|inputs: &Inputs<'_>| {
        let embedding = Embedding::new(4).input_dim(5).shared("one");
        let many = inputs.get("words").apply(&embedding).flatten();
        let one = inputs.get("word").apply(&embedding);
        let joined = Tensor::concat(&[many, one, inputs.get("features")], -1);
        joined.apply(Dense::new(inputs.width().unwrap_or(1)))
    });
    let loss: Loss = CrossEntropy::new().into();
    let features = Array::f32(&[2, 2], vec![0.1, 0.2, 0.3, 0.4]);
    let (word, words) = (Array::i32(&[2], vec![1, 4]), Array::i32(&[2, 3], vec![0, 1, 2, 3, 4, 0]));
    let outputs = [&network as &dyn Model, &by_hand].map(|model| {
        let definition = prediction(model, &spec, &loss).unwrap();
        assert_eq!(definition.variable("one.embeddings").unwrap().shape, [5, 4]);
        let mut state = State::initial(&definition, 2);
        state.set("dense_1.kernel", Array::f64(&[18, 3], scattered(54, 1)));
        let evaluator = Evaluator::<f32>::new(definition.into(), &["prediction"]).unwrap();
        let feed =
            Feed::rows(2).input("features", &features).input("word", &word).input("words", &words);
        evaluator.run(&mut state, &feed).unwrap()[0].to_f64()
    });
    assert_eq!(outputs[0], outputs[1]);
}

#[test]
fn widths_left_open_take_those_of_the_target() {
    let spec = Spec::new([6], Target::class(4));
    let loss: Loss = CrossEntropy::new().into();
    let models: [&dyn Model; 6] = [
        &Dense::auto(),
        &Dense::auto().named("output").trainable(false),
        &Linear::new(),
        &Mlp::new([3]),
        &Sequential::new().then(Dense::new(3)).then(Dense::auto()),
        &Network::new([Entry::new(Sequential::new().then(Dense::auto()))]),
    ];
    for model in models {
        let definition = prediction(model, &spec, &loss).unwrap();
        let prediction = definition.find("prediction").unwrap();
        assert_eq!(definition.node(prediction).shape.to_string(), "[N, 4]");
        assert_eq!(definition.node(prediction).dtype, DType::F32);
    }
}

/// One regularizer on a layer is the same penalty as over all kernels, when it
/// is the only layer; also where the layer is used twice.
#[test]
fn a_regularizer_of_a_layer_is_a_penalty() {
    let spec = Spec::new([2], Target::number(2));
    let objective = |model: &dyn Model, l2: f64| {
        let definition =
            training(model, &spec, &Objective::new(Mse::new(), Sgd::new(0.1)).l2(l2)).unwrap();
        let mut state = State::initial(&definition, 3);
        let evaluator = Evaluator::<f64>::new(definition.into(), &["objective", "loss"]).unwrap();
        let x = Array::f64(&[2, 2], vec![1.0, 2.0, 3.0, 4.0]);
        let feed = Feed::rows(2).input("features", &x).input("target", &x);
        let values = evaluator.run(&mut state, &feed).unwrap();
        assert!(values[0] != values[1]);
        values
    };
    let twice = |penalty: Penalty| {
        from_fn(move |x| {
            let dense = Dense::new(2).kernel_regularizer(penalty).shared("twice");
            x.apply(&dense).apply(&dense)
        })
    };
    let with_regularizer = objective(&twice(Penalty::l2(0.3)), 0.0);
    assert_eq!(with_regularizer, objective(&twice(Penalty::default()), 0.3));
}

#[test]
fn a_table_of_layers_counts() {
    let network = Network::new([
        Entry::new(Flatten::new()),
        Entry::new(Dense::new(16).activation(Activation::Relu)).named("stem"),
        Entry::new(Dropout::new(0.2)),
        Entry::new(Dense::new(16)).trainable(false),
        Entry::new(Layer::Add).inputs(["previous", "stem"]),
        Entry::new(Activation::Relu),
        Entry::new(Dense::auto()),
    ]);
    let spec = Spec::new([8, 8, 1], Target::class(10));
    let rows = summary(&network, &spec, &CrossEntropy::new().into()).unwrap();
    let table: Vec<String> = rows
        .iter()
        .map(|row| {
            format!(
                "{} {} {} {} {} {}",
                row.path, row.kind, row.shape, row.parameters, row.trainable, row.multiply_adds
            )
        })
        .collect();
    assert_eq!(
        table,
        [
            "flatten_1 flatten [N, 64] 0 0 0",
            "stem dense [N, 16] 1040 1040 1024",
            "dropout_1 dropout [N, 16] 0 0 0",
            "dense_1 dense [N, 16] 272 0 256",
            "add_1 add [N, 16] 0 0 0",
            "relu_1 relu [N, 16] 0 0 0",
            "dense_2 dense [N, 10] 170 170 160",
        ]
    );
    // The training graph has the same layers, whatever stands behind them.
    let objective = Objective::new(CrossEntropy::new(), Sgd::new(0.1));
    assert_eq!(layers(&training(&network, &spec, &objective).unwrap()), rows);
    let bare = from_fn(|x| x.matmul(x.param("w", &[3, 1], Initializer::zeros())));
    let rows = summary(&bare, &Spec::new([3], Target::number(1)), &Mse::new().into()).unwrap();
    assert_eq!((rows.len(), rows[0].path.as_str()), (1, ""));
    assert_eq!((rows[0].parameters, rows[0].multiply_adds), (3, 3));
}
