//! The cost over parameters, and the way of descent on it.

use super::{Desk, label};
use crate::measure::state_at;
use ikhim_graph::{Array, Data, Precision, State};
use ikhim_report::figure::{Figure, Heat, Line, Plot, Shown, heat, plot};
use ikhim_run::{Program, Rows};
use ikhim_text::Result;
use ikhim_train::experiment::Prepared;
use serde::Deserialize;

/// A number of a parameter.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Axis {
    name: String,
    #[serde(default)]
    index: usize,
    label: String,
    from: f64,
    to: f64,
}

/// The cost over one parameter.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Curve {
    experiment: String,
    over: Axis,
    /// Places before these updates are marked.
    steps: Vec<u64>,
}

/// The cost over two parameters.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Surface {
    experiment: String,
    #[serde(default)]
    set: Vec<String>,
    x: Axis,
    y: Axis,
    /// Places before these updates make the path.
    steps: Vec<u64>,
}

/// Reads the cost on all train rows.
struct Cost {
    program: Program,
    rows: Rows,
}

impl Cost {
    fn of(prepared: &Prepared) -> Result<Cost> {
        let network = prepared.experiment.network()?;
        let objective = prepared.objective()?;
        let definition =
            ikhim_nn::evaluation(network.as_ref(), &prepared.data.spec(), objective.loss())?;
        Ok(Cost {
            program: Program::reading(definition.into(), &["loss"], Precision::F32)?,
            rows: Rows::whole(prepared.data.train().encoded().clone()),
        })
    }

    fn at(&self, state: &State) -> Result<f64> {
        let found = self.program.read(state, &self.rows.feed())?;
        Ok(found.first().and_then(|loss| loss.to_f64().first().copied()).unwrap_or(f64::NAN))
    }
}

impl Axis {
    fn put(&self, state: &mut State, value: f64) {
        match state.get_mut(&self.name).map(Array::data_mut) {
            Some(Data::F32(values)) if self.index < values.len() => {
                values[self.index] = value as f32;
            }
            Some(Data::F64(values)) if self.index < values.len() => values[self.index] = value,
            _ => {}
        }
    }

    fn read(&self, state: &State) -> f64 {
        let value = state.get(&self.name).and_then(|array| array.to_f64().get(self.index).copied());
        value.unwrap_or(f64::NAN)
    }

    fn ticks(&self, count: usize) -> impl Iterator<Item = f64> + '_ {
        let step = (self.to - self.from) / count as f64;
        (0..count).map(move |at| self.from + step * (at as f64 + 0.5))
    }
}

impl Curve {
    pub(super) fn draw(&self, desk: &Desk<'_>) -> Result<Vec<Figure>> {
        let prepared = desk.study.prepared(desk.lesson, &self.experiment, &[])?;
        let cost = Cost::of(&prepared)?;
        let mut state = prepared.start(prepared.experiment.seed)?.state;
        let mut points = Vec::new();
        for at in self.over.ticks(120) {
            self.over.put(&mut state, at);
            points.push((at, cost.at(&state)?));
        }
        let mut visited = Vec::new();
        for step in &self.steps {
            let state = state_at(&prepared, None, *step)?;
            visited.push((self.over.read(&state), cost.at(&state)?));
        }
        let name = label(desk.language, "cost", "비용");
        let places = label(desk.language, "places of descent", "경사 하강이 지난 곳");
        let drawn = Plot {
            title: desk.title.to_string(),
            x_label: self.over.label.clone(),
            y_label: name.clone(),
            lines: vec![
                Line { name, points, shown: Shown::Line },
                Line { name: places, points: visited, shown: Shown::Dotted },
            ],
            ..Plot::default()
        };
        Ok(vec![plot(&drawn, desk.language)])
    }
}

impl Surface {
    pub(super) fn draw(&self, desk: &Desk<'_>) -> Result<Vec<Figure>> {
        const CELLS: usize = 64;
        let prepared = desk.study.prepared(desk.lesson, &self.experiment, &self.set)?;
        let cost = Cost::of(&prepared)?;
        let mut state = prepared.start(prepared.experiment.seed)?.state;
        let mut values = Vec::new();
        for y in self.y.ticks(CELLS) {
            for x in self.x.ticks(CELLS) {
                self.x.put(&mut state, x);
                self.y.put(&mut state, y);
                values.push(cost.at(&state)?);
            }
        }
        let mut path = Vec::new();
        for step in &self.steps {
            let state = state_at(&prepared, None, *step)?;
            path.push((self.x.read(&state), self.y.read(&state)));
        }
        let axis = |axis: &Axis| (axis.label.clone(), axis.from, axis.to);
        let drawn = Heat {
            title: desk.title.to_string(),
            x: axis(&self.x),
            y: axis(&self.y),
            columns: CELLS,
            values,
            log: true,
            path,
            ..Heat::default()
        };
        Ok(vec![heat(&drawn, desk.language)])
    }
}
