//! Convolutional networks: sizes of images from layer to layer, what is refused,
//! and the models that have a name.

use ikhim_graph::{Array, DType, Evaluator, Feed, Graph, N, State};
use ikhim_nn::{
    Activation, Apply, Autoencoder, AveragePool2d, BatchNorm, Cnn, Conv1d, Conv2d, Conv2dTranspose,
    CourseNet, CrossEntropy, Dense, Dropout, Entry, Flatten, GlobalAveragePool2d, Inception,
    InceptionNet, Lab, Layer, LayerRow, LeNet5, MaxPool2d, Module, Mse, Network, Objective,
    Padding, ResNet, Sgd, Spec, Target, UpSampling2d, Vgg, skipped_cells, summary, training,
};
use ikhim_text::{Fault, Language};

fn same(filters: usize) -> Conv2d {
    Conv2d::new(filters, 3).padding(Padding::Same)
}

/// The shapes of a value of MNIST's size through layers.
fn trace(layers: &[Layer]) -> Vec<String> {
    let graph = Graph::new();
    let x = graph.input("x", DType::F32, &[N, 28.into(), 28.into(), 1.into()]);
    let mut shapes = Vec::new();
    layers.iter().fold(x, |x, layer| {
        let y = x.apply(layer);
        shapes.push(y.shape().to_string());
        y
    });
    graph.finish().unwrap();
    shapes
}

fn refused(sizes: &[usize], module: impl Module) -> Fault {
    let graph = Graph::new();
    let dims = [N].into_iter().chain(sizes.iter().copied().map(Into::into));
    let x = graph.input("x", DType::F32, &dims.collect::<Vec<_>>());
    x.apply(module);
    graph.finish().unwrap_err()
}

/// What a layer makes of an image, with a kernel where it has one.
fn of_image(layer: &Layer, sizes: [usize; 4], image: &[f32], kernel: Option<Array>) -> Vec<f64> {
    let graph = Graph::new();
    let dims = [N, sizes[1].into(), sizes[2].into(), sizes[3].into()];
    graph.output("y", graph.input("x", DType::F32, &dims).apply(layer));
    let definition = graph.finish().unwrap();
    let mut state = State::initial(&definition, 1);
    if let Some(kernel) = kernel {
        state.set("conv2d_1.kernel", kernel);
    }
    let evaluator = Evaluator::<f32>::new(definition.into(), &["y"]).unwrap();
    let x = Array::f32(&sizes, image.to_vec());
    evaluator.run(&mut state, &Feed::rows(sizes[0]).input("x", &x)).unwrap()[0].to_f64()
}

/// Course, fixture F10 and row 1.6.
#[test]
fn filters_and_pooling_of_lab_11_0() {
    let image: Vec<f32> = (1..=9).map(|x| x as f32).collect();
    let conv = |filters: usize, padding: Padding| {
        let layer = Conv2d::new(filters, 2).padding(padding).use_bias(false);
        let weights = if filters == 1 { vec![1.0; 4] } else { [1.0, 10.0, -1.0].repeat(4) };
        let kernel = Array::f32(&[2, 2, 1, filters], weights);
        of_image(&layer.into(), [1, 3, 3, 1], &image, Some(kernel))
    };
    assert_eq!(conv(1, Padding::Valid), [12.0, 16.0, 24.0, 28.0]);
    let same = [12.0, 16.0, 9.0, 24.0, 28.0, 15.0, 15.0, 17.0, 9.0];
    assert_eq!(conv(1, Padding::Same), same);
    let three: Vec<f64> = same.iter().flat_map(|x| [*x, 10.0 * x, -x]).collect();
    assert_eq!(conv(3, Padding::Same), three);
    let pool = |padding: Padding| {
        let layer = MaxPool2d::new(2).stride(1).padding(padding);
        of_image(&layer.into(), [1, 2, 2, 1], &[4.0, 3.0, 2.0, 1.0], None)
    };
    assert_eq!(pool(Padding::Valid), [4.0]);
    assert_eq!(pool(Padding::Same), [4.0, 3.0, 2.0, 1.0]);
}

