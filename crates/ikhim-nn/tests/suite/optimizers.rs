//! Twenty steps of each optimizer in f64 against PyTorch's trajectories, to
//! 1e-10.

use crate::support::{Loop, assert_close, assert_relative, fixture, numbers};
use ikhim_graph::{Array, Role, State};
use ikhim_nn::{
    Adadelta, Adagrad, Adam, AdamW, Group, Linear, Mse, Objective, Optimizer, Rmsprop, Sgd, Spec,
    Target, training,
};

fn spec() -> Spec {
    Spec::new([3], Target::number(2))
}

/// The case's objective and the rate of each step.
fn cases() -> Vec<(&'static str, Objective, Vec<f64>)> {
    let with = |optimizer: Optimizer| Objective::new(Mse::new(), optimizer);
    let sgd = || with(Sgd::new(0.1).into());
    let constant = |rate: f64| vec![rate; 20];
    let falling = (0..20).map(|step| 0.1 / (1.0 + f64::from(step))).collect();
    vec![
        ("sgd", sgd(), constant(0.1)),
        ("sgd_momentum", with(Sgd::new(0.05).momentum(0.9).into()), constant(0.05)),
        ("sgd_nesterov", with(Sgd::new(0.05).momentum(0.9).nesterov(true).into()), constant(0.05)),
        ("sgd_falling_rate", with(Sgd::new(0.1).momentum(0.9).into()), falling),
        ("adagrad", with(Adagrad::new(0.1).into()), constant(0.1)),
        ("adadelta", with(Adadelta::new(1.0).into()), constant(1.0)),
        ("rmsprop", with(Rmsprop::new(0.01).into()), constant(0.01)),
        ("rmsprop_momentum", with(Rmsprop::new(0.01).momentum(0.9).into()), constant(0.01)),
        ("adam", with(Adam::new(0.05).into()), constant(0.05)),
        (
            "adam_settings",
            with(Adam::new(0.05).beta_1(0.8).beta_2(0.99).epsilon(1e-3).into()),
            constant(0.05),
        ),
        ("adamw", with(AdamW::new(0.05).weight_decay(0.3).into()), constant(0.05)),
        ("sgd_decay", sgd().weight_decay(0.3), constant(0.1)),
        ("sgd_l1", sgd().l1(0.02), constant(0.1)),
        ("sgd_l2", sgd().l2(0.03), constant(0.1)),
        ("sgd_clip_norm", sgd().clip_norm(0.25), constant(0.1)),
        ("sgd_clip_value", sgd().clip_value(0.2), constant(0.1)),
    ]
}

#[test]
fn trajectories_are_those_of_pytorch() {
    let fixture = fixture("optimizers.json");
    let reals = |name: &str, shape: &[usize]| Array::f64(shape, numbers(&fixture[name]));
    for (name, objective, rates) in cases() {
        let data = (reals("x", &[5, 3]), reals("y", &[5, 2]));
        let mut run = Loop::<f64>::new(&Linear::new(), &spec(), &objective, &[], data);
        run.set("dense_1.kernel", &numbers(&fixture["kernel"]));
        run.set("dense_1.bias", &numbers(&fixture["bias"]));
        if name == "adagrad" {
            // Where it starts is 0.1 rounded to f32, as all values at step 0.
            run.set("dense_1.kernel.adagrad.accumulator", &[0.1; 6]);
            run.set("dense_1.bias.adagrad.accumulator", &[0.1; 2]);
        }
        let expected = &fixture["cases"][name];
        let mut losses = Vec::new();
        for (step, rate) in (1..).zip(rates) {
            losses.push(run.step(rate)[0][0]);
            let at = &expected["trajectory"][step.to_string()];
            if at.is_null() {
                continue;
            }
            let what = format!("{name} after {step} steps");
            assert_close(&run.get("dense_1.kernel"), &numbers(&at["kernel"]), 1e-10, &what);
            assert_close(&run.get("dense_1.bias"), &numbers(&at["bias"]), 1e-10, &what);
        }
        let loss = |name: &str| expected[name].as_f64().unwrap();
        assert_relative(losses[0], loss("first_loss"), 1e-12, name);
        assert_relative(losses[19], loss("last_loss"), 1e-9, name);
        assert_eq!(run.get("optimizer.step"), [20.0]);
    }
}

