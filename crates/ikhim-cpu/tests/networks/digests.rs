//! Three small networks whose bits after 200 steps are known once and for all:
//! a change of any kernel, order or constant shows here.

use crate::support::{Case, bits, runtimes};
use ikhim_graph::State;
use ikhim_nn::{
    Activation, Adam, BinaryCrossEntropy, CrossEntropy, Linear, Mlp, Mse, Objective, Rmsprop, Sgd,
    Spec, Target,
};

const STEPS: u64 = 200;

/// FNV-1a in 64 bits over names, sizes and bits.
fn digest(state: &State) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    };
    for (path, array) in state.iter() {
        add(path.as_bytes());
        array.shape().iter().for_each(|size| add(&(*size as u64).to_le_bytes()));
        bits(array).iter().for_each(|bits| add(&bits.to_le_bytes()));
    }
    hash
}

fn check(name: &str, case: &Case, golden: u64) {
    let (losses, state) = case.evaluated(&["loss"], STEPS);
    let loss = |step: usize| losses[step][0].to_f64()[0];
    assert!(loss(199) < loss(0), "{name} learns: {} to {}", loss(0), loss(199));
    assert_eq!(digest(&state), golden, "{name}: evaluated, {:#018x}", digest(&state));
    for runtime in runtimes(&[1, 2]) {
        let (_, state) = case.compiled(&runtime, &["loss"], STEPS);
        assert_eq!(digest(&state), golden, "{name}: {runtime:?}, {:#018x}", digest(&state));
    }
}

#[test]
fn the_digest_of_a_line_is_golden() {
    let spec = Spec::new([3], Target::number(1));
    let objective = Objective::new(Mse::new(), Sgd::new(0.1).momentum(0.5));
    check("a line", &Case::training(&Linear::new(), &spec, &objective, 100), LINE);
}

#[test]
fn the_digest_of_a_classifier_is_golden() {
    let spec = Spec::new([4], Target::class(3));
    let objective = Objective::new(CrossEntropy::new(), Adam::new(0.01));
    check("a classifier", &Case::training(&Mlp::new([10]), &spec, &objective, 150), CLASSIFIER);
}

#[test]
fn the_digest_of_a_network_with_dropout_is_golden() {
    let spec = Spec::new([6], Target::class(2));
    let model = Mlp::new([16, 8]).activation(Activation::Tanh).dropout(0.2);
    let objective =
        Objective::new(BinaryCrossEntropy::new(), Rmsprop::new(0.01).momentum(0.9)).l2(1e-3);
    check("a network with dropout", &Case::training(&model, &spec, &objective, 64), DROPOUT);
}

const LINE: u64 = 0xe17a_dfbb_9892_e99b;
const CLASSIFIER: u64 = 0x010d_b456_6b61_ee48;
const DROPOUT: u64 = 0xb2e4_2dba_8a8c_deac;
