//! The sealed test part and what opens it.

use crate::ledger::{LedgerHead, LedgerState, LookRequest, Looks, RowSet};
use crate::stream::Rows;
use crate::{Dataset, Influence, Ledger, MetricScale, Rung, Values};
use ikhim_text::{Fault, Result};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::fmt;
use std::path::Path;

/// The test part: rows that nobody sees until they are opened on purpose, and
/// every opening is counted in the [`Ledger`].
///
/// It has a length and a name, and gives no rows:
/// ```compile_fail,E0599
/// # let mut parts = ikhim_data::Dataset::digits().load().unwrap().split(ikhim_data::Split::new()).unwrap();
/// parts.test.dataset();
/// ```
/// ```compile_fail,E0616
/// # let mut parts = ikhim_data::Dataset::digits().load().unwrap().split(ikhim_data::Split::new()).unwrap();
/// parts.test.data.row_hashes();
/// ```
/// Nothing can be fitted on it, encoded or batched from it:
/// ```compile_fail,E0308
/// # let mut parts = ikhim_data::Dataset::digits().load().unwrap().split(ikhim_data::Split::new()).unwrap();
/// ikhim_data::Preprocessing::fit(&parts.test);
/// ```
/// ```compile_fail,E0308
/// # let mut parts = ikhim_data::Dataset::digits().load().unwrap().split(ikhim_data::Split::new()).unwrap();
/// # let preprocessing = ikhim_data::Preprocessing::fit(&parts.train).unwrap();
/// preprocessing.encode_train(&parts.test);
/// ```
/// ```compile_fail,E0308
/// # let mut parts = ikhim_data::Dataset::digits().load().unwrap().split(ikhim_data::Split::new()).unwrap();
/// # let preprocessing = ikhim_data::Preprocessing::fit(&parts.train).unwrap();
/// preprocessing.encode_validation(&parts.test);
/// ```
/// ```compile_fail,E0599
/// # let mut parts = ikhim_data::Dataset::digits().load().unwrap().split(ikhim_data::Split::new()).unwrap();
/// parts.test.batches(100);
/// ```
/// It is neither a [`Train`](crate::Train) nor a
/// [`Validation`](crate::Validation) part:
/// ```compile_fail,E0308
/// # let mut parts = ikhim_data::Dataset::digits().load().unwrap().split(ikhim_data::Split::new()).unwrap();
/// fn learn(rows: &ikhim_data::Train) {}
/// learn(&parts.test);
/// ```
/// ```compile_fail,E0308
/// # let mut parts = ikhim_data::Dataset::digits().load().unwrap().split(ikhim_data::Split::new()).unwrap();
/// fn choose(rows: &ikhim_data::Validation) {}
/// choose(&parts.test);
/// ```
/// A copy would be a second seal:
/// ```compile_fail,E0599
/// # let mut parts = ikhim_data::Dataset::digits().load().unwrap().split(ikhim_data::Split::new()).unwrap();
/// parts.test.clone();
/// ```
/// What the other parts are for does compile, so the lines above fail for no
/// other reason:
/// ```
/// # let parts = ikhim_data::Dataset::digits().load().unwrap().split(ikhim_data::Split::new()).unwrap();
/// let preprocessing = ikhim_data::Preprocessing::fit(&parts.train).unwrap();
/// let train = preprocessing.encode_train(&parts.train).unwrap();
/// let validation = preprocessing.encode_validation(&parts.validation).unwrap();
/// assert_eq!((train.batches(100).count(), validation.len()), (13, 270));
/// fn learn(rows: &ikhim_data::Train) {}
/// learn(&parts.train.clone());
/// ```
pub struct SealedTest {
    data: Dataset,
    /// Where the values are, when they are read only to be opened.
    rows: Option<Rows>,
    ledger: Option<Ledger>,
    ladder: Option<f64>,
}

/// Who is examined on sealed rows: a model with all that belongs to it.
pub trait Examinee {
    /// The run that the model comes from.
    fn run(&self) -> &str;

    /// The hash of the model.
    fn model(&self) -> String;

    /// The metric that [`examine`](Examinee::examine) will compute.
    fn metric(&self) -> String;

    /// How its values are compared, which a [ladder](SealedTest::on_ladder) asks; a
    /// share such as accuracy unless it says otherwise.
    fn scale(&self) -> MetricScale {
        MetricScale::new(true, [0.0, 1.0]).influence(Influence::Rows)
    }

    /// Predicts the rows and compares with their targets.
    fn examine(&self, rows: &OpenedRows<'_>) -> Result<Examination>;
}

/// Rows of a test part while it is open. They are read by
/// [`Preprocessing::encode_opened`](crate::Preprocessing::encode_opened), with
/// what was fitted on train rows.
#[derive(Clone, Copy)]
pub struct OpenedRows<'a> {
    data: &'a Dataset,
    looks: usize,
    models: usize,
}