#[test]
fn every_optimizer_has_a_fixture() {
    let cases = cases();
    for name in Optimizer::NAMES {
        let optimizer = Optimizer::of(name).unwrap();
        assert_eq!(optimizer.name(), *name);
        assert!(
            cases.iter().any(|(_, objective, _)| objective.optimizer().name() == *name),
            "{name}"
        );
        let text = serde_json::to_string(&optimizer).unwrap();
        assert_eq!(serde_json::from_str::<Optimizer>(&text).unwrap(), optimizer, "{text}");
    }
    let sgd: Optimizer = serde_json::from_str(r#"{"type": "sgd", "momentum": 0.9}"#).unwrap();
    assert_eq!(sgd, Sgd::default().momentum(0.9).into());
}

#[test]
fn slots_have_paths_and_roles() {
    let objective = Objective::new(Mse::new(), Adam::default());
    let definition = training(&Linear::new(), &spec(), &objective).unwrap();
    let role = |path: &str| definition.variable(path).map(|variable| variable.role);
    assert_eq!(role("dense_1.kernel"), Some(Role::Parameter));
    assert_eq!(role("dense_1.kernel.adam.first_moment"), Some(Role::Slot));
    assert_eq!(role("dense_1.bias.adam.second_moment"), Some(Role::Slot));
    assert_eq!(role("optimizer.step"), Some(Role::Counter));
    let state = State::initial(&definition, 3);
    assert_eq!(state.get("dense_1.kernel.adam.first_moment").unwrap().to_f64(), [0.0; 6]);
    assert_eq!(definition.parameters(), 8);
}

/// A loop over the fixture's problem with random parameters, after some steps.
fn after(objective: &Objective, steps: usize) -> Loop<f64> {
    let fixture = fixture("optimizers.json");
    let reals = |name: &str, shape: &[usize]| Array::f64(shape, numbers(&fixture[name]));
    let data = (reals("x", &[5, 3]), reals("y", &[5, 2]));
    let fetches = ["gradient_norm", "objective"];
    let mut run = Loop::new(&Linear::new(), &spec(), objective, &fetches, data);
    run.set("dense_1.kernel", &numbers(&fixture["kernel"]));
    run.set("dense_1.bias", &numbers(&fixture["bias"]));
    run.steps(steps, 0.1);
    run
}

#[test]
fn groups_scale_and_stop_the_rate() {
    let fixture = fixture("optimizers.json");
    let sgd = || Objective::new(Mse::new(), Sgd::new(0.1));
    // The whole layer at half the rate is the whole network at half the rate.
    let halved = after(&sgd().group(Group::new("dense_1").learning_rate_multiplier(0.5)), 1);
    let mut slow = after(&sgd(), 0);
    slow.steps(1, 0.05);
    assert_close(&halved.get("dense_1.kernel"), &slow.get("dense_1.kernel"), 1e-15, "half rate");
    let frozen = after(&sgd().group(Group::new("dense_1").trainable(false)), 3);
    assert_eq!(frozen.get("dense_1.kernel"), numbers(&fixture["kernel"]));
    assert_eq!(frozen.get("dense_1.bias"), numbers(&fixture["bias"]));
}

#[test]
fn decay_and_penalties_leave_biases_alone() {
    let fixture = fixture("optimizers.json");
    let bias = |name: &str| numbers(&fixture["cases"][name]["trajectory"]["1"]["bias"]);
    // After one step, biases are those of the run without decay and penalty:
    // the trajectories above are equal to PyTorch's, which says the same.
    let plain = after(&Objective::new(Mse::new(), Sgd::new(0.1)), 1).get("dense_1.bias");
    for name in ["sgd_decay", "sgd_l1", "sgd_l2"] {
        assert_close(&plain, &bias(name), 1e-12, name);
    }
}

#[test]
fn objective_and_norm_are_values_of_the_graph() {
    let fixture = fixture("optimizers.json");
    let kernel = numbers(&fixture["kernel"]);
    let squares: f64 = kernel.iter().map(|value| value * value).sum();
    let mut run = after(&Objective::new(Mse::new(), Sgd::new(0.1)).l2(0.5), 0);
    let values = run.step(0.0);
    assert_relative(values[3][0], values[0][0] + 0.5 * squares, 1e-12, "objective");
    // A clipped step of rate 1 is as long as the limit.
    let objective = Objective::new(Mse::new(), Sgd::new(1.0)).clip_norm(0.25);
    let mut run = after(&objective, 0);
    let before = [run.get("dense_1.kernel"), run.get("dense_1.bias")].concat();
    let norm = run.step(1.0)[2][0];
    let moved = [run.get("dense_1.kernel"), run.get("dense_1.bias")].concat();
    let length: f64 = before.iter().zip(&moved).map(|(a, b)| (a - b).powi(2)).sum();
    assert!(norm > 0.25, "the fixture's gradient is longer than the limit");
    assert_relative(length.sqrt(), 0.25 * norm / (norm + 1e-6), 1e-10, "clipped step");
}

#[test]
fn the_hook_replaces_gradients_before_they_are_clipped() {
    let opposite = Objective::new(Mse::new(), Sgd::new(0.1))
        .gradient_hook(|path, gradient| if path.ends_with("bias") { -gradient } else { gradient });
    let with = after(&opposite, 1);
    let without = after(&Objective::new(Mse::new(), Sgd::new(0.1)), 1);
    assert_eq!(with.get("dense_1.kernel"), without.get("dense_1.kernel"));
    let start = numbers(&fixture("optimizers.json")["bias"]);
    let moved = |run: &Loop<f64>| -> Vec<f64> {
        run.get("dense_1.bias").iter().zip(&start).map(|(now, start)| start - now).collect()
    };
    let usual: Vec<f64> = moved(&without).iter().map(|distance| -distance).collect();
    assert_close(&moved(&with), &usual, 1e-15, "the other way");
    assert!(usual.iter().all(|distance| *distance != 0.0));
}

/// Kingma and Ba 2015, section 2.1: the first step is as long as the rate. In
/// f32 that holds to the last digits only when 1 − βᵗ is not a plain difference.
#[test]
fn adams_first_step_is_the_rate_in_f32_too() {
    let objective = Objective::new(Mse::new(), Adam::new(0.5).epsilon(0.0));
    let data = (Array::f32(&[1, 3], vec![3.0, 1.0, 7.0]), Array::f32(&[1, 2], vec![1e3, -1e2]));
    let mut run = Loop::<f32>::new(&Linear::new(), &spec(), &objective, &[], data);
    run.set("dense_1.kernel", &[0.0; 6]);
    run.step(0.5);
    let signs = [0.5, -0.5, 0.5, -0.5, 0.5, -0.5];
    assert_close(&run.get("dense_1.kernel"), &signs, 5e-7, "the first step");
}
