//! Convolutions and pooling have the bits of the evaluator, values and slopes:
//! the cases that are compared with PyTorch, and many larger ones.

use ikhim_cpu::{Level, Program, Runtime};
use ikhim_graph::op::{Method, Window};
use ikhim_graph::{
    Array, DType, Data, Definition, Dim, Evaluator, Feed, Graph, N, Op, State, Tensor, gradients,
};
use std::sync::Arc;

/// A graph of what is compared, and its inputs.
struct Case {
    name: String,
    definition: Arc<Definition>,
    fetches: Vec<String>,
    inputs: Vec<(String, Vec<usize>)>,
    /// Whether some numbers are NaN, infinite, -0 or tiny.
    is_special: bool,
}

/// Numbers of both signs and many sizes.
fn drawn(count: usize, seed: usize, is_special: bool) -> Vec<f32> {
    const SPECIAL: [f32; 6] = [f32::NAN, f32::INFINITY, -0.0, 1e-40, -3e-42, 0.0];
    let number = |at: usize| {
        let bits = ((at + 1) as u32).wrapping_mul(2_654_435_761).wrapping_add(seed as u32 * 977);
        let bits = (bits ^ bits >> 15).wrapping_mul(0x85eb_ca6b);
        match bits >> 4 & 0x3ff {
            0 if is_special => SPECIAL[(bits >> 14) as usize % SPECIAL.len()],
            // Equal numbers too, for the first of them is the largest.
            1..300 => ((bits >> 20) % 8) as f32 - 4.0,
            _ => (bits >> 8) as f32 / (1 << 23) as f32 - 1.0,
        }
    };
    (0..count).map(number).collect()
}

fn bits(array: &Array) -> Vec<u32> {
    match array.data() {
        Data::F32(values) => values
            .iter()
            .map(|x| if x.is_nan() { f32::NAN.to_bits() } else { x.to_bits() })
            .collect(),
        Data::I32(values) => values.iter().map(|x| *x as u32).collect(),
        _ => unreachable!("numbers"),
    }
}

impl Case {
    fn check(&self, rows: usize, runtimes: &[Runtime]) {
        let arrays: Vec<(String, Array)> = self
            .inputs
            .iter()
            .enumerate()
            .map(|(at, (name, sizes))| {
                let mut sizes = sizes.clone();
                if sizes[0] == 0 {
                    sizes[0] = rows;
                }
                let count = sizes.iter().product();
                let numbers = drawn(count, rows + 31 * at, self.is_special);
                (name.clone(), Array::f32(&sizes, numbers))
            })
            .collect();
        let feed = arrays.iter().fold(Feed::rows(rows), |feed, (name, x)| feed.input(name, x));
        let fetches: Vec<&str> = self.fetches.iter().map(String::as_str).collect();
        let evaluator = Evaluator::<f32>::new(self.definition.clone(), &fetches).unwrap();
        let expected = evaluator.run(&mut State::new(), &feed).unwrap();
        let program = Program::reading(self.definition.clone(), &fetches).unwrap();
        for runtime in runtimes {
            let found = program.run(runtime, &mut State::new(), &feed).unwrap();
            for ((name, found), expected) in fetches.iter().zip(&found).zip(&expected) {
                let (found, expected) = (bits(found), bits(expected));
                let first = found.iter().zip(&expected).position(|(x, y)| x != y);
                assert!(
                    found == expected,
                    "{}, {rows} rows, {runtime:?}: `{name}` at {first:?}",
                    self.name
                );
            }
        }
    }
}

fn runtimes(threads: &[usize]) -> Vec<Runtime> {
    let levels = Level::ALL.into_iter().filter(|level| level.is_available());
    let all = levels.flat_map(|level| {
        threads.iter().map(move |threads| Runtime::builder().cpu(level).threads(*threads).build())
    });
    all.collect()
}

