//! A line through points: H(x) = Wx + b by gradient descent, beside the exact
//! least-squares solution.

use ikhim::prelude::*;

fn main() -> Result<()> {
    let data = Dataset::rows(["x", "y"], [[1.0, 2.1], [2.0, 3.9], [3.0, 6.2], [4.0, 7.8]])
        .target("y")
        .column("x", Column::number().scaling(Scaling::None))
        .column("y", Column::number().scaling(Scaling::None))
        .load()?;
    let parts = data.split(Split::none())?; // four rows: nothing is held back
    let run = Trainer::new(Linear::new())
        .optimizer(Sgd::new(0.05))
        .batch_size(BatchSize::Full)
        .steps(1_000)
        .fit(&parts.train, &parts.validation)?;
    println!("{run}");
    for (path, value) in run.model().state().iter() {
        println!("{path}: {:?}", value.to_f64());
    }
    // With the feature `least-squares`.
    if let Some(gap) = run.least_squares {
        println!("mean squared error {:.6}, of the exact line {:.6}", gap.network, gap.floor);
    }
    Ok(())
}
