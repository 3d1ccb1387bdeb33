//! Labs 01 and 08 of the course: values, feeds and the operations on arrays,
//! with what NumPy gives for each.

use ikhim_graph::expression::evaluate;
use ikhim_graph::{Array, DType, Evaluator, Feed, Graph, State};

/// Runs `output` of a graph over named feeds.
fn run(graph: Graph, output: &str, feeds: &[(&str, Array)]) -> ikhim_text::Result<Array> {
    let evaluator = Evaluator::<f32>::new(graph.finish()?.into(), &[output])?;
    let feed = feeds.iter().fold(Feed::rows(1), |feed, (name, value)| feed.input(name, value));
    Ok(evaluator.run(&mut State::new(), &feed)?.remove(0))
}

/// Lab 01: constants are added, inputs are fed, any value can be asked for by
/// its name, and an input that is missing is named.
#[test]
fn lab_01_a_graph_is_built_and_then_fed() {
    assert_eq!(evaluate("3.0 + 4.0").unwrap(), Array::scalar(7.0));
    let sum_of = |shape: &[usize]| {
        let graph = Graph::new();
        let sizes: Vec<ikhim_graph::Dim> =
            shape.iter().map(|size| ikhim_graph::Dim::Fixed(*size)).collect();
        let (a, b) = (graph.input("a", DType::F32, &sizes), graph.input("b", DType::F32, &sizes));
        graph.output("sum", a + b);
        graph.output("triple", (a + b) * 3.0);
        graph
    };
    let numbers = [("a", Array::scalar(3.0)), ("b", Array::scalar(4.5))];
    assert_eq!(run(sum_of(&[]), "sum", &numbers).unwrap(), Array::scalar(7.5));
    assert_eq!(run(sum_of(&[]), "triple", &numbers).unwrap(), Array::scalar(22.5));
    let lists = [("a", Array::f32(&[2], vec![1.0, 3.0])), ("b", Array::f32(&[2], vec![2.0, 4.0]))];
    assert_eq!(run(sum_of(&[2]), "sum", &lists).unwrap(), Array::f32(&[2], vec![3.0, 7.0]));

    let fault = run(sum_of(&[]), "sum", &numbers[..1]).unwrap_err();
    assert!(fault.to_string().contains("`b`"), "{fault}");
}

const T: &str = "[[[0, 1, 2], [3, 4, 5]], [[6, 7, 8], [9, 10, 11]]]";

