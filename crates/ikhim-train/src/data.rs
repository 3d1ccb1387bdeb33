use crate::baseline::NoChange;
use ikhim_data::{
    Augmentation, Augmenter, Buckets, Dataset, EmbeddedColumn, Encoded, EncodedTarget,
    EncodedTrain, EncodedValidation, EncodedValues, Mistake, Preprocessing, SequenceColumn, Task,
    Train, Validation,
};
use ikhim_nn::{FEATURES, LENGTHS, ModelInput, Spec, Target};
use ikhim_run::Rows;
use ikhim_text::Result;

/// Train and validation rows as a network takes them.
#[derive(Debug, Clone)]
pub struct TrainingData {
    preprocessing: Preprocessing,
    train: EncodedTrain,
    validation: EncodedValidation,
    augmenter: Option<Augmenter>,
    in_time: bool,
    /// Groups of lengths that train batches are made of, where rows are sequences.
    bucket_count: usize,
    /// What the targets were at the end of each window, of train and of validation
    /// rows, where the rows are windows of a series.
    last_values: Option<[Vec<f64>; 2]>,
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
        let last = |rows: &Dataset| rows.last_values();
        let last_values = match (last(train.dataset()), last(validation.dataset())) {
            (Some(of_train), Some(of_validation)) => Some([of_train, of_validation]),
            _ => None,
        };
        let bucket_count = train.dataset().sequence().map_or(1, SequenceColumn::bucket_count);
        Ok(TrainingData {
            preprocessing,
            train: encoded_train,
            validation: encoded_validation,
            augmenter: None,
            in_time: false,
            bucket_count,
            last_values,
        })
    }

    /// The same rows, known to follow each other in time: then the value of the
    /// row before is a rule that a network has to beat.
    pub fn in_order_of_time(mut self) -> TrainingData {
        self.in_time = true;
        self
    }

    /// Whether the rows follow each other in time.
    pub fn is_in_time(&self) -> bool {
        self.in_time
    }

    /// What a rule says of the judged rows that expects no change, where the rows
    /// tell what was: the value at the end of a window, or of the row before.
    pub(crate) fn no_change(&self) -> NoChange<'_> {
        match &self.last_values {
            Some([train, validation]) => {
                NoChange::Known(if self.validation.is_empty() { train } else { validation })
            }
            None if self.in_time => NoChange::OfRowBefore,
            None => NoChange::Unknown,
        }
    }

    /// As [`TrainingData::new`] by the preprocessing that the data ask for,
    /// fitted to the train rows.
    ///
    /// # Errors
    /// Values that cannot be encoded.
    pub fn fit(train: &Train, validation: &Validation) -> Result<TrainingData> {
        TrainingData::new(Preprocessing::fit(train)?, train, validation)
    }

    /// The same after a mistake with the train rows, made on purpose.
    pub fn mistaken(mut self, mistake: Mistake, seed: u64) -> TrainingData {
        let classes = self.preprocessing.classes().len();
        self.train = self.train.mistaken(mistake, classes, seed);
        self
    }

    /// The same with the validation rows among the train rows: a mistake, made on
    /// purpose.
    pub fn trained_on_validation(mut self) -> TrainingData {
        self.train = self.train.and_validation(&self.validation);
        self
    }

    /// The same with train rows that change each time they are seen.
    ///
    /// # Errors
    /// A change of images where no input is one; a mixture of levels.
    pub fn augmented(mut self, augmentation: Augmentation) -> Result<TrainingData> {
        self.augmenter = match augmentation.is_nothing() {
            true => None,
            false => Some(Augmenter::new(augmentation, &self.preprocessing)?),
        };
        Ok(self)
    }

    /// What changes the train rows: for
    /// [`Batches::augmented`](ikhim_data::Batches::augmented) in a loop that one
    /// writes oneself.
    pub fn augmenter(&self) -> Option<&Augmenter> {
        self.augmenter.as_ref()
    }

    /// Some train rows as an epoch sees them.
    pub fn batch(&self, rows: &[usize], seed: u64, epoch: u64) -> Rows {
        match &self.augmenter {
            Some(augmenter) => Rows::whole(augmenter.batch(&self.train, rows, seed, epoch)),
            None => Rows::of(self.train.encoded(), rows),
        }
    }

    /// The groups of train rows of like length, where the data ask for several:
    /// for [`Batches::in_buckets`](ikhim_data::Batches::in_buckets) in a loop that one
    /// writes oneself.
    pub fn buckets(&self) -> Option<Buckets> {
        let rows = self.train.encoded();
        let steps = *rows.input(FEATURES)?.shape.first()?;
        let EncodedValues::I32(lengths) = &rows.input(LENGTHS)?.values else { return None };
        let lengths = lengths.iter().map(|length| usize::try_from(*length).unwrap_or(0));
        let is_parted = self.bucket_count > 1;
        is_parted.then(|| Buckets::new(lengths, steps, self.bucket_count))
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
        self.spec_within(usize::MAX)
    }

    /// The same where a row that is read token by token has so many steps at most, as
    /// in a batch of short rows.
    pub fn spec_within(&self, steps: usize) -> Spec {
        let target = match self.preprocessing.task() {
            Task::Regression | Task::Reconstruction => {
                Target::number(self.preprocessing.target_names().len())
            }
            Task::MultiLabel => Target::multi_label(self.preprocessing.target_names().len()),
            Task::NextToken => {
                let steps = self.preprocessing.vocabulary().map_or(0, |text| text.length());
                Target::sequence(steps, self.preprocessing.classes().len())
            }
            _ => Target::class(self.preprocessing.classes().len()),
        };
        let embedded: Vec<EmbeddedColumn> = self.preprocessing.embedded().collect();
        let inputs = self.train.encoded().inputs.iter().map(|input| {
            let name = input.name.clone();
            let column = embedded.iter().find(|column| column.input == name);
            match (&input.values, column) {
                (_, Some(column)) => ModelInput::embedded(name, column.levels, column.output_dim),
                (EncodedValues::I32(_), _) if name == LENGTHS => {
                    ModelInput::integers(name, input.shape.clone(), None)
                }
                (EncodedValues::I32(_), _) => {
                    let text = self.preprocessing.vocabulary().map(|text| text.tokens().len());
                    let column = self.preprocessing.sequence();
                    let tokens = text.or(column.map(|(_, step)| step.indices()));
                    let mut shape = input.shape.clone();
                    if let (Some(own), Some(_)) = (shape.first_mut(), column) {
                        *own = steps.min(*own);
                    }
                    ModelInput::integers(name, shape, tokens)
                }
                _ => ModelInput::real(name, input.shape.clone()),
            }
        });
        let mixes = self.augmenter.as_ref().is_some_and(|it| it.mixes_classes(&self.train));
        Spec::with_inputs(inputs, target).mixed_classes(mixes)
    }

    /// Train rows of each class; empty where there are no classes.
    pub fn class_counts(&self) -> Vec<usize> {
        if let Some(counts) = self.train.streamed_classes() {
            return counts.to_vec();
        }
        let mut counts = vec![0_usize; self.preprocessing.classes().len()];
        if let EncodedTarget::Class(labels) = &self.train.encoded().target {
            for label in labels {
                if let Some(count) = counts.get_mut(*label as usize) {
                    *count += 1;
                }
            }
        }
        counts
    }

    /// The share of the rarest class among the train rows; 1 where there are no
    /// classes.
    pub fn rarest_class_share(&self) -> f64 {
        let counts = self.class_counts();
        let rows: usize = counts.iter().sum();
        match counts.into_iter().filter(|count| *count > 0).min() {
            Some(rarest) => rarest as f64 / rows as f64,
            None => 1.0,
        }
    }
}
