//! Cross-entropy of logits, computed so that no logarithm of a rounded
//! probability is taken.
//!
//! Over classes: `−Σ t·ln softmax(x)` along the last axis, the slope by x
//! `softmax(x)·Σt − t`. A target is a class number or a row of probabilities t;
//! smoothing by ε puts `(1 − ε)·t + ε/classes` in its place. Shapes: logits
//! `[…, classes]`, class numbers `[…]` or probabilities `[…, classes]`, result
//! `[…]`.
//!
//! Of a truth value: `−z·ln σ(x) − (1 − z)·ln(1 − σ(x))`, computed as
//! `max(x, 0) − x·z + ln(1 + e^(−|x|))`, the slope by x `σ(x) − z`. Shapes:
//! equal, also of the result.
//!
//! Targets never broadcast: unequal shapes are a fault (`shape.loss`).

use crate::autodiff::{Derivative, Rule};
use crate::{DType, Tensor};
use ikhim_text::Fault;
use std::rc::Rc;

impl<'g> Tensor<'g> {
    /// The cross-entropy of logits over the classes of the last axis, one number
    /// for each row: `targets` are class numbers (i32) in the shape without that
    /// axis, or probabilities (f32) in the shape of the logits.
    ///
    /// ```
    /// use ikhim_graph::{Array, DType, Evaluator, Feed, Graph, N, State};
    /// let graph = Graph::new();
    /// let logits = graph.input("logits", DType::F32, &[N, 2.into()]);
    /// let classes = graph.input("classes", DType::I32, &[N]);
    /// graph.output("loss", logits.cross_entropy(classes));
    /// let evaluator = Evaluator::<f32>::new(graph.finish()?.into(), &["loss"])?;
    /// let (logits, classes) = (Array::f32(&[1, 2], vec![0.0, 0.0]), Array::i32(&[1], vec![1]));
    /// let feed = Feed::rows(1).input("logits", &logits).input("classes", &classes);
    /// let loss = evaluator.run(&mut State::new(), &feed)?;
    /// assert_eq!(loss[0].to_f32(), [std::f32::consts::LN_2]); // ln of 1/2, negated
    /// # Ok::<(), ikhim_text::Fault>(())
    /// ```
    #[track_caller]
    pub fn cross_entropy(self, targets: Tensor<'g>) -> Tensor<'g> {
        self.cross_entropy_smoothed(targets, 0.0)
    }

    /// [`Tensor::cross_entropy`] with the share `smoothing` of each target,
    /// between 0 and 1, spread evenly over all classes.
    #[track_caller]
    pub fn cross_entropy_smoothed(self, targets: Tensor<'g>, smoothing: f64) -> Tensor<'g> {
        if self.node().is_none() || targets.node().is_none() {
            return Tensor::faulty(self.graph());
        }
        if !(0.0..=1.0).contains(&smoothing) {
            let name = "cross_entropy";
            return self.refuse(name, "smoothing", "between 0 and 1", smoothing);
        }
        let shape = self.shape();
        let expected = match targets.dtype() {
            DType::I32 if shape.rank() > 0 => shape.without(shape.rank() - 1),
            _ => shape.clone(),
        };
        if targets.shape() != expected || shape.rank() == 0 {
            return self.unequal(targets);
        }
        let classes = self.dim(-1);
        let rule: Rule = Rc::new(move |d| cross_entropy_slopes(d, classes, smoothing));
        let inputs = [self, targets];
        let loss = self.graph().composite("cross_entropy", &inputs, Some(rule), || {
            let logarithms = self.log_softmax(-1);
            let loss = match targets.dtype() {
                // Other classes are left out rather than multiplied by 0: a
                // logit of −∞ must not make the loss NaN.
                DType::I32 if smoothing == 0.0 => {
                    let own = checked(targets, classes).one_hot(classes).cast(DType::Bool);
                    own.select(logarithms, self.number(0.0))
                }
                DType::I32 => smoothed(checked(targets, classes), classes, smoothing) * logarithms,
                _ => smoothed(targets, classes, smoothing) * logarithms,
            };
            vec![-loss.sum(&[-1])]
        });
        loss.first().copied().unwrap_or(self)
    }

    /// The cross-entropy of the logit of a truth value, element by element:
    /// `targets` are probabilities, usually 0 or 1, in the shape of the logits.
    #[track_caller]
    pub fn sigmoid_cross_entropy(self, targets: Tensor<'g>) -> Tensor<'g> {
        if self.node().is_none() || targets.node().is_none() {
            return Tensor::faulty(self.graph());
        }
        if self.shape() != targets.shape() {
            return self.unequal(targets);
        }
        let rule: Rule = Rc::new(|d| {
            let (x, z, u) = (d.inputs[0], d.inputs[1], d.upstream());
            vec![Some(u * (x.sigmoid() - z)), Some(-(u * x))]
        });
        let inputs = [self, targets];
        let loss = self.graph().composite("sigmoid_cross_entropy", &inputs, Some(rule), || {
            let positive = self.maximum(self.number(0.0));
            vec![positive - self * targets + (-self.abs()).exp().log_1p()]
        });
        loss.first().copied().unwrap_or(self)
    }

    /// The fault of a prediction and a target of different shapes.
    #[track_caller]
    fn unequal(self, targets: Tensor<'g>) -> Tensor<'g> {
        let fault =
            Fault::of("shape.loss").with("found", self.shape()).with("expected", targets.shape());
        self.graph().fail(fault)
    }
}

fn cross_entropy_slopes<'g>(
    derivative: &Derivative<'_, 'g>,
    classes: usize,
    smoothing: f64,
) -> Vec<Option<Tensor<'g>>> {
    let (logits, targets) = (derivative.inputs[0], derivative.inputs[1]);
    let u = derivative.upstream().expand_dims(-1);
    let probabilities = smoothed(targets, classes, smoothing);
    if targets.dtype() == DType::I32 {
        return vec![Some(u * (logits.softmax(-1) - probabilities)), None];
    }
    // Given probabilities need not have the sum 1.
    let total = probabilities.sum(&[-1]).expand_dims(-1);
    let by_targets = -(u * logits.log_softmax(-1)) * (1.0 - smoothing);
    vec![Some(u * (logits.softmax(-1) * total - probabilities)), Some(by_targets)]
}

/// The same class numbers, each known to be one: a row of `one_hot` would be all
/// zeros for a class that is not there, and the loss 0.
#[track_caller]
fn checked<'g>(targets: Tensor<'g>, classes: usize) -> Tensor<'g> {
    targets.graph().iota(classes).gather(targets, 0)
}

