//! Augmented batches: what they depend on, and what they do not.

use ikhim_data::{
    Augmentation, Augmenter, Column, ColumnType, Dataset, Encoded, EncodedTarget, EncodedTrain,
    Encoding, Flip, MIXING, PARTNER, Preprocessing, Scaling, Split,
};
use proptest::prelude::*;

fn digits(scaling: Scaling) -> (Preprocessing, EncodedTrain) {
    let data = Dataset::digits()
        .defaults(ColumnType::Image, Column::image().scaling(scaling))
        .load()
        .unwrap();
    let parts = data.split(Split::new()).unwrap();
    let preprocessing = Preprocessing::fit(&parts.train).unwrap();
    let train = preprocessing.encode_train(&parts.train).unwrap();
    (preprocessing, train)
}

fn features(rows: &Encoded) -> &[f32] {
    rows.input("features").unwrap().values.as_f32().unwrap()
}

fn everything() -> Augmentation {
    Augmentation::new()
        .shift(1)
        .rotate(15.0)
        .flip(Flip::Horizontal)
        .crop(0.8)
        .scale(0.1)
        .noise(0.05)
        .mixup(0.4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    /// A row looks the same in every batch of an epoch, alone too: so neither
    /// threads nor the place where a training goes on can change it.
    #[test]
    fn a_row_depends_on_seed_epoch_and_row_alone(
        rows in prop::collection::vec(0_usize..1257, 1..20), seed: u64, epoch in 0_u64..50,
    ) {
        let (preprocessing, train) = digits(Scaling::Unit);
        let augmenter = Augmenter::new(everything(), &preprocessing).unwrap();
        let batch = augmenter.batch(&train, &rows, seed, epoch);
        for (place, &row) in rows.iter().enumerate() {
            let alone = augmenter.batch(&train, &[row], seed, epoch);
            prop_assert_eq!(features(&alone), &features(&batch)[64 * place..64 * place + 64]);
        }
        let other_epoch = augmenter.batch(&train, &rows, seed, epoch + 1);
        prop_assert_ne!(features(&other_epoch), features(&batch));
        let other_seed = augmenter.batch(&train, &rows, seed ^ 1, epoch);
        prop_assert_ne!(features(&other_seed), features(&batch));
    }
}

#[test]
fn one_change_more_moves_no_other() {
    let (preprocessing, train) = digits(Scaling::Unit);
    let rows: Vec<usize> = (0..50).collect();
    let of = |augmentation| {
        Augmenter::new(augmentation, &preprocessing).unwrap().batch(&train, &rows, 3, 1)
    };
    let shifted = of(Augmentation::new().shift(2));
    let flipped = of(Augmentation::new().shift(2).flip(Flip::Horizontal));
    let mut unchanged = 0;
    for (shifted, flipped) in features(&shifted).chunks(64).zip(features(&flipped).chunks(64)) {
        unchanged += usize::from(shifted == flipped);
    }
    // Half of the rows are not mirrored, and those are where they were.
    assert!((10..=40).contains(&unchanged), "{unchanged}");
    let plain = Augmentation::new();
    assert_eq!(features(&of(plain)), features(&train.encoded().gather(&rows)));
}

/// Noise is told in shares of full intensity, whatever the scaling.
#[test]
fn noise_has_the_deviation_that_was_asked_for() {
    for (scaling, undo) in [(Scaling::Unit, 1.0), (Scaling::None, 16.0)] {
        let (preprocessing, train) = digits(scaling);
        let rows: Vec<usize> = (0..1257).collect();
        let augmenter = Augmenter::new(Augmentation::new().noise(0.1), &preprocessing).unwrap();
        let noisy = augmenter.batch(&train, &rows, 1, 1);
        let noise: Vec<f64> = features(&noisy)
            .iter()
            .zip(features(train.encoded()))
            .map(|(noisy, plain)| f64::from(noisy - plain) / undo)
            .collect();
        let n = noise.len() as f64;
        let mean = noise.iter().sum::<f64>() / n;
        let deviation = (noise.iter().map(|x| x * x).sum::<f64>() / n - mean * mean).sqrt();
        // 80,448 draws: standard errors of 0.00035 and 0.00025.
        assert!(mean.abs() < 0.0018 && (deviation - 0.1).abs() < 0.0013, "{mean} {deviation}");
    }
}

/// The inputs of a mixed row are `λ a + (1 − λ) b`, and its classes are those of
/// a and b.
#[test]
fn a_mixture_names_both_classes_and_the_share() {
    let (preprocessing, train) = digits(Scaling::Unit);
    let rows: Vec<usize> = (100..164).collect();
    let augmenter = Augmenter::new(Augmentation::new().mixup(1.0), &preprocessing).unwrap();
    let batch = augmenter.batch(&train, &rows, 5, 2);
    let all = train.encoded();
    let EncodedTarget::Class(own) = &batch.target else { panic!() };
    let EncodedTarget::Class(classes) = &all.target else { panic!() };
    assert_eq!(own.as_slice(), &classes[100..164]);
    let ikhim_data::EncodedValues::I32(partners) = &batch.input(PARTNER).unwrap().values else {
        panic!()
    };
    let shares = batch.input(MIXING).unwrap().values.as_f32().unwrap();
    let mut found = 0;
    for (place, &row) in rows.iter().enumerate() {
        let (share, mixed) = (shares[place], &features(&batch)[64 * place..64 * place + 64]);
        let row = &features(all)[64 * row..64 * row + 64];
        // Some train row of the partner's class is the other one.
        let is_other = |other: usize| {
            classes[other] == partners[place]
                && features(all)[64 * other..64 * other + 64]
                    .iter()
                    .zip(row)
                    .zip(mixed)
                    .all(|((other, own), mixed)| *mixed == share * own + (1.0 - share) * other)
        };
        found += usize::from((0..all.rows).any(is_other));
    }
    assert_eq!(found, rows.len());
}

#[test]
fn numbers_are_mixed_themselves() {
    let data = Dataset::rows(
        ["x", "y"],
        (0..20).map(|i| [f64::from(i), f64::from(3 * i + 1)]).collect::<Vec<_>>(),
    )
    .target("y")
    .load()
    .unwrap();
    let parts = data.split(Split::none()).unwrap();
    let preprocessing = Preprocessing::fit(&parts.train).unwrap();
    let train = preprocessing.encode_train(&parts.train).unwrap();
    let augmenter = Augmenter::new(Augmentation::new().mixup(0.5), &preprocessing).unwrap();
    assert!(!augmenter.mixes_classes(&train));
    let batch = augmenter.batch(&train, &(0..20).collect::<Vec<_>>(), 1, 1);
    let EncodedTarget::Number { values, .. } = &batch.target else { panic!() };
    // A straight line: mixtures of rows lie on it, and standardized both ways
    // they are one number.
    for (x, y) in features(&batch).iter().zip(values) {
        assert!((x - y).abs() < 1e-5, "{x} {y}");
    }
    assert_ne!(features(&batch), features(train.encoded()));
}

#[test]
fn what_cannot_be_augmented_is_refused() {
    let data = Dataset::named("iris").load().unwrap();
    let parts = data.split(Split::new()).unwrap();
    let preprocessing = Preprocessing::fit(&parts.train).unwrap();
    let fault =
        Augmenter::new(Augmentation::new().shift(1).noise(0.1), &preprocessing).unwrap_err();
    assert_eq!(fault.to_string(), "augmentation by shift, noise: no input is an image");
    assert!(Augmenter::new(Augmentation::new().mixup(0.2), &preprocessing).is_ok());

    let rows: Vec<[String; 2]> = (0..12).map(|i| [format!("l{}", i % 3), i.to_string()]).collect();
    let data = Dataset::rows(["level", "y"], rows)
        .column("level", Column::category().encoding(Encoding::Embedding))
        .target("y")
        .load()
        .unwrap();
    let preprocessing = Preprocessing::fit(&data.split(Split::none()).unwrap().train).unwrap();
    let fault = Augmenter::new(Augmentation::new().mixup(0.2), &preprocessing).unwrap_err();
    assert_eq!(fault.code(), "data.mixup_of_levels");
}
