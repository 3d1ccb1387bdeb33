//! Every optimizer, loss, activation and treatment of gradients.

use crate::support::{Case, runtimes};
use ikhim_cpu::Runtime;
use ikhim_nn::{
    Activation, Adadelta, Adagrad, Adam, AdamW, AlphaDropout, BinaryCrossEntropy, CrossEntropy,
    Dense, Dropout, Group, Huber, Loss, Mae, Mlp, ModelInput, Mse, Objective, Optimizer, Reduction,
    Rmsprop, Sequential, Sgd, Spec, SumSquaredError, Target,
};

const STEPS: u64 = 3;

fn all() -> Vec<Runtime> {
    runtimes(&[1, 3])
}

fn classes() -> Spec {
    Spec::new([20], Target::class(3))
}

/// Trains on few rows, which the caller does alone, and on more, which workers
/// share.
fn check(name: &str, model: &Mlp, spec: &Spec, objective: &Objective, runtimes: &[Runtime]) {
    for rows in [5, 70] {
        let case = Case::training(model, spec, objective, rows);
        case.check(&format!("{name}, {rows} rows"), &["loss", "objective"], STEPS, runtimes);
    }
}

#[test]
fn every_optimizer_has_the_bits_of_the_evaluator() {
    let named = Optimizer::NAMES.iter().map(|name| Optimizer::of(name).unwrap());
    let more: [Optimizer; 9] = [
        Sgd::new(0.1).momentum(0.9).into(),
        Sgd::new(0.1).momentum(0.9).nesterov(true).into(),
        Adagrad::new(0.1).initial_accumulator_value(0.5).into(),
        Adadelta::new(1.0).rho(0.8).into(),
        Rmsprop::new(0.01).momentum(0.9).into(),
        Rmsprop::new(0.01).epsilon(1e-3).into(),
        Adam::new(0.01).beta_1(0.5).beta_2(0.9).into(),
        Adam::new(0.01).epsilon(0.1).into(),
        AdamW::new(0.01).weight_decay(0.1).into(),
    ];
    let runtimes = all();
    for optimizer in named.chain(more) {
        let objective = Objective::new(CrossEntropy::new(), optimizer.clone());
        check(&format!("{optimizer:?}"), &Mlp::new([64, 48]), &classes(), &objective, &runtimes);
    }
}

#[test]
fn every_loss_has_the_bits_of_the_evaluator() {
    let (numbers, wide) = (Spec::new([20], Target::number(1)), Spec::new([20], Target::number(4)));
    let (two, labels) =
        (Spec::new([20], Target::class(2)), Spec::new([20], Target::multi_label(4)));
    let mut cases: Vec<(Loss, Spec)> = Vec::new();
    for spec in [&numbers, &wide, &two, &classes()] {
        cases.push((Mse::new().into(), spec.clone()));
        cases.push((Mae::new().into(), spec.clone()));
        cases.push((Huber::new().delta(0.3).into(), spec.clone()));
        cases.push((SumSquaredError::new().into(), spec.clone()));
        cases.push((Mse::new().reduction(Reduction::Sum).into(), spec.clone()));
    }
    for spec in [&two, &classes(), &classes().row_weights(true)] {
        cases.push((CrossEntropy::new().into(), spec.clone()));
        cases.push((CrossEntropy::new().label_smoothing(0.1).into(), spec.clone()));
        cases.push((CrossEntropy::new().reduction(Reduction::Sum).into(), spec.clone()));
    }
    for spec in [&two, &labels, &two.clone().row_weights(true)] {
        cases.push((BinaryCrossEntropy::new().into(), spec.clone()));
        cases.push((BinaryCrossEntropy::new().label_smoothing(0.1).into(), spec.clone()));
    }
    let cubic = Loss::custom("cubic", |prediction, target| (prediction - target).abs().pow(3.0));
    cases.push((cubic, wide));
    let runtimes = all();
    for (loss, spec) in cases {
        let objective = Objective::new(loss.clone(), Sgd::new(0.01));
        let name = format!("{loss:?} for {:?}", spec.target());
        check(&name, &Mlp::new([64, 48]), &spec, &objective, &runtimes);
    }
}