/// Targets as probabilities of all classes.
#[track_caller]
fn smoothed<'g>(targets: Tensor<'g>, classes: usize, smoothing: f64) -> Tensor<'g> {
    let probabilities = match targets.dtype() {
        DType::I32 => targets.one_hot(classes),
        _ => targets,
    };
    if smoothing == 0.0 {
        return probabilities;
    }
    probabilities * (1.0 - smoothing) + smoothing / classes as f64
}

#[cfg(test)]
mod tests {
    use crate::check::{
        Given, array, assert_close, batch, batch_array, check_gradient, evaluate, fault, fixed,
        slopes,
    };
    use crate::{Array, DType, Evaluator, Feed, Graph, N, State};

    const INF: f64 = f64::INFINITY;

    fn classes(values: &[i32]) -> Given {
        batch_array(Array::i32(&[values.len()], values.to_vec()))
    }

    fn logits() -> Given {
        // Exponentials 1, 2, 5 and 4, 3, 1, both of the sum 8.
        let row = [1.0, 2.0, 5.0, 4.0, 3.0, 1.0].map(f64::ln);
        batch(&[2, 3], &row)
    }

    #[test]
    fn values_of_closed_form() {
        let inputs = [logits(), classes(&[2, 1])];
        let expected = [(8.0 / 5.0f64).ln(), (8.0 / 3.0f64).ln()];
        let found = evaluate::<f64>(&inputs, |x| x[0].cross_entropy(x[1]));
        assert_eq!(found.shape(), [2]);
        assert_close(&found.to_f64(), &expected, 1e-15);
        let found = evaluate::<f32>(&inputs, |x| x[0].cross_entropy(x[1])).to_f64();
        assert_close(&found, &expected, 3e-7);
        // Smoothing by 0.3 keeps 0.7 and gives 0.1 to each of three classes.
        let mean = |a: f64, b: f64, c: f64| (8f64.powi(3) / (a * b * c)).ln() * 0.1;
        let smooth =
            [0.7 * expected[0] + mean(1.0, 2.0, 5.0), 0.7 * expected[1] + mean(4.0, 3.0, 1.0)];
        let found = evaluate::<f64>(&inputs, |x| x[0].cross_entropy_smoothed(x[1], 0.3)).to_f64();
        assert_close(&found, &smooth, 1e-15);
    }

