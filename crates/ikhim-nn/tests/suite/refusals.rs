//! What does not fit is refused while building, with the layer's path, both
//! shapes and what to do.

use ikhim_graph::{Array, DType, Dim, Evaluator, Feed, Graph, N, State, Tensor};
use ikhim_nn::{
    Activation, AlphaDropout, Apply, BinaryCrossEntropy, CrossEntropy, Dense, Embedding, Entry,
    Flatten, Group, Huber, Initializer, Layer, Linear, Loss, Mae, Mlp, Model, Mse, Network,
    Objective, Reshape, Sequential, Sgd, Spec, SumSquaredError, Target, Wrap, evaluation, from_fn,
    prediction, training,
};
use ikhim_text::{Fault, Language};

fn refused(model: &dyn Model, spec: &Spec, objective: &Objective) -> Fault {
    training(model, spec, objective).unwrap_err()
}

fn mse() -> Objective {
    Objective::new(Mse::new(), Sgd::new(0.1))
}

fn refused_model(model: &dyn Model, features: &[usize]) -> Fault {
    refused(model, &Spec::new(features, Target::number(1)), &mse())
}

#[track_caller]
fn assert_said(fault: &Fault, text: &str, help: &str) {
    assert_eq!(fault.to_string(), text);
    assert_eq!(fault.help_text(Language::English).unwrap_or_default(), help);
}

#[test]
fn a_dense_layer_names_what_to_put_before_it() {
    let fault = refused_model(&from_fn(|x| x.apply(Dense::new(1))), &[7, 7, 64]);
    assert_said(
        &fault,
        "layer `dense_1`: expected [N, features], got [N, 7, 7, 64]",
        "add `flatten` before it",
    );
    assert_eq!(fault.code(), "shape.rank");
    let fault = refused_model(&from_fn(|x| x.apply(Dense::new(1))), &[]);
    assert_eq!(fault.found(), Some("[N]"));
    let flattened = Sequential::new().then(Flatten::new()).then(Dense::auto());
    assert!(training(&flattened, &Spec::new([7, 7, 64], Target::number(1)), &mse()).is_ok());
}

/// Course, lecture 4: X W and not W X; the text names both shapes.
#[test]
fn a_product_in_the_wrong_order_names_both_shapes() {
    let reversed = from_fn(|x| {
        let w = x.param("w", &[3, 1], Initializer::zeros());
        w.matmul(x)
    });
    let fault = refused_model(&reversed, &[3]);
    assert_eq!(fault.code(), "shape.matmul");
    assert_eq!(fault.to_string(), "layer `the network`: matmul: [3, 1] times [N, 3] does not fit");
    assert!(fault.help_text(Language::English).unwrap().contains("X W, not W X"));
    let right = from_fn(|x| x.matmul(x.param("w", &[3, 1], Initializer::zeros())));
    assert!(training(&right, &Spec::new([3], Target::number(1)), &mse()).is_ok());
}

/// The course's broadcasting trap: [N, 1] against [N] is N×N.
#[test]
fn losses_refuse_unequal_shapes() {
    let flat = from_fn(|x| x.apply(Dense::new(1)).squeeze(&[1]));
    let losses: [Loss; 5] = [
        Mse::new().into(),
        Mae::new().into(),
        Huber::new().into(),
        SumSquaredError::new().into(),
        BinaryCrossEntropy::new().into(),
    ];
    for loss in losses {
        let objective = Objective::new(loss, Sgd::new(0.1));
        let fault = refused(&flat, &Spec::new([3], Target::number(1)), &objective);
        assert_eq!(fault.code(), "shape.loss");
        assert_eq!((fault.found(), fault.expected()), (Some("[N]"), Some("[N, 1]")));
    }
    let wide = from_fn(|x| x.apply(Dense::new(4)));
    for loss in [Loss::from(CrossEntropy::new()), CrossEntropy::new().from_logits(false).into()] {
        let objective = Objective::new(loss, Sgd::new(0.1));
        let fault = refused(&wide, &Spec::new([3], Target::multi_label(3)), &objective);
        assert_eq!((fault.found(), fault.expected()), (Some("[N, 4]"), Some("[N, 3]")));
    }
}

