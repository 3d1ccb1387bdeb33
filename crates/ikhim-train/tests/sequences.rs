//! Labs 12-1 to 12-5: texts with and without memory, and a series beside the line
//! "tomorrow equals today". Floors are closed forms.

use ikhim_data::{Dataset, Split, Tokenizer};
use ikhim_graph::{Array, Feed, Precision, State};
use ikhim_nn::{
    Adam, CrossEntropy, Dense, Initializer, Layer, Loss, Lstm, Network, Objective, OneHot,
    Reduction, Spec, SumSquaredError, Target, prediction, training,
};
use ikhim_run::Program;
use ikhim_run::metric::Metric;
use ikhim_train::{Run, Trainer, TrainingData};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A file of the reference data, or `None` after saying what is skipped.
fn reference(path: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("IKHIM_SHARED_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    if folder.is_dir() {
        return Some(folder.join(path));
    }
    let required = std::env::var_os("IKHIM_REQUIRE_DATA").is_some_and(|value| value == "1");
    assert!(!required, "{path} needs the reference data in {}", folder.display());
    println!("skipped: {path} needs the reference data");
    None
}

/// All windows of a text as train rows.
fn windows(text: &str, length: usize) -> TrainingData {
    let data = Dataset::text_of(text).tokenizer(Tokenizer::Char).window(length, 1).load().unwrap();
    let parts = data.split(Split::none()).unwrap();
    TrainingData::fit(&parts.train, &parts.validation).unwrap()
}

/// An LSTM as TensorFlow 1 begins it: one Glorot uniform kernel `[features + units,
/// 4 · units]` of inputs and state together, the forget gate open.
fn lstm(features: usize, units: usize) -> Layer {
    let limit = (6.0 / (features + 5 * units) as f64).sqrt();
    let uniform = || Initializer::uniform(-limit, limit);
    Lstm::new(units).kernel_initializer(uniform()).recurrent_initializer(uniform()).into()
}

fn trained(data: &TrainingData, layers: Vec<Layer>, steps: u64, seed: u64) -> Run {
    let network: Network = [OneHot::new().into()].into_iter().chain(layers).collect();
    let trainer = Trainer::new(network)
        .objective(Objective::new(CrossEntropy::new(), Adam::new(0.1)))
        .metrics([Metric::LogLoss, Metric::Accuracy])
        .seed(seed)
        .batch_size(ikhim_data::BatchSize::Full)
        .steps(steps);
    trainer.fit_encoded(data).unwrap()
}

/// Loss and accuracy on the train rows.
fn scores(run: &Run) -> (f64, f64) {
    (run.train.metrics[0].1, run.train.metrics[1].1)
}

/// The least mean loss and the largest accuracy of any model that sees so many
/// characters up to the one that is followed: where the same ones are followed by
/// several, no model can know by which.
fn limits(text: &str, length: usize, memory: usize) -> (f64, f64) {
    let text: Vec<char> = text.chars().collect();
    let mut followers: BTreeMap<Vec<char>, BTreeMap<char, f64>> = BTreeMap::new();
    for start in 0..text.len() - length {
        for end in start..start + length {
            let from = start.max((end + 1).saturating_sub(memory));
            let seen = text[from..=end].to_vec();
            *followers.entry(seen).or_default().entry(text[end + 1]).or_default() += 1.0;
        }
    }
    let (mut loss, mut best, mut all) = (0.0, 0.0, 0.0);
    for counts in followers.values() {
        let whole: f64 = counts.values().sum();
        loss -= counts.values().map(|count| count * (count / whole).ln()).sum::<f64>();
        best += counts.values().copied().fold(0.0, f64::max);
        all += whole;
    }
    (loss / all, best / all)
}

/// How many of 20 seeds foresee every character after so many steps.
fn perfect(data: &TrainingData, layers: &dyn Fn() -> Vec<Layer>, steps: u64) -> usize {
    (0..20).filter(|seed| scores(&trained(data, layers(), steps, *seed)).1 == 1.0).count()
}

/// Lab 12-1: what 20 seeds of the course know after step 18, counted from 0, all
/// but one of 20 know here, and all of them after step 24; after 50 steps the loss
/// is below 0.02.
#[test]
fn hihello_is_learned() {
    let data = windows("hihello", 6);
    let layers = || vec![lstm(5, 5), Dense::new(5).into()];
    assert!(perfect(&data, &layers, 19) >= 19);
    assert_eq!(perfect(&data, &layers, 25), 20);
    for seed in 0..20 {
        let run = trained(&data, layers(), 50, seed);
        assert!(scores(&run).0 < 0.02, "seed {seed}: {}", scores(&run).0);
        let written = run.model.generate("h", 6, &ikhim_run::Sampling::greedy(), |_| {});
        assert_eq!(written.unwrap(), "ihello", "seed {seed}");
    }
}