    #[test]
    fn class_numbers_and_their_rows_agree() {
        let rows = batch(&[2, 3], &[0.0, 0.0, 1.0, 0.0, 1.0, 0.0]);
        let inputs = [logits(), classes(&[2, 1]), rows];
        for smoothing in [0.0, 0.3] {
            let losses = |target: usize| {
                let loss =
                    evaluate::<f32>(&inputs, |x| x[0].cross_entropy_smoothed(x[target], smoothing));
                let slope =
                    slopes::<f32>(&inputs, |x| x[0].cross_entropy_smoothed(x[target], smoothing));
                (loss.to_f64(), slope[0].clone())
            };
            assert_eq!(losses(1), losses(2));
        }
    }

    #[test]
    fn loss_and_slope_far_out() {
        let inputs = [batch(&[2, 2], &[1000.0, -1000.0, -INF, 0.0]), classes(&[1, 1])];
        let found = evaluate::<f32>(&inputs, |x| x[0].cross_entropy(x[1])).to_f64();
        assert_eq!(found, [2000.0, 0.0]);
        let found = slopes::<f32>(&inputs, |x| x[0].cross_entropy(x[1]));
        assert_eq!(found[0], [1.0, -1.0, 0.0, 0.0]);
    }

    #[test]
    fn slope_is_softmax_minus_target() {
        let inputs = [logits(), classes(&[2, 1])];
        let found = slopes::<f64>(&inputs, |x| x[0].cross_entropy(x[1]));
        let expected = [0.125, 0.25, -0.375, 0.5, -0.625, 0.125];
        assert_close(&found[0], &expected, 1e-14);
    }

    #[test]
    fn gradients_agree_with_differences() {
        let logits = batch(&[2, 3], &[0.3, -1.0, 2.5, 1.4, 0.2, -0.7]);
        let ids = [logits.clone(), classes(&[2, 0])];
        // Probabilities of any sum: the rule holds for each t.
        let rows = [logits, batch(&[2, 3], &[0.2, 0.5, 0.3, 0.9, 0.4, 0.1])];
        for smoothing in [0.0, 0.2] {
            for inputs in [&ids, &rows] {
                check_gradient(inputs, |x| x[0].cross_entropy_smoothed(x[1], smoothing));
                check_gradient(inputs, |x| {
                    let loss = x[0].cross_entropy_smoothed(x[1], smoothing);
                    crate::gradients(loss.square().sum_all(), &x[..1])[0]
                });
            }
        }
    }

    #[test]
    fn gives_a_loss_to_each_position() {
        let logits = batch(&[1, 2, 2], &[0.0, 0.0, 3f64.ln(), 0.0]);
        let inputs = [logits, batch_array(Array::i32(&[1, 2], vec![0, 0]))];
        let found = evaluate::<f64>(&inputs, |x| x[0].cross_entropy(x[1]));
        assert_eq!(found.shape(), [1, 2]);
        assert_close(&found.to_f64(), &[2f64.ln(), (4.0 / 3.0f64).ln()], 1e-15);
    }

