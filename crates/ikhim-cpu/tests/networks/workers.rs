//! Networks whose tiles several workers share.

use crate::support::{Case, runtimes};
use ikhim_cpu::{Program, Runtime};
use ikhim_nn::{
    Adam, AdamW, CrossEntropy, Linear, Mlp, Mse, Objective, Optimizer, Rmsprop, Sgd, Spec, Target,
};

/// Asks until at least two workers have done tiles in one measurement: on a
/// machine with much else to do, a worker may come late.
fn assert_is_shared(case: &Case, threads: usize) {
    let program = Program::updating(case.definition.clone(), &["loss"]).unwrap();
    let runtime = Runtime::builder().threads(threads).build();
    let (state, feed) = (case.state(), case.feed(0));
    let mut found = Vec::new();
    for _ in 0..50 {
        let profile = program.profile(&runtime, &state, &feed, 4).unwrap();
        assert!(profile.barriers > 0, "{profile}");
        if profile.busy_workers() >= 2 {
            return;
        }
        found.push(profile.tiles);
    }
    panic!("one worker did everything: {found:?}");
}

fn mlp(hidden: &[usize], features: usize, dropout: f64, rows: usize) -> Case {
    let model = Mlp::new(hidden).dropout(dropout);
    let spec = Spec::new([features], Target::class(10));
    let objective = Objective::new(CrossEntropy::new(), Adam::new(1e-3));
    Case::training(&model, &spec, &objective, rows)
}

#[test]
fn a_deep_network_with_dropout_has_the_bits_of_the_evaluator() {
    let case = mlp(&[512; 4], 784, 0.2, 100);
    for threads in [2, 3, 8] {
        assert_is_shared(&case, threads);
    }
    case.check("784-512x4-10", &["loss", "gradient_norm"], 3, &runtimes(&[1, 2, 3, 8]));
}

#[test]
fn networks_of_many_sizes_have_the_bits_of_the_evaluator() {
    let sizes: [(&[usize], usize, usize); 6] = [
        (&[256, 256], 64, 100),
        (&[33, 17], 129, 77),
        (&[128], 784, 1),
        (&[64; 8], 31, 50),
        (&[300], 7, 301),
        (&[96, 1, 96], 48, 65),
    ];
    for (hidden, features, rows) in sizes {
        let case = mlp(hidden, features, 0.5, rows);
        let name = format!("{features}-{hidden:?}-10, {rows} rows");
        case.check(&name, &["loss", "prediction"], 3, &runtimes(&[1, 2, 3, 8]));
    }
    assert_is_shared(&mlp(&[256, 256], 64, 0.5, 100), 2);
}

#[test]
fn a_linear_classifier_over_many_rows_has_the_bits_of_the_evaluator() {
    let spec = Spec::new([784], Target::class(10));
    let objective = Objective::new(CrossEntropy::new(), Sgd::new(0.1));
    let case = Case::training(&Linear::new(), &spec, &objective, 333);
    assert_is_shared(&case, 2);
    case.check("784-10", &["loss"], 3, &runtimes(&[1, 2, 3, 8]));
}

/// What two workers do in each step, from the plan.
fn plan(case: &Case, fetches: &[&str]) -> ikhim_cpu::Profile {
    let program = Program::updating(case.definition.clone(), fetches).unwrap();
    let runtime = Runtime::builder().threads(2).build();
    program.profile(&runtime, &case.state(), &case.feed(0), 1).unwrap()
}

#[test]
fn a_step_of_a_network_has_two_barriers() {
    let line = {
        let spec = Spec::new([3], Target::number(1));
        let objective = Objective::new(Mse::new(), Sgd::new(0.1));
        Case::training(&Linear::new(), &spec, &objective, 20_000)
    };
    let softmax = {
        let spec = Spec::new([784], Target::class(10));
        let objective = Objective::new(CrossEntropy::new(), Sgd::new(0.1));
        Case::training(&Linear::new(), &spec, &objective, 100)
    };
    let cases = [
        ("a line", line),
        ("a linear classifier", softmax),
        ("a network", mlp(&[256, 256], 784, 0.0, 100)),
    ];
    for (name, case) in &cases {
        let plan = plan(case, &["loss"]);
        assert_eq!(plan.barriers, 2, "{name}: {plan}");
        // The rows, then the weights; nothing else is waited for.
        let phases: Vec<usize> = plan.instructions.iter().map(|one| one.phase).collect();
        assert!(phases.is_sorted() && phases.last() == Some(&2), "{name}: {plan}");
    }
}

#[test]
fn workers_share_each_product_whose_weights_fill_a_cache() {
    // Seven products of at least 512 × 512 weights, four forth and three back, rows
    // behind each of them, then the weights.
    let deep = mlp(&[512; 4], 784, 0.3, 100);
    let profile = plan(&deep, &["loss"]);
    assert_eq!(profile.barriers, 7 + 7 + 1, "{profile}");
    // A worker does not wait for one that never comes.
    let runtime = Runtime::builder().threads(1).build();
    let program = Program::updating(deep.definition.clone(), &["loss"]).unwrap();
    let alone = program.profile(&runtime, &deep.state(), &deep.feed(0), 1).unwrap();
    assert_eq!(alone.barriers, 0, "{alone}");
}

