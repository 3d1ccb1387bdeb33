//! Rows through a program that reads: in chunks, or, where the network goes on
//! from the state of the row before, in streams of neighboring rows.

use crate::generation::zeros;
use crate::{Program, Rows};
use ikhim_data::{Encoded, EncodedTarget};
use ikhim_graph::{Array, Data, Definition, State};
use ikhim_nn::CARRIED;
use ikhim_text::Result;

/// Rows that are computed together where they do not depend on each other: enough
/// to spread the cost of a run, few enough to bound its memory. Results do not
/// depend on it.
const CHUNK: usize = 256;

/// Streams that dependent rows are cut into. Each begins with a state of zeros,
/// so this number is a part of what is measured and the same everywhere.
const STREAMS: usize = 32;

/// The names of the states that a graph gives to the next batch.
pub fn carried(definition: &Definition) -> Vec<String> {
    let names = definition.inputs().iter().map(|input| &input.name);
    names.filter(|name| name.starts_with(CARRIED)).cloned().collect()
}

/// Runs a program over all rows; the states of [`carried`] must be the last that
/// it fetches. `visit` gets the places of the rows of each run and the other
/// values.
///
/// # Errors
/// Rows that were encoded for another network.
pub fn read_rows(
    program: &Program,
    state: &State,
    rows: &Encoded,
    mut visit: impl FnMut(&[usize], &[Array]),
) -> Result<()> {
    let names = carried(program.definition());
    let has_target = program.definition().inputs().iter().any(|input| input.name == "target");
    let mut held = zeros(program.definition(), STREAMS);
    for indices in runs(rows.rows, !names.is_empty()) {
        let mut chunk = rows.gather(&indices);
        if !has_target {
            chunk.target = EncodedTarget::None;
        }
        let chunk = Rows::whole(chunk);
        held.values_mut().for_each(|array| *array = first_rows(array, indices.len()));
        let feed = chunk.feed();
        let feed = held.iter().fold(feed, |feed, (name, value)| feed.input(name, value));
        let mut values = program.read(state, &feed)?;
        let last = values.split_off(values.len() - names.len());
        for (name, value) in names.iter().zip(last) {
            held.insert(name.clone(), value);
        }
        visit(&indices, &values);
    }
    Ok(())
}

/// The places of the rows of each run.
fn runs(rows: usize, dependent: bool) -> Vec<Vec<usize>> {
    if !dependent {
        let all: Vec<usize> = (0..rows).collect();
        return all.chunks(CHUNK).map(<[usize]>::to_vec).collect();
    }
    // Only the last stream may be shorter, so the rows of a run never grow.
    let length = rows.div_ceil(STREAMS).max(1);
    let of_step = |step: usize| -> Vec<usize> {
        (0..STREAMS).map(|stream| stream * length + step).filter(|row| *row < rows).collect()
    };
    let starts: Vec<usize> = (0..rows).step_by(length).collect();
    (0..length)
        .map(|step| of_step(step).into_iter().take(starts.len()).collect())
        .filter(|run: &Vec<usize>| !run.is_empty())
        .collect()
}

/// The first rows of a state; those behind belong to streams that have ended.
fn first_rows(array: &Array, rows: usize) -> Array {
    let mut shape = array.shape().to_vec();
    let count: usize = shape.iter().product();
    let first = shape.first().copied().unwrap_or(rows);
    if first <= rows {
        return array.clone();
    }
    let kept = count / first.max(1) * rows;
    shape[0] = rows;
    match array.data() {
        Data::F64(values) => Array::f64(&shape, values[..kept].to_vec()),
        Data::F32(values) => Array::f32(&shape, values[..kept].to_vec()),
        _ => array.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_once_and_behind_the_one_before() {
        for rows in [1, 5, 31, 32, 33, 64, 100, 1_000] {
            let runs = runs(rows, true);
            let mut seen: Vec<usize> = runs.concat();
            seen.sort_unstable();
            assert_eq!(seen, (0..rows).collect::<Vec<_>>());
            for pair in runs.windows(2) {
                assert!(pair[1].len() <= pair[0].len());
                for (next, before) in pair[1].iter().zip(&pair[0]) {
                    assert_eq!(*next, before + 1, "{rows} rows");
                }
            }
        }
    }
}