/// An op on images of so many rows, or of the batch where there are 0, and a
/// kernel: its value and its slopes.
fn case(
    name: String,
    image: &[usize],
    kernel: Option<&[usize]>,
    is_special: bool,
    build: impl for<'g> Fn(Tensor<'g>, Option<Tensor<'g>>) -> Tensor<'g>,
) -> Case {
    let graph = Graph::new();
    let mut inputs = Vec::new();
    let mut input = |name: &str, sizes: &[usize]| {
        inputs.push((name.to_string(), sizes.to_vec()));
        let dim = |size: &usize| if *size == 0 { N } else { Dim::Fixed(*size) };
        graph.input(name, DType::F32, &sizes.iter().map(dim).collect::<Vec<_>>())
    };
    let x = input("x", image);
    let kernel = kernel.map(|sizes| input("kernel", sizes));
    let y = build(x, kernel);
    let of_row = |dim: &Dim| match dim {
        Dim::Fixed(size) => *size,
        Dim::Batch(_) => 0,
    };
    let sizes: Vec<usize> = y.shape().iter().map(of_row).collect();
    let slope = input("slope", &sizes);
    let wanted: Vec<Tensor<'_>> = [Some(x), kernel].into_iter().flatten().collect();
    graph.output("y", y);
    let mut fetches = vec!["y".to_string()];
    for (at, slope) in gradients((y * slope).sum_all(), &wanted).into_iter().enumerate() {
        graph.output(&format!("slope_{at}"), slope);
        fetches.push(format!("slope_{at}"));
    }
    let definition = Arc::new(graph.finish().unwrap_or_else(|fault| panic!("{name}: {fault}")));
    Case { name, definition, fetches, inputs, is_special }
}

#[test]
fn the_cases_of_pytorch_have_the_bits_of_the_evaluator() {
    let text = include_str!("../../ikhim-graph/fixtures/images.json");
    let fixture: serde_json::Value = serde_json::from_str(text).unwrap();
    let runtimes = runtimes(&[1, 3]);
    let cases = fixture["cases"].as_array().unwrap();
    assert!(cases.len() >= 200);
    for (at, of) in cases.iter().enumerate() {
        let list = |value: &serde_json::Value| -> Vec<usize> {
            value.as_array().unwrap().iter().map(|x| x.as_u64().unwrap() as usize).collect()
        };
        let pair = |key: &str| -> [usize; 2] { list(&of[key]).try_into().unwrap() };
        let padding = [0, 1].map(|axis| list(&of["padding"][axis]).try_into().unwrap());
        let op = of["op"].as_str().unwrap();
        let mut image = list(&of["image"]);
        image[0] = 0;
        let name = format!("case {at}, {op}");
        let case = if op.starts_with("conv2d") {
            let window = Window::default()
                .stride(pair("stride"))
                .dilation(pair("dilation"))
                .padding(padding)
                .groups(of["groups"].as_u64().unwrap() as usize);
            let (kernel, size) = (list(&of["kernel"]), [image[1], image[2]]);
            let counts = window.counts(size, [kernel[0], kernel[1]]).unwrap();
            if op != "conv2d" {
                image = vec![0, counts[0], counts[1], kernel[3]];
            }
            case(name, &image, Some(&kernel), false, |x, kernel| match op {
                "conv2d" => x.conv2d(kernel.unwrap(), window),
                _ => x.conv2d_input_grad(kernel.unwrap(), window, size),
            })
        } else {
            let (kernel, stride) = (pair("kernel"), pair("stride"));
            let counted = of["count_padding"].as_bool() == Some(true);
            case(name, &image, None, false, |x, _| match op {
                "max_pool2d" => x.max_pool2d(kernel, stride, padding),
                _ => x.average_pool2d(kernel, stride, padding, counted),
            })
        };
        case.check(1 + at % 40, &runtimes);
    }
}

/// Choices from a counter.
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