/// What an examination found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Examination {
    /// The metric.
    pub metric: String,
    /// Its value.
    pub value: f64,
    /// The interval that covers the true value, low and high.
    pub interval: [f64; 2],
    /// With which probability it does, e.g. 0.95.
    pub level: f64,
    /// How the interval was computed, e.g. `wilson`.
    pub method: String,
    /// Number of rows.
    pub n: usize,
    /// Further results: other metrics, the confusion matrix, wrong rows.
    pub extra: serde_json::Value,
}

/// A look at a test part: what it showed and how many there were.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Look {
    /// What the examination found.
    #[serde(flatten)]
    pub examination: Examination,
    /// How often any of these rows was looked at, this time included.
    #[serde(rename = "look")]
    pub number: usize,
    /// How many of these looks the same run took.
    pub looks_of_this_run: usize,
    /// How many different models took them.
    pub models_looked: usize,
    /// Whether these rows, as they are, were written down as sealed before this
    /// look. When they were not, the ledger is another one or the rows changed.
    pub sealed_before: bool,
    /// The state of the ledger's own chain.
    pub ledger: LedgerState,
    /// What a ladder showed, where there is one: the value is its own then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rung: Option<Rung>,
    /// The end of the ledger after this look, for the run to remember.
    pub head: LedgerHead,
}

impl SealedTest {
    pub(crate) fn new(data: Dataset) -> SealedTest {
        SealedTest { data, rows: None, ledger: None, ladder: None }
    }

    /// Rows of which only ids and hashes are in memory before they are opened.
    pub(crate) fn streamed(data: Dataset, rows: Rows) -> SealedTest {
        SealedTest { data, rows: Some(rows), ledger: None, ladder: None }
    }

    /// The rows with their values.
    fn values(&self) -> Result<Cow<'_, Dataset>> {
        match &self.rows {
            Some(rows) => Ok(Cow::Owned(rows.read(&self.data, 0..rows.len(), |_| true)?)),
            None => Ok(Cow::Borrowed(&self.data)),
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.data.len()
    }

    /// Whether nothing is sealed.
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// A name of these rows that may be shown: the SHA-256 of their ids and
    /// inputs. It does not depend on their targets.
    pub fn id(&self) -> String {
        let mut hasher = Sha256::new();
        for (id, inputs) in self.data.row_ids().iter().zip(self.data.input_hashes()) {
            hasher.update(id.to_le_bytes());
            hasher.update(inputs.0);
        }
        format!("{:x}", hasher.finalize())
    }

    /// The hashes of the inputs, for the assignment that is kept with the data.
    pub(crate) fn input_hashes(&self) -> &[crate::RowHash] {
        self.data.input_hashes()
    }

    /// Counts the looks in this ledger. Without one they are counted in the
    /// ledger of the project that the current folder belongs to.
    pub fn in_ledger(mut self, ledger: Ledger) -> SealedTest {
        self.ledger = Some(ledger);
        self
    }

    /// Shows of a look only what the Ladder of Blum and Hardt (2015) lets see: the best
    /// value so far, which a model changes when it is better by more than `step`, in
    /// whole steps. Nothing else that the examination found is given out.
    ///
    /// # Errors
    /// [`open`](SealedTest::open) fails on a step that is not above 0.
    pub fn on_ladder(mut self, step: f64) -> SealedTest {
        self.ladder = Some(step);
        self
    }

    /// The step of the ladder, where there is one.
    pub fn ladder(&self) -> Option<f64> {
        self.ladder
    }

    /// Writes down in the ledger that these rows are sealed, so that evaluating
    /// some of them is known to be a look, and returns the head for a run to
    /// remember.
    pub fn seal(&self) -> Result<LedgerHead> {
        self.ledger().seal(&self.rows())
    }

    /// The looks at these rows so far.
    pub fn looks(&self) -> Result<Looks> {
        self.ledger().looks(&self.rows())
    }

