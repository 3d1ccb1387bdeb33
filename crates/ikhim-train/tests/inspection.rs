//! What a trained model has inside: values by layer, slopes, saliency.

use ikhim_data::{Encoded, EncodedTarget, EncodedValues};
use ikhim_run::Model;
use ikhim_run::experiment::Experiment;
use ikhim_train::experiment::Prepared;
use std::path::Path;

fn prepared(text: &str) -> Prepared {
    let experiment = Experiment::parse(text, "net.toml", &[]).unwrap();
    Prepared::new(&experiment, Path::new("")).unwrap()
}

fn trained(prepared: &Prepared) -> Model {
    prepared.trainer(1).unwrap().fit_encoded(&prepared.data).unwrap().model
}

const CONVOLUTION: &str = "
[data]
dataset = 'digits'
limit = 400
[model]
layers = [
  { type = 'conv2d', filters = 4, kernel_size = 3, activation = 'tanh' },
  { type = 'max_pool2d', pool_size = 2 },
  { type = 'flatten' },
  { type = 'dense', units = 'auto' },
]
[training]
epochs = 4
batch_size = 40
learning_rate = 0.01
";

fn set(rows: &mut Encoded, place: usize, value: f32) {
    let EncodedValues::F32(values) = &mut rows.inputs[0].values else { panic!("no numbers") };
    values[place] = value;
}

/// The slope of a straight line is its kernel: the saliency of a linear model is
/// the absolute kernel of the class that a row is taken for.
#[test]
fn the_saliency_of_a_linear_model_is_its_kernel() {
    let prepared = prepared(
        "[data]\ndataset = 'digits'\nlimit = 300\n[model]\nlayers = [{ type = 'flatten' }, \
         { type = 'dense', units = 'auto' }]\n[training]\nepochs = 2\n",
    );
    let model = trained(&prepared);
    let rows = prepared.data.validation().encoded().gather(&(0..70).collect::<Vec<_>>());
    let kernel = model.state().get("dense_1.kernel").unwrap().to_f64();
    let scores = model.values(&rows, &["prediction"]).unwrap()[0].to_f64();
    let saliency = model.saliency(&rows, None).unwrap();
    assert_eq!(saliency.shape(), [70, 8, 8]);
    let seventh = model.saliency(&rows, Some(7)).unwrap().to_f64();
    for (row, found) in saliency.to_f64().chunks(64).enumerate() {
        let scores = &scores[10 * row..10 * row + 10];
        let best = (0..10).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap();
        for (pixel, found) in found.iter().enumerate() {
            assert_eq!(*found, kernel[10 * pixel + best].abs(), "{row} {pixel}");
            assert_eq!(seventh[64 * row + pixel], kernel[10 * pixel + 7].abs());
        }
    }
    assert!(model.saliency(&rows, Some(10)).is_err());
}

/// Central differences in f64, through convolution and pooling.
#[test]
fn slopes_are_central_differences() {
    let text = format!("{CONVOLUTION}precision = 'f64'\nsteps = 3\n").replace("epochs = 4\n", "");
    let prepared = prepared(&text);
    let model = trained(&prepared);
    let row = prepared.data.validation().encoded().gather(&[3]);
    let class = 4;
    let slopes = model.slopes(&row, &["features", "dense_1", "conv2d_1"], Some(class)).unwrap();
    let slopes: Vec<Vec<f64>> = slopes.iter().map(|array| array.to_f64()).collect();
    // The score is the class's own output.
    let own: Vec<f64> = (0..10).map(|unit| f64::from(u8::from(unit == class))).collect();
    assert_eq!(slopes[1], own);
    assert_eq!(slopes[2].len(), 6 * 6 * 4);
    let values = row.inputs[0].values.as_f32().unwrap().to_vec();
    let score = |place: usize, value: f32| {
        let mut row = row.clone();
        set(&mut row, place, value);
        model.values(&row, &["prediction"]).unwrap()[0].to_f64()[class]
    };
    let step = 1.0 / 4096.0;
    let mut compared = 0;
    for place in (0..64).step_by(3) {
        let (high, low) = (values[place] + step, values[place] - step);
        let found = (score(place, high) - score(place, low)) / f64::from(high - low);
        // Where a pooling changes its mind there is no derivative.
        if (found - slopes[0][place]).abs() < 1e-5 {
            compared += 1;
        }
    }
    assert!(compared >= 20, "{compared} of 22");
}