#[test]
fn classes_need_their_columns() {
    let one = from_fn(|x| x.apply(Dense::new(1)));
    let cross = Objective::new(CrossEntropy::new(), Sgd::new(0.1));
    let fault = refused(&one, &Spec::new([3], Target::class(2)), &cross);
    assert_eq!(fault.code(), "shape.loss");
    assert!(fault.help_text(Language::English).unwrap().contains("binary_cross_entropy"));
    let fault = refused(&one, &Spec::new([3], Target::class(5)), &mse());
    assert_said(
        &fault,
        "the loss needs equal shapes, got predictions [N, 1] and targets [N] \
         of 5 classes",
        "the last layer needs 5 units",
    );
    // Two classes may have one column or two under the losses of numbers.
    for units in [1, 2] {
        let model = from_fn(move |x| x.apply(Dense::new(units)));
        assert!(training(&model, &Spec::new([3], Target::class(2)), &mse()).is_ok());
    }
}

#[test]
fn names_that_are_not_there_get_the_nearest() {
    let network = Network::new([
        Entry::new(Dense::new(4)).named("encoder"),
        Entry::new(Dense::new(1)).inputs(["encodr"]),
    ]);
    let fault = refused_model(&network, &[3]);
    let text = "layer `the network`: no layer or input is named `encodr`";
    assert_said(&fault, text, "the nearest name is `encoder`");
    let unshared = Network::new([Entry::new(Dense::new(4)).share("encoder")]);
    assert_eq!(refused_model(&unshared, &[3]).code(), "shape.unknown_value");
    let objective = mse().group(Group::new("dense_2").trainable(false));
    let fault = refused(&Linear::new(), &Spec::new([3], Target::number(1)), &objective);
    assert_eq!(fault.help_text(Language::English).unwrap(), "the nearest layer is `dense_1`");
    let elsewhere = ikhim_nn::from_inputs(|inputs| inputs.get("feature"));
    assert_eq!(refused_model(&elsewhere, &[3]).code(), "shape.unknown_value");
}

#[test]
fn names_are_taken_once() {
    let twice =
        from_fn(|x| x.apply(Dense::new(3).named("hidden")).apply(Dense::new(1).named("hidden")));
    let fault = refused_model(&twice, &[3]);
    assert_eq!(fault.code(), "shape.duplicate_name");
    let as_input = Network::new([Entry::new(Dense::new(1)).named("features")]);
    assert_eq!(refused_model(&as_input, &[3]).code(), "shape.duplicate_name");
}

#[test]
fn sizes_that_are_left_open_need_someone_who_knows() {
    let open = from_fn(|x| x.apply(Dense::auto()));
    assert_eq!(refused_model(&open, &[3]).code(), "shape.units_auto");
    let graph = Graph::new();
    graph.input("x", DType::I32, &[N]).apply(Embedding::new(4));
    assert_eq!(graph.finish().unwrap_err().code(), "shape.input_dim_auto");
}

#[test]
fn given_numbers_have_the_shape_of_the_layer() {
    let transposed = from_fn(|x| x.apply(Dense::new(1).kernel([[1.0, 2.0, 3.0]])));
    let fault = refused_model(&transposed, &[3]);
    assert_eq!(
        fault.to_string(),
        "layer `dense_1`: the given `kernel` has shape [1, 3], but the layer needs [3, 1]"
    );
    let short = from_fn(|x| x.apply(Dense::new(2).bias([1.0])));
    assert_eq!(refused_model(&short, &[3]).code(), "shape.given_values");
    let ragged = from_fn(|x| x.apply(Dense::new(1).kernel([vec![1.0], vec![], vec![2.0]])));
    assert_eq!(refused_model(&ragged, &[3]).code(), "shape.given_values");
}

