//! Convolutions and pooling against PyTorch, values and both gradients, in both
//! precisions: `fixtures/images.json`, written by `images.py`.

use ikhim_graph::op::Window;
use ikhim_graph::{
    Array, DType, Dim, Evaluator, Feed, Graph, N, Precise, State, Tensor, gradients,
};
use serde_json::Value;

#[test]
fn agree_with_pytorch_in_f32() {
    compare::<f32>(4.0 * f64::from(f32::EPSILON));
}

#[test]
fn agree_with_pytorch_in_f64() {
    compare::<f64>(1e-14);
}

#[test]
fn the_cases_cover_shapes_strides_padding_dilation_and_groups() {
    let fixture = fixture();
    let cases = fixture["cases"].as_array().unwrap();
    let count = |fits: &dyn Fn(&Value) -> bool| cases.iter().filter(|case| fits(case)).count();
    let of = |op: &str| count(&|case| case["op"] == op);
    assert_eq!((of("conv2d"), of("conv2d_input_grad")), (140, 60));
    assert_eq!((of("max_pool2d"), of("average_pool2d")), (45, 45));
    let pair = |case: &Value, key: &str| sizes(&case[key]);
    assert!(count(&|case| case["stride"].is_array() && pair(case, "stride") != [1, 1]) > 100);
    assert!(count(&|case| case["dilation"].is_array() && pair(case, "dilation") != [1, 1]) > 60);
    let uneven = |side: &Value| side[0] != side[1];
    assert!(count(&|case| case["padding"].as_array().unwrap().iter().any(uneven)) > 60);
    assert!(count(&|case| case["groups"].as_u64() > Some(1)) > 60);
    let depthwise = |case: &Value| case["groups"].as_u64() > Some(1) && case["kernel"][2] == 1;
    assert!(count(&depthwise) > 20);
}

fn fixture() -> Value {
    serde_json::from_str(include_str!("../fixtures/images.json")).unwrap()
}

/// Sums of products of small integers are exact; means are within an error.
fn compare<T: Precise>(relative: f64) {
    let fixture = fixture();
    for case in fixture["cases"].as_array().unwrap() {
        let found = run::<T>(case);
        let expected = std::iter::once(&case["value"]).chain(case["gradients"].as_array().unwrap());
        for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
            let expected: Vec<f64> =
                expected.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect();
            let what = format!("output {index} of {case}");
            assert_eq!(found.len(), expected.len(), "{what}");
            if case["op"] == "average_pool2d" {
                for (found, expected) in found.iter().zip(&expected) {
                    let error = (found - expected).abs();
                    assert!(error <= relative * expected.abs().max(1.0), "{what}");
                }
            } else {
                assert_eq!(*found, expected, "{what}");
            }
        }
    }
}

/// The value of a case and its gradients by what goes in.
fn run<T: Precise>(case: &Value) -> Vec<Vec<f64>> {
    let pair = |key: &str| -> [usize; 2] { sizes(&case[key]).try_into().unwrap() };
    let padding = [sizes(&case["padding"][0]), sizes(&case["padding"][1])];
    let padding = padding.map(|side| <[usize; 2]>::try_from(side).unwrap());
    let image = sizes(&case["image"]);
    let op = case["op"].as_str().unwrap();
    let graph = Graph::new();
    let input = |name: &str, sizes: &[usize]| {
        let dims: Vec<Dim> =
            [N].into_iter().chain(sizes[1..].iter().copied().map(Dim::Fixed)).collect();
        (graph.input(name, DType::F32, &dims), drawn(sizes, 1))
    };
    let (output, x, given, kernel);
    if op.starts_with("conv2d") {
        let window = Window::default()
            .stride(pair("stride"))
            .padding(padding)
            .dilation(pair("dilation"))
            .groups(case["groups"].as_u64().unwrap() as usize);
        let sizes = sizes(&case["kernel"]);
        let dims: Vec<Dim> = sizes.iter().copied().map(Dim::Fixed).collect();
        let weights = graph.input("kernel", DType::F32, &dims);
        kernel = Some((weights, drawn(&sizes, 2)));
        let size = [image[1], image[2]];
        let counts = window.counts(size, [sizes[0], sizes[1]]).unwrap();
        if op == "conv2d" {
            (x, given) = input("x", &image);
            output = x.conv2d(weights, window);
        } else {
            (x, given) = input("x", &[image[0], counts[0], counts[1], sizes[3]]);
            output = x.conv2d_input_grad(weights, window, size);
        }
    } else {
        kernel = None;
        (x, given) = input("x", &image);
        output = match op {
            "max_pool2d" => x.max_pool2d(pair("kernel"), pair("stride"), padding),
            _ => {
                let count_padding = case["count_padding"].as_bool().unwrap();
                x.average_pool2d(pair("kernel"), pair("stride"), padding, count_padding)
            }
        };
    }
    let weights = graph.input("weights", DType::F32, &output.shape());
    let by: Vec<Tensor<'_>> =
        [x].into_iter().chain(kernel.as_ref().map(|(tensor, _)| *tensor)).collect();
    let slopes = gradients((output * weights).sum_all(), &by);
    let names: Vec<String> = (0..=slopes.len()).map(|at| format!("output_{at}")).collect();
    for (name, tensor) in names.iter().zip([output].into_iter().chain(slopes)) {
        graph.output(name, tensor);
    }
    let kernel = kernel.map(|(_, kernel)| kernel);
    let definition = graph.finish().unwrap();
    let fetches: Vec<&str> = names.iter().map(String::as_str).collect();
    let weights = drawn(&sizes(&case["shape"]), 3);
    let evaluator = Evaluator::<T>::new(definition.into(), &fetches).unwrap();
    let mut feed = Feed::rows(given.shape()[0]).input("x", &given).input("weights", &weights);
    if let Some(kernel) = &kernel {
        feed = feed.input("kernel", kernel);
    }
    let values = evaluator.run(&mut State::new(), &feed).unwrap();
    values.iter().map(Array::to_f64).collect()
}

fn sizes(value: &Value) -> Vec<usize> {
    value.as_array().unwrap().iter().map(|size| size.as_u64().unwrap() as usize).collect()
}

/// The integers of `drawn` in `images.py`.
fn drawn(sizes: &[usize], salt: u64) -> Array {
    let hashed = |at: u64| ((at + 1) * 2_654_435_761 + salt * 40_503) % (1 << 32);
    let count = sizes.iter().product::<usize>() as u64;
    let values = (0..count).map(|at| ((hashed(at) >> 16) % 7) as f64 - 3.0);
    Array::f64(sizes, values.collect())
}
