//! Inside a network: borders, slopes, outputs and the graph of a step.

use super::{Desk, Shown, label};
use crate::measure::{
    Slopes as Read, activation_values, first_step, kernels, layer_values, norm, state_at,
};
use ikhim_data::EncodedTarget;
use ikhim_graph::Array;
use ikhim_report::figure::{
    Figure, Flow, FlowNode, Heat, Line, Plot, Shown as As, flow, heat, histogram, plot,
};
use ikhim_report::{count, number};
use ikhim_run::Program;
use ikhim_text::{Language, Result};
use ikhim_train::TraceRow;
use ikhim_train::experiment::Prepared;
use serde::Deserialize;

/// Where a classifier of two inputs says yes, before some updates.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Boundary {
    experiment: String,
    #[serde(default)]
    set: Vec<String>,
    seed: Option<u64>,
    steps: Vec<u64>,
    /// The ends of both axes.
    #[serde(default = "around_unit")]
    range: [f32; 2],
}

fn around_unit() -> [f32; 2] {
    [-0.5, 1.5]
}

impl Boundary {
    pub(super) fn draw(&self, desk: &Desk<'_>) -> Result<Vec<Figure>> {
        const CELLS: usize = 48;
        let prepared = desk.study.prepared(desk.lesson, &self.experiment, &self.set)?;
        let network = prepared.experiment.network()?;
        let objective = prepared.objective()?;
        let definition =
            ikhim_nn::prediction(network.as_ref(), &prepared.data.spec(), objective.loss())?;
        let precision = ikhim_graph::Precision::F32;
        let program = Program::reading(definition.into(), &["probability"], precision)?;
        let [low, high] = self.range;
        let tick = |at: usize| low + (high - low) * (at as f32 + 0.5) / CELLS as f32;
        let places: Vec<f32> =
            (0..CELLS * CELLS).flat_map(|at| [tick(at % CELLS), tick(at / CELLS)]).collect();
        let places = Array::f32(&[CELLS * CELLS, 2], places);
        let points = self.points(&prepared);
        let mut figures = Vec::new();
        for step in &self.steps {
            let state = state_at(&prepared, self.seed, *step)?;
            let feed = ikhim_graph::Feed::rows(CELLS * CELLS).input("features", &places);
            let found = program.read(&state, &feed)?;
            let values = found.first().map(Array::to_f64).unwrap_or_default();
            let steps = count(*step);
            let title = match (desk.language, step) {
                (Language::English, 0) => format!("{} — before training", desk.title),
                (Language::Korean, 0) => format!("{} — 학습 전", desk.title),
                (Language::English, _) => format!("{} — after {steps} steps", desk.title),
                (Language::Korean, _) => format!("{} — {steps}스텝 뒤", desk.title),
            };
            let names = prepared.dataset.inputs().map(|column| column.name.clone());
            let names: Vec<String> = names.collect();
            let axis = |at: usize| {
                (names.get(at).cloned().unwrap_or_default(), f64::from(low), f64::from(high))
            };
            let drawn = Heat {
                title,
                x: axis(0),
                y: axis(1),
                columns: CELLS,
                values,
                points: points.clone(),
                range: Some((0.0, 1.0)),
                border: Some(0.5),
                ..Heat::default()
            };
            figures.push(heat(&drawn, desk.language));
        }
        Ok(figures)
    }

    fn points(&self, prepared: &Prepared) -> Vec<(f64, f64, String)> {
        let encoded = prepared.data.train().encoded();
        let features = encoded.input("features").and_then(|input| input.values.as_f32());
        let labels = match &encoded.target {
            EncodedTarget::Class(labels) => labels.clone(),
            _ => Vec::new(),
        };
        let rows = features.unwrap_or_default().chunks_exact(2).zip(labels);
        rows.map(|(row, label)| (f64::from(row[0]), f64::from(row[1]), label.to_string())).collect()
    }
}

/// The graph of a step for one train row, from 1. What makes up one operation
/// is one box.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Graph {
    experiment: String,
    row: usize,
}

impl Graph {
    pub(super) fn draw(&self, desk: &Desk<'_>) -> Result<Vec<Figure>> {
        let prepared = desk.study.prepared(desk.lesson, &self.experiment, &[])?;
        let table = first_step(&prepared, None, &[self.row.wrapping_sub(1)])?;
        let end = table.iter().position(|row| row.name == "prediction").map_or(0, |at| at + 1);
        let mut nodes: Vec<FlowNode> = Vec::new();
        // For each value of the table its box, through what is left out.
        let mut boxes: Vec<(String, usize)> = Vec::new();
        for (at, row) in table[..end].iter().enumerate() {
            let inside = row.composite.is_some()
                && table[..end]
                    .get(at + 1)
                    .is_some_and(|next| next.composite == row.composite && next.layer == row.layer);
            let from: Vec<usize> = row
                .inputs
                .iter()
                .filter_map(|input| {
                    boxes.iter().find(|(name, _)| name == input).map(|(_, node)| *node)
                })
                .collect();
            if row.op == "constant" {
                continue;
            }
            if row.op == "broadcast" || inside {
                if let Some(node) = from.first() {
                    boxes.push((row.name.clone(), *node));
                }
                continue;
            }
            boxes.push((row.name.clone(), nodes.len()));
            nodes.push(node(row, &table[..at], &from));
        }
        let key = match desk.language {
            Language::English => "value; ← slope of the cost by it; × local derivative",
            Language::Korean => "값, ← 비용을 그 값으로 미분한 것, × 국소 미분",
        };
        let title = desk.title.to_string();
        Ok(vec![flow(&Flow { title, key: key.to_string(), nodes })])
    }
}