#[test]
fn settings_out_of_range_are_refused() {
    let cases: [(Layer, &[usize], &str); 6] = [
        (ikhim_nn::Dropout::new(1.0).into(), &[3], "shape.setting"),
        (AlphaDropout::new(-0.1).into(), &[3], "shape.setting"),
        (Activation::maxout(2).into(), &[3], "shape.setting"),
        (Reshape::new([2, 2]).into(), &[3], "shape.elements"),
        (Reshape::new([-1, -1]).into(), &[4], "shape.elements"),
        (Reshape::new([-2]).into(), &[4], "shape.elements"),
    ];
    for (layer, features, code) in cases {
        let network: Network = [layer.clone()].into_iter().collect();
        assert_eq!(refused_model(&network, features).code(), code, "{layer:?}");
    }
    let several = Network::new([
        Entry::new(Dense::new(3)),
        Entry::new(Dense::new(1)).inputs(["previous", "features"]),
    ]);
    assert_eq!(refused_model(&several, &[3]).code(), "shape.one_input");
    let objective = mse().class_weight([1.0, 2.0]);
    let of_numbers = refused(&Linear::new(), &Spec::new([3], Target::number(1)), &objective);
    assert_eq!(of_numbers.code(), "shape.class_weight");
    let of_three = refused(&Linear::new(), &Spec::new([3], Target::class(3)), &objective);
    assert_eq!((of_three.expected(), of_three.found()), (Some("3"), Some("2")));
}

#[test]
fn a_faulty_value_causes_no_second_fault_and_no_panic() {
    let spec = Spec::new([3], Target::class(3));
    let broken = from_fn(|x| {
        let faulty = x.reshape(&[N, Dim::Fixed(7)]);
        let layers: [Layer; 4] = [
            Dense::new(4).into(),
            Reshape::new([2, 2]).into(),
            AlphaDropout::new(0.5).into(),
            Activation::Softmax.into(),
        ];
        layers.iter().fold(faulty, |x, layer| x.apply(layer)).apply(Mlp::new([3]).units(3))
    });
    for loss in Loss::NAMES {
        let objective =
            Objective::new(Loss::of(loss).unwrap(), Sgd::new(0.1)).l1(0.1).clip_norm(1.0);
        assert_eq!(refused(&broken, &spec, &objective).code(), "shape.elements");
        let loss = Loss::of(loss).unwrap();
        assert_eq!(evaluation(&broken, &spec, &loss).unwrap_err().code(), "shape.elements");
        assert_eq!(prediction(&broken, &spec, &loss).unwrap_err().code(), "shape.elements");
    }
}

#[test]
fn a_missing_input_is_named() {
    let spec = Spec::new([3], Target::number(1));
    let definition = prediction(&Linear::new(), &spec, &Mse::new().into()).unwrap();
    let mut state = State::initial(&definition, 1);
    let evaluator = Evaluator::<f32>::new(definition.into(), &["prediction"]).unwrap();
    let fault = evaluator.run(&mut state, &Feed::rows(2)).unwrap_err();
    assert_eq!(fault.argument("name"), Some("features"));
    let wrong = Array::f32(&[2, 4], vec![0.0; 8]);
    let fault = evaluator.run(&mut state, &Feed::rows(2).input("features", &wrong)).unwrap_err();
    assert_eq!(fault.expected(), Some("f32 [2, 3]"));
}

/// A function that mixes up its graph is told, whatever the rest does.
#[test]
fn integers_do_not_multiply() {
    fn through<'g>(x: Tensor<'g>) -> Tensor<'g> {
        x.cast(DType::I32).apply(Dense::new(1))
    }
    assert_eq!(refused_model(&from_fn(through), &[3]).code(), "shape.dtype");
}
