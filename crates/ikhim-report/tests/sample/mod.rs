//! Runs of every kind that a report has to show.

use ikhim_report::figure::Image;
use ikhim_report::report::*;

pub(crate) const HOSTILE: &str = "서울 <script>alert('x')</script> & \"co\"\u{1}";

pub(crate) fn epochs(count: u64) -> Vec<Epoch> {
    (1..=count)
        .map(|epoch| Epoch {
            epoch,
            train_loss: 2.0 / epoch as f64,
            train_loss_mode: LossMode::Running,
            validation_loss: Some(2.5 / epoch as f64),
            metrics: vec![
                EpochMetric::new("accuracy", Role::Train, 1.0 - 0.5 / epoch as f64),
                EpochMetric::new("accuracy", Role::Validation, 1.0 - 0.6 / epoch as f64),
            ],
        })
        .collect()
}

pub(crate) fn confusion(classes: usize) -> Confusion {
    let count = |truth: usize, predicted: usize| match (truth + 1) % classes == predicted {
        _ if truth == predicted => 20,
        true => truth as u64 % 5,
        false => 0,
    };
    Confusion {
        classes: (0..classes).map(|class| format!("class {class}")).collect(),
        counts: (0..classes).map(|t| (0..classes).map(|p| count(t, p)).collect()).collect(),
    }
}

pub(crate) fn wrong_image(row: u64) -> WrongExample {
    let pixels: Vec<f32> = (0..64).map(|pixel| pixel as f32).collect();
    WrongExample {
        row,
        input: Input::Image(Image::of_values(&[8, 8, 1], &pixels, 0.0, 63.0)),
        truth: "3".into(),
        predicted: "8".into(),
        probability: Some(0.714),
    }
}

/// A small classification whose test part is sealed.
pub(crate) fn digits() -> RunReport {
    RunReport {
        name: "digits-0003".into(),
        ikhim: "0.1.0".into(),
        task: "classification".into(),
        status: Status::EarlyStopped,
        seed: 7,
        created: "2026-03-01T09:15:00Z".into(),
        seconds: 2.84,
        steps: 600,
        scores: vec![
            Score::new("accuracy", 0.974_074, Role::Validation, 270),
            Score::new("cross_entropy", 0.0721, Role::Train, 1257),
        ],
        data: Data {
            source: "digits".into(),
            sha256: "9f1c0a52".into(),
            split: "stratified".into(),
            parts: vec![
                Part::new(Role::Train, 1257),
                Part::new(Role::Validation, 270),
                Part::new(Role::Test, 270),
            ],
            columns: vec![Column {
                name: "digit".into(),
                kind: "category".into(),
                target: true,
                ..Column::default()
            }],
            notices: vec!["values are separated by semicolons".into()],
        },
        layers: vec![
            layer("dense_1", "dense", "[N, 64]", 4160),
            layer("dense_2", "dense", "[N, 10]", 650),
        ],
        epochs: epochs(30),
        best_epoch: Some(29),
        comparison: Some(Comparison {
            is_uncertain: false,
            metric: "accuracy".into(),
            higher_is_better: true,
            role: Role::Validation,
            n: 270,
            network: 0.974_074,
            baselines: vec![
                Baseline::new("most frequent class", 0.1),
                Baseline::new("nearest neighbor", 0.9815),
            ],
            remarks: vec!["exact least squares is no rule for classes".into()],
        }),
        validation: Examination {
            n: 270,
            confusion: Some(confusion(10)),
            wrong: (0..7).map(wrong_image).collect(),
            wrong_rows: Some(7),
            ..Examination::default()
        },
        test: Test::Sealed { n: 270, looks: 0 },
        decisions: vec![Decision {
            key: "model.hidden".into(),
            value: "[64]".into(),
            because: "1257 train rows".into(),
        }],
        experiment: "version = 1\n".into(),
        ..RunReport::default()
    }
}

pub(crate) fn layer(path: &str, kind: &str, output: &str, parameters: u64) -> Layer {
    Layer { path: path.into(), kind: kind.into(), output: output.into(), parameters }
}

pub(crate) fn opened() -> RunReport {
    let look = Look {
        metric: "accuracy".into(),
        value: 0.962_963,
        low: 0.933_2,
        high: 0.979_8,
        level: 0.95,
        method: "wilson".into(),
        look: 2,
        models_looked: 2,
        luck: 0.006_7,
        coverage: None,
        examination: Examination {
            n: 270,
            confusion: Some(confusion(10)),
            wrong: vec![wrong_image(1)],
            wrong_rows: Some(10),
            ..Examination::default()
        },
    };
    RunReport { test: Test::Opened(Box::new(look)), ..digits() }
}