/// Course, row 1.4: a filter answers to the one direction of a bar and not to the
/// other.
#[test]
fn a_filter_sees_one_direction() {
    let sobel = [-1.0, 0.0, 1.0, -2.0, 0.0, 2.0, -1.0, 0.0, 1.0];
    let transposed = [-1.0, -2.0, -1.0, 0.0, 0.0, 0.0, 1.0, 2.0, 1.0];
    let bar = |vertical: bool| -> Vec<f32> {
        let place = |at: usize| if vertical { at % 8 } else { at / 8 };
        (0..64).map(|at| f32::from(u8::from(matches!(place(at), 3 | 4)))).collect()
    };
    let largest = |filter: [f32; 9], vertical: bool| {
        let layer = Conv2d::new(1, 3).use_bias(false);
        let kernel = Array::f32(&[3, 3, 1, 1], filter.to_vec());
        let values = of_image(&layer.into(), [1, 8, 8, 1], &bar(vertical), Some(kernel));
        values.into_iter().map(f64::abs).fold(0.0, f64::max)
    };
    assert_eq!((largest(sobel, true), largest(sobel, false)), (4.0, 0.0));
    assert_eq!((largest(transposed, true), largest(transposed, false)), (0.0, 4.0));
}

/// Course, row 1.5: valid windows and pooling make an image smaller, `same` alone
/// does not.
#[test]
fn sizes_of_the_lecture() {
    let valid = [Conv2d::new(32, 3).into(), Conv2d::new(64, 3).into()];
    assert_eq!(trace(&valid), ["[N, 26, 26, 32]", "[N, 24, 24, 64]"]);
    let pool = || Layer::from(MaxPool2d::new(2).padding(Padding::Same));
    let lab = [same(32).into(), pool(), same(64).into(), pool(), same(128).into(), pool()];
    let expected = [
        "[N, 28, 28, 32]",
        "[N, 14, 14, 32]",
        "[N, 14, 14, 64]",
        "[N, 7, 7, 64]",
        "[N, 7, 7, 128]",
        "[N, 4, 4, 128]",
    ];
    assert_eq!(trace(&lab), expected);
    assert_eq!(trace(&[same(8).into(), same(8).into()]), ["[N, 28, 28, 8]"; 2]);
}

/// Course, row 1.7: the sweep over sizes, filters, strides and padding.
#[test]
fn sizes_are_those_of_the_formulas() {
    for size in [7_usize, 28, 32] {
        for filter in [2_usize, 3, 5] {
            for stride in [1_usize, 2, 3] {
                let of = |padding: Padding| {
                    let graph = Graph::new();
                    let dims = [N, size.into(), size.into(), 1.into()];
                    let x = graph.input("x", DType::F32, &dims);
                    let conv = Conv2d::new(1, filter).stride(stride).padding(padding);
                    x.apply(conv).dim(1)
                };
                assert_eq!(of(Padding::Valid), (size - filter) / stride + 1);
                assert_eq!(of(Padding::from(1)), (size + 2 - filter) / stride + 1);
                assert_eq!(of(Padding::Same), size.div_ceil(stride));
            }
        }
    }
}

#[test]
fn a_stride_that_skips_cells_is_told_with_the_arithmetic() {
    let of = |module: &dyn Module| {
        let graph = Graph::new();
        let x = graph.input("x", DType::F32, &[N, 7.into(), 9.into(), 1.into()]);
        graph.output("prediction", x.apply(module));
        let skipped = skipped_cells(&graph.finish().unwrap());
        let parts = skipped.into_iter();
        parts.map(|s| (s.path, s.axis, s.cells, s.arithmetic)).collect::<Vec<_>>()
    };
    let text = "(7 + 0 + 0 - 3) / 3 + 1 = 2.33".to_string();
    let expected = [("conv2d_1".to_string(), 0, 1, text)];
    assert_eq!(of(&Conv2d::new(1, 3).stride(3)), expected);
    let pool = of(&AveragePool2d::new([2, 3]));
    assert_eq!(pool, [("average_pool2d_1".into(), 0, 1, "(7 + 0 + 0 - 2) / 2 + 1 = 3.5".into())]);
    let pool = of(&MaxPool2d::new(4));
    assert_eq!(pool.iter().map(|part| (part.1, part.2)).collect::<Vec<_>>(), [(0, 3), (1, 1)]);
    // Cells of padding are no loss.
    assert_eq!(of(&Conv2d::new(1, 2).stride(2).padding(Padding::Same)), []);
    assert_eq!(of(&Conv2d::new(1, 3)), []);
}

