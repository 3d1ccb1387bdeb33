use crate::step::{build_objective, trained};
use crate::{Model, Objective, Result, Spec};
use ikhim_graph::{DType, Definition, Dim, Graph, Mode, Tensor, gradients};

/// The graph of the curvature of an objective along a direction: the product of
/// its Hessian with a vector, by differentiating `Σ ∂L/∂w · v` once more
/// (Pearlmutter 1994).
///
/// Inputs: those of the spec, `target`, and for each trained parameter its part
/// of the vector, `direction/<path>`. Outputs: `product/<path>`, the part of the
/// product, for each.
///
/// ```
/// use ikhim_graph::{Array, Evaluator, Feed, State};
/// use ikhim_nn::{Linear, Mse, Objective, Sgd, Spec, Target, curvature};
///
/// // L = mean of (w·x + b − y)²: ∂²L/∂w² = 2 · mean of x² = 2 · 5.
/// let spec = Spec::new([1], Target::number(1));
/// let objective = Objective::new(Mse::new(), Sgd::new(0.1));
/// let graph = curvature(&Linear::new(), &spec, &objective)?;
/// let mut state = State::initial(&graph, 7);
/// let product = Evaluator::<f32>::new(graph.into(), &["product/dense_1.kernel"])?;
/// let (x, one) = (Array::f32(&[2, 1], vec![1.0, 3.0]), Array::f32(&[1, 1], vec![1.0]));
/// let zero = Array::f32(&[1], vec![0.0]);
/// let feed = Feed::rows(2).input("features", &x).input("target", &x);
/// let feed = feed.input("direction/dense_1.kernel", &one).input("direction/dense_1.bias", &zero);
/// assert_eq!(product.run(&mut state, &feed)?[0].to_f64(), [10.0]);
/// # Ok::<(), ikhim_text::Fault>(())
/// ```
///
/// # Errors
/// As [`training`](crate::training).
#[track_caller]
pub fn curvature(model: &dyn Model, spec: &Spec, objective: &Objective) -> Result<Definition> {
    let graph = Graph::with_mode(Mode::Training);
    let total = build_objective(&graph, model, spec, objective)?;
    let trained = trained(&graph, objective);
    let by: Vec<Tensor<'_>> = trained.iter().map(|(_, tensor, _)| *tensor).collect();
    let slopes = gradients(total, &by);
    let along = trained.iter().zip(&slopes).map(|((variable, ..), slope)| {
        let shape: Vec<Dim> = variable.shape.iter().copied().map(Dim::Fixed).collect();
        let direction = graph.input(&format!("direction/{}", variable.path), DType::F32, &shape);
        (*slope * direction).sum_all()
    });
    let along = along.reduce(|sum, part| sum + part).unwrap_or_else(|| graph.scalar(0.0));
    let products = gradients(along, &by);
    for ((variable, ..), product) in trained.iter().zip(products) {
        // A product may be another named value itself; a copy takes no name away.
        product.stop_gradient().named(&format!("product/{}", variable.path));
    }
    graph.finish()
}
