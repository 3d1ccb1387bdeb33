//! Networks by name, ensembles and autoencoders through the command: checked,
//! trained, saved, predicted; and the pictures of what is inside.

use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn ikhim(project: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ikhim"));
    command.current_dir(project).args(arguments).env_remove("LANG").env_remove("LC_ALL");
    command.output().unwrap()
}

fn told(project: &Path, arguments: &[&str]) -> String {
    let output = ikhim(project, arguments);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    assert!(output.status.success(), "{arguments:?}: {out}{err}");
    out + &err
}

fn document(project: &Path, arguments: &[&str]) -> Value {
    let told = told(project, &[arguments, &["--json"]].concat());
    serde_json::from_str(told.lines().next().unwrap()).unwrap()
}

/// The parameters of the course's networks and of the others, on images of 32 by
/// 32 in color and 10 classes or on those of the course.
#[test]
fn every_network_has_its_name_and_its_size() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    // Ten images of each class are enough to know the sizes.
    for (name, side, channels) in [("grey", 28_u32, 1_usize), ("color", 32, 3)] {
        let images: u32 = 40;
        let mut pixels = vec![0, 0, 8, if channels == 1 { 3 } else { 4 }];
        let axes = [images, side, side, channels as u32];
        let axes = if channels == 1 { &axes[..3] } else { &axes[..] };
        axes.iter().for_each(|axis| pixels.extend(axis.to_be_bytes()));
        let count = (images * side * side) as usize * channels;
        pixels.extend((0..count).map(|i| (i * i % 251) as u8));
        let mut labels = vec![0, 0, 8, 1];
        labels.extend(images.to_be_bytes());
        labels.extend((0..images).map(|i| (i % 10) as u8));
        let folder = project.join(name);
        fs::create_dir(&folder).unwrap();
        for part in ["train", "t10k"] {
            fs::write(folder.join(format!("{part}-images-idx3-ubyte")), &pixels).unwrap();
            fs::write(folder.join(format!("{part}-labels-idx1-ubyte")), &labels).unwrap();
        }
    }
    // Course, labs 11-1 and 11-4; LeCun and others 1998; He and others 2016.
    let expected = [
        // Kernels and biases of 16, 32, 32 and 64 filters, and 4·4·64 numbers to ten.
        ("grey", "cnn", Some(160 + 4_640 + 9_248 + 18_496 + 10_250)),
        ("color", "cnn", Some(448 + 4_640 + 9_248 + 18_496 + 10_250)),
        ("grey", "lab_11_1", Some(50_090)),
        ("grey", "lab_11_2", Some(1_379_333)),
        ("grey", "lab_11_4", Some(1_379_557)),
        ("grey", "lenet5", Some(61_706)),
        ("color", "resnet", Some(269_722)),
        ("color", "vgg", None),
        ("color", "inception", None),
    ];
    for (data, name, parameters) in expected {
        let (file, out) = (format!("{name}.toml"), format!("{data}-{name}"));
        let text = format!(
            "[data]\npath = '{data}'\n[split]\nvalidation = 10\n[model]\ntype = '{name}'\n"
        );
        fs::write(project.join(&file), text).unwrap();
        let found = document(project, &["check", &file]);
        let found = found["parameters"].as_u64().unwrap();
        assert!(parameters.is_none_or(|parameters| parameters == found), "{name}: {found}");
        // It learns, is saved, and predicts from the file alone.
        let brief = ["--set", "training.steps=2", "--set", "training.batch_size=10"];
        let train = ["train", file.as_str(), "--out", &out];
        told(project, &[&train[..], &brief[..]].concat());
        let images = format!("{data}/t10k-images-idx3-ubyte");
        let predicted = told(project, &["predict", &format!("{out}/model.safetensors"), &images]);
        assert!(predicted.lines().count() >= 41, "{name}: {predicted}");
        let five = ["check", file.as_str(), "--set", "model.ensemble={members=5}"];
        let five = document(project, &five);
        assert_eq!(five["parameters"].as_u64().unwrap(), 5 * found, "{name}");
    }
}

const DIGITS: &str = "
[data]
dataset = 'digits'
limit = 400
[model]
hidden = [12]
[training]
epochs = 8
learning_rate = 0.01
";

/// An ensemble of five beats its mean member, is saved in one file and predicts
/// like one model. Its members are those of the run's checkpoints.
#[test]
fn an_ensemble_is_one_model_and_beats_its_mean_member() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    fs::write(project.join("net.toml"), DIGITS).unwrap();
    for combine in ["logits", "probabilities"] {
        let set = format!("model.ensemble={{members=5,combine='{combine}'}}");
        let train = ["train", "net.toml", "--set", &set, "--out", combine];
        let ensemble = document(project, &train)["validation"]["value"].as_f64().unwrap();
        let mut single = 0.0;
        for seed in ["1", "2", "3", "4", "5"] {
            let out = format!("{combine}{seed}");
            let train = ["train", "net.toml", "--seed", seed, "--out", &out];
            single += document(project, &train)["validation"]["value"].as_f64().unwrap() / 5.0;
        }
        assert!(ensemble > single, "{combine}: {ensemble} {single}");
        let model = fs::read(project.join(combine).join("model.safetensors")).unwrap();
        assert!(String::from_utf8_lossy(&model).contains("member_5/dense_2.kernel"));
        let row = vec!["3"; 64].join(",");
        let predicted = told(project, &["predict", combine, "--row", &row]);
        assert!(predicted.starts_with("prediction,probability_0,"), "{predicted}");
        // A copy of the file alone is the model.
        fs::copy(
            project.join(combine).join("model.safetensors"),
            project.join("alone.safetensors"),
        )
        .unwrap();
        assert_eq!(told(project, &["predict", "alone.safetensors", "--row", &row]), predicted);
    }
    let fault = ikhim(project, &["check", "net.toml", "--set", "model.ensemble={members=0}"]);
    assert_eq!(fault.status.code(), Some(2));
}

