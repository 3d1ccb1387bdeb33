use super::Figure;
use super::canvas::describe;
use super::sketch::{INK, MAIN, MUTED, NOTE, OTHER, PAPER, Side, Sketch, TEXT};
use crate::terminal::truncate;

/// A value of a computation.
#[derive(Debug, Clone, Default)]
pub struct FlowNode {
    /// Its name.
    pub name: String,
    /// What it is: its value.
    pub value: String,
    /// What comes back to it: the slope of the last value by it.
    pub slope: String,
    /// The values that it is computed of, by their place in the list, with the
    /// local derivative by each.
    pub inputs: Vec<(usize, String)>,
}

/// A computation as a graph, from what is given at the top to its result.
#[derive(Debug, Clone, Default)]
pub struct Flow {
    /// The title.
    pub title: String,
    /// What the two numbers of a node are, in words.
    pub key: String,
    /// The values, each after those that it is computed of.
    pub nodes: Vec<FlowNode>,
}

const BOX: (f64, f64) = (340.0, 112.0);
const STEP: (f64, f64) = (364.0, 196.0);

/// Draws a computation: each box has a name, a value and, below it, its slope;
/// a number on a line is the local derivative that the chain rule multiplies
/// by.
pub fn flow(flow: &Flow) -> Figure {
    let mut layers: Vec<usize> = Vec::new();
    for node in &flow.nodes {
        let below = node.inputs.iter().filter_map(|(input, _)| layers.get(*input));
        layers.push(below.map(|layer| layer + 1).max().unwrap_or(0));
    }
    // What is given stands just above its first use.
    for index in 0..flow.nodes.len() {
        let users = flow
            .nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| node.inputs.iter().any(|(input, _)| *input == index));
        let first = users.map(|(user, _)| layers[user]).min();
        if let (true, Some(first)) = (flow.nodes[index].inputs.is_empty(), first) {
            layers[index] = first.saturating_sub(1);
        }
    }
    let depth = layers.iter().max().map_or(0, |layer| layer + 1);
    let mut taken = vec![0_usize; depth];
    let columns: Vec<usize> = layers
        .iter()
        .map(|layer| {
            taken[*layer] += 1;
            taken[*layer] - 1
        })
        .collect();
    let widest = taken.iter().copied().max().unwrap_or(1);
    let width = (STEP.0 * widest as f64 + 32.0).max(760.0);
    let place = |index: usize| {
        let free = (widest - taken[layers[index]]) as f64 / 2.0;
        (16.0 + STEP.0 * (columns[index] as f64 + free), 100.0 + STEP.1 * layers[index] as f64)
    };
    let height = 100.0 + STEP.1 * depth as f64;
    let mut sketch = Sketch::new(width as u32, height as u32, &flow.title);
    sketch.text(&flow.key, (8.0, 66.0), NOTE, MUTED, Side::Start);
    for (index, node) in flow.nodes.iter().enumerate() {
        let (x, y) = place(index);
        for (input, local) in &node.inputs {
            let (from_x, from_y) = place(*input);
            let from = (from_x + BOX.0 / 2.0, from_y + BOX.1);
            let to = (x + BOX.0 / 2.0, y);
            sketch.line(&[from, to], MUTED, 3.0, "");
            if !local.is_empty() {
                let middle = ((from.0 + to.0) / 2.0 + 8.0, (from.1 + to.1) / 2.0);
                sketch.text_over(&format!("× {local}"), middle, NOTE, OTHER);
            }
        }
    }
    for (index, node) in flow.nodes.iter().enumerate() {
        let (x, y) = place(index);
        sketch.rectangle((x, y), BOX, PAPER, Some((MUTED, 2.0)));
        let middle = x + BOX.0 / 2.0;
        let short = |text: &str| truncate(text, 26);
        sketch.text(&short(&node.name), (middle, y + 22.0), NOTE, MUTED, Side::Middle);
        sketch.text(&short(&node.value), (middle, y + 54.0), TEXT, INK, Side::Middle);
        if !node.slope.is_empty() {
            let slope = format!("← {}", short(&node.slope));
            sketch.text(&slope, (middle, y + 88.0), NOTE, MAIN, Side::Middle);
        }
    }
    let words = flow.nodes.iter().map(|node| {
        let slope =
            if node.slope.is_empty() { String::new() } else { format!(" ← {}", node.slope) };
        Some(format!("{} = {}{slope}.", node.name, node.value))
    });
    let description = describe([Some(flow.key.clone())].into_iter().chain(words));
    sketch.finish(&flow.title, description)
}
