//! What the filters of a trained network answer to.

use super::Trained;
use super::network::layer_values;
use ikhim_cpu::Runtime;
use ikhim_data::EncodedTarget;
use ikhim_graph::Array;
use ikhim_run::Rows;
use ikhim_text::Result;
use ikhim_train::experiment::Prepared;
use ikhim_train::trace;

/// The value of a layer for some validation rows, after training.
pub(crate) fn answers(
    prepared: &Prepared,
    trained: &Trained,
    layer: &str,
    rows: &[usize],
) -> Result<Option<Array>> {
    let seed = prepared.experiment.seed;
    let mut state = prepared.start(seed)?.state;
    for (path, array) in trained.state.iter() {
        state.set(path, array.clone());
    }
    let rows = Rows::of(prepared.data.validation().encoded(), rows);
    let table = trace(prepared, &state, &rows, seed, 0, &Runtime::single())?;
    let values = layer_values(&table);
    let found = values.iter().find(|(path, _)| *path == layer);
    Ok(found.map(|(_, value)| (*value).clone()))
}

/// The mean answer of each filter of a layer to the validation rows of each
/// class: filter by filter, each class by class. `None` of what has no filters
/// or no classes.
pub(crate) fn by_class(
    prepared: &Prepared,
    trained: &Trained,
    layer: &str,
) -> Result<Option<Vec<Vec<f64>>>> {
    let encoded = prepared.data.validation().encoded();
    let EncodedTarget::Class(labels) = &encoded.target else { return Ok(None) };
    let classes = labels.iter().max().map_or(0, |most| *most as usize + 1);
    let mut sums: Vec<Vec<f64>> = Vec::new();
    let mut counts = vec![0.0; classes];
    // A few rows at a time: the values of a whole step are kept.
    for rows in (0..encoded.rows).collect::<Vec<usize>>().chunks(100) {
        let Some(value) = answers(prepared, trained, layer, rows)? else { return Ok(None) };
        let &[_, height, width, filters] = value.shape() else { return Ok(None) };
        sums.resize(filters, vec![0.0; classes]);
        let cells = height * width;
        let values = value.to_f64();
        for (row, image) in rows.iter().zip(values.chunks(cells * filters)) {
            let class = labels[*row] as usize;
            counts[class] += 1.0;
            for (at, answer) in image.iter().enumerate() {
                sums[at % filters][class] += answer / cells as f64;
            }
        }
    }
    for sum in &mut sums {
        sum.iter_mut().zip(&counts).for_each(|(sum, count)| *sum /= count);
    }
    Ok((!sums.is_empty()).then_some(sums))
}

/// Of the filter that tells classes apart the most: its mean answer to the class
/// that it answers to the most over its mean answer to all.
pub(super) fn selectivity(
    prepared: &Prepared,
    trained: &Trained,
    layer: &str,
) -> Result<Option<f64>> {
    let found = by_class(prepared, trained, layer)?;
    Ok(found.map(|filters| {
        let index = |answers: &Vec<f64>| {
            let mean = answers.iter().sum::<f64>() / answers.len() as f64;
            let most = answers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            // A filter that never answers tells nothing apart.
            if mean > 0.0 { most / mean } else { 0.0 }
        };
        super::largest(filters.iter().map(index))
    }))
}
