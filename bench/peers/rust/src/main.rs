//! Times a workload in Burn or candle and prints one line of JSON, with the fields that
//! the other peers print.
//!
//!     rust-peers WORKLOAD --framework burn|candle [--threads N] [--seconds S]

#[cfg(feature = "burn")]
mod burn_peer;
#[cfg(feature = "candle")]
mod candle_peer;
use std::time::Instant;

pub type Step = Box<dyn FnMut() -> f32>;

/// What the workload is, shared by all frameworks.
#[derive(Clone)]
pub struct Spec {
    pub name: String,
    pub model: String,
    pub batch: usize,
    pub infer: bool,
    pub adam: bool,
    pub momentum: bool,
    pub lr: f64,
    pub drop: f64,
    pub conv: Vec<usize>,
    pub fc: Vec<usize>,
    pub x: Vec<f32>,
    pub y: Vec<f32>,
    pub shape: Vec<usize>,
}

pub const RESNET: [(usize, usize, usize); 9] = [
    (16, 16, 1),
    (16, 16, 1),
    (16, 16, 1),
    (16, 32, 2),
    (32, 32, 1),
    (32, 32, 1),
    (32, 64, 2),
    (64, 64, 1),
    (64, 64, 1),
];

fn spec(name: &str) -> Spec {
    let infer = name.starts_with("infer_");
    let model = name.trim_start_matches("infer_");
    let batch = match name {
        "linreg" => 1_000_000,
        "xor" => 4,
        "resnet20" => 128,
        "lstm" => 32,
        _ if infer => 1,
        _ => 100,
    };
    let (conv, fc): (&[usize], &[usize]) = match model {
        "linreg" => (&[], &[3, 1]),
        "xor" => (&[], &[2, 2, 1]),
        "softmax" => (&[], &[784, 10]),
        "mlp" => (&[], &[784, 256, 256, 10]),
        "mlp_deep" => (&[], &[784, 512, 512, 512, 512, 10]),
        "cnn" => (&[1, 32, 64, 128], &[2048, 625, 10]),
        "cnn_small" => (&[1, 32, 64], &[3136, 10]),
        "resnet20" | "lstm" => (&[], &[]),
        _ => panic!("unknown workload {name}"),
    };
    let shape = match model {
        "resnet20" => vec![batch, 3, 32, 32],
        "lstm" => vec![batch, 64],
        _ if !conv.is_empty() => vec![batch, 1, 28, 28],
        _ => vec![batch, fc[0]],
    };
    let mut s = 1u64;
    let mut rnd = || {
        s = s.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (s >> 40) as f32 / (1u64 << 24) as f32
    };
    let n: usize = shape.iter().product();
    let (x, y): (Vec<f32>, Vec<f32>) = match model {
        "linreg" => {
            let x: Vec<f32> = (0..n).map(|_| rnd()).collect();
            let y = x.chunks(3).map(|r| r[0] + 2. * r[1] + 3. * r[2] + 0.5 + 0.1 * rnd()).collect();
            (x, y)
        }
        "xor" => (vec![0., 0., 0., 1., 1., 0., 1., 1.], vec![0., 1., 1., 0.]),
        "lstm" => (
            (0..n).map(|_| (rnd() * 64.).floor()).collect(),
            (0..n).map(|_| (rnd() * 64.).floor()).collect(),
        ),
        _ => ((0..n).map(|_| rnd()).collect(), (0..batch).map(|_| (rnd() * 10.).floor()).collect()),
    };
    Spec {
        name: name.into(),
        model: model.into(),
        batch,
        infer,
        lr: match model {
            "linreg" => 0.01,
            "xor" => 1.,
            "softmax" | "resnet20" => 0.1,
            _ => 1e-3,
        },
        adam: matches!(model, "mlp" | "mlp_deep" | "cnn" | "cnn_small" | "lstm"),
        momentum: model == "resnet20",
        drop: if matches!(name, "mlp_deep" | "cnn") { 0.3 } else { 0. },
        conv: conv.into(),
        fc: fc.into(),
        x,
        y,
        shape,
    }
}