    /// Examines a model on these rows. The look is written into the ledger
    /// before the examinee sees a row: it counts also when the examination
    /// fails or the process ends within it.
    ///
    /// # Errors
    /// `seal.nothing_sealed` when there are no rows, `seal.ledger_unusable`
    /// when the look cannot be written down (the rows stay sealed), and
    /// whatever the examinee returns.
    ///
    /// ```
    /// # fn main() -> ikhim_text::Result<()> {
    /// use ikhim_data::{Dataset, Examination, Examinee, Ledger, OpenedRows, Split};
    ///
    /// struct AlwaysZero;
    /// impl Examinee for AlwaysZero {
    ///     fn run(&self) -> &str { "by-hand" }
    ///     fn model(&self) -> String { "0".repeat(64) }
    ///     fn metric(&self) -> String { "accuracy".to_string() }
    ///     fn examine(&self, rows: &OpenedRows) -> ikhim_text::Result<Examination> {
    ///         let (metric, method) = (self.metric(), "none".to_string());
    ///         let (value, interval, level) = (0.1, [0.0, 1.0], 1.0);
    ///         let extra = serde_json::Value::Null;
    ///         Ok(Examination { metric, value, interval, level, method, n: rows.len(), extra })
    ///     }
    /// }
    ///
    /// # let project = tempfile::tempdir().unwrap();
    /// # let project = project.path();
    /// let parts = Dataset::digits().load()?.split(Split::new())?;
    /// let mut test = parts.test.in_ledger(Ledger::in_project(project));
    /// assert_eq!(test.open(&AlwaysZero, "how bad is it")?.number, 1);
    /// let look = test.open(&AlwaysZero, "once more")?;
    /// assert_eq!(look.to_string(), "accuracy 0.1000 (n 270, 0.0000 to 1.0000); look 2");
    /// # Ok(())
    /// # }
    /// ```
    pub fn open(&mut self, examinee: &impl Examinee, reason: &str) -> Result<Look> {
        if self.is_empty() {
            return Err(Fault::of("seal.nothing_sealed"));
        }
        if let Some(step) = self.ladder.filter(|step| !(step.is_finite() && *step > 0.0)) {
            return Err(Fault::of("seal.ladder_step").with("found", step));
        }
        let (ledger, rows) = (self.ledger(), self.rows());
        let (model, metric) = (examinee.model(), examinee.metric());
        let request = LookRequest {
            run: examinee.run(),
            model: &model,
            metric: &metric,
            reason,
            rows: &rows,
        };
        let recorded = ledger.record(&request)?;
        let (looks, models) = (recorded.number, recorded.models_looked);
        let data = self.values()?;
        let mut examination = examinee.examine(&OpenedRows { data: &data, looks, models })?;
        let (rung, head) = match self.ladder {
            None => {
                let (metric, value) = (&examination.metric, examination.value);
                (None, ledger.record_value(&recorded, metric, value)?)
            }
            Some(step) => {
                let (scale, metric) = (examinee.scale(), &examination.metric);
                let found = (examination.value, step, &scale);
                let (rung, head) = ledger.record_rung(&recorded, &rows, metric, found)?;
                examination = Examination {
                    metric: examination.metric,
                    value: rung.value,
                    interval: rung.interval(examination.n, &of_classes(&data), looks, &scale),
                    level: 0.95,
                    method: "mcdiarmid_bonferroni".to_string(),
                    n: examination.n,
                    extra: serde_json::Value::Null,
                };
                (Some(rung), head)
            }
        };
        Ok(Look {
            examination,
            number: recorded.number,
            looks_of_this_run: recorded.looks_of_this_run,
            models_looked: recorded.models_looked,
            sealed_before: recorded.sealed_before,
            ledger: recorded.state,
            rung,
            head,
        })
    }

    /// Whether a value in the ledger is what a model gives on these rows: it is
    /// computed again and compared, to the last bit, and not given out. `None`
    /// when the ledger holds no value of this model on exactly these rows; then
    /// nothing is opened. Nobody learns anything new, so it is no look.
    ///
    /// # Errors
    /// The ledger cannot be read, and whatever the examinee returns.
    pub fn confirm(&self, examinee: &impl Examinee) -> Result<Option<bool>> {
        let chain = self.ledger().read()?;
        let Some((metric, recorded)) = chain.value_of(&examinee.model(), &self.rows()) else {
            return Ok(None);
        };
        if metric != examinee.metric() {
            return Ok(None);
        }
        let data = self.values()?;
        let rows = OpenedRows { data: &data, looks: 1, models: 1 };
        let found = examinee.examine(&rows)?.value;
        Ok(Some(found.to_bits() == recorded.to_bits() || (found.is_nan() && recorded.is_nan())))
    }

    fn ledger(&self) -> Ledger {
        self.ledger.clone().unwrap_or_else(|| Ledger::find(Path::new(".")))
    }

    fn rows(&self) -> RowSet {
        self.data.row_hashes().iter().collect()
    }
}

impl OpenedRows<'_> {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.data.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// How often rows of this part were looked at, this time included: an
    /// interval has to hold for all of them.
    pub fn looks(&self) -> usize {
        self.looks
    }

    /// How many different models took these looks.
    pub fn models(&self) -> usize {
        self.models
    }

    /// For each row its position in the source.
    pub fn row_ids(&self) -> &[u64] {
        self.data.row_ids()
    }

    pub(crate) fn dataset(&self) -> &Dataset {
        self.data
    }
}

/// How many rows each class has; nothing where the target is no class.
fn of_classes(data: &Dataset) -> Vec<usize> {
    let mut counts = vec![0; data.classes().len()];
    if let Some(Values::Category { indices, .. }) = data.targets().next().map(|it| &it.values) {
        for class in indices.iter().flatten() {
            if let Some(count) = counts.get_mut(*class as usize) {
                *count += 1;
            }
        }
    }
    counts
}

impl fmt::Debug for SealedTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedTest").field("len", &self.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for OpenedRows<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenedRows").field("len", &self.len()).finish_non_exhaustive()
    }
}

impl fmt::Display for Look {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Examination { metric, value, interval: [low, high], n, .. } = &self.examination;
        write!(f, "{metric} {value:.4} (n {n}, {low:.4} to {high:.4}); look {}", self.number)?;
        if self.models_looked > 1 {
            write!(f, ", by {} models", self.models_looked)
        } else {
            Ok(())
        }
    }
}