fn node(row: &TraceRow, before: &[TraceRow], from: &[usize]) -> FlowNode {
    let mut inputs: Vec<usize> = from.to_vec();
    inputs.dedup();
    let local = |index: usize| -> String {
        match row.composite.as_deref() {
            // h (1 − h): the derivative of the whole operation.
            Some("sigmoid") => {
                let slopes = row.value.to_f64().into_iter().map(|h| number(h * (1.0 - h)));
                slopes.collect::<Vec<_>>().join(", ")
            }
            _ => row.local.get(index).map_or(String::new(), |(_, value)| told(value)),
        }
    };
    let name = match row.composite.as_deref() {
        Some(composite) => format!("{} {composite}", row.layer),
        None if row.op == "matmul" => {
            let kernel = row.inputs.get(1).cloned().unwrap_or_default();
            format!("… @ {kernel}")
        }
        None => row.name.clone(),
    };
    debug_assert!(before.iter().all(|other| other.name != row.name));
    FlowNode {
        name,
        value: told(&row.value),
        slope: row.slope.as_ref().map(told).unwrap_or_default(),
        inputs: inputs.iter().enumerate().map(|(at, node)| (*node, local(at))).collect(),
    }
}

fn told(array: &Array) -> String {
    let values = array.to_f64();
    // A box has room for four numbers of three digits, or for two of four.
    let one = |value: &f64| match values.len() {
        0..=2 => crate::claim::in_text(*value),
        _ => crate::claim::in_text(three_digits(*value)),
    };
    let shown: Vec<String> = values.iter().take(4).map(one).collect();
    format!("{}{}", shown.join(", "), if values.len() > 4 { ", …" } else { "" })
}

fn three_digits(value: f64) -> f64 {
    format!("{value:.2e}").parse().unwrap_or(value)
}

/// The norm of the slopes of each kernel before any update.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SlopeSizes {
    of: Vec<Shown>,
}

impl SlopeSizes {
    pub(super) fn draw(&self, desk: &Desk<'_>) -> Result<Vec<Figure>> {
        let mut lines = Vec::new();
        for shown in &self.of {
            let prepared = desk.study.prepared(desk.lesson, &shown.experiment, &shown.set)?;
            let slopes = Read::of(&prepared, shown.seed)?;
            let paths: Vec<String> = slopes.paths();
            let sizes = kernels(&paths).into_iter().filter_map(|path| slopes.get(path));
            let points = sizes.enumerate().map(|(at, slope)| ((at + 1) as f64, norm(slope)));
            let name = shown.words.say(desk.language).to_string();
            lines.push(Line { name, points: points.collect(), shown: As::Dotted });
        }
        let drawn = Plot {
            title: desk.title.to_string(),
            x_label: label(desk.language, "layer, from the input", "층 (입력 쪽부터)"),
            y_label: label(desk.language, "size of the slopes by W", "W에 대한 기울기의 크기"),
            y_log: true,
            lines,
            ..Plot::default()
        };
        Ok(vec![plot(&drawn, desk.language)])
    }
}

/// How the outputs of some layers are spread over all train rows and units.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Histograms {
    experiment: String,
    #[serde(default)]
    set: Vec<String>,
    layers: Vec<String>,
}

impl Histograms {
    pub(super) fn draw(&self, desk: &Desk<'_>) -> Result<Vec<Figure>> {
        let prepared = desk.study.prepared(desk.lesson, &self.experiment, &self.set)?;
        let rows: Vec<usize> = (0..prepared.data.train().len()).collect();
        let table = first_step(&prepared, None, &rows)?;
        let values = layer_values(&table);
        let figures = self.layers.iter().filter_map(|layer| {
            let (_, value) = values.iter().find(|(path, _)| path == layer)?;
            let title = format!("{}: {layer}", desk.title);
            Some(histogram(&title, &value.to_f64(), desk.language))
        });
        Ok(figures.collect())
    }
}

/// Activations over their input, or their slopes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Functions {
    functions: Vec<String>,
    slopes: bool,
}

impl Functions {
    pub(super) fn draw(&self, desk: &Desk<'_>) -> Result<Vec<Figure>> {
        let places: Vec<f64> = (-250..=250).map(|at| f64::from(at) / 50.0).collect();
        let mut lines = Vec::new();
        for function in &self.functions {
            let Some((values, slopes)) = activation_values(function, &places)? else { continue };
            let shown = if self.slopes { slopes } else { values };
            let points = places.iter().copied().zip(shown).collect();
            lines.push(Line { name: function.clone(), points, shown: As::Line });
        }
        let drawn = Plot {
            title: desk.title.to_string(),
            x_label: "x".to_string(),
            y_label: if self.slopes { "f′(x)" } else { "f(x)" }.to_string(),
            y_range: Some(if self.slopes { (-0.1, 1.2) } else { (-1.2, 3.0) }),
            lines,
            ..Plot::default()
        };
        Ok(vec![plot(&drawn, desk.language)])
    }
}
