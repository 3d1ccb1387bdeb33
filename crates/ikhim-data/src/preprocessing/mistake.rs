use super::{Encoded, EncodedTarget, EncodedTrain, EncodedValidation, EncodedValues};
use ikhim_numeric::{Stream, stream_id};

/// A wrong procedure with train rows, made on purpose so that it can be studied.
/// The list is closed: no honest path has a switch for it. Validation and test
/// rows stay what they are.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Mistake {
    /// The features change places among the rows, the labels do not.
    ShuffleFeatures,
    /// Classes are counted from elsewhere: class k becomes k + offset, around
    /// the end; numbers are moved by it.
    LabelOffset(i64),
    /// Numbers to be learned are multiplied.
    LabelScale(f64),
    /// Numbers to learn from are multiplied.
    FeatureScale(f64),
}

impl EncodedTrain {
    /// The train rows after a mistake; `seed` drives what is drawn.
    pub fn mistaken(mut self, mistake: Mistake, classes: usize, seed: u64) -> EncodedTrain {
        match mistake {
            Mistake::ShuffleFeatures => shuffle(&mut self.0, seed),
            Mistake::LabelOffset(offset) => shift(&mut self.0.target, offset, classes),
            Mistake::LabelScale(scale) => {
                if let EncodedTarget::Number { values, .. } = &mut self.0.target {
                    multiply(values, scale);
                }
            }
            Mistake::FeatureScale(scale) => {
                for input in &mut self.0.inputs {
                    if let EncodedValues::F32(values) = &mut input.values {
                        multiply(values, scale);
                    }
                }
            }
        }
        self
    }

    /// The train rows with the validation rows behind them: a mistake, made on
    /// purpose, after which validation judges what was learned by heart.
    pub fn and_validation(mut self, validation: &EncodedValidation) -> EncodedTrain {
        self.0.append(&validation.0);
        self
    }
}

fn multiply(values: &mut [f32], scale: f64) {
    values.iter_mut().for_each(|value| *value = (f64::from(*value) * scale) as f32);
}

fn shuffle(rows: &mut Encoded, seed: u64) {
    let stream = Stream::new(seed, stream_id("data", "shuffle_features"));
    let order = stream.permutation(rows.rows, 0);
    rows.inputs = rows.gather(&order).inputs;
}

fn shift(target: &mut EncodedTarget, offset: i64, classes: usize) {
    match target {
        EncodedTarget::Class(labels) if classes > 0 => {
            let around = |label: i32| (i64::from(label) + offset).rem_euclid(classes as i64);
            labels.iter_mut().for_each(|label| *label = around(*label) as i32);
        }
        EncodedTarget::Number { values, .. } => {
            values.iter_mut().for_each(|value| *value += offset as f32);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EncodedInput, EncodedValues};

    fn rows(target: EncodedTarget) -> EncodedTrain {
        let values = EncodedValues::F32((0..40).map(|at| at as f32).collect());
        let input = EncodedInput { name: "features".into(), shape: vec![2], values };
        EncodedTrain(
            Encoded { inputs: vec![input], target, row_ids: (0..20).collect(), rows: 20 },
            None,
        )
    }

    #[test]
    fn shuffled_features_are_the_same_rows_in_another_order() {
        let labels: Vec<i32> = (0..20).collect();
        let before = rows(EncodedTarget::Class(labels.clone()));
        let after = before.clone().mistaken(Mistake::ShuffleFeatures, 20, 7);
        assert_eq!(after.encoded().target, EncodedTarget::Class(labels));
        let pairs = |rows: &EncodedTrain| -> Vec<[u32; 2]> {
            let values = rows.encoded().inputs[0].values.as_f32().unwrap();
            values.chunks(2).map(|pair| [pair[0] as u32, pair[1] as u32]).collect()
        };
        let (old, mut new) = (pairs(&before), pairs(&after));
        assert_ne!(old, new);
        new.sort_unstable();
        assert_eq!(old, new);
    }

    #[test]
    fn features_are_scaled_and_validation_rows_are_put_behind() {
        let labels = EncodedTarget::Class((0..20).collect());
        let scaled = rows(labels.clone()).mistaken(Mistake::FeatureScale(0.5), 20, 7);
        assert_eq!(scaled.encoded().inputs[0].values.as_f32().unwrap()[5], 2.5);
        let validation = EncodedValidation(rows(labels.clone()).0.gather(&[3, 4]));
        let both = rows(labels).and_validation(&validation);
        let encoded = both.encoded();
        assert_eq!((encoded.rows, encoded.row_ids.len()), (22, 22));
        assert_eq!(encoded.inputs[0].values.as_f32().unwrap()[40..], [6.0, 7.0, 8.0, 9.0]);
        let EncodedTarget::Class(classes) = &encoded.target else { panic!("classes") };
        assert_eq!(classes[20..], [3, 4]);
    }

    #[test]
    fn labels_are_moved_around_the_end_and_numbers_are_scaled() {
        let labels: Vec<i32> = (0..20).map(|row| row % 3).collect();
        let after = rows(EncodedTarget::Class(labels)).mistaken(Mistake::LabelOffset(-1), 3, 0);
        let EncodedTarget::Class(moved) = &after.encoded().target else { panic!("classes") };
        assert_eq!(moved[..4], [2, 0, 1, 2]);
        let numbers =
            EncodedTarget::Number { width: 1, values: vec![0.5; 20], original: vec![3.0; 20] };
        let after = rows(numbers).mistaken(Mistake::LabelScale(100.0), 0, 0);
        let EncodedTarget::Number { values, original, .. } = &after.encoded().target else {
            panic!("numbers")
        };
        assert_eq!((values[7], original[7]), (50.0, 3.0));
    }
}
