//! The observer that writes down the course of a training. It reads values and
//! changes none.

use crate::anatomy::Anatomy;
use crate::course::{Course, Span};
use crate::look::{Look, Probe, changes, sampled};
use ikhim_cpu::Runtime;
use ikhim_graph::State;
use ikhim_text::Result;
use ikhim_train::experiment::Prepared;
use ikhim_train::{Flow, Observer, Start, StepReport, StepStart};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Spans of losses that are kept; more are joined in pairs.
const SPANS: usize = 512;

/// The steps between two looks of the first [`DENSE`] steps, at the most.
const SPACING: u64 = 30;

/// Steps of which the looks are dense: a training is won or lost there.
const DENSE: u64 = 600;

/// Looks of a short training.
const LOOKS: u64 = 20;

/// Rows of a look: a fifth of a batch, so that a look costs less than a step
/// with all that it reads and writes.
const ROWS: std::ops::RangeInclusive<usize> = 16..=128;

/// What is written down, for the one who watches and the one who asks.
#[derive(Debug, Clone, Default)]
pub struct Record(Arc<Mutex<Course>>);

impl Record {
    /// The course so far.
    pub fn course(&self) -> Course {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Course> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Watches a training and writes down its course.
pub struct Watch {
    record: Record,
    /// None after a look has failed: what cannot be looked into is trained all
    /// the same.
    probe: Option<Probe>,
    before: Option<(Look, Vec<Vec<f32>>)>,
    spacing: u64,
    last_loss: f64,
    /// Steps of a span.
    span: u64,
}

impl Watch {
    /// A watch over a training of these rows.
    ///
    /// # Errors
    /// A network that does not fit the data.
    pub fn new(prepared: &Prepared, runtime: &Runtime) -> Result<Watch> {
        let step = Arc::new(prepared.step()?);
        let anatomy = Anatomy::of(&step);
        let training = &prepared.experiment.training;
        let train = prepared.data.train().len();
        let batch = training.batch_size().unwrap_or(train).min(train.max(1));
        let rows = (batch / 5).clamp(*ROWS.start(), *ROWS.end());
        let probe = Probe::new(prepared, &step, &anatomy, rows, runtime)?;
        Ok(Watch {
            record: Record::default(),
            probe: Some(probe),
            before: None,
            spacing: SPACING,
            last_loss: f64::NAN,
            span: 1,
        })
    }

    /// The same over a training that goes on: what the earlier course tells of
    /// the steps before is kept.
    pub fn after(self, earlier: Course) -> Watch {
        *self.record.lock() = earlier;
        self
    }

    /// Where it writes.
    pub fn record(&self) -> Record {
        self.record.clone()
    }
}

impl Observer for Watch {
    fn on_start(&mut self, start: &Start) {
        self.spacing = (start.steps / LOOKS).clamp(1, SPACING);
        let mut course = self.record.lock();
        course.until(start.step);
        self.span = course.spans.iter().map(|span| span.steps).max().unwrap_or(1);
        course.planned = start.steps;
        course.steps = start.step;
        course.steps_per_epoch = start.steps_per_epoch;
    }

    fn looks_at(&mut self, step: u64) -> bool {
        self.probe.is_some() && is_due(step, self.spacing)
    }

    fn before_step(&mut self, start: &StepStart<'_>) {
        let Some(probe) = &self.probe else { return };
        match probe.look(start.state, start.seed, start.step, start.learning_rate) {
            Ok(look) => {
                self.before = Some((look, sampled(probe.parameters(), start.state)));
            }
            Err(_) => self.probe = None,
        }
    }

    fn after_step(&mut self, state: &State) {
        let Some((mut look, before)) = self.before.take() else { return };
        let Some(probe) = &self.probe else { return };
        let changes = changes(probe.parameters(), &before, state);
        for parameter in &mut look.parameters {
            parameter.update = changes.get(&parameter.path).copied().filter(|it| it.is_finite());
        }
        self.record.lock().looks.push(look);
    }

    fn on_step(&mut self, step: &StepReport) -> Flow {
        let mut course = self.record.lock();
        course.steps = step.step;
        let rises = u64::from(step.loss > self.last_loss);
        self.last_loss = step.loss;
        let (first, loss) = (step.step.saturating_sub(1), step.loss);
        let one = Span { first, steps: 1, mean: loss, low: loss, high: loss, rises };
        let span = self.span;
        // Where steps are missing between two trainings a span begins anew.
        let goes_on = |last: &&mut Span| last.steps < span && last.first + last.steps == first;
        match course.spans.last_mut().filter(goes_on) {
            Some(last) => *last = joined(*last, one),
            None => course.spans.push(one),
        }
        if course.spans.len() > SPANS {
            let pairs = course.spans.chunks(2).map(|pair| match pair {
                [first, second] => joined(*first, *second),
                _ => pair[0],
            });
            course.spans = pairs.collect();
            self.span *= 2;
        }
        Flow::Continue
    }
}

/// Whether a look is due after so many steps: at the first ones, evenly while a
/// training is young, then at steps a twentieth apart.
fn is_due(step: u64, spacing: u64) -> bool {
    if step < DENSE {
        return matches!(step, 0 | 1 | 4) || step.is_multiple_of(spacing);
    }
    let mut spacing = spacing;
    // Spacings double, so that the steps that are shown do not depend on when
    // a training was resumed.
    while step / spacing >= 2 * LOOKS {
        spacing *= 2;
    }
    step.is_multiple_of(spacing)
}

fn joined(first: Span, second: Span) -> Span {
    let steps = first.steps + second.steps;
    let weight = |span: &Span| span.steps as f64 / steps as f64;
    Span {
        first: first.first,
        steps,
        mean: first.mean * weight(&first) + second.mean * weight(&second),
        low: first.low.min(second.low),
        // The largest is what is not finite, where there is such a loss.
        high: if first.high >= second.high || first.high.is_nan() {
            first.high
        } else {
            second.high
        },
        rises: first.rises + second.rises,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_training_is_looked_at_twenty_times_in_its_first_600_steps() {
        for planned in [600, 10_001, 1_000_000] {
            let spacing = (planned / LOOKS).clamp(1, SPACING);
            let looks = (0..600).filter(|step| is_due(*step, spacing)).count();
            assert!((20..=30).contains(&looks), "{looks} looks of {planned} steps");
        }
        let later = (600..1_000_000).filter(|step| is_due(*step, SPACING)).count();
        assert!(later < 400, "{later}");
    }

    #[test]
    fn joined_spans_keep_sums_and_extremes() {
        let of =
            |first, loss, rises| Span { first, steps: 1, mean: loss, low: loss, high: loss, rises };
        let span = joined(joined(of(0, 4.0, 0), of(1, 1.0, 0)), of(2, 7.0, 1));
        assert_eq!((span.first, span.steps, span.rises), (0, 3, 1));
        assert!((span.mean - 4.0).abs() < 1e-12 && (span.low, span.high) == (1.0, 7.0), "{span:?}");
        assert!(joined(span, of(3, f64::NAN, 0)).high.is_nan());
    }
}