/// A convolution of any setting, on images of the batch or of so many rows.
fn convolution(seed: u64) -> Case {
    let mut draw = Draw(seed);
    let groups = draw.of(&[1, 1, 1, 1, 2, 3, 5, 16]);
    let [of_group, of_filters] = match (groups, draw.below(3)) {
        (1, 0) => [draw.of(&[1, 3, 16, 32]), draw.of(&[16, 32, 48, 64])],
        (1, _) => [1 + draw.below(40), 1 + draw.below(70)],
        (_, 0) => [1, 1],
        _ => [1 + draw.below(5), 1 + draw.below(20)],
    };
    let mut axis = || {
        let kernel = 1 + draw.below(5);
        let dilation = draw.of(&[1, 1, 1, 2, 3]);
        let size = 1 + draw.below(13);
        let stride = draw.of(&[1, 1, 1, 2, 3]);
        let mut padding = [draw.below(3), draw.below(3)];
        let reach = dilation * (kernel - 1) + 1;
        padding[1] += reach.saturating_sub(size + padding[0] + padding[1]);
        (kernel, dilation, size, stride, padding)
    };
    let (down, right) = (axis(), axis());
    let window = Window::default()
        .stride([down.3, right.3])
        .dilation([down.1, right.1])
        .padding([down.4, right.4])
        .groups(groups);
    // Without a batch axis, all of a kernel's slope is one chain.
    let rows = if draw.below(6) == 0 { 1 + draw.below(40) } else { 0 };
    let image = [rows, down.2, right.2, groups * of_group];
    let kernel = [down.0, right.0, of_group, groups * of_filters];
    let name = format!("convolution {seed}: {image:?} {kernel:?} {window:?}");
    case(name, &image, Some(&kernel), draw.below(3) == 0, |x, kernel| {
        x.conv2d(kernel.unwrap(), window)
    })
}

#[test]
fn convolutions_have_the_bits_of_the_evaluator() {
    let (few, more) = (runtimes(&[2]), runtimes(&[1, 3, 8]));
    for seed in 0..200 {
        let case = convolution(seed);
        let rows = Draw(seed + 7).of(&[1, 2, 3, 5, 31, 33, 65]);
        case.check(rows, if seed % 4 == 0 { &more } else { &few });
    }
}

/// Kernels of 3×3 over many channels, which are taken by tiles.
#[test]
fn convolutions_by_tiles_have_the_bits_of_the_evaluator() {
    let (few, more) = (runtimes(&[2]), runtimes(&[1, 3, 8]));
    for seed in 0..32 {
        let mut draw = Draw(seed);
        let [channels, filters] = [0, 1].map(|_| draw.of(&[32, 48, 64, 80]));
        let size = [0, 1].map(|_| 4 + draw.below(30));
        let padding = [0, 1].map(|_| [draw.below(3), draw.below(3)]);
        let rows = if draw.below(6) == 0 { 1 + draw.below(6) } else { 0 };
        let image = [rows, size[0], size[1], channels];
        let kernel = [3, 3, channels, filters];
        let window = Window::default().padding(padding);
        let name = format!("tiles {seed}: {image:?} {kernel:?} {padding:?}");
        let case = case(name, &image, Some(&kernel), draw.below(3) == 0, |x, kernel| {
            x.conv2d(kernel.unwrap(), window)
        });
        let methods = case.definition.nodes().iter().filter_map(|node| match &node.op {
            Op::Conv2d(conv) => Some(conv.method),
            Op::Conv2dInputGrad(slope) => Some(slope.method),
            Op::Conv2dWeightGrad(slope) => Some(slope.method),
            _ => None,
        });
        let counts = window.counts(size, [3, 3]).unwrap();
        let by_tiles = methods.filter(|method| *method == Method::Winograd).count();
        assert!(by_tiles == 3 || counts.contains(&3) || counts.contains(&2), "{}", case.name);
        let rows = draw.of(&[1, 2, 3, 5, 9, 33]);
        case.check(rows, if seed % 4 == 0 { &more } else { &few });
    }
}

