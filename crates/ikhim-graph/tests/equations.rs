//! The equation of an op is an expression that `ikhim eval` computes: with
//! numbers in the place of the names it gives what the op gives.

use ikhim_graph::expression::evaluate;
use ikhim_graph::{Array, DType, Evaluator, Feed, Graph, State, Tensor};

const P: &str = "[[0.5, 2.0], [3.0, 1.5]]";
const Q: &str = "[[2.0, 2.0], [0.25, 4.0]]";

type Build = for<'g> fn(Tensor<'g>, Tensor<'g>) -> Tensor<'g>;

/// Each builds one op of the two inputs, with the equation that a person
/// expects to read.
const OPS: &[(Build, &str)] = &[
    (|x, y| x + y, "P + Q"),
    (|x, y| x - y, "P - Q"),
    (|x, y| x * y, "P * Q"),
    (|x, y| x / y, "P / Q"),
    (|x, y| x.pow_tensor(y), "P ** Q"),
    (|x, y| x.matmul(y), "P @ Q"),
    (|x, _| -x, "-P"),
    (|x, _| x.exp(), "exp(P)"),
    (|x, _| x.log_1p(), "log_1p(P)"),
    (|x, y| x.maximum(y), "maximum(P, Q)"),
    (|x, y| x.less_equal(y), "P <= Q"),
    (|x, y| x.not_equal(y), "P != Q"),
    (|x, _| x.sum(&[1]), "sum(P, axis=1)"),
    (|x, _| x.sum_all(), "sum(P, axis=[0, 1])"),
    (|x, _| x.max(&[0]), "max(P, axis=0)"),
    (|x, _| x.prod(&[1]), "prod(P, axis=1)"),
    (|x, _| x.argmax(1), "argmax(P, axis=1)"),
    (|x, _| x.cumsum(0), "cumsum(P, axis=0)"),
    (|x, _| x.cumsum_reverse(1), "cumsum(P, axis=1, reverse=true)"),
    (|x, _| x.cast(DType::I32), "cast(P, i32)"),
    (|x, _| x.transpose(&[1, 0]), "transpose(P, [1, 0])"),
    (|x, _| x.reshape(&[4.into()]), "reshape(P, [4])"),
    (|x, _| x.slice(1, 1..2), "P[:, 1:2]"),
    (|x, _| x.slice_step(0, 0..2, 2), "P[0:2:2]"),
    (|x, _| x.pad(0, 1, 2), "pad(P, axis=0, low=1, high=2)"),
    (|x, y| Tensor::concat(&[x, y], 1), "concat([P, Q], axis=1)"),
];

#[test]
fn an_equation_computes_what_its_op_computes() {
    let (p, q) = (evaluate(P).unwrap(), evaluate(Q).unwrap());
    for (build, expected) in OPS {
        let graph = Graph::new();
        let inputs = ["P", "Q"].map(|name| graph.input(name, DType::F32, &[2.into(), 2.into()]));
        graph.output("value", build(inputs[0], inputs[1]));
        let definition = graph.finish().unwrap();
        let node = definition.node(definition.find("value").unwrap());
        let names = definition.names();
        let names: Vec<&str> = node.inputs.iter().map(|id| names[id.index()].as_str()).collect();
        let equation = node.op.equation(&names);
        assert_eq!(equation, *expected);
        let evaluator = Evaluator::<f32>::new(definition.into(), &["value"]).unwrap();
        let feed = Feed::rows(1).input("P", &p).input("Q", &q);
        let found: Vec<Array> = evaluator.run(&mut State::default(), &feed).unwrap();
        let written = equation.replace('P', P).replace('Q', Q);
        assert_eq!(found[0], evaluate(&written).unwrap(), "{written}");
    }
}
