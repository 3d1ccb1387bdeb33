//! What a row's prediction must not depend on.

use crate::support::{Case, assert_bits, runtimes};
use ikhim_cpu::Program;
use ikhim_graph::{Array, Feed, State};
use ikhim_nn::{Activation, CrossEntropy, Linear, Mlp, Model, Spec, Target, prediction};

const MOST: usize = 70;

fn alone_and_in_company(name: &str, model: &dyn Model, features: usize) {
    let spec = Spec::new([features], Target::class(3));
    let definition = prediction(model, &spec, &CrossEntropy::new().into()).unwrap();
    let case = Case::new(definition, &spec, MOST);
    let all = case.inputs[0].1.to_f32();
    let program =
        Program::reading(case.definition.clone(), &["prediction", "probability"]).unwrap();
    for runtime in runtimes(&[1, 2]) {
        let mut state: State = case.state();
        let mut run = |rows: std::ops::Range<usize>| {
            let own = all[rows.start * features..rows.end * features].to_vec();
            let x = Array::f32(&[rows.len(), features], own);
            program
                .run(&runtime, &mut state, &Feed::rows(rows.len()).input("features", &x))
                .unwrap()
        };
        let alone: Vec<Vec<Array>> = (0..MOST).map(|row| run(row..row + 1)).collect();
        for rows in 1..=MOST {
            let together = run(0..rows);
            for (fetch, whole) in together.iter().enumerate() {
                let width = whole.shape()[1];
                let numbers = whole.to_f32();
                for (row, alone) in alone.iter().enumerate().take(rows) {
                    let own = numbers[row * width..(row + 1) * width].to_vec();
                    let place = format!("{name}, row {row} of {rows}, {runtime:?}");
                    assert_bits(&Array::f32(&[1, width], own), &alone[fetch], &place);
                }
            }
        }
    }
}

#[test]
fn a_row_alone_has_the_bits_it_has_in_a_batch() {
    alone_and_in_company("a linear classifier", &Linear::new(), 4);
    alone_and_in_company("a wide linear classifier", &Linear::new(), 300);
    alone_and_in_company("a small network", &Mlp::new([7]).activation(Activation::Tanh), 4);
    let large = Mlp::new([128, 65]).activation(Activation::Gelu).dropout(0.5);
    alone_and_in_company("a network", &large, 100);
}