/// A fault in a layer of a member stands at the layer's line.
#[test]
fn a_fault_of_a_member_has_the_line_of_its_layer() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    let net = "[data]\ndataset = 'digits'\n[model]\nensemble = { members = 2 }\nlayers = [\n\
               { type = 'conv2d', filters = 2, kernel_size = 3, name = 'first' },\n\
               { type = 'conv2d', filters = 2, kernel_size = 9, name = 'second' },\n\
               { type = 'flatten' },\n{ type = 'dense', units = 'auto' },\n]\n";
    fs::write(project.join("net.toml"), net).unwrap();
    let refused = ikhim(project, &["check", "net.toml", "--lang", "en"]);
    let told = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(2), "{told}");
    assert!(told.contains("net.toml:7:"), "{told}");
}

/// The target is the input; a table has an autoencoder too.
#[test]
fn an_autoencoder_gives_its_input_back() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    let net = "[data]\ndataset = 'digits'\nlimit = 400\ntask = 'reconstruction'\n[model]\n\
               type = 'autoencoder'\nfilters = [6, 12]\n[training]\nepochs = 60\nbatch_size = 50\n\
               learning_rate = 0.01\n";
    fs::write(project.join("net.toml"), net).unwrap();
    let run = document(project, &["train", "net.toml", "--out", "run"]);
    assert_eq!(run["task"], "reconstruction");
    let (rmse, mean) = (
        run["validation"]["value"].as_f64().unwrap(),
        run["validation"]["baselines"]["mean"].as_f64().unwrap(),
    );
    assert!(rmse < 0.8 * mean, "{rmse} {mean}");
    assert!(run["validation"]["baselines"]["linear"].is_null());
    let svg = fs::read_to_string(project.join("run/figures/reconstruction.svg")).unwrap();
    assert!(svg.contains("data:image/png"));
    let row = vec!["3"; 64].join(",");
    let predicted = told(project, &["predict", "run", "--row", &row]);
    assert!(predicted.starts_with("prediction_1,prediction_2,"), "{predicted}");
    assert_eq!(predicted.lines().nth(1).unwrap().split(',').count(), 64);

    let net = "[data]\ndataset = 'iris'\ntask = 'reconstruction'\n[model]\nhidden = [2]\n\
               activation = 'tanh'\n[training]\nepochs = 30\nlearning_rate = 0.02\n";
    fs::write(project.join("table.toml"), net).unwrap();
    let run = document(project, &["train", "table.toml", "--out", "table"]);
    assert!(run["validation"]["value"].as_f64().unwrap() < 0.8, "{run}");
    let target = ["check", "table.toml", "--set", "data.target=species", "--lang", "en"];
    let refused = ikhim(project, &target);
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(
        told.contains("learns the input itself, and `species` is named as the target"),
        "{told}"
    );
}

/// Pictures that a person can open: PNG files of the right size.
#[test]
fn pictures_are_written_for_rows_and_for_the_report() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    let net = "[data]\ndataset = 'digits'\nlimit = 200\n[model]\nlayers = [\n\
               { type = 'conv2d', filters = 6, kernel_size = 3 },\n{ type = 'relu' },\n\
               { type = 'flatten' },\n{ type = 'dense', units = 'auto' },\n]\n[training]\nepochs = 2\n";
    fs::write(project.join("net.toml"), net).unwrap();
    told(project, &["train", "net.toml", "--out", "run"]);
    for name in ["filters_conv2d_1", "activations_conv2d_1", "saliency"] {
        let svg = fs::read_to_string(project.join(format!("run/figures/{name}.svg"))).unwrap();
        assert!(svg.contains("data:image/png"), "{name}");
    }
    let page = fs::read_to_string(project.join("run/report.html")).unwrap();
    assert!(page.contains("id=\"pictures\""));
    let row = (0..64).map(|i| (i % 17).to_string()).collect::<Vec<_>>().join(",");
    let drawn =
        ["predict", "run", "--row", &row, "--saliency", "--activations", "--pictures", "그림"];
    let document = document(project, &drawn);
    let expected = [
        "그림/filters_conv2d_1.png",
        "그림/row-1-saliency.png",
        "그림/row-1-activations_conv2d_1.png",
    ];
    assert_eq!(document["pictures"], serde_json::json!(expected));
    for file in expected {
        let bytes = fs::read(project.join(file)).unwrap();
        assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n"), "{file}");
        let side = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
        assert!(side(16) >= 200 && side(20) >= 60, "{file}: {}×{}", side(16), side(20));
    }
    told(project, &["train", "iris", "--epochs", "1", "--out", "table"]);
    let refused =
        ikhim(project, &["predict", "table", "--row", "1,2,3,4", "--saliency", "--lang", "en"]);
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(told.contains("error: the model reads no images"), "{told}");
}
