//! A step allocates nothing: a thousand steps ask for memory as often as one. A
//! prediction copies no state.

mod ops;

use ikhim_cpu::{Program, Runtime};
use ikhim_graph::{Array, Definition, Feed, State};
use ikhim_nn::{
    Adam, CrossEntropy, Linear, Mlp, Model, Mse, Objective, Rmsprop, Sgd, Spec, Target, training,
};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

struct Counting;

static COUNT: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicU64 = AtomicU64::new(0);

// SAFETY: The system's allocator does the work.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Ordering::Relaxed);
        BYTES.fetch_add(layout.size() as u64, Ordering::Relaxed);
        // SAFETY: As the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: As the caller promises.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often memory is asked for in so many steps, in a run after others. The
/// least of several runs: a worker that starts late asks for itself.
fn count(
    definition: &Arc<Definition>,
    runtime: &Runtime,
    [rows, features]: [usize; 2],
    steps: u64,
) -> u64 {
    let program = Program::updating(definition.clone(), &["loss"]).unwrap();
    let mut state = State::initial(definition, 1);
    let x = Array::f32(&[rows, features], vec![0.5; rows * features]);
    let target = match definition.inputs().iter().find(|input| input.name == "target").unwrap() {
        input if input.shape.rank() == 1 => Array::i32(&[rows], vec![1; rows]),
        _ => Array::f32(&[rows, 1], vec![1.0; rows]),
    };
    let rate = Array::scalar(0.01);
    let feed = Feed::rows(rows).input("features", &x).input("target", &target);
    let feed = feed.input("learning_rate", &rate);
    program.run_steps(runtime, &mut state, &feed, 2).unwrap();
    let runs = (0..5).map(|_| {
        let before = COUNT.load(Ordering::Relaxed);
        program.run_steps(runtime, &mut state, &feed, steps).unwrap();
        COUNT.load(Ordering::Relaxed) - before
    });
    runs.min().unwrap()
}

/// The same for an op.
fn count_of(case: &ops::Case, runtime: &Runtime, given: &ops::Given, steps: u64) -> u64 {
    let program = Program::reading(case.definition.clone(), &["y"]).unwrap();
    let mut state = State::new();
    let mut run = |steps| {
        let before = COUNT.load(Ordering::Relaxed);
        program.run_steps(runtime, &mut state, &given.feed(), steps).unwrap();
        COUNT.load(Ordering::Relaxed) - before
    };
    run(2);
    (0..4).map(|_| run(steps)).min().unwrap()
}

/// The bytes that a prediction asks for, and those of the state that it reads.
fn prediction(runtime: &Runtime, rows: usize) -> (u64, u64) {
    let spec = Spec::new([784], Target::class(10));
    let model = Mlp::new([512, 512]);
    let definition = ikhim_nn::prediction(&model, &spec, &CrossEntropy::new().into()).unwrap();
    let definition = Arc::new(definition);
    let program = Program::reading(definition.clone(), &["probability"]).unwrap();
    let state = State::initial(&definition, 1);
    let x = Array::f32(&[rows, 784], vec![0.5; rows * 784]);
    let feed = Feed::rows(rows).input("features", &x);
    let read = || {
        let before = BYTES.load(Ordering::Relaxed);
        program.read(runtime, &state, &feed).unwrap();
        BYTES.load(Ordering::Relaxed) - before
    };
    read();
    let asked = (0..5).map(|_| read()).min().unwrap();
    (asked, state.iter().map(|(_, array)| 4 * array.len() as u64).sum())
}

// The only test of its process, so that nobody else allocates.
#[test]
fn a_step_allocates_nothing() {
    let classes = |model: &dyn Model, features: usize| {
        let spec = Spec::new([features], Target::class(10));
        let objective = Objective::new(CrossEntropy::new(), Adam::new(0.01)).clip_norm(1.0);
        Arc::new(training(model, &spec, &objective).unwrap())
    };
    let line = {
        let spec = Spec::new([1], Target::number(1));
        Arc::new(
            training(&Linear::new(), &spec, &Objective::new(Mse::new(), Sgd::new(0.1))).unwrap(),
        )
    };
    let bent = {
        let spec = Spec::new([4], Target::number(1));
        let objective = Objective::new(Mse::new(), Rmsprop::new(0.01)).l2(0.01);
        Arc::new(training(&Mlp::new([8]), &spec, &objective).unwrap())
    };
    let cases = [
        ("a line", line.clone(), [64, 1]),
        ("a long line", line, [3000, 1]),
        ("a small network", bent, [64, 4]),
        ("a classifier", classes(&Linear::new(), 100), [64, 100]),
        ("a network", classes(&Mlp::new([128, 64]).dropout(0.2), 100), [64, 100]),
    ];
    let (ops, given) = (ops::all(), ops::Given::rows(300));
    for threads in [1, 2, 3] {
        let runtime = Runtime::builder().threads(threads).build();
        for case in &ops {
            let one = count_of(case, &runtime, &given, 1);
            let many = count_of(case, &runtime, &given, 10);
            assert_eq!(one, many, "{} ({}) on {threads} threads", case.name, case.kernel);
        }
        for rows in [1, 64] {
            let (asked, held) = prediction(&runtime, rows);
            assert!(asked > 0 && held > 2_000_000, "{asked} of {held} bytes");
            // The ten probabilities of each row, and a few lists.
            let most = 40 * rows as u64 + 4096;
            assert!(asked <= most, "{asked} bytes for {rows} rows on {threads} threads");
        }
        for (name, definition, sizes) in &cases {
            let one = count(definition, &runtime, *sizes, 1);
            let many = count(definition, &runtime, *sizes, 1000);
            assert_eq!(one, many, "{name} on {threads} threads");
            assert!(one > 0, "the fetched loss is an allocation that is counted");
        }
    }
}