#[test]
fn what_does_not_fit_is_refused_in_words() {
    let fault = refused(&[4, 4, 1], Conv2d::new(8, 5));
    assert_eq!(
        fault.to_string(),
        "layer `conv2d_1`: conv2d: the window does not fit into the image; windows along the \
         height: (4 + 0 + 0 - 5) / 1 + 1 = 0"
    );
    assert!(fault.text(Language::Korean).contains("높이"), "{}", fault.text(Language::Korean));
    assert_eq!(refused(&[4, 4, 1], MaxPool2d::new(5)).code(), "shape.window");
    assert_eq!(refused(&[4, 4, 6], Conv2d::new(8, 3).groups(4)).code(), "shape.groups");
    assert_eq!(refused(&[4, 4, 6], Conv2d::new(8, 3).groups(3)).code(), "shape.groups");
    assert_eq!(refused(&[4, 4, 6], Conv2d::new(6, 3).groups(0)).code(), "shape.groups");
    assert_eq!(refused(&[4, 4, 1], Conv2d::new(8, 3).stride(0)).code(), "shape.setting");
    assert_eq!(refused(&[4, 4, 1], Conv2d::new(8, 0)).code(), "shape.mismatch");
    assert_eq!(refused(&[4, 4, 1], Conv2d::new(0, 3)).code(), "shape.mismatch");
    assert_eq!(refused(&[0, 4, 1], Conv2d::new(1, 1)).code(), "shape.window");
    assert_eq!(refused(&[16], Conv2d::new(8, 3)).code(), "shape.rank");
    assert_eq!(refused(&[4, 4], Conv2d::new(8, 3)).found(), Some("[N, 4, 4]"));
    assert_eq!(refused(&[4, 4, 1], Conv1d::new(8, 3_usize)).code(), "shape.rank");
    assert_eq!(refused(&[4, 1], Conv1d::new(8, 5_usize)).code(), "shape.window");
    let small = Conv2dTranspose::new(1, 1).padding(Padding::from(3));
    assert_eq!(refused(&[4, 4, 1], small).code(), "shape.window");
    assert_eq!(refused(&[4, 4, 1], MaxPool2d::new(2).padding(2)).code(), "shape.setting");
}

fn rows(model: &dyn ikhim_nn::Model, image: [usize; 3], classes: usize) -> Vec<LayerRow> {
    let spec = Spec::new(image, Target::class(classes));
    summary(model, &spec, &CrossEntropy::new().into()).unwrap()
}

fn parameters(model: &dyn ikhim_nn::Model, image: [usize; 3]) -> usize {
    rows(model, image, 10).iter().map(|row| row.parameters).sum()
}

/// The numbers of the labs' code, of the paper on LeNet-5 as it is built today,
/// and of the usual implementations of VGG-16 and ResNet for CIFAR-10.
#[test]
fn named_models_have_the_known_numbers_of_parameters() {
    let mnist = [28, 28, 1];
    assert_eq!(parameters(&CourseNet::new(Lab::L11_1), mnist), 50_090);
    assert_eq!(parameters(&CourseNet::new(Lab::L11_2), mnist), 1_379_333);
    assert_eq!(parameters(&CourseNet::new(Lab::L11_4), mnist), 1_379_557);
    assert_eq!(parameters(&LeNet5::new(), mnist), 61_706);
    let cifar = [32, 32, 3];
    assert_eq!(parameters(&Vgg::sixteen(), cifar), 14_728_266);
    let depths = [(20, 269_722), (32, 464_154), (44, 658_586), (56, 853_018), (110, 1_727_962)];
    for (depth, expected) in depths {
        assert_eq!(parameters(&ResNet::new(depth), cifar), expected, "{depth}");
    }
}

/// Blocks follow the size; sides that are odd, one cell wide or unlike each other
/// have a network too, and what is no image is refused by its first layer.
#[test]
fn a_small_network_fits_its_images() {
    let convolutions = |image: [usize; 3]| {
        let rows = rows(&Cnn::new(), image, 10);
        assert!(rows.iter().all(|row| !row.shape.to_string().contains(" 0")), "{image:?}");
        rows.iter().filter(|row| row.kind == "conv2d").count()
    };
    // 256 cells at most are left for the last three.
    let sizes = [[8, 8, 1], [16, 16, 3], [1, 1, 1], [1, 256, 1], [17, 16, 1], [28, 28, 1]];
    assert_eq!(sizes.map(convolutions), [3, 3, 3, 3, 4, 4]);
    assert_eq!(
        [[32, 32, 3], [33, 33, 3], [64, 64, 3], [5, 1000, 1]].map(convolutions),
        [4, 5, 5, 6]
    );
    assert_eq!(Cnn::blocks_for(256, 256).len(), 4 + 2);
    let own = Cnn::new().blocks([vec![4], vec![]]).dropout(0.0).activation(Activation::Tanh);
    let kinds: Vec<String> = rows(&own, [9, 9, 1], 3).into_iter().map(|row| row.kind).collect();
    let expected = ["conv2d", "max_pool2d", "max_pool2d", "flatten", "dense"];
    assert_eq!(kinds, expected);
    let spec = Spec::new([64], Target::class(10));
    let fault = summary(&Cnn::new(), &spec, &CrossEntropy::new().into()).unwrap_err();
    assert_eq!((fault.code(), fault.found()), ("shape.rank", Some("[N, 64]")));
}