/// Lab 12-2: the same after step 14, and below 0.002 in the end.
#[test]
fn a_short_sentence_is_learned() {
    let data = windows(" if you want you", 15);
    let layers = || vec![lstm(10, 10), Dense::auto().into()];
    assert!(perfect(&data, &layers, 15) >= 19);
    assert_eq!(perfect(&data, &layers, 20), 20);
    for seed in 0..20 {
        let loss = scores(&trained(&data, layers(), 50, seed)).0;
        assert!(loss < 0.002, "seed {seed}: {loss}");
    }
}

/// Lab 12-3 and fixtures F11 and F14: without memory the task fails at its floor.
#[test]
fn without_memory_it_must_fail() {
    let two = std::f64::consts::LN_2;
    for (text, length, floor, most) in [
        (" if you want you", 15, 4.0 * 1.5 * two / 15.0, 13.0 / 15.0),
        ("hihello", 6, 4.0 * two / 6.0, 4.0 / 6.0),
    ] {
        let (limit, best) = limits(text, length, 1);
        assert!((limit - floor).abs() < 1e-12 && (best - most).abs() < 1e-12, "{limit} {best}");
        let run = trained(&windows(text, length), vec![Dense::auto().into()], 3000, 1);
        let (loss, accuracy) = scores(&run);
        assert!(loss > floor && loss < floor + 2e-4, "{loss} {floor}");
        assert!(accuracy <= most + 1e-12, "{accuracy}");
    }
    assert!((4.0 * 1.5 * two / 15.0 - 0.277259f64).abs() < 1e-6);
    assert!((4.0 * two / 6.0 - 0.462098f64).abs() < 1e-6);
}

/// Lab 12-4 and fixture F12: a long sentence down to what its ambiguous beginnings
/// leave; and without the dense layer, where logits within ±1 stay far above.
#[test]
fn a_long_sentence_down_to_its_floor() {
    let Some(path) = reference("course/inline.json") else { return };
    let inline: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let lab = inline.as_object().unwrap().iter().find(|(name, _)| name.starts_with("12-4"));
    let lab = lab.unwrap().1;
    let (text, length) = (lab["text"].as_str().unwrap(), lab["window"].as_u64().unwrap() as usize);
    let (floor, most) = limits(text, length, length);
    assert!((floor - 0.228490).abs() < 5e-7 && (most - 0.89647).abs() < 5e-6, "{floor} {most}");
    let data = windows(text, length);
    assert_eq!((data.train().len(), data.preprocessing().classes().len()), (170, 25));
    for seed in 0..3 {
        let run = trained(&data, vec![lstm(25, 25), lstm(25, 25), Dense::auto().into()], 500, seed);
        let (loss, accuracy) = scores(&run);
        assert!(loss > floor && loss < 0.2320, "seed {seed}: {loss}");
        assert!((accuracy - most).abs() < 0.006, "seed {seed}: {accuracy}");
    }
    let bare = trained(&data, vec![lstm(25, 25)], 500, 0);
    let (loss, accuracy) = scores(&bare);
    // Logits between −1 and 1: at best 1 for the right one and −1 for 24 others.
    let bound = (1.0 + 24.0 * (-2f64).exp()).ln();
    assert!((bound - 1.4465).abs() < 5e-5 && loss > bound, "{loss} {bound}");
    assert!(accuracy < 0.75, "{accuracy}");
}

/// A text whose next character hangs on the one before the last: a table of pairs
/// cannot know it.
#[test]
fn memory_beats_a_table_of_pairs() {
    let text = "abacadbcbdcd".repeat(40);
    let data = Dataset::text_of(text).window(12, 12).load().unwrap();
    let parts = data.split(Split::none()).unwrap();
    let data = TrainingData::fit(&parts.train, &parts.validation).unwrap();
    let run = trained(&data, vec![lstm(4, 16), Dense::auto().into()], 200, 3);
    let bigram = &run.baselines[0];
    assert_eq!(bigram.name, "bigram");
    assert!(scores(&run).0 < 0.5 * bigram.judgement.metrics[0].1);
}

/// A series in windows: so many steps of so many numbers, then the number that
/// follows.
struct Series {
    x: Vec<f32>,
    y: Vec<f32>,
    steps: usize,
    width: usize,
}

impl Series {
    /// Windows over rows in the order of time; the last number of a row is the one
    /// that is foreseen.
    fn of(rows: &[Vec<f64>], steps: usize) -> Series {
        let width = rows[0].len();
        let (mut x, mut y) = (Vec::new(), Vec::new());
        for start in 0..rows.len() - steps {
            x.extend(rows[start..start + steps].iter().flatten().map(|value| *value as f32));
            y.push(rows[start + steps][width - 1] as f32);
        }
        Series { x, y, steps, width }
    }

    fn len(&self) -> usize {
        self.y.len()
    }

    /// Root mean squared error of the last value as a prediction of the next.
    fn naive(&self) -> f64 {
        let last = |row: usize| self.x[(row + 1) * self.steps * self.width - 1];
        self.rmse(&(0..self.len()).map(|row| f64::from(last(row))).collect::<Vec<_>>())
    }

