//! Schedules against PyTorch's.

use crate::support::{assert_close, fixture, numbers};
use ikhim_nn::{
    Clock, Cosine, Exponential, OneCycle, Plateau, ReduceOnPlateau, Schedule, StepDecay,
};

#[test]
fn factors_are_those_of_pytorch() {
    let fixture = fixture("schedules.json");
    let total_steps = fixture["total_steps"].as_u64().unwrap();
    let steps_per_epoch = fixture["steps_per_epoch"].as_u64().unwrap();
    let cases: [(&str, Schedule); 6] = [
        ("step", StepDecay::new(3).gamma(0.5).into()),
        ("exponential", Exponential::new(0.9).into()),
        ("cosine", Cosine::new().min_factor(0.1).into()),
        ("one_cycle", OneCycle::new().into()),
        (
            "one_cycle_settings",
            OneCycle::new().pct_start(0.25).div_factor(10.0).final_div_factor(100.0).into(),
        ),
        ("warm_cosine", Schedule::from(Cosine::new().min_factor(0.1)).warmup_steps(7)),
    ];
    for (name, schedule) in cases {
        let factor = |step| schedule.factor(Clock { step, total_steps, steps_per_epoch });
        let factors: Vec<f64> = (0..total_steps).map(factor).collect();
        assert_close(&factors, &numbers(&fixture["factors"][name]), 1e-12, name);
    }
}

#[test]
fn plateaus_fall_as_in_pytorch() {
    let fixture = fixture("schedules.json");
    let rule = ReduceOnPlateau::new;
    let cases = [
        ("losses", rule().factor(0.5).patience(2), false, 0.1),
        (
            "cooldown",
            rule().factor(0.5).patience(1).cooldown(2).min_learning_rate(0.02),
            false,
            0.1,
        ),
        ("scores", rule().factor(0.1).patience(1).threshold(0.01), true, 0.1),
        ("tiny", rule().factor(0.5).patience(0), false, 3e-8),
    ];
    for (name, rule, larger_is_better, rate) in cases {
        let case = &fixture["plateau"][name];
        let mut plateau = Plateau::default();
        let mut rates = Vec::new();
        for value in numbers(&case["values"]) {
            plateau.observe(&rule, value, larger_is_better, rate);
            // A state that was written and read again goes on the same way.
            let text = serde_json::to_string(&plateau).unwrap();
            plateau = serde_json::from_str(&text).unwrap();
            rates.push(rate * plateau.factor());
        }
        assert_close(&rates, &numbers(&case["rates"]), 1e-12, name);
    }
}

#[test]
fn a_negative_metric_is_better_only_by_a_share_of_its_size() {
    // 1e-4 of 0.5 is 5e-5: neither the same nor a gain of 1e-5 counts, one of 1e-4 does.
    let rule = ReduceOnPlateau::new().factor(0.5).patience(1);
    for (values, larger, falls) in [
        ([-0.5, -0.5, -0.5], true, true),
        ([-0.5, -0.499_99, -0.499_99], true, true),
        ([-0.5, -0.499_9, -0.499_8], true, false),
        ([-0.5, -0.5, -0.500_01], false, true),
        ([-0.5, -0.500_1, -0.500_2], false, false),
    ] {
        let mut plateau = Plateau::default();
        let fell = values.map(|value| plateau.observe(&rule, value, larger, 1.0));
        assert_eq!(fell.contains(&true), falls, "{values:?}");
    }
}

#[test]
fn a_metric_that_is_nan_is_never_better() {
    let rule = ReduceOnPlateau::new().factor(0.5).patience(0);
    let mut plateau = Plateau::default();
    plateau.observe(&rule, 1.0, false, 1.0);
    assert!(plateau.observe(&rule, f64::NAN, false, 1.0));
    assert_eq!(plateau.factor(), 0.5);
}

#[test]
fn warm_up_may_last_a_part_of_an_epoch() {
    let clock = |step| Clock { step, total_steps: 100, steps_per_epoch: 10 };
    let schedule = Schedule::constant().warmup_epochs(0.4);
    let factors: Vec<f64> = (0..6).map(|step| schedule.factor(clock(step))).collect();
    assert_eq!(factors, [0.25, 0.5, 0.75, 1.0, 1.0, 1.0]);
}

#[test]
fn names_and_values_go_both_ways() {
    for name in Schedule::NAMES {
        let schedule = Schedule::of(name).unwrap().warmup_epochs(2.0);
        assert_eq!(schedule.name(), *name);
        let text = serde_json::to_string(&schedule).unwrap();
        assert_eq!(serde_json::from_str::<Schedule>(&text).unwrap(), schedule, "{text}");
    }
    assert_eq!(Schedule::of("cosin"), None);
}