/// Szegedy et al. 2015, table 1: block 3a on [28, 28, 192] has 159 K weights and
/// 128 M operations, which are multiply-adds.
#[test]
fn an_inception_block_is_the_papers() {
    let graph = Graph::new();
    let x = graph.input("features", DType::F32, &[N, 28.into(), 28.into(), 192.into()]);
    let y = x.apply(Inception::new(64, [96, 128], [16, 32], 32));
    assert_eq!(y.shape().to_string(), "[N, 28, 28, 256]");
    graph.output("prediction", y);
    let rows = ikhim_nn::layers(&graph.finish().unwrap());
    let weights: usize = rows.iter().map(|row| row.parameters).sum();
    let biases = 64 + 96 + 128 + 16 + 32 + 32;
    assert_eq!(weights - biases, 163_328); // 159.5 · 1024
    let multiply_adds: usize = rows.iter().map(|row| row.multiply_adds).sum();
    assert_eq!(multiply_adds, 163_328 * 28 * 28); // 128 M
}

#[test]
fn every_named_model_trains() {
    let classes = Spec::new([32, 32, 3], Target::class(10));
    let objective = Objective::new(CrossEntropy::new(), Sgd::new(0.1));
    let models: [&dyn ikhim_nn::Model; 7] = [
        &CourseNet::new(Lab::L11_1),
        &CourseNet::new(Lab::L11_2),
        &CourseNet::new(Lab::L11_4),
        &LeNet5::new(),
        &Vgg::new(),
        &ResNet::new(8),
        &InceptionNet::new(),
    ];
    for model in models {
        let step = training(model, &classes, &objective).unwrap();
        assert_eq!(
            step.find("prediction").map(|id| step.node(id).shape.to_string()).as_deref(),
            Some("[N, 10]")
        );
    }
    let image = Spec::new([8, 12, 3], Target::number(8 * 12 * 3));
    let objective = Objective::new(Mse::new(), Sgd::new(0.1));
    assert!(training(&Autoencoder::new([4, 6]), &image, &objective).is_ok());
    let odd = Spec::new([7, 12, 3], Target::number(7 * 12 * 3));
    assert!(training(&Autoencoder::new([4, 6]), &odd, &objective).is_err());
    let fault =
        training(&ResNet::new(18), &classes, &Objective::new(CrossEntropy::new(), Sgd::new(0.1)));
    assert_eq!(fault.unwrap_err().code(), "shape.setting");
}

/// Receptive fields by hand: each 3×3 adds two cells at the distance of its
/// places, each pooling of 2×2 adds one and doubles the distance.
#[test]
fn a_summary_tells_what_each_layer_sees() {
    let model = Network::new([
        Entry::new(same(4)),
        Entry::new(MaxPool2d::new(2)),
        Entry::new(BatchNorm::new()),
        Entry::new(Activation::Relu).named("stem"),
        Entry::new(same(4)),
        Entry::new(Layer::Add).inputs(["previous", "stem"]),
        Entry::new(AveragePool2d::new(2)),
        Entry::new(same(8).stride(2)),
        Entry::new(Dropout::new(0.5)),
        Entry::new(UpSampling2d::new(2)),
        Entry::new(GlobalAveragePool2d::new()),
        Entry::new(Flatten::new()),
        Entry::new(Dense::auto()),
    ]);
    let rows = rows(&model, [28, 28, 1], 10);
    let fields: Vec<(&str, Option<usize>)> = rows
        .iter()
        .map(|row| (row.path.as_str(), row.receptive_field.map(|[height, _]| height)))
        .collect();
    let expected = [
        ("conv2d_1", Some(3)),
        ("max_pool2d_1", Some(4)),
        ("batch_norm_1", Some(4)),
        ("stem", Some(4)),
        ("conv2d_2", Some(8)),
        ("add_1", Some(8)),
        ("average_pool2d_1", Some(10)),
        ("conv2d_3", Some(18)),
        ("dropout_1", Some(18)),
        ("up_sampling2d_1", None),
        ("global_average_pool2d_1", None),
        ("dense_1", None),
    ];
    assert_eq!(fields, expected);
    let conv = &rows[4];
    assert_eq!((conv.kind.as_str(), conv.parameters), ("conv2d", 4 * 9 * 4 + 4));
    assert_eq!(conv.multiply_adds, 14 * 14 * 4 * 9 * 4);
    assert_eq!(rows[6].multiply_adds, 0);
}
