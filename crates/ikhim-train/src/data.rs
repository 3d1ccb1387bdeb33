use ikhim_data::{
    Encoded, EncodedTarget, EncodedTrain, EncodedValidation, EncodedValues, Preprocessing, Task,
    Train, Validation,
};
use ikhim_nn::{ModelInput, Spec, Target};
use ikhim_text::Result;

/// Train and validation rows as a network takes them.
#[derive(Debug, Clone)]
pub struct TrainingData {
    preprocessing: Preprocessing,
    train: EncodedTrain,
    validation: EncodedValidation,
}

impl TrainingData {
    /// Encodes the rows by what was fitted to the train rows.
    ///
    /// # Errors
    /// Values that cannot be encoded.
    pub fn new(
        preprocessing: Preprocessing,
        train: &Train,
        validation: &Validation,
    ) -> Result<TrainingData> {
        let encoded_train = preprocessing.encode_train(train)?;
        let encoded_validation = preprocessing.encode_validation(validation)?;
        Ok(TrainingData { preprocessing, train: encoded_train, validation: encoded_validation })
    }

    /// What was fitted to the train rows.
    pub fn preprocessing(&self) -> &Preprocessing {
        &self.preprocessing
    }

    /// The train rows.
    pub fn train(&self) -> &EncodedTrain {
        &self.train
    }

    /// The validation rows.
    pub fn validation(&self) -> &EncodedValidation {
        &self.validation
    }

    /// The rows that the network is judged on, and the name of their part: the
    /// validation rows, or the train rows where there are no others.
    pub fn judged(&self) -> (&Encoded, &'static str) {
        if self.validation.is_empty() {
            (self.train.encoded(), "train")
        } else {
            (self.validation.encoded(), "validation")
        }
    }

    /// What a network reads and has to predict.
    pub fn spec(&self) -> Spec {
        let target = match self.preprocessing.task() {
            Task::Regression => Target::number(self.preprocessing.target_names().len()),
            Task::MultiLabel => Target::multi_label(self.preprocessing.target_names().len()),
            _ => Target::class(self.preprocessing.classes().len()),
        };
        let inputs = self.train.encoded().inputs.iter().map(|input| match input.values {
            EncodedValues::I32(_) => {
                ModelInput::integers(input.name.clone(), input.shape.clone(), None)
            }
            _ => ModelInput::real(input.name.clone(), input.shape.clone()),
        });
        Spec::with_inputs(inputs, target)
    }

    /// The share of the rarest class among the train rows; 1 where there are no
    /// classes.
    pub fn rarest_class_share(&self) -> f64 {
        let EncodedTarget::Class(labels) = &self.train.encoded().target else { return 1.0 };
        let mut counts = vec![0_usize; self.preprocessing.classes().len()];
        for label in labels {
            if let Some(count) = counts.get_mut(*label as usize) {
                *count += 1;
            }
        }
        let rarest = counts.into_iter().filter(|count| *count > 0).min().unwrap_or(0);
        rarest as f64 / labels.len().max(1) as f64
    }
}