/// Values do not depend on the rows beside them: evaluation in chunks is the
/// whole, bit for bit.
#[test]
fn rows_alone_and_together_have_the_same_bits() {
    let prepared = prepared(CONVOLUTION);
    let model = trained(&prepared);
    let rows = prepared.data.validation().encoded();
    assert!(rows.rows > 256);
    let names = ["conv2d_1", "max_pool2d_1", "dense_1", "probability"];
    let whole = model.values(rows, &names).unwrap();
    let predicted = model.scaled_outputs(rows).unwrap();
    assert_eq!(whole[3].to_f64(), predicted);
    for row in [0, 63, 64, 200, rows.rows - 1] {
        let alone = model.values(&rows.gather(&[row]), &names).unwrap();
        for (alone, whole) in alone.iter().zip(&whole) {
            let (alone, whole) = (alone.to_f64(), whole.to_f64());
            assert_eq!(alone, whole[alone.len() * row..alone.len() * (row + 1)]);
        }
    }
}

/// Course, row 1.4: after training, a filter answers differently to different
/// digits. The means are further apart than chance would bring them.
#[test]
fn a_filters_mean_activation_differs_by_digit() {
    let prepared = prepared(CONVOLUTION);
    let model = trained(&prepared);
    let rows = prepared.data.validation().encoded();
    let EncodedTarget::Class(labels) = &rows.target else { panic!("no classes") };
    let values = model.values(rows, &["conv2d_1"]).unwrap().remove(0);
    assert_eq!(values.shape(), [rows.rows, 6, 6, 4]);
    let values = values.to_f64();
    for filter in 0..4 {
        let mean_of = |row: usize| {
            values[144 * row..144 * (row + 1)].iter().skip(filter).step_by(4).sum::<f64>() / 36.0
        };
        // One-way analysis of variance: F of 10 groups, whose 0.1 % point is 3.2.
        let means: Vec<f64> = (0..rows.rows).map(mean_of).collect();
        let overall = means.iter().sum::<f64>() / means.len() as f64;
        let (mut between, mut within) = (0.0, 0.0);
        for digit in 0..10 {
            let of: Vec<f64> = means
                .iter()
                .zip(labels)
                .filter(|(_, label)| **label == digit)
                .map(|(mean, _)| *mean)
                .collect();
            let mean = of.iter().sum::<f64>() / of.len() as f64;
            between += of.len() as f64 * (mean - overall).powi(2);
            within += of.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
        }
        let f = (between / 9.0) / (within / (means.len() - 10) as f64);
        assert!(f > 3.2, "filter {filter}: F = {f}");
    }
}

#[test]
fn names_are_layers_and_an_unknown_one_is_told() {
    let text = format!("{CONVOLUTION}steps = 0\n").replace("epochs = 4\n", "");
    let prepared = prepared(&text);
    let model = trained(&prepared);
    assert_eq!(model.layers(), ["conv2d_1", "max_pool2d_1", "flatten_1", "dense_1"]);
    let row = prepared.data.validation().encoded().gather(&[0]);
    let fault = model.values(&row, &["conv2d_2"]).unwrap_err();
    assert_eq!(fault.code(), "shape.unknown_value");
    let help = fault.help_text(ikhim_text::Language::English);
    assert_eq!(help.as_deref(), Some("the nearest layer is `conv2d_1`"));
    let kernel = model.values(&row, &["conv2d_1.kernel"]).unwrap().remove(0);
    assert_eq!(Some(&kernel), model.state().get("conv2d_1.kernel"));
}
