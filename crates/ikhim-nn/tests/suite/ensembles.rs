//! Ensembles: members that learn as if alone, and what they answer together.

use crate::support::{assert_close, classes, rows};
use ikhim_graph::{Array, Definition, Evaluator, Feed, State};
use ikhim_nn::{
    Activation, BinaryCrossEntropy, Combine, CrossEntropy, Dense, Ensemble, Entry, Layer, Loss,
    Mlp, Model, Mse, Network, Objective, Sgd, Spec, Target, prediction, training,
};

const N: usize = 6;

fn data() -> (Array, Array) {
    let x: Vec<f32> = (0..N * 3).map(|i| ((i * 7 % 11) as f32 - 5.0) / 4.0).collect();
    (Array::f32(&[N, 3], x), classes(&[0, 1, 2, 2, 1, 0]))
}

fn spec() -> Spec {
    Spec::new([3], Target::class(3))
}

/// So many steps from a state; the loss of the last.
fn steps(definition: Definition, state: &mut State, count: usize) -> f64 {
    let (x, y) = data();
    let rate = Array::scalar(0.3);
    let feed =
        Feed::rows(N).input("features", &x).input("target", &y).input("learning_rate", &rate);
    let step = Evaluator::<f32>::with_updates(definition.into(), &["loss"]).unwrap();
    let mut loss = f64::NAN;
    for _ in 0..count {
        loss = step.run(state, &feed).unwrap()[0].to_f64()[0];
    }
    loss
}

/// The variables under a member's path, without it.
fn member(state: &State, name: &str) -> Vec<(String, Array)> {
    let prefix = format!("{name}/");
    let of = |(path, array): (&str, &Array)| {
        Some((path.strip_prefix(&prefix)?.to_string(), array.clone()))
    };
    state.iter().filter_map(of).collect()
}

/// A residual network, whose names must be found within a member too.
fn residual() -> Network {
    Network::new([
        Entry::new(Dense::new(4)).named("stem"),
        Entry::new(Activation::Tanh),
        Entry::new(Dense::new(4)),
        Entry::new(Layer::Add).inputs(["previous", "stem"]),
        Entry::new(Dense::auto()),
    ])
}

/// Every member has, to the bit, the weights that it would have alone.
#[test]
fn members_learn_as_if_alone() {
    let objective = Objective::new(CrossEntropy::new(), Sgd::new(0.3).momentum(0.9));
    let ensemble = Ensemble::of([residual(), residual()]).member(Mlp::new([5]));
    let whole = training(&ensemble, &spec(), &objective).unwrap();
    let mut state = State::initial(&whole, 3);
    let start = state.clone();
    let loss = steps(whole, &mut state, 20);

    let mut losses = Vec::new();
    let alone: [(&str, Box<dyn Model>); 3] = [
        ("member_1", Box::new(residual())),
        ("member_2", Box::new(residual())),
        ("member_3", Box::new(Mlp::new([5]))),
    ];
    for (name, model) in alone {
        let single = training(model.as_ref(), &spec(), &objective).unwrap();
        let mut own = State::initial(&single, 9);
        for (path, array) in member(&start, name) {
            own.set(&path, array);
        }
        losses.push(steps(single, &mut own, 20));
        let found = member(&state, name);
        assert!(!found.is_empty());
        for (path, array) in found {
            assert_eq!(own.get(&path), Some(&array), "{name} {path}");
        }
    }
    assert_ne!(member(&start, "member_1"), member(&start, "member_2"));
    assert_close(&[loss], &[losses.iter().sum::<f64>() / 3.0], 1e-6, "the mean of the losses");
}

/// What the prediction graph of a model gives from a state.
fn predicted(model: &dyn Model, spec: &Spec, loss: &Loss, state: &State) -> [Vec<f64>; 2] {
    let graph = prediction(model, spec, loss).unwrap();
    let run = Evaluator::<f64>::new(graph.into(), &["prediction", "probability"]).unwrap();
    let (x, _) = data();
    let values = run.read(state, &Feed::rows(N).input("features", &x)).unwrap();
    [values[0].to_f64(), values[1].to_f64()]
}