/// Machine-wide busy CPU seconds, to tell how noisy the run was.
fn busy() -> f64 {
    let s = std::fs::read_to_string("/proc/stat").unwrap();
    let v: Vec<f64> = s
        .lines()
        .next()
        .unwrap()
        .split_whitespace()
        .skip(1)
        .take(8)
        .map(|x| x.parse().unwrap())
        .collect();
    (v.iter().sum::<f64>() - v[3] - v[4] - v[7]) / 100.
}
fn own() -> f64 {
    let s = std::fs::read_to_string("/proc/self/stat").unwrap();
    let v: Vec<&str> = s.rsplit(')').next().unwrap().split_whitespace().collect();
    (v[11].parse::<f64>().unwrap() + v[12].parse::<f64>().unwrap()) / 100.
}

fn main() {
    let t0 = Instant::now();
    let a: Vec<String> = std::env::args().collect();
    let opt = |k: &str, d: &str| {
        a.iter().position(|x| x == k).map(|i| a[i + 1].clone()).unwrap_or(d.into())
    };
    let (fw, threads, min_s) = (
        opt("--framework", "burn"),
        opt("--threads", "2"),
        opt("--seconds", "5").parse::<f64>().unwrap(),
    );
    unsafe { std::env::set_var("RAYON_NUM_THREADS", &threads) };
    let sp = spec(&a[1]);
    let (batch, xor) = (sp.batch, sp.name == "xor");
    let (ver, mut step): (&str, Step) = match fw.as_str() {
        #[cfg(feature = "burn")]
        "burn" => ("0.22.1 (flex)", burn_peer::make(sp, burn::tensor::Device::flex())),
        #[cfg(feature = "candle")]
        "candle" => ("0.11.1", candle_peer::make(sp).unwrap()),
        _ => panic!("framework {fw} is not built in"),
    };
    let l0 = step();
    let startup = t0.elapsed().as_secs_f64();
    let w = Instant::now();
    let mut warm = 0;
    while warm < 100 && w.elapsed().as_secs_f64() < 1.0 {
        step();
        warm += 1
    }
    let (beg, b0, c0) = (Instant::now(), busy(), own());
    let mut ts = vec![];
    let mut last;
    loop {
        let t = Instant::now();
        last = step();
        ts.push(t.elapsed().as_secs_f64());
        let e = beg.elapsed().as_secs_f64();
        if xor {
            if ts.len() >= 10_001 {
                break;
            }
        } else if (ts.len() >= 30 && e >= min_s) || (ts.len() >= 5 && e >= 40.) {
            break;
        }
    }
    let wall = beg.elapsed().as_secs_f64();
    let other = (busy() - b0 - own() + c0) / wall;
    let n = ts.len();
    ts.sort_by(f64::total_cmp);
    let med = if xor { wall / n as f64 } else { ts[n / 2] };
    let rss = std::fs::read_to_string("/proc/self/status")
        .unwrap()
        .lines()
        .find(|l| l.starts_with("VmHWM"))
        .unwrap()
        .split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<f64>()
        .unwrap()
        / 1024.;
    println!(
        "{{\"workload\": \"{}\", \"framework\": \"{fw}\", \"version\": \"{ver}\", \"variant\": \"default\", \"threads\": {threads}, \"steps\": {n}, \"seconds_per_step_median\": {med:e}, \"samples_per_s\": {:.1}, \"peak_rss_mb\": {rss:.1}, \"startup_s\": {startup:.3}, \"other_cpus\": {other:.2}, \"p10\": {:e}, \"p90\": {:e}, \"total_s\": {wall:.3}, \"first_loss\": {l0}, \"last_loss\": {last}}}",
        a[1],
        batch as f64 / med,
        ts[n / 10],
        ts[n * 9 / 10]
    );
}