#[test]
fn losses_on_probabilities_have_the_bits_of_the_evaluator() {
    let runtimes = all();
    for rows in [5, 70] {
        let ending = |activation| {
            let dense = Dense::new(64).activation(Activation::Tanh);
            Sequential::new().then(dense).then(Dense::auto().activation(activation))
        };
        let clipped = CrossEntropy::new().from_logits(false).renormalize(true);
        let objective = Objective::new(clipped, Adam::new(0.01));
        let model = ending(Activation::Softmax);
        let case = Case::training(&model, &classes(), &objective, rows);
        case.check("softmax", &["loss"], STEPS, &runtimes);

        let objective =
            Objective::new(BinaryCrossEntropy::new().from_logits(false), Adam::new(0.01));
        let two = Spec::new([20], Target::class(2));
        let case = Case::training(&ending(Activation::Sigmoid), &two, &objective, rows);
        case.check("sigmoid", &["loss"], STEPS, &runtimes);
    }
}

#[test]
fn every_activation_has_the_bits_of_the_evaluator() {
    let runtimes = all();
    let objective = Objective::new(CrossEntropy::new(), Adam::new(0.01));
    for name in Activation::NAMES {
        let model = Mlp::new([64, 48]).activation(Activation::of(name).unwrap());
        check(name, &model, &classes(), &objective, &runtimes);
        let dropped = model.dropout(0.25);
        check(&format!("{name} with dropout"), &dropped, &classes(), &objective, &runtimes);
    }
    for rows in [5, 70] {
        let model = Sequential::new()
            .then(Dense::new(48).activation(Activation::Selu))
            .then(AlphaDropout::new(0.1))
            .then(Dense::new(30).activation(Activation::leaky_relu(0.2)))
            .then(Dropout::new(0.5))
            .then(Dense::auto());
        let case = Case::training(&model, &classes(), &objective, rows);
        case.check("alpha dropout", &["loss"], STEPS, &runtimes);
    }
}

#[test]
fn every_treatment_of_gradients_has_the_bits_of_the_evaluator() {
    let plain = || Objective::new(CrossEntropy::new(), Adam::new(0.01));
    let objectives = [
        ("clip_norm", plain().clip_norm(0.1)),
        ("clip_norm that does nothing", plain().clip_norm(1e6)),
        ("clip_value", plain().clip_value(1e-3)),
        ("both", plain().clip_value(1e-3).clip_norm(1e-3)),
        ("l2", plain().l2(0.01)),
        ("l1 and l2", plain().l1(0.01).l2(0.01)),
        ("weight_decay", plain().weight_decay(0.1)),
        ("class_weight", plain().class_weight([1.0, 2.0, 0.5])),
        ("frozen", plain().group(Group::new("dense_1").trainable(false))),
        ("slower", plain().group(Group::new("dense_2").learning_rate_multiplier(0.1))),
        (
            "several groups",
            plain()
                .group(Group::new("dense_1").learning_rate_multiplier(3.0))
                .group(Group::new("dense_3").trainable(false))
                .l2(0.1)
                .clip_norm(1.0),
        ),
        ("hook", plain().gradient_hook(|_, gradient| gradient.clip(-0.01, 0.01) * 2.0)),
    ];
    let runtimes = all();
    for (name, objective) in objectives {
        check(name, &Mlp::new([64, 48]).dropout(0.1), &classes(), &objective, &runtimes);
    }
}

#[test]
fn learned_vectors_have_the_bits_of_the_evaluator() {
    let runtimes = all();
    let spec = classes()
        .input(ModelInput::embedded("city", 9, 4))
        .input(ModelInput::embedded("day", 7, 3));
    let objective = Objective::new(CrossEntropy::new(), Adam::new(0.01));
    check("embeddings", &Mlp::new([64, 48]), &spec, &objective, &runtimes);
}