/// Hostile names, Korean columns, numbers that are none.
pub(crate) fn hostile() -> RunReport {
    let mut epochs = epochs(1000);
    epochs[3].train_loss = f64::INFINITY;
    epochs[4].validation_loss = Some(f64::NAN);
    epochs[5].metrics[1].value = f64::NEG_INFINITY;
    for epoch in &mut epochs {
        epoch.metrics.push(EpochMetric::new(HOSTILE, Role::Validation, 1e300));
    }
    let fields = vec![("월 소득".into(), HOSTILE.into()), (HOSTILE.into(), "2".into())];
    RunReport {
        name: HOSTILE.into(),
        ikhim: HOSTILE.into(),
        task: HOSTILE.into(),
        status: Status::StoppedByFinding,
        created: HOSTILE.into(),
        scores: vec![Score::new(HOSTILE, f64::NAN, Role::Validation, u64::MAX)],
        data: Data {
            source: HOSTILE.into(),
            sha256: HOSTILE.into(),
            split: HOSTILE.into(),
            parts: vec![Part::new(Role::Train, 0)],
            columns: vec![Column {
                name: HOSTILE.into(),
                kind: HOSTILE.into(),
                encoding: HOSTILE.into(),
                ..Column::default()
            }],
            notices: vec![HOSTILE.into()],
        },
        layers: vec![layer(HOSTILE, HOSTILE, HOSTILE, 0)],
        epochs,
        best_epoch: Some(4),
        comparison: Some(Comparison {
            is_uncertain: false,
            metric: HOSTILE.into(),
            network: f64::NAN,
            baselines: vec![
                Baseline::new(HOSTILE, f64::INFINITY),
                Baseline::new("평균", -f64::MAX),
                Baseline::new("중앙값", f64::MAX),
            ],
            remarks: vec![HOSTILE.into()],
            ..Comparison::default()
        }),
        validation: Examination {
            n: 9,
            confusion: Some(Confusion {
                classes: vec![HOSTILE.into(), "나".into(), "다".into()],
                counts: vec![vec![1, 2], vec![], vec![0, u64::from(u32::MAX), 0, 7]],
            }),
            residuals: vec![f64::NAN, 1.0, -f64::MAX, f64::MAX],
            wrong: vec![WrongExample {
                row: u64::MAX,
                input: Input::Fields(fields),
                truth: HOSTILE.into(),
                predicted: HOSTILE.into(),
                probability: Some(f64::NAN),
            }],
            wrong_rows: Some(4),
        },
        findings: vec![Finding {
            id: HOSTILE.into(),
            severity: Severity::Error,
            place: HOSTILE.into(),
            evidence: vec![HOSTILE.into()],
            treatments: vec![HOSTILE.into()],
        }],
        notices: vec![HOSTILE.into()],
        decisions: vec![Decision {
            key: HOSTILE.into(),
            value: HOSTILE.into(),
            because: HOSTILE.into(),
        }],
        experiment: HOSTILE.into(),
        ..digits()
    }
}

pub(crate) fn all() -> Vec<(&'static str, RunReport)> {
    let broken_image = WrongExample { input: Input::Image(Image::default()), ..wrong_image(0) };
    vec![
        ("digits", digits()),
        ("opened", opened()),
        ("hostile", hostile()),
        ("empty", RunReport::default()),
        ("one epoch", RunReport { epochs: epochs(1), best_epoch: Some(1), ..digits() }),
        ("best epoch unknown", RunReport { best_epoch: Some(99), ..digits() }),
        (
            "all diverged",
            RunReport {
                epochs: vec![Epoch { train_loss: f64::NAN, ..Epoch::default() }],
                ..digits()
            },
        ),
        (
            "thousand classes",
            RunReport {
                validation: Examination {
                    n: 20_000,
                    confusion: Some(confusion(1000)),
                    wrong: vec![broken_image],
                    ..Examination::default()
                },
                ..digits()
            },
        ),
        (
            "no mistakes",
            RunReport {
                validation: Examination {
                    confusion: Some(Confusion {
                        classes: (0..21).map(|class| class.to_string()).collect(),
                        counts: Vec::new(),
                    }),
                    ..Examination::default()
                },
                ..digits()
            },
        ),
    ]
}