#[test]
fn answers_are_means_of_logits_or_of_probabilities() {
    let losses: [(Loss, Spec); 3] = [
        (CrossEntropy::new().into(), spec()),
        (BinaryCrossEntropy::new().into(), Spec::new([3], Target::class(2))),
        (Mse::new().into(), Spec::new([3], Target::number(2))),
    ];
    for (loss, spec) in losses {
        let of = |combine| Ensemble::new(3, Mlp::new([4])).combine(combine);
        let objective = Objective::new(loss.clone(), Sgd::new(0.1));
        let start = training(&of(Combine::Logits), &spec, &objective).unwrap();
        let mut state = State::initial(&start, 4);
        // Weights far from 0, so that the two means differ.
        let paths: Vec<String> = state.iter().map(|(path, _)| path.to_string()).collect();
        for path in paths.iter().filter(|path| path.ends_with("kernel")) {
            let array = state.get(path).unwrap();
            let grown = array.to_f64().iter().map(|value| 4.0 * *value as f32).collect();
            let grown = Array::f32(array.shape(), grown);
            state.set(path, grown);
        }
        let members: Vec<[Vec<f64>; 2]> = ["member_1", "member_2", "member_3"]
            .iter()
            .map(|name| {
                let mut own = State::default();
                member(&state, name).into_iter().for_each(|(path, array)| {
                    own.set(&path, array);
                });
                predicted(&Mlp::new([4]), &spec, &loss, &own)
            })
            .collect();
        let mean = |which: usize| -> Vec<f64> {
            let width = members[0][which].len();
            (0..width).map(|i| members.iter().map(|m| m[which][i]).sum::<f64>() / 3.0).collect()
        };
        let by_logits = predicted(&of(Combine::Logits), &spec, &loss, &state);
        assert_close(&by_logits[0], &mean(0), 1e-12, "logits");
        let by_shares = predicted(&of(Combine::Probabilities), &spec, &loss, &state);
        assert_close(&by_shares[1], &mean(1), 1e-12, "probabilities");
        if !matches!(loss, Loss::Mse(_)) {
            assert_ne!(by_logits[1], by_shares[1]);
        }
    }
}

/// Of 8 bits of each other member and an extreme one: a probability of exactly 0
/// stays a number.
#[test]
fn a_probability_of_zero_has_a_finite_output() {
    let (x, _) = data();
    let sure = Dense::new(3).kernel(
        rows(&[&[90.0, -90.0, 0.0], &[0.0; 3], &[0.0; 3]])
            .to_f64()
            .chunks(3)
            .map(<[f64]>::to_vec)
            .collect::<Vec<_>>(),
    );
    let ensemble = Ensemble::new(2, sure).combine(Combine::Probabilities);
    let loss: Loss = CrossEntropy::new().into();
    let graph = prediction(&ensemble, &spec(), &loss).unwrap();
    let state = State::initial(&graph, 1);
    let run = Evaluator::<f32>::new(graph.into(), &["prediction", "probability"]).unwrap();
    let values = run.read(&state, &Feed::rows(N).input("features", &x)).unwrap();
    assert!(values.iter().all(|array| array.to_f64().iter().all(|value| value.is_finite())));
}

/// The loss of a mixed row is the sum of its losses against both classes, each
/// times its share; without class weights and with them.
#[test]
fn the_loss_of_mixed_rows_is_a_mixture_of_losses() {
    let (x, y) = data();
    let partner = classes(&[2, 2, 1, 0, 0, 1]);
    let shares = [1.0, 0.75, 0.5, 0.25, 0.0, 0.6];
    let mixing = Array::f32(&[N], shares.map(|share| share as f32).to_vec());
    let weights = [1.0, 2.0, 5.0];
    for weighted in [false, true] {
        let mut objective = Objective::new(CrossEntropy::new(), Sgd::new(0.3));
        if weighted {
            objective = objective.class_weight(weights.to_vec());
        }
        let plain = training(&Mlp::new([4]), &spec(), &objective).unwrap();
        let state = State::initial(&plain, 2);
        // Losses of single rows: batches of one, without weights.
        let bare = Objective::new(CrossEntropy::new(), Sgd::new(0.3));
        let single = training(&Mlp::new([4]), &spec(), &bare).unwrap();
        let single = Evaluator::<f64>::new(single.into(), &["loss"]).unwrap();
        let loss_of = |row: usize, class: i32| {
            let values = x.to_f64()[3 * row..3 * row + 3].iter().map(|v| *v as f32).collect();
            let (x, y) = (Array::f32(&[1, 3], values), classes(&[class]));
            let feed = Feed::rows(1).input("features", &x).input("target", &y);
            single.read(&state, &feed).unwrap()[0].to_f64()[0]
        };
        let (mut sum, mut total) = (0.0, 0.0);
        for (row, first) in shares.iter().copied().enumerate().take(N) {
            for (classes, share) in [(&y, first), (&partner, 1.0 - first)] {
                let class = classes.to_f64()[row] as usize;
                let weight = if weighted { weights[class] } else { 1.0 };
                sum += share * weight * loss_of(row, class as i32);
                total += share * weight;
            }
        }
        let mixed = training(&Mlp::new([4]), &spec().mixed_classes(true), &objective).unwrap();
        let mixed = Evaluator::<f64>::new(mixed.into(), &["loss"]).unwrap();
        let feed = Feed::rows(N)
            .input("features", &x)
            .input("target", &y)
            .input("target_partner", &partner)
            .input("mixing", &mixing);
        let found = mixed.read(&state, &feed).unwrap()[0].to_f64()[0];
        assert_close(&[found], &[sum / total], 1e-6, "the loss of mixtures");
    }
}
