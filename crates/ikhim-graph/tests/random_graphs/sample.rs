use crate::dice::Dice;
use crate::generator::{Built, Given, Source, build, declare};
use crate::kinks;
use ikhim_graph::{
    Array, DType, Definition, Evaluator, Feed, Graph, Mode, NodeId, Precise, Shape, State, Tensor,
    gradients,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The unit roundoff of f32.
const ROUNDOFF: f64 = 1.0 / (1 << 24) as f64;

/// A value stands at least this far from a kink.
const DISTANCE: f64 = 0.02;

/// Half the width over which central differences look.
const STEP: f64 = 2e-4;

/// A random graph with values.
pub(crate) struct Sample {
    pub(crate) number: u64,
    rows: usize,
    declared: Vec<Given>,
    values: Vec<Array>,
    definition: Arc<Definition>,
    needed: BTreeSet<NodeId>,
}

impl Sample {
    /// The graph of a number with values that are moderate and away from kinks;
    /// `None` when none are found.
    pub(crate) fn draw(number: u64) -> Option<Sample> {
        let declared = declare(number);
        let mut dice = Dice::new(number, 4);
        // Beyond 32 rows, sums over rows have several leaves.
        let rows = if dice.chance(8) { 33 + dice.below(40) } else { 1 + dice.below(5) };
        let definition = define(number, &declared, false, |_, built| built.losses.clone());
        for _ in 0..12 {
            let values = declared.iter().map(|given| draw_value(&mut dice, given, rows)).collect();
            let mut sample = Sample {
                number,
                rows,
                declared: declared.clone(),
                values,
                definition: definition.clone(),
                needed: BTreeSet::new(),
            };
            let all = sample.all_values(&definition);
            let moderate = |array: &Array| array.to_f64().iter().all(|value| value.abs() < 30.0);
            if all.values().all(moderate) && kinks::distance(&definition, &all) > DISTANCE {
                sample.needed = all.into_keys().collect();
                return Some(sample);
            }
        }
        None
    }

    /// The operations and composites that the outputs depend on.
    pub(crate) fn operations(&self) -> BTreeSet<String> {
        let variant = |id: &NodeId| -> String {
            let written = format!("{:?}", self.definition.node(*id).op);
            // `Slice(Slice { … })`: the variant stands first.
            written.chars().take_while(|c| c.is_alphanumeric()).collect()
        };
        let within = |from: NodeId, to: NodeId| self.needed.range(from..to).next().is_some();
        let composites = self.definition.composites().iter();
        let used = composites.filter(|span| within(span.start, span.end));
        self.needed.iter().map(variant).chain(used.map(|span| span.name.to_string())).collect()
    }

    /// The gradient by every given value against central differences.
    pub(crate) fn check_first_derivatives(&self) {
        let scalar = |_: &Graph, built: &Built<'_>| built.losses.len();
        let count = self.build(scalar);
        for loss in 0..count {
            let gradient =
                self.run::<f64>(|_, built| gradients(built.losses[loss], &real(&built.given)));
            self.compare(&gradient, |_, built| built.losses[loss]);
        }
    }

    /// The same for a weighted sum of the first derivatives.
    pub(crate) fn check_second_derivatives(&self) {
        fn slope<'g>(graph: &'g Graph, built: &Built<'g>) -> Tensor<'g> {
            let given = real(&built.given);
            let slopes = gradients(built.losses[0], &given);
            let weighted = slopes.iter().enumerate().map(|(at, slope)| {
                let weights = graph.random_normal(&format!("slope {at}"), &slope.shape());
                (*slope * weights).sum_all()
            });
            weighted.fold(graph.scalar(0.0), |sum, slope| sum + slope)
        }
        let gradient =
            self.run::<f64>(|graph, built| gradients(slope(graph, built), &real(&built.given)));
        self.compare(&gradient, slope);
    }

    /// f32 against f64. To first order, an error of a node's value reaches the
    /// result `y` times the derivative of `y` by the node. Every operation
    /// rounds its result to within some units of roundoff `u` of the node, or of
    /// the terms that it adds, which are nodes too. So
    /// `|y₃₂ − y₆₄| ≤ 8·u·Σ |∂y/∂node|·|node|`, added over all elements of all
    /// nodes, those inside of composites included.
    pub(crate) fn check_precision(&self) {
        let count = self.build(|_, built| built.losses.len());
        for loss in 0..count {
            let single = self.run::<f32>(|_, built| vec![built.losses[loss]])[0].to_f64()[0];
            let double = self.run::<f64>(|graph, built| {
                let nodes = real(&graph.tensors());
                let slopes = gradients(built.losses[loss], &nodes);
                let shares = nodes.iter().zip(slopes).map(|(node, slope)| (*node * slope).abs());
                let bound = shares.fold(graph.scalar(0.0), |sum, share| sum + share.sum_all());
                vec![built.losses[loss], bound]
            });
            let (exact, bound) = (double[0].to_f64()[0], 8.0 * ROUNDOFF * double[1].to_f64()[0]);
            assert!(
                (single - exact).abs() <= bound,
                "graph {}, loss {loss}: f32 gives {single}, f64 {exact}, bound {bound:e}",
                self.number
            );
        }
    }

    /// Other nodes in between change no bit of the results.
    pub(crate) fn check_unrelated_nodes(&self) {
        let results = |unrelated: bool| {
            let outputs = |_: &Graph, built: &Built<'_>| built.losses.len();
            let count = self.build(outputs);
            self.run_with::<f32>(unrelated, |_, built| {
                let slopes = gradients(built.losses[count - 1], &real(&built.given));
                built.losses.iter().copied().chain(slopes).collect()
            })
        };
        assert_eq!(results(false), results(true), "graph {}", self.number);
    }

    /// Compares derivatives of a number by the given values with central
    /// differences of fourth order.
    fn compare(
        &self,
        gradient: &[Array],
        of: impl for<'g> Fn(&'g Graph, &Built<'g>) -> Tensor<'g>,
    ) {
        let definition =
            define(self.number, &self.declared, false, |graph, built| vec![of(graph, built)]);
        let evaluator = Evaluator::<f64>::new(definition, &["result_0"]).expect("it is named");
        let mut dice = Dice::new(self.number, 5);
        let places = (0..self.values.len()).filter(|at| self.values[*at].dtype() == DType::F32);
        for (place, slopes) in places.zip(gradient) {
            let slopes = slopes.to_f64();
            let largest = slopes.iter().fold(0.0_f64, |largest, slope| largest.max(slope.abs()));
            for _ in 0..slopes.len().min(8) {
                let element = dice.below(slopes.len());
                let at = |offset: f64| {
                    let mut values = self.values.clone();
                    let mut moved = values[place].to_f64();
                    moved[element] += offset * STEP;
                    values[place] = Array::f64(values[place].shape(), moved);
                    self.evaluate(&evaluator, &values)[0].to_f64()[0]
                };
                let expected = (8.0 * (at(1.0) - at(-1.0)) - (at(2.0) - at(-2.0))) / (12.0 * STEP);
                let error = (slopes[element] - expected).abs();
                // Differences have a noise of their own, of the rounding of the
                // numbers that they are taken of.
                let allowed = 1e-6 * expected.abs() + 1e-9 * (1.0 + largest);
                assert!(
                    error <= allowed,
                    "graph {}, `{}` element {element}: {} and differences say {expected}",
                    self.number,
                    self.declared[place].name,
                    slopes[element]
                );
            }
        }
    }

    fn build<R>(&self, of: impl for<'g> FnOnce(&'g Graph, &Built<'g>) -> R) -> R {
        let graph = Graph::with_mode(Mode::Training);
        let built = build(&graph, self.number, &self.declared, false);
        of(&graph, &built)
    }

    fn run<T: Precise>(
        &self,
        of: impl for<'g> Fn(&'g Graph, &Built<'g>) -> Vec<Tensor<'g>>,
    ) -> Vec<Array> {
        self.run_with::<T>(false, of)
    }

    fn run_with<T: Precise>(
        &self,
        unrelated: bool,
        of: impl for<'g> Fn(&'g Graph, &Built<'g>) -> Vec<Tensor<'g>>,
    ) -> Vec<Array> {
        let definition = define(self.number, &self.declared, unrelated, of);
        let names: Vec<String> = results(&definition);
        let fetches: Vec<&str> = names.iter().map(String::as_str).collect();
        let evaluator = Evaluator::<T>::new(definition, &fetches).expect("every one is named");
        self.evaluate(&evaluator, &self.values)
    }

    fn evaluate<T: Precise>(&self, evaluator: &Evaluator<T>, values: &[Array]) -> Vec<Array> {
        let (mut state, feed) = self.feed(values);
        evaluator.run(&mut state, &feed).expect("the graph runs")
    }

    fn feed<'a>(&'a self, values: &'a [Array]) -> (State, Feed<'a>) {
        let mut state = State::new();
        let mut feed = Feed::rows(self.rows).random(self.number, 3);
        for (given, value) in self.declared.iter().zip(values) {
            match given.source {
                Source::Variable => state.set(given.name.clone(), value.clone()),
                _ => feed = feed.input(&given.name, value),
            }
        }
        (state, feed)
    }

    /// The value of every node that the results need.
    fn all_values(&self, definition: &Arc<Definition>) -> BTreeMap<NodeId, Array> {
        let names = results(definition);
        let fetches: Vec<&str> = names.iter().map(String::as_str).collect();
        let evaluator =
            Evaluator::<f64>::new(definition.clone(), &fetches).expect("every one is named");
        let (mut state, feed) = self.feed(&self.values);
        let mut all = BTreeMap::new();
        evaluator
            .run_watched(&mut state, &feed, |id, value| {
                all.insert(id, value());
            })
            .expect("the graph runs");
        all
    }
}