#[test]
fn shared_products_over_any_rows_have_the_bits_of_the_evaluator() {
    // Few rows, whole tiles of 256, one more, and columns that do not fill a panel.
    for (hidden, rows) in [([515, 512], 1), ([512, 530], 7), ([512, 515], 257), ([600, 513], 512)] {
        let case = mlp(&hidden, 33, 0.5, rows);
        case.check(
            &format!("33-{hidden:?}-10, {rows} rows"),
            &["loss", "prediction"],
            2,
            &runtimes(&[1, 2, 3, 8]),
        );
    }
}

#[test]
fn what_all_weights_wait_for_has_a_barrier_of_its_own() {
    let spec = Spec::new([784], Target::class(10));
    let objective = Objective::new(CrossEntropy::new(), Adam::new(1e-3)).clip_norm(1.0);
    let case = Case::training(&Mlp::new([256, 256]), &spec, &objective, 100);
    // Rows, gradients, the squares of each, the norm of all, weights.
    let plan = plan(&case, &["loss"]);
    assert_eq!(plan.barriers, 5, "{plan}");
    case.check("a clipped network", &["loss"], 3, &runtimes(&[1, 2, 3]));
}

#[test]
fn the_chains_of_adam_are_its_kernel() {
    let network = |optimizer: Optimizer, rest: fn(Objective) -> Objective| {
        let spec = Spec::new([40], Target::class(10));
        let objective = rest(Objective::new(CrossEntropy::new(), optimizer));
        Case::training(&Mlp::new([128, 96]), &spec, &objective, 70)
    };
    // A kernel and a bias of each of three layers. The last bias is ten numbers:
    // where it waits for the norm of all, it is an errand of some phase.
    let cases = [
        ("adam", 6, network(Adam::new(1e-3).into(), |objective| objective)),
        ("adamw", 6, network(AdamW::new(1e-3).weight_decay(0.1).into(), |objective| objective)),
        ("a penalty", 6, network(Adam::new(1e-3).into(), |objective| objective.l2(0.01))),
        ("a norm", 5, network(Adam::new(1e-3).into(), |objective| objective.clip_norm(0.1))),
        ("all of it", 5, {
            network(AdamW::new(1e-3).into(), |objective| objective.clip_norm(0.1).l2(0.01))
        }),
    ];
    for (name, expected, case) in &cases {
        let profile = plan(case, &["loss"]);
        let kernels = profile.instructions.iter().map(|one| one.kernel.as_str());
        let of_adam = kernels.filter(|kernel| kernel.ends_with("adam")).count();
        assert_eq!(of_adam, *expected, "{name}: {profile}");
        case.check(name, &["loss"], 4, &runtimes(&[1, 2]));
    }
    let others: [(&str, Optimizer); 2] =
        [("sgd", Sgd::new(0.1).into()), ("rmsprop", Rmsprop::new(0.01).into())];
    for (name, optimizer) in others {
        let profile = plan(&network(optimizer, |objective| objective), &["loss"]);
        assert!(profile.instructions.iter().all(|one| !one.kernel.contains("adam")), "{name}");
    }
}

#[test]
fn a_profile_counts_every_tile_and_every_operation() {
    let case = mlp(&[256, 256], 64, 0.1, 100);
    let program = Program::updating(case.definition.clone(), &["loss"]).unwrap();
    let state = case.state();
    let tiles_of = |threads: usize, steps: u64| {
        let runtime = Runtime::builder().threads(threads).build();
        program.profile(&runtime, &state, &case.feed(0), steps).unwrap()
    };
    let (few, many) = (tiles_of(2, 3), tiles_of(2, 30));
    let sum = |tiles: &[u64]| tiles.iter().sum::<u64>();
    assert_eq!(sum(&few.tiles) * 10, sum(&many.tiles));
    assert_eq!(few.tiles.len(), 2);
    // A product of 100 rows forward for each kernel, one by the kernel, and one
    // by the input but for the first layer's.
    let (first, rest) = (64 * 256, 256 * 256 + 256 * 10);
    let products = 2 * 100 * (2 * first + 3 * rest);
    let found: usize = few
        .instructions
        .iter()
        .filter(|one| one.kernel.contains("product"))
        .filter(|one| !one.kernel.contains("adam"))
        .map(|one| one.operations)
        .sum();
    assert!(few.operations() >= products, "{} of {products}\n{few}", few.operations());
    assert!(found <= products, "{found} of {products}\n{few}");
    let share: f64 = few.instructions.iter().map(|one| one.share).sum();
    assert!(share > 0.5 && share <= 1.0 + 1e-9, "{share}");
    assert!(few.instructions.iter().all(|one| one.bytes > 0 || one.operations == 0), "{few}");
    let kernels: Vec<&str> = few.instructions.iter().map(|one| one.kernel.as_str()).collect();
    assert!(kernels.contains(&"product"), "{kernels:?}");
    let layers: Vec<&String> = few.instructions.iter().flat_map(|one| &one.layers).collect();
    assert!(layers.iter().any(|layer| layer.contains("dense_2")), "{layers:?}");
    assert!(few.row_blocks >= 2 && few.words > 64 * 256, "{few}");
    assert!(state == case.state(), "the given state stays as it is");
    let lines: Vec<String> = few.to_string().lines().map(str::to_string).collect();
    assert_eq!(lines.len(), 3 + few.instructions.len());
}