/// Lab 08, operation by operation. The right side is an array as it is written;
/// its type counts as well.
#[test]
fn lab_08_operations_on_arrays() {
    let facts: &[(&str, &str)] = &[
        // Shape, rank and axis.
        ("rank([1, 2, 3, 4])", "1"),
        ("shape([1, 2, 3, 4])", "[4]"),
        ("shape([[1, 2], [3, 4]])", "[2, 2]"),
        ("rank(T)", "3"),
        ("shape(T)", "[2, 2, 3]"),
        ("[0, 1, 2, 3, 4, 5, 6][2:5]", "[2, 3, 4]"),
        ("[0, 1, 2, 3, 4, 5, 6][4:-1]", "[4, 5]"),
        ("[[1, 2, 3], [4, 5, 6], [7, 8, 9]][:, 1]", "[2, 5, 8]"),
        ("[[1, 2, 3], [4, 5, 6], [7, 8, 9]][-1, :]", "[7, 8, 9]"),
        // The product of matrices is not the product of elements.
        ("matmul([[3.0, 3.0]], [[2.0], [2.0]])", "[[12.0]]"),
        ("matmul([[1.0, 2.0], [3.0, 4.0]], [[1.0], [2.0]])", "[[5.0], [11.0]]"),
        ("[[1.0, 2.0], [3.0, 4.0]] * [[1.0], [2.0]]", "[[1.0, 2.0], [6.0, 8.0]]"),
        // Broadcasting.
        ("[[3.0, 3.0]] + [[2.0, 2.0]]", "[[5.0, 5.0]]"),
        ("[[1.0, 2.0]] + 3.0", "[[4.0, 5.0]]"),
        ("[[1.0, 2.0]] + [3.0, 4.0]", "[[4.0, 6.0]]"),
        ("[[1.0, 2.0]] + [[3.0], [4.0]]", "[[4.0, 5.0], [5.0, 6.0]]"),
        // Means and sums, over an axis or all.
        ("mean([1.0, 2.0], axis=0)", "1.5"),
        ("mean([[1.0, 2.0], [3.0, 4.0]])", "2.5"),
        ("mean([[1.0, 2.0], [3.0, 4.0]], axis=0)", "[2.0, 3.0]"),
        ("mean([[1.0, 2.0], [3.0, 4.0]], axis=1)", "[1.5, 3.5]"),
        ("mean([[1.0, 2.0], [3.0, 4.0]], axis=-1)", "[1.5, 3.5]"),
        ("sum([[1.0, 2.0], [3.0, 4.0]])", "10.0"),
        ("sum([[1.0, 2.0], [3.0, 4.0]], axis=0)", "[4.0, 6.0]"),
        ("sum([[1.0, 2.0], [3.0, 4.0]], axis=-1)", "[3.0, 7.0]"),
        ("mean(sum([[1.0, 2.0], [3.0, 4.0]], axis=-1))", "5.0"),
        // The place of the largest; the first of ties.
        ("argmax([[0, 1, 2], [2, 1, 0]], axis=0)", "[1, 0, 0]"),
        ("argmax([[0, 1, 2], [2, 1, 0]], axis=1)", "[2, 0]"),
        ("argmax([[0, 1, 2], [2, 1, 0]], axis=-1)", "[2, 0]"),
        // Other shapes of the same elements.
        ("reshape(T, [-1, 3])", "[[0, 1, 2], [3, 4, 5], [6, 7, 8], [9, 10, 11]]"),
        ("shape(reshape(T, [-1, 1, 3]))", "[4, 1, 3]"),
        ("squeeze([[0], [1], [2]])", "[0, 1, 2]"),
        ("expand_dims([0, 1, 2], 1)", "[[0], [1], [2]]"),
        // One-hot adds an axis, so a column of classes must be reshaped.
        ("shape(one_hot([[0], [1], [2], [0]], 3))", "[4, 1, 3]"),
        (
            "reshape(one_hot([[0], [1], [2], [0]], 3), [-1, 3])",
            "[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]",
        ),
        // A cast to whole numbers cuts.
        ("cast([1.8, 2.2, 3.3, 4.9], i32)", "[1, 2, 3, 4]"),
        ("cast([true, false, 1 == 1, 0 == 1], i32)", "[1, 0, 1, 0]"),
        ("stack([[1, 4], [2, 5], [3, 6]])", "[[1, 4], [2, 5], [3, 6]]"),
        ("stack([[1, 4], [2, 5], [3, 6]], axis=-1)", "[[1, 2, 3], [4, 5, 6]]"),
        ("ones_like([[0, 1, 2], [2, 1, 0]])", "[[1, 1, 1], [1, 1, 1]]"),
        ("zeros_like([[0, 1, 2], [2, 1, 0]])", "[[0, 0, 0], [0, 0, 0]]"),
        ("transpose(T, [1, 0, 2])", "[[[0, 1, 2], [6, 7, 8]], [[3, 4, 5], [9, 10, 11]]]"),
        ("transpose(T, [1, 2, 0])", "[[[0, 6], [1, 7], [2, 8]], [[3, 9], [4, 10], [5, 11]]]"),
    ];
    assert!(facts.len() >= 35);
    for (text, expected) in facts {
        let found =
            evaluate(&text.replace('T', T)).unwrap_or_else(|fault| panic!("{text}: {fault}"));
        assert_eq!(found, evaluate(expected).unwrap(), "{text}");
    }
    let fault = evaluate("matmul([[3.0, 3.0]], [[2.0, 2.0]])").unwrap_err();
    assert!(fault.to_string().contains("[1, 2]"), "{fault}");
}