/// A graph with results of a number's graph as outputs `result_0`, `result_1`, …
fn define(
    number: u64,
    declared: &[Given],
    unrelated: bool,
    of: impl for<'g> Fn(&'g Graph, &Built<'g>) -> Vec<Tensor<'g>>,
) -> Arc<Definition> {
    let graph = Graph::with_mode(Mode::Training);
    let built = build(&graph, number, declared, unrelated);
    for (at, result) in of(&graph, &built).into_iter().enumerate() {
        graph.output(&format!("result_{at}"), result);
    }
    drop(built);
    graph.finish().unwrap_or_else(|fault| panic!("graph {number}: {fault}")).into()
}

fn results(definition: &Definition) -> Vec<String> {
    (0..definition.outputs().len()).map(|at| format!("result_{at}")).collect()
}

fn draw_value(dice: &mut Dice, given: &Given, rows: usize) -> Array {
    let sizes = Shape::from(given.dims.as_slice()).sizes(rows);
    let count: usize = sizes.iter().product();
    match given.source {
        Source::Integers(below) => {
            Array::i32(&sizes, (0..count).map(|_| dice.below(below) as i32).collect())
        }
        _ => Array::f64(&sizes, (0..count).map(|_| dice.number()).collect()),
    }
}

fn real<'g>(tensors: &[Tensor<'g>]) -> Vec<Tensor<'g>> {
    tensors.iter().copied().filter(|tensor| tensor.dtype() == DType::F32).collect()
}