#[test]
fn every_number_of_rows_has_the_bits_of_the_evaluator() {
    let runtimes = runtimes(&[1, 2, 3, 8]);
    let window = Window::default().padding([[1, 1], [1, 1]]);
    let case = case("rows".to_string(), &[0, 5, 4, 3], Some(&[3, 3, 3, 17]), false, |x, kernel| {
        x.conv2d(kernel.unwrap(), window).max_pool2d([2, 2], [2, 2], [[0, 0], [0, 1]])
    });
    for rows in 1..=100 {
        case.check(rows, &runtimes);
    }
}

#[test]
fn pooling_has_the_bits_of_the_evaluator() {
    let runtimes = runtimes(&[1, 2]);
    for seed in 0..150 {
        let mut draw = Draw(seed);
        let mut axis = || {
            let kernel = 1 + draw.below(4);
            let padding = [draw.below(kernel), draw.below(kernel)];
            (kernel, 1 + draw.below(4), padding, kernel + draw.below(12))
        };
        let (down, right) = (axis(), axis());
        let rows = if draw.below(6) == 0 { 1 + draw.below(9) } else { 0 };
        let image = [rows, down.3, right.3, draw.of(&[1, 3, 16, 17, 32, 40])];
        let (kernel, stride) = ([down.0, right.0], [down.1, right.1]);
        let padding = [down.2, right.2];
        let name = format!("pooling {seed}: {image:?} {kernel:?} {stride:?} {padding:?}");
        let is_max = draw.below(3) > 0;
        let case = case(name, &image, None, draw.below(2) == 0, |x, _| {
            match is_max {
                // The slope of a rectifier goes to the windows.
                true if seed % 2 == 0 => x.relu().max_pool2d(kernel, stride, padding),
                true => x.max_pool2d(kernel, stride, padding),
                false => x.average_pool2d(kernel, stride, padding, seed % 2 == 0),
            }
        });
        case.check(draw.of(&[1, 3, 33, 40]), &runtimes);
    }
}

#[test]
fn places_that_are_given_have_the_bits_of_the_evaluator() {
    let graph = Graph::new();
    let x = graph.input("x", DType::F32, &[N, 6.into(), 5.into(), 3.into()]);
    let places = graph.input("places", DType::I32, &[N, 2.into(), 4.into(), 3.into()]);
    let taken = x.take_pooled(places);
    graph.output("taken", taken);
    graph.output("back", (taken * taken).max_unpool2d(places, [6, 5]));
    let definition: Arc<Definition> = graph.finish().unwrap().into();
    let fetches = ["taken", "back"];
    let evaluator = Evaluator::<f32>::new(definition.clone(), &fetches).unwrap();
    let program = Program::reading(definition, &fetches).unwrap();
    for rows in [1, 7, 90] {
        let x = Array::f32(&[rows, 6, 5, 3], drawn(rows * 90, 1, false));
        let place = |at: usize| (at * 7919 % 30) as i32;
        for wrong in [None, Some(-1), Some(30)] {
            let mut places: Vec<i32> = (0..rows * 24).map(place).collect();
            if let Some(wrong) = wrong {
                places[rows * 12] = wrong;
            }
            let places = Array::i32(&[rows, 2, 4, 3], places);
            let feed = Feed::rows(rows).input("x", &x).input("places", &places);
            let expected = evaluator.run(&mut State::new(), &feed);
            for runtime in runtimes(&[1, 3]) {
                let found = program.run(&runtime, &mut State::new(), &feed);
                match (&found, &expected) {
                    (Ok(found), Ok(expected)) => assert_eq!(found, expected),
                    (Err(found), Err(expected)) => assert_eq!(found.code(), expected.code()),
                    _ => panic!("{rows} rows, {wrong:?}: {found:?}, not {expected:?}"),
                }
                assert_eq!(found.is_err(), wrong.is_some());
            }
        }
    }
}