    #[test]
    fn refuses_what_does_not_fit() {
        let column = batch_array(Array::i32(&[2, 1], vec![2, 1]));
        let inputs = [logits(), column, batch(&[2, 1], &[0.0, 1.0]), fixed(&[], &[1.0])];
        assert_eq!(fault(&inputs, |x| x[0].cross_entropy(x[1])), "shape.loss");
        assert_eq!(fault(&inputs, |x| x[0].cross_entropy(x[2])), "shape.loss");
        assert_eq!(fault(&inputs, |x| x[3].cross_entropy(x[3])), "shape.loss");
        assert_eq!(fault(&inputs, |x| x[0].sigmoid_cross_entropy(x[2])), "shape.loss");
        assert_eq!(fault(&inputs, |x| x[0].cross_entropy_smoothed(x[0], 1.5)), "shape.setting");
        let truth = [logits(), batch_array(Array::bool(&[2, 3], vec![true; 6]))];
        assert_eq!(fault(&truth, |x| x[0].cross_entropy(x[1])), "shape.dtype");
    }

    #[test]
    fn refuses_a_class_that_is_not_there() {
        for class in [3, -1] {
            let graph = Graph::new();
            let logits = graph.input("logits", DType::F32, &[N, 3.into()]);
            let targets = graph.input("targets", DType::I32, &[N]);
            graph.output("loss", logits.cross_entropy(targets));
            let definition = graph.finish().unwrap();
            let evaluator = Evaluator::<f32>::new(definition.into(), &["loss"]).unwrap();
            let (x, t) = (Array::f32(&[1, 3], vec![0.0; 3]), Array::i32(&[1], vec![class]));
            let feed = Feed::rows(1).input("logits", &x).input("targets", &t);
            assert!(evaluator.run(&mut State::new(), &feed).is_err(), "class {class}");
        }
    }

    #[test]
    fn of_truth_values() {
        let ln3 = 3f64.ln();
        let x = batch(&[6], &[0.0, ln3, -ln3, ln3, 1000.0, -1000.0]);
        let inputs = [x, batch(&[6], &[1.0, 1.0, 1.0, 0.0, 1.0, 1.0])];
        let found = evaluate::<f64>(&inputs, |x| x[0].sigmoid_cross_entropy(x[1])).to_f64();
        let (near, far) = ((4.0 / 3.0f64).ln(), 4f64.ln());
        assert_close(&found, &[2f64.ln(), near, far, far, 0.0, 1000.0], 1e-14);
        let found = slopes::<f64>(&inputs, |x| x[0].sigmoid_cross_entropy(x[1]));
        assert_close(&found[0], &[-0.5, -0.25, -0.75, 0.75, 0.0, -1.0], 1e-14);
    }

    #[test]
    fn gradients_of_truth_values_agree_with_differences() {
        let inputs = [batch(&[4], &[-3.0, -0.2, 0.4, 6.0]), batch(&[4], &[1.0, 0.0, 0.3, 1.0])];
        check_gradient(&inputs, |x| x[0].sigmoid_cross_entropy(x[1]));
        check_gradient(&inputs, |x| {
            crate::gradients(x[0].sigmoid_cross_entropy(x[1]).sum_all(), x)[0]
        });
    }

    #[test]
    fn slope_at_the_kinks_of_its_parts() {
        // The largest of x and 0, and |x|, have kinks at 0; their sum has none.
        let inputs = [fixed(&[2], &[0.0, -0.0]), fixed(&[2], &[0.3, 1.0])];
        let found = slopes::<f64>(&inputs, |x| x[0].sigmoid_cross_entropy(x[1]));
        assert_close(&found[0], &[0.2, -0.5], 1e-15);
        // Classes of one logit share what is left.
        let tied = [fixed(&[1, 4], &[1.0; 4]), array(Array::i32(&[1], vec![1]))];
        let found = slopes::<f64>(&tied, |x| x[0].cross_entropy(x[1]));
        assert_close(&found[0], &[0.25, -0.75, 0.25, 0.25], 1e-15);
    }
}
