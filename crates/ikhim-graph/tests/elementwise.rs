//! Elementwise operations and losses against PyTorch, values and gradients, in
//! both precisions: `fixtures/elementwise.json`, written by `elementwise.py`.

use ikhim_graph::{Array, Data, Dim, Evaluator, Feed, Graph, Precise, State, Tensor, gradients};
use serde_json::Value;

#[test]
fn agrees_with_pytorch_in_f64() {
    // PyTorch itself loses 1e-15 where large logits cancel.
    compare::<f64>("f64", 1e-12, 1e-14);
}

#[test]
fn agrees_with_pytorch_in_f32() {
    // Four units in the last place; two of 1 where terms near 1 cancel.
    let unit = f64::from(f32::EPSILON);
    compare::<f32>("f32", 4.0 * unit, 2.0 * unit);
}

/// Every case: an error may be `relative` to the number, or `absolute`.
fn compare<T: Precise>(precision: &str, relative: f64, absolute: f64) {
    let text = include_str!("../fixtures/elementwise.json");
    let fixture: Value = serde_json::from_str(text).unwrap();
    let cases = fixture["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 50);
    let mut unequal = Vec::new();
    for case in cases {
        let expected = &case[precision];
        let lists =
            std::iter::once(&expected["value"]).chain(expected["gradients"].as_array().unwrap());
        for (index, (found, expected)) in run::<T>(case).iter().zip(lists).enumerate() {
            let expected = numbers(expected);
            assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(&expected) {
                let same = found == expected || (found.is_nan() && expected.is_nan());
                let error = (found - expected).abs();
                if !(same || error <= relative * expected.abs() || error <= absolute) {
                    let (op, numbers) = (&case["op"], &case["numbers"]);
                    unequal.push(format!("{op} {numbers} output {index}: {found}, not {expected}"));
                }
            }
        }
    }
    assert!(unequal.is_empty(), "{unequal:#?}");
}

/// The value of a case and its gradients by the real inputs.
fn run<T: Precise>(case: &Value) -> Vec<Vec<f64>> {
    let mut arrays: Vec<Array> =
        case["inputs"].as_array().unwrap().iter().map(|x| array(x, Data::F64, |x| x)).collect();
    let real = arrays.len();
    if let Some(whole) = case.get("whole") {
        arrays.push(array(whole, Data::I32, |x| x as i32));
    }
    let names: Vec<String> = (0..arrays.len()).map(|i| format!("input_{i}")).collect();
    let graph = Graph::new();
    let x: Vec<Tensor<'_>> = arrays
        .iter()
        .zip(&names)
        .map(|(array, name)| {
            let dims: Vec<Dim> = array.shape().iter().map(|size| Dim::Fixed(*size)).collect();
            graph.input(name, array.dtype(), &dims)
        })
        .collect();
    let value = build(case["op"].as_str().unwrap(), &numbers(&case["numbers"]), &x);
    let sizes = value.shape().fixed().unwrap();
    let count: usize = sizes.iter().product();
    let weights = (0..count).map(|i| 1.0 + (i % 16) as f32 / 16.0).collect();
    let loss = (value * graph.constant(Array::f32(&sizes, weights))).sum_all();
    let slopes = gradients(loss, &x[..real]);
    let outputs: Vec<String> = (0..=real).map(|i| format!("output_{i}")).collect();
    for (name, output) in outputs.iter().zip([value].iter().chain(&slopes)) {
        graph.output(name, *output);
    }
    let fetches: Vec<&str> = outputs.iter().map(String::as_str).collect();
    let definition = graph.finish().unwrap();
    let evaluator = Evaluator::<T>::new(definition.into(), &fetches).unwrap();
    let given = names.iter().zip(&arrays);
    let feed = given.fold(Feed::rows(1), |feed, (name, array)| feed.input(name, array));
    let found = evaluator.run(&mut State::new(), &feed).unwrap();
    found.iter().map(Array::to_f64).collect()
}

fn build<'g>(op: &str, numbers: &[f64], x: &[Tensor<'g>]) -> Tensor<'g> {
    let number = |index: usize| numbers[index];
    let axis = || numbers[0] as isize;
    match op {
        "abs" => x[0].abs(),
        "sign" => x[0].sign(),
        "floor" => x[0].floor(),
        "exp" => x[0].exp(),
        "exp_m1" => x[0].exp_m1(),
        "log" => x[0].log(),
        "log_1p" => x[0].log_1p(),
        "sqrt" => x[0].sqrt(),
        "tanh" => x[0].tanh(),
        "erf" => x[0].erf(),
        "square" => x[0].square(),
        "reciprocal" => x[0].reciprocal(),
        "pow" => x[0].pow(number(0)),
        "pow_tensor" => x[0].pow_tensor(x[1]),
        "maximum" => x[0].maximum(x[1]),
        "minimum" => x[0].minimum(x[1]),
        "clip" => x[0].clip(number(0), number(1)),
        "relu" => x[0].relu(),
        "leaky_relu" => x[0].leaky_relu(number(0)),
        "elu" => x[0].elu(number(0)),
        "selu" => x[0].selu(),
        "gelu" => x[0].gelu(),
        "silu" => x[0].silu(),
        "sigmoid" => x[0].sigmoid(),
        "softplus" => x[0].softplus(),
        "softmax" => x[0].softmax(axis()),
        "log_softmax" => x[0].log_softmax(axis()),
        "logsumexp" => x[0].logsumexp(axis()),
        "maxout" => x[0].maxout(number(0) as usize),
        "cross_entropy" => x[0].cross_entropy_smoothed(x[1], number(0)),
        "sigmoid_cross_entropy" => x[0].sigmoid_cross_entropy(x[1]),
        "select" => x[0].greater(x[1]).select(x[0], x[1] * x[1]),
        _ => panic!("the fixture has an op `{op}` that is not known here"),
    }
}

fn array<E>(given: &Value, data: impl Fn(Vec<E>) -> Data, element: impl Fn(f64) -> E) -> Array {
    let sizes: Vec<usize> = numbers(&given["shape"]).iter().map(|size| *size as usize).collect();
    Array::new(&sizes, data(numbers(&given["values"]).into_iter().map(element).collect()))
}

/// Numbers, and the words that stand for those that JSON has not.
fn numbers(list: &Value) -> Vec<f64> {
    let number = |value: &Value| value.as_f64().or_else(|| value.as_str()?.parse().ok());
    list.as_array().unwrap().iter().map(|value| number(value).unwrap()).collect()
}