/// A prediction that is much work for a row: fewer rows than workers are shared.
#[test]
fn workers_share_a_row() {
    let graph = Graph::new();
    let window = Window::default().padding([[1, 1], [1, 1]]);
    let x = graph.input("x", DType::F32, &[N, 18.into(), 15.into(), 20.into()]);
    let weights = |name: &str, sizes: &[usize]| {
        graph.input(name, DType::F32, &sizes.iter().copied().map(Dim::Fixed).collect::<Vec<_>>())
    };
    let kernels = [weights("k1", &[3, 3, 20, 70]), weights("k2", &[2, 3, 70, 33])];
    let bias = weights("b", &[70]);
    let y = (x.conv2d(kernels[0], window) + bias).relu();
    let y =
        y.max_pool2d([2, 2], [2, 2], [[0, 0], [0, 1]]).conv2d(kernels[1], window.stride([1, 2]));
    let y = y.reshape(&[N, (10 * 4 * 33).into()]);
    let dense = weights("dense", &[10 * 4 * 33, 90]);
    graph.output("y", y.matmul(dense).softmax(-1));
    let definition: Arc<Definition> = graph.finish().unwrap().into();
    let evaluator = Evaluator::<f32>::new(definition.clone(), &["y"]).unwrap();
    let program = Program::reading(definition.clone(), &["y"]).unwrap();
    for rows in [1, 2, 5] {
        let arrays: Vec<(String, Array)> = definition
            .inputs()
            .iter()
            .enumerate()
            .map(|(at, input)| {
                let sizes = input.shape.sizes(rows);
                let numbers = drawn(sizes.iter().product(), at, false);
                (input.name.clone(), Array::f32(&sizes, numbers))
            })
            .collect();
        let feed = arrays.iter().fold(Feed::rows(rows), |feed, (name, x)| feed.input(name, x));
        let expected = evaluator.read(&State::new(), &feed).unwrap();
        for runtime in runtimes(&[1, 2, 3, 8]) {
            let found = program.read(&runtime, &State::new(), &feed).unwrap();
            assert!(found == expected, "{rows} rows, {runtime:?}");
            if runtime.threads() > rows {
                let profile = program.profile(&runtime, &State::new(), &feed, 1).unwrap();
                let tiles = |kernel: &str| {
                    profile.instructions.iter().filter(|one| one.kernel == kernel).count()
                };
                assert_eq!((profile.barriers > 8, tiles("window_product")), (true, 2));
            }
        }
    }
}

#[test]
fn every_op_over_windows_has_a_kernel() {
    let window = Window::default().padding([[1, 1], [1, 1]]);
    let case = case("all".to_string(), &[0, 8, 8, 3], Some(&[3, 3, 3, 17]), false, |x, kernel| {
        x.conv2d(kernel.unwrap(), window).max_pool2d([2, 2], [2, 2], [[0; 2]; 2])
    });
    let fetches: Vec<&str> = case.fetches.iter().map(String::as_str).collect();
    let program = Program::reading(case.definition.clone(), &fetches).unwrap();
    let arrays: Vec<(String, Array)> = case
        .inputs
        .iter()
        .map(|(name, sizes)| {
            let sizes: Vec<usize> = sizes.iter().map(|size| (*size).max(1)).collect();
            (name.clone(), Array::f32(&sizes, drawn(sizes.iter().product(), 1, false)))
        })
        .collect();
    let feed = arrays.iter().fold(Feed::rows(1), |feed, (name, x)| feed.input(name, x));
    let profile = program.profile(&Runtime::single(), &State::new(), &feed, 1).unwrap();
    let kernels: Vec<&str> = profile.instructions.iter().map(|one| one.kernel.as_str()).collect();
    for wanted in ["frame", "window_product", "window_reduce", "max_pool", "max_unpool"] {
        assert!(kernels.contains(&wanted), "{wanted}: {kernels:?}");
    }
}
