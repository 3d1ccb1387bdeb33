//! A fault has the place of the line that a person wrote: where a layer of the
//! library is applied, or a line of a module of one's own.

use ikhim_graph::{Array, DType, Graph, N, Tensor};
use ikhim_nn::{
    Activation, Apply, Dense, Embedding, Entry, Inputs, Layer, Mlp, Model, Module, Network,
    Sequential, Wrap, from_fn,
};
use std::panic::Location;

/// The line from which it is called.
#[track_caller]
fn here() -> usize {
    Location::caller().line() as usize
}

/// Builds on images, which no dense layer takes, and gives layer and line of
/// the fault. The file is this one.
fn fault_of(build: impl for<'g> FnOnce(Tensor<'g>) -> Tensor<'g>) -> (String, Option<usize>) {
    let graph = Graph::new();
    build(graph.input("features", DType::F32, &[N, 8.into(), 8.into(), 2.into()]));
    let fault = graph.finish().unwrap_err();
    let place = fault.location();
    let file = place.file.as_ref().map(|file| file.display().to_string());
    assert!(file.is_none_or(|file| file == file!()), "{place:?}");
    (place.layer.clone().unwrap_or_default(), place.line)
}

#[test]
fn a_fault_in_a_layer_is_where_it_is_applied() {
    let mut line = 0;
    let told = |layer: &str, line: usize| (layer.to_string(), Some(line));
    let dense = fault_of(|x| {
        line = here() + 1;
        x.apply(Dense::new(4))
    });
    assert_eq!(dense, told("dense_1", line));
    let boxed: Box<dyn Module> = Box::new(Dense::new(4));
    let boxed = fault_of(|x| {
        line = here() + 1;
        x.apply(boxed)
    });
    assert_eq!(boxed, told("dense_1", line));
    let layer = fault_of(|x| {
        line = here() + 1;
        x.apply(Layer::from(Dense::new(4)))
    });
    assert_eq!(layer, told("dense_1", line));
    let wrapped = fault_of(|x| {
        line = here() + 1;
        x.apply(Dense::new(4).trainable(false).named("output"))
    });
    assert_eq!(wrapped, told("output/dense_1", line));
    let shared = fault_of(|x| {
        line = here() + 1;
        x.apply(Dense::new(4).shared("half"))
    });
    assert_eq!(shared, told("half", line));
    let inner = fault_of(|x| {
        line = here() + 1;
        x.apply(Sequential::new().then(Activation::Relu).then(Dense::new(4)))
    });
    assert_eq!(inner, told("dense_1", line));
    let mlp = fault_of(|x| {
        line = here() + 1;
        x.apply(Mlp::new([4]))
    });
    // Inside of a function nobody says how wide its last layer is.
    assert_eq!(mlp, told("dense_2", line));
    let kernel = fault_of(|x| {
        let flat = x.reshape(&[N, 128.into()]);
        line = here() + 1;
        flat.apply(Dense::new(2).kernel([[1.0, 2.0]]))
    });
    assert_eq!(kernel, told("dense_1", line));
    let embedding = fault_of(|x| {
        line = here() + 1;
        x.apply(Embedding::new(4))
    });
    assert_eq!(embedding, told("embedding_1", line));
}

/// Adds what has other sizes, three lines below the one that it names.
struct Odd;

impl Odd {
    const LINE: usize = line!() as usize;
}

impl Module for Odd {
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        x + x.graph().constant(Array::f32(&[3], vec![0.0; 3]))
    }
}

#[test]
fn a_fault_in_a_module_of_ones_own_has_its_own_line() {
    let own = fault_of(|x| x.apply(Odd));
    assert_eq!(own, ("odd_1".to_string(), Some(Odd::LINE + 5)));
    let named = fault_of(|x| x.apply(Odd.named("block")));
    assert_eq!(named, ("block".to_string(), Some(Odd::LINE + 5)));
    let mut line = 0;
    let nested = fault_of(|x| {
        let block = from_fn(|x| x.apply(Dense::new(4)));
        line = here() - 1;
        x.apply(block)
    });
    assert_eq!(nested, ("dense_1".to_string(), Some(line)));
}

#[test]
fn a_model_that_is_a_value_has_layers_and_no_lines() {
    let of_model = |model: &dyn Model| {
        fault_of(|x| {
            let inputs = Inputs::new(x.graph(), None).with("features", x, None);
            model.forward(&inputs)
        })
    };
    let layers = [Entry::new(Activation::Relu), Entry::new(Dense::new(4)).named("wide")];
    assert_eq!(of_model(&Network::new(layers)), ("wide".to_string(), None));
    assert_eq!(of_model(&Mlp::new([4])), ("dense_2".to_string(), None));
    // Later faults of the same graph are not told, and the author ends with the
    // model: what comes behind it has its own line.
    let mut line = 0;
    let behind = fault_of(|x| {
        let inputs = Inputs::new(x.graph(), Some(1)).with("features", x, None);
        let y = Network::new([Entry::new(Activation::Relu)]).forward(&inputs);
        line = here() + 1;
        y + x.graph().constant(Array::f32(&[3], vec![0.0; 3]))
    });
    assert_eq!(behind, ("the network".to_string(), Some(line)));
}
