//! The workers of a runtime go with it.
#![cfg(target_os = "linux")]

use ikhim_cpu::{Program, Runtime};
use ikhim_graph::{Array, DType, Dim, Feed, Graph, N, State};
use std::time::{Duration, Instant};

/// The running threads that are workers of a runtime.
fn workers() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let names =
        tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
    names.filter(|name| name.starts_with("ikhim-")).count()
}

/// A thread takes its name, and leaves the list, a moment after the call that
/// starts or joins it.
#[track_caller]
fn assert_workers(expected: usize) {
    let start = Instant::now();
    while workers() != expected {
        assert!(start.elapsed() < Duration::from_secs(20), "{} of {expected}", workers());
        std::thread::yield_now();
    }
}

// The only test of its process, so that no other runtime has workers.
#[test]
fn a_runtime_takes_its_workers_along() {
    let graph = Graph::new();
    let x = graph.input("x", DType::F32, &[N, Dim::Fixed(1000)]);
    graph.output("sum", x.exp().sum_all());
    let program = Program::reading(graph.finish().unwrap().into(), &["sum"]).unwrap();
    let x = Array::f32(&[500, 1000], vec![0.5; 500_000]);
    for _ in 0..20 {
        let runtime = Runtime::builder().threads(4).build();
        assert_eq!(workers(), 0, "nobody starts before the first program");
        let copy = runtime.clone();
        program.run(&copy, &mut State::new(), &Feed::rows(500).input("x", &x)).unwrap();
        assert_workers(3);
        drop(copy);
        assert_eq!(workers(), 3, "another handle holds them");
        drop(runtime);
        assert_workers(0);
    }
}