    fn rmse(&self, predictions: &[f64]) -> f64 {
        let squares = predictions.iter().zip(&self.y).map(|(p, y)| (p - f64::from(*y)).powi(2));
        (squares.sum::<f64>() / self.len() as f64).sqrt()
    }

    fn arrays(&self) -> (Array, Array) {
        let x = Array::f32(&[self.len(), self.steps, self.width], self.x.clone());
        (x, Array::f32(&[self.len(), 1], self.y.clone()))
    }
}

/// The predictions of lab 12-5's network for a second series after 500 steps on a
/// first one.
fn many_to_one(train: &Series, test: &Series, seed: u64) -> Vec<f64> {
    let layer = Lstm::new(10).return_sequences(false);
    let layer = layer.recurrent_initializer(Initializer::glorot_uniform());
    let network = Network::from_iter([Layer::from(layer), Dense::new(1).into()]);
    let spec = Spec::new([train.steps, train.width], Target::number(1));
    let loss = Loss::from(SumSquaredError::new().reduction(Reduction::Sum));
    let objective = Objective::new(loss.clone(), Adam::new(0.01));
    let definition = training(&network, &spec, &objective).unwrap();
    assert_eq!(definition.parameters(), 4 * 10 * (train.width + 10 + 1) + 11);
    let mut state = State::initial(&definition, seed);
    let step = Program::updating(definition.into(), &["loss"], Precision::F32).unwrap();
    let ((x, y), rate) = (train.arrays(), Array::scalar(0.01));
    let feed = Feed::rows(train.len()).input("features", &x).input("target", &y);
    step.run_steps(&mut state, &feed.input("learning_rate", &rate), 500).unwrap();
    let definition = prediction(&network, &spec, &loss).unwrap();
    let program = Program::reading(definition.into(), &["prediction"], Precision::F32).unwrap();
    let (x, _) = test.arrays();
    program.read(&state, &Feed::rows(test.len()).input("features", &x)).unwrap()[0].to_f64()
}

/// Each column from 0 to 1 by its own smallest and largest value, as the lab scales
/// each part by itself.
fn scaled(rows: &[Vec<f64>]) -> (Vec<Vec<f64>>, Vec<[f64; 2]>) {
    let width = rows[0].len();
    let ends: Vec<[f64; 2]> = (0..width)
        .map(|column| {
            let values = || rows.iter().map(|row| row[column]);
            [values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max)]
        })
        .collect();
    let scale = |row: &Vec<f64>| {
        row.iter().zip(&ends).map(|(value, [low, high])| (value - low) / (high - low)).collect()
    };
    (rows.iter().map(scale).collect(), ends)
}

/// Lab 12-5 and fixture F13: the network does not beat "tomorrow equals today".
#[test]
fn the_stock_report_does_not_beat_the_naive_line() {
    let Some(path) = reference("course/data-02-stock_daily.csv") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let mut rows: Vec<Vec<f64>> =
        lines.map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect()).collect();
    rows.reverse(); // The file has the newest day first.
    let steps = 7;
    let cut = rows.len() * 7 / 10;
    let (train, train_ends) = scaled(&rows[..cut]);
    let (test, ends) = scaled(&rows[cut - steps..]);
    let (train, test) = (Series::of(&train, steps), Series::of(&test, steps));
    assert_eq!((train.len(), test.len()), (505, 220));
    let naive = test.naive();
    let [low, high] = ends[4];
    let dollars = naive * (high - low);
    let on_train_scale = dollars / (train_ends[4][1] - train_ends[4][0]);
    assert!((naive - 0.047597).abs() < 5e-7, "{naive}");
    assert!((dollars - 7.968).abs() < 5e-4, "{dollars}");
    assert!((on_train_scale - 0.028052).abs() < 5e-7, "{on_train_scale}");
    for seed in 0..3 {
        let found = test.rmse(&many_to_one(&train, &test, seed));
        assert!(found > naive && found < 0.07, "seed {seed}: {found}, naive {naive}");
    }
}

/// On a series that swings, the same comparison says that the network wins.
#[test]
fn a_swinging_series_is_foreseen_better_than_by_its_last_value() {
    // x = 1.8·cos(0.5)·x₋₁ − 0.81·x₋₂ + noise: an AR(2) process whose roots have
    // the modulus 0.9 and the angle 0.5.
    let noise = ikhim_numeric::Stream::new(1, ikhim_numeric::stream_id("test", "ar2"));
    let mut values = vec![0.0, 0.0];
    for at in 0..800 {
        let [.., before, last] = values[..] else { unreachable!() };
        values
            .push(1.8 * 0.5f64.cos() * last - 0.81 * before + 0.1 * f64::from(noise.normal(0, at)));
    }
    let rows: Vec<Vec<f64>> = values.into_iter().map(|value| vec![value]).collect();
    let (train, test) = (Series::of(&rows[..560], 7), Series::of(&rows[560..], 7));
    for seed in 0..3 {
        let found = test.rmse(&many_to_one(&train, &test, seed));
        // Nothing can be better than the noise, 0.1.
        assert!(found < 0.7 * test.naive() && found > 0.085, "seed {seed}: {found}");
    }
}
