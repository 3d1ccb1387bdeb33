//! Tensors are handles on a graph: first it is built, then it runs. Gradients
//! are part of the graph, so they can be read like any other value.

use ikhim::prelude::*;

fn main() -> Result<()> {
    let graph = Graph::new();
    let x = graph.input("x", DType::F32, &[N]); // N is the number of rows of a run
    let y = x.square() + 3.0 * x;
    let slope = gradients(y.sum_all(), &[x])[0];
    let curvature = gradients(slope.sum_all(), &[x])[0];
    graph.output("y", y);
    graph.output("dy/dx", slope);
    graph.output("d2y/dx2", curvature);

    let names = ["y", "dy/dx", "d2y/dx2"];
    let evaluator = Evaluator::<f32>::new(graph.finish()?.into(), &names)?;
    let x = Array::f32(&[3], vec![-1.0, 0.0, 2.0]);
    let values = evaluator.run(&mut State::new(), &Feed::rows(3).input("x", &x))?;
    for (name, value) in names.iter().zip(values) {
        println!("{name:8} {:?}", value.to_f64());
    }
    Ok(())
}
