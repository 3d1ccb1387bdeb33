//! The step over batches of short rows: the same network over fewer steps.

use crate::TrainingData;
use crate::trainer::Trainer;
use ikhim_data::Buckets;
use ikhim_graph::{Data, Definition, State};
use ikhim_nn::{FEATURES, Objective, evaluation, training};
use ikhim_run::{Program, Rows, carried};
use ikhim_text::{Fault, Result};
use std::sync::Arc;

/// Rows of a bucket by which it is seen that padding is nothing to a network.
const LOOKED_AT: usize = 8;

/// The step of a network over the buckets of its train rows. All of them share one
/// state.
pub(crate) struct Narrow {
    buckets: Buckets,
    /// Of each bucket but the last its steps and the program over them.
    programs: Vec<(usize, Program)>,
}

impl Narrow {
    /// The step over each bucket; nothing where the data ask for no buckets.
    ///
    /// # Errors
    /// A network to which padding is not nothing: one that goes on from batch to
    /// batch, has a parameter for each step, or answers otherwise at another length.
    pub(crate) fn of(
        trainer: &Trainer,
        data: &TrainingData,
        objective: &Objective,
        whole: &Definition,
        state: &State,
    ) -> Result<Option<Narrow>> {
        let Some(buckets) = data.buckets() else { return Ok(None) };
        if !carried(whole).is_empty() {
            return Err(refused("it goes on from one batch to the next"));
        }
        let (model, precision) = (trainer.model.as_ref(), trainer.precision);
        let mut programs = Vec::new();
        let (_, shorter) = buckets.bounds().split_last().unwrap_or((&0, &[]));
        for steps in shorter {
            let of_length = |what: &str| format!("{what} at {steps} steps");
            let spec = data.spec_within(*steps);
            let step = training(model, &spec, objective)
                .map_err(|fault| refused(of_length(&fault.to_string())))?;
            for variable in whole.variables() {
                let other = step.variable(&variable.path).map(|other| &other.shape);
                if other != Some(&variable.shape) {
                    let what = format!("`{}` has another size", variable.path);
                    return Err(refused(of_length(&what)));
                }
            }
            let measure = Arc::new(evaluation(model, &spec, objective.loss())?);
            let full = Arc::new(evaluation(model, &data.spec(), objective.loss())?);
            let read = |definition, cut: bool| -> Result<Option<Data>> {
                let program = Program::reading(definition, &["probability"], precision)?;
                let rows = looked_at(data, &buckets, *steps);
                let rows = if cut { rows.cut(FEATURES, *steps) } else { rows };
                let values = program.on(trainer.runtime.clone()).read(state, &rows.feed())?;
                Ok(values.first().map(|value| value.data().clone()))
            };
            if read(measure, true)? != read(full, false)? {
                return Err(refused(of_length("its answers are others")));
            }
            let program = Program::updating(Arc::new(step), &["loss"], precision)?;
            programs.push((*steps, program.on(trainer.runtime.clone())));
        }
        Ok(Some(Narrow { buckets, programs }))
    }

    /// The groups of rows.
    pub(crate) fn buckets(&self) -> &Buckets {
        &self.buckets
    }

    /// Some train rows, as long as their bucket.
    pub(crate) fn cut(&self, rows: Rows, indices: &[usize]) -> Rows {
        rows.cut(FEATURES, self.buckets.steps(indices))
    }

    /// The program over rows of a bucket; `None` for those of full length.
    pub(crate) fn program(&self, rows: &Rows) -> Option<&Program> {
        let steps = rows.steps(FEATURES)?;
        self.programs.iter().find(|(own, _)| *own == steps).map(|(_, program)| program)
    }
}

/// Some train rows that fit so many steps.
fn looked_at(data: &TrainingData, buckets: &Buckets, steps: usize) -> Rows {
    let train = data.train().encoded();
    let fit = (0..train.rows).filter(|row| buckets.steps(&[*row]) <= steps);
    let fit: Vec<usize> = fit.take(LOOKED_AT).collect();
    Rows::of(train, &fit)
}

fn refused(why: impl Into<String>) -> Fault {
    Fault::of("train.buckets").with("found", why.into())
}
