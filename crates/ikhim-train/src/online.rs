//! Learning that goes on: chunks of new rows, one after the other.

use crate::calibration::calibration;
use crate::session::adopt;
use crate::{CompiledStep, Step, Trainer, TrainingData};
use ikhim_data::{BatchSize, Batches, Train};
use ikhim_graph::State;
use ikhim_run::{Judgement, Model};
use ikhim_text::Result;

/// A trained model that goes on learning from new rows, chunk by chunk, each row
/// once.
///
/// Its preprocessing stays what it was fitted to, so that a weight keeps its
/// meaning. A chunk is judged before it is learned, so every new row is a test of
/// what was known until then. A network that learns only new rows forgets the old
/// ones (McCloskey and Cohen 1989); [`rehearsal`](Online::rehearsal) mixes batches
/// of the old train rows in, and [`remembered`](Online::remembered) says how the
/// model does on the old validation rows.
///
/// ```
/// use ikhim_data::{Dataset, Split, Task};
/// use ikhim_nn::Mlp;
/// use ikhim_train::{Online, Trainer, TrainingData};
///
/// let rows = |from: i32, to: i32| (from..to).map(|x| [f64::from(x), f64::from(3 * x)]);
/// let data = Dataset::rows(["x", "y"], rows(0, 200)).target("y").task(Task::Regression);
/// let parts = data.load()?.split(Split::new())?;
/// let data = TrainingData::fit(&parts.train, &parts.validation)?;
/// let trainer = || Trainer::new(Mlp::new([8])).epochs(20);
/// let run = trainer().fit_encoded(&data)?;
///
/// let mut online = Online::new(trainer(), run.model(), &data)?.rehearsal(1.0);
/// let schema = run.model().preprocessing().schema();
/// for from in [200, 232, 264] {
///     let chunk = Dataset::rows(["x", "y"], rows(from, from + 32)).schema(schema).load()?;
///     let learned = online.learn(&chunk.split(Split::none())?.train)?;
///     assert_eq!(learned.before.rows, 32);
/// }
/// let [before, after] = online.remembered()?;
/// assert_eq!(before.rows, after.rows);
/// # Ok::<(), ikhim_text::Fault>(())
/// ```
pub struct Online<'a> {
    step: CompiledStep,
    state: State,
    model: Model,
    data: &'a TrainingData,
    batch_size: BatchSize,
    seed: u64,
    rehearsal: f64,
    /// Batches of old rows that are owed to those of new ones.
    owed: f64,
    old: Batches<'a>,
    /// Times that the old rows were gone through.
    rounds: u64,
    chunks: u64,
}

/// What a chunk of new rows gave.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Learned {
    /// The model on the chunk before it was learned.
    pub before: Judgement,
    /// The mean loss of its batches while it was learned.
    pub loss: f64,
}

impl<'a> Online<'a> {
    /// Goes on with a model that a trainer made of such data. Network, loss,
    /// optimizer, rate, size of a batch and seed are the trainer's; its schedule,
    /// which ends with the training, and its augmentation are not.
    ///
    /// # Errors
    /// A network that does not fit the data.
    pub fn new(trainer: Trainer, model: &Model, data: &'a TrainingData) -> Result<Online<'a>> {
        let objective = trainer.objective_for(data);
        let rate = trainer.learning_rate.unwrap_or(objective.optimizer().learning_rate());
        let step = Step::shared(trainer.model.clone(), objective)
            .seed(trainer.seed)
            .precision(trainer.precision)
            .runtime(trainer.runtime.clone());
        let mut step = step.compile(&data.spec())?;
        step.set_learning_rate(rate);
        let mut state = step.init();
        adopt(&mut state, model.state());
        let (batch_size, seed) = (trainer.batch_size, trainer.seed);
        Ok(Online {
            step,
            state,
            model: model.clone(),
            data,
            batch_size,
            seed,
            rehearsal: 0.0,
            owed: 0.0,
            old: data.train().batches(batch_size).shuffled(seed, 0),
            rounds: 0,
            chunks: 0,
        })
    }

    /// How many batches of old train rows are learned for each batch of new ones;
    /// 0 without this.
    pub fn rehearsal(mut self, batches: f64) -> Online<'a> {
        self.rehearsal = batches.max(0.0);
        self
    }

    /// The size of a step, instead of the trainer's.
    pub fn learning_rate(mut self, rate: f64) -> Online<'a> {
        self.step.set_learning_rate(rate);
        self
    }

    /// Judges a chunk, then learns it. The order of its rows is drawn by the seed
    /// and the number of the chunk.
    ///
    /// # Errors
    /// Values that cannot be encoded, such as a class that the model does not
    /// know.
    pub fn learn(&mut self, chunk: &Train) -> Result<Learned> {
        let chunk = self.model.preprocessing().encode_train(chunk)?;
        let metrics = self.model.metrics();
        let before = self.model.with_state(&self.state).judge(chunk.encoded(), &metrics)?;
        let batches = chunk.batches(self.batch_size).shuffled(self.seed, self.chunks);
        let (mut sum, mut count) = (0.0, 0);
        for batch in batches {
            sum += self.step.run(&mut self.state, &batch?)?.loss();
            count += 1;
            self.rehearse()?;
        }
        self.chunks += 1;
        Ok(Learned { before, loss: sum / f64::from(count.max(1)) })
    }

    /// Learns the batches of old rows that are owed.
    fn rehearse(&mut self) -> Result<()> {
        self.owed += self.rehearsal;
        while self.owed >= 1.0 {
            self.owed -= 1.0;
            let batch = match self.old.next() {
                Some(batch) => batch?,
                None => {
                    self.rounds += 1;
                    let batches = self.data.train().batches(self.batch_size);
                    self.old = batches.shuffled(self.seed, self.rounds);
                    let Some(batch) = self.old.next() else { return Ok(()) };
                    batch?
                }
            };
            self.step.run(&mut self.state, &batch)?;
        }
        Ok(())
    }

    /// The model on the rows that it was chosen on, before the first chunk and
    /// now: what it knew, and what it still knows.
    ///
    /// # Errors
    /// Rows of another network.
    pub fn remembered(&self) -> Result<[Judgement; 2]> {
        let (rows, _) = self.data.judged();
        let metrics = self.model.metrics();
        let now = self.model.with_state(&self.state).judge(rows, &metrics)?;
        Ok([self.model.judge(rows, &metrics)?, now])
    }

    /// The model as it is now. Its threshold stays; the margins of its intervals
    /// are those of the old validation rows by the new weights.
    ///
    /// # Errors
    /// Rows of another network.
    pub fn model(&self) -> Result<Model> {
        let model = self.model.with_state(&self.state);
        let judgement = model.judge(self.data.judged().0, &model.metrics())?;
        let mut calibration = calibration(&model, self.data, &judgement, None)?;
        calibration.threshold = self.model.calibration().threshold.clone();
        Ok(model.with_calibration(calibration))
    }
}
