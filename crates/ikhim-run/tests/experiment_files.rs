//! Whole files: those of the documentation, the resolved file, `extends` and
//! `--set`.

use ikhim_data::Augmentation;
use ikhim_run::experiment::{Choice, Experiment, Trials, Value, key, schema::schema};
use ikhim_text::{Fault, Language};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/experiment/files").join(name)
}

fn read(name: &str) -> Experiment {
    Experiment::read(file(name), &[]).unwrap_or_else(|fault| panic!("{name}: {fault}"))
}

fn parse(text: &str) -> Result<Experiment, Fault> {
    Experiment::parse(text, "test.toml", &[])
}

fn faults(fault: &Fault) -> Vec<String> {
    std::iter::once(fault).chain(fault.others()).map(Fault::to_string).collect()
}

#[test]
fn housing_is_read_with_all_its_keys() {
    let experiment = read("housing.toml");
    assert_eq!((experiment.name.as_str(), experiment.seed), ("housing", 7));
    assert_eq!(experiment.data.path(), Some("california_housing.csv.gz"));
    assert_eq!(experiment.data.targets(), ["median_house_value"]);
    let columns: Vec<&str> = experiment.data.columns().map(|(name, _)| name).collect();
    assert_eq!(columns, ["ocean_proximity", "total_bedrooms", "median_house_value"]);
    let (_, bedrooms) = experiment.data.columns().nth(1).unwrap();
    assert_eq!(bedrooms.word("missing"), Some("median"));
    assert_eq!(bedrooms.boolean("missing_indicator"), Some(true));
    assert_eq!(experiment.data.defaults("number").unwrap().word("scaling"), Some("standard"));
    assert_eq!(experiment.split.method(), "random");
    assert_eq!(experiment.split.validation(), Some(&Value::Number(0.15)));
    assert_eq!(experiment.model.kind(), "mlp");
    assert_eq!(experiment.model.hidden(), Some(vec![64, 32]));
    assert_eq!(experiment.model.choice().settings.number("dropout"), Some(0.1));
    let training = &experiment.training;
    assert_eq!(training.loss().kind, "huber");
    assert_eq!(training.loss().settings.number("delta"), Some(1.0));
    assert_eq!(training.metrics(), Some(vec!["rmse", "mae", "r2"]));
    assert_eq!(training.optimizer().kind, "adamw");
    assert_eq!(training.optimizer().settings.number("beta_2"), Some(0.999));
    assert_eq!((training.learning_rate(), training.weight_decay()), (1e-3, 1e-4));
    assert_eq!(training.schedule().kind, "cosine");
    assert_eq!(training.schedule().settings.number("warmup_epochs"), Some(2.0));
    assert_eq!(
        (training.batch_size(), training.epochs(), training.steps()),
        (Some(128), Some(200), None)
    );
    let early = training.early_stopping().unwrap();
    assert_eq!((early.patience, early.min_delta, early.restore_best), (20, 0.0, true));
    assert_eq!(early.monitor, None);
}

#[test]
fn xor_holds_the_weights_of_the_lecture() {
    let experiment = read("xor.toml");
    assert_eq!(experiment.data.header(), Some(vec!["x1", "x2", "y"]));
    assert_eq!(experiment.data.rows().unwrap().len(), 4);
    assert_eq!(experiment.data.task(), Some("classification"));
    assert_eq!(experiment.data.defaults("number").unwrap().word("scaling"), Some("none"));
    assert_eq!(experiment.split.method(), "none");
    assert_eq!(experiment.split.test(), None);
    let layers = experiment.model.layers().unwrap();
    assert_eq!(layers[0].path, "hidden");
    assert_eq!(layers[0].inputs, ["features"]);
    assert_eq!(layers[1].inputs, ["hidden"]);
    assert_eq!(layers[1].settings.choice("activation").unwrap().kind, "sigmoid");
    let kernel: Vec<Vec<f64>> = layers[0]
        .settings
        .list("kernel")
        .unwrap()
        .iter()
        .map(|row| row.list().unwrap().iter().filter_map(Value::number).collect())
        .collect();
    assert_eq!(kernel, [[5.0, -7.0], [5.0, -7.0]]);
    assert!(layers[0].settings.get("kernel_initializer").is_none());
    let loss = experiment.training.loss();
    assert_eq!(loss.settings.boolean("from_logits"), Some(false));
    assert_eq!(loss.settings.number("clip"), Some(0.0));
    assert_eq!(
        (experiment.training.batch_size(), experiment.training.steps()),
        (None, Some(10_001))
    );
    assert_eq!(experiment.training.epochs(), None);
}

#[test]
fn mnist_has_an_augmentation_and_a_skip_connection() {
    let experiment = read("mnist.toml");
    let expected = Augmentation::new().shift(2).rotate(10.0);
    assert_eq!(experiment.data.augmentation(), Some(expected));
    let layers = experiment.model.layers().unwrap();
    assert!(layers.iter().any(|layer| layer.inputs == ["conv2d_4", "block2"]));
}

#[test]
fn what_this_version_lacks_is_named() {
    let fault = faults(&parse("[data]\ndataset = 'iris'\n[fault]\nfit_on = 'all'").unwrap_err());
    assert_eq!(fault.len(), 1, "{fault:#?}");
    assert!(fault[0].starts_with("unknown key `fit_on` in `[fault]`"), "{fault:#?}");
}

#[test]
fn shakespeare_says_how_a_text_is_read_and_what_is_written() {
    let experiment = read("shakespeare.toml");
    let data = &experiment.data;
    assert_eq!((data.task(), data.tokenizer()), (Some("next_token"), "char"));
    assert_eq!((data.window(), data.unknown_is_token()), ([64, 64], false));
    let layers = experiment.model.layers().unwrap();
    let kinds: Vec<&str> = layers.iter().map(|layer| layer.kind).collect();
    assert_eq!(kinds, ["embedding", "lstm", "lstm", "dense"]);
    assert_eq!(layers[1].settings.boolean("stateful"), Some(true));
    assert_eq!(layers[2].settings.number("dropout"), Some(0.2));
    assert_eq!(layers[2].settings.boolean("return_sequences"), Some(true));
    let sample = experiment.training.sample().unwrap();
    assert_eq!((sample.prefix.as_str(), sample.length), ("ROMEO:", 200));
    assert_eq!((sample.temperature, sample.top_k, sample.top_p), (0.8, None, Some(0.95)));
    let parsed = parse("[data]\npath = 'a.txt'\ntask = 'next_token'\nwindow = { length = 9 }");
    assert_eq!(parsed.unwrap().data.window(), [9, 9]);
}

#[test]
fn a_tuning_file_extends_another() {
    let base = read("housing.toml");
    let tuned = read("housing-tuned.toml");
    assert_eq!(tuned.name, "housing-tuned");
    assert_eq!(tuned.data, base.data);
    assert_eq!(tuned.training, base.training);
    let tune = tuned.tune.as_ref().unwrap();
    assert_eq!(tune.choice().kind, "successive_halving");
    assert_eq!(tune.trials(), Trials::Count(60));
    let paths: Vec<&str> = tune.parameters().map(|parameter| parameter.path).collect();
    assert_eq!(
        paths,
        [
            "training.learning_rate",
            "training.batch_size",
            "training.weight_decay",
            "model.hidden",
            "model.dropout",
            "data.columns.median_house_value.transform",
        ]
    );
    let rate = tune.parameters().next().unwrap().range;
    assert_eq!((rate.number("min"), rate.number("max")), (Some(1e-4), Some(1e-1)));
    assert_eq!(rate.word("distribution"), Some("log_uniform"));
    // `train` says that it does not use the section, and which command does.
    let told = tuned.ignored(Language::English);
    assert!(told[0].starts_with("`train` ignores `[tune]`; `ikhim tune "), "{told:?}");
    assert!(told[0].contains("housing-tuned.toml"), "{told:?}");
    assert!(tuned.ignored(Language::Korean)[0].contains("housing-tuned.toml"));
    assert!(base.ignored(Language::English).is_empty());
}

#[test]
fn every_default_is_filled_in() {
    let experiment = parse("[data]\npath = \"a.csv\"").unwrap();
    assert_eq!(experiment.version, 1);
    assert_eq!(experiment.name, "test");
    assert_eq!(experiment.split.method(), "auto");
    // Data that come in parts have sizes of their own.
    assert_eq!(experiment.split.test(), None);
    assert_eq!(experiment.model.kind(), "auto");
    assert_eq!(experiment.model.hidden(), None);
    assert_eq!(experiment.training.loss().kind, "auto");
    assert_eq!(experiment.training.metrics(), None);
    assert_eq!(experiment.training.optimizer().kind, "adam");
    assert_eq!(experiment.training.early_stopping(), None);
    assert_eq!(experiment.training.clip_norm(), None);
    assert_eq!(experiment.training.l2(), 0.0);
    assert!(experiment.training.stop_on_nonfinite());
    assert!(experiment.training.shuffle());
    assert_eq!(experiment.training.precision(), "f32");
    assert_eq!(experiment.data.separator(), None);
    assert!(experiment.data.missing_values().is_empty());
    // Every default of the list can be read: this very file has all of them.
    let toml = experiment.resolved_toml();
    assert!(toml.contains("schedule = { type = \"auto\", warmup_epochs = 0.0 }"), "{toml}");
}

#[test]
fn the_resolved_file_is_this() {
    let text = r#"
        [data]
        rows = [[0, 1.5, "a"], [1, -2e-7, "b\n"]]
        [data.columns]
        "월 소득" = { type = "number", missing = "constant", fill_value = 3 }
        [split]
        method = "none"
        [model]
        layers = [
          { type = "dense", units = 2, kernel = [[1, 2]], activation = "leaky_relu" },
          { type = "dense", units = 2, input = "features", name = "side", use_bias = false },
          { type = "add", inputs = ["dense_1", "previous"] },
          { share = "dense_1" },
        ]
        [training]
        steps = 0
        class_weight = { a = 1, "b c" = 2.5 }
    "#;
    let expected = r##"version = 1
name = "test"
seed = 0

[data]
rows = [[0.0, 1.5, "a"], [1.0, -2e-7, "b\n"]]
header = "auto"
task = "auto"
limit = "none"
augmentation = "none"

[data.columns]
"월 소득" = { type = "number", missing = "constant", fill_value = 3.0 }

[data.defaults]
number = { missing = "mean", missing_indicator = false, scaling = "standard" }
category = { missing = "category", encoding = "one_hot", handle_unknown = "ignore" }
binary = { missing = "most_frequent", missing_indicator = false }
text = { encoding = { type = "tf_idf", max_features = "auto" } }
image = { scaling = "unit" }

[split]
method = "none"

[model]
layers = [
  { type = "dense", units = 2, activation = { type = "leaky_relu", negative_slope = 0.01 }, use_bias = true, bias_initializer = "zeros", kernel_regularizer = "none", kernel = [[1.0, 2.0]], trainable = true },
  { type = "dense", name = "side", inputs = ["features"], units = 2, activation = "linear", use_bias = false, kernel_initializer = "glorot_uniform", kernel_regularizer = "none", trainable = true },
  { type = "add", inputs = ["dense_1", "side"] },
  { share = "dense_1" },
]
ensemble = "none"

[training]
loss = "auto"
metrics = "auto"
optimizer = { type = "adam", beta_1 = 0.9, beta_2 = 0.999, epsilon = 1e-7 }
learning_rate = 0.001
schedule = { type = "auto", warmup_epochs = 0.0 }
weight_decay = 0.0
l1 = 0.0
l2 = 0.0
class_weight = { a = 1.0, "b c" = 2.5 }
clip_norm = "none"
clip_value = "none"
on_nonfinite = "stop"
precision = "f32"
batch_size = 32
shuffle = true
steps = 0
early_stopping = "none"
"##;
    let experiment = parse(text).unwrap();
    assert_eq!(experiment.resolved_toml(), expected);
    assert_eq!(parse(expected).unwrap(), experiment);
}

#[test]
fn the_record_of_a_run_is_kept_but_not_hashed() {
    let text = "[data]\ndataset = \"iris\"\n";
    let record =
        "\n[resolved]\nikhim = \"0.1.0\"\nbits = \"fma\"\ndata = { rows = 150, sha256 = \"ab\" }\n";
    let plain = parse(text).unwrap();
    let recorded = parse(&format!("{}{record}", plain.resolved_toml())).unwrap();
    let resolved = recorded.resolved.as_ref().unwrap();
    assert_eq!(resolved.text("bits"), Some("fma"));
    assert_eq!(resolved.table("data").unwrap().integer("rows"), Some(150));
    assert_eq!(recorded.hash(), plain.hash());
    assert_eq!(recorded.hash().len(), 64);
    assert_ne!(recorded, plain);
    assert!(recorded.resolved_toml().trim_end().ends_with("rows = 150, sha256 = \"ab\" }"));
    assert_eq!(parse(&recorded.resolved_toml()).unwrap(), recorded);
    // Any other key changes the hash.
    assert_ne!(plain.with(&["seed=1".to_string()]).unwrap().hash(), plain.hash());
}

#[test]
fn settings_change_keys_by_their_paths() {
    let set = |settings: &[&str]| {
        let settings: Vec<String> = settings.iter().map(|setting| setting.to_string()).collect();
        Experiment::read(file("housing.toml"), &settings).unwrap()
    };
    let experiment = set(&[
        "training.optimizer.beta_1=0.8",
        "training.steps=100",
        "model.hidden=[8]",
        "data.columns.\"월 소득\".missing=median",
        "training.loss=mse",
        "split.method=stratified",
        "training.schedule=default",
    ]);
    assert_eq!(experiment.training.optimizer().kind, "adamw");
    assert_eq!(experiment.training.optimizer().settings.number("beta_1"), Some(0.8));
    // `steps` takes the place of `epochs`.
    assert_eq!((experiment.training.steps(), experiment.training.epochs()), (Some(100), None));
    assert_eq!(experiment.model.hidden(), Some(vec![8]));
    assert_eq!(experiment.data.columns().last().unwrap().0, "월 소득");
    assert_eq!(experiment.training.loss().kind, "mse");
    assert_eq!(experiment.split.method(), "stratified");
    assert_eq!(experiment.split.validation(), Some(&Value::Number(0.15)));
    assert_eq!(experiment.training.schedule().kind, "auto");
    // Another word takes the parameters of the old one away.
    let experiment = set(&["training.schedule.type=step", "training.schedule.step_size=3"]);
    let schedule = experiment.training.schedule();
    assert_eq!((schedule.kind, schedule.settings.number("warmup_epochs")), ("step", Some(0.0)));
    // A setting of a layer goes by the layer's name.
    let experiment = Experiment::read(
        file("xor.toml"),
        &[
            "model.layers.output.activation=tanh".into(),
            "model.layers.hidden.trainable=false".into(),
        ],
    )
    .unwrap();
    let layers = experiment.model.layers().unwrap();
    assert_eq!(layers[1].settings.word("activation"), Some("tanh"));
    assert_eq!(layers[0].settings.boolean("trainable"), Some(false));
}

#[test]
fn extending_merges_tables_and_replaces_lists() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    };
    write(
        "base/base.toml",
        r#"
        name = "base"
        [data]
        path = "a.csv"
        target = "y"
        [data.columns]
        x = { type = "number", missing = "mean" }
        [model]
        layers = [
          { type = "dense", units = 8, activation = "relu" },
          { type = "dropout", rate = 0.5 },
          { type = "dense", units = 1 },
        ]
        [training]
        metrics = ["rmse", "mae"]
        optimizer = { type = "sgd", momentum = 0.9 }
        epochs = 10
        clip_norm = 5.0
        [resolved]
        ikhim = "0.1.0"
        "#,
    );
    let path = write(
        "child.toml",
        r#"
        extends = "base/base.toml"
        [data.columns]
        x = { missing = "median" }
        [model.layers.dropout_1]
        rate = 0.1
        [model.layers.dense_2]
        name = "out"
        [training]
        metrics = ["r2"]
        optimizer = { nesterov = true }
        steps = 5
        clip_norm = "default"
        "#,
    );
    let child = Experiment::read(&path, &[]).unwrap();
    assert_eq!(child.name, "base");
    // Paths of the base are relative to the base.
    assert_eq!(child.data.path(), Some("base/a.csv"));
    assert_eq!(child.locate("base/a.csv"), folder.path().join("base/a.csv"));
    let (_, x) = child.data.columns().next().unwrap();
    assert_eq!((x.word("type"), x.word("missing")), (Some("number"), Some("median")));
    let layers = child.model.layers().unwrap();
    assert_eq!(layers[1].settings.number("rate"), Some(0.1));
    assert_eq!(layers[2].path, "out");
    assert_eq!(layers[2].settings.count("units"), Some(1));
    let training = &child.training;
    assert_eq!(training.metrics(), Some(vec!["r2"]));
    let optimizer = training.optimizer();
    assert_eq!(optimizer.settings.number("momentum"), Some(0.9));
    assert_eq!(optimizer.settings.boolean("nesterov"), Some(true));
    assert_eq!((training.epochs(), training.steps()), (None, Some(5)));
    assert_eq!(training.clip_norm(), None);
    assert_eq!(child.resolved, None);
    assert_eq!(child.sources().len(), 2);

    // Another type of model or optimizer takes the place of the old one.
    let path = write(
        "other.toml",
        "extends = \"child.toml\"\n[model]\ntype = \"mlp\"\nhidden = [3]\n[training]\noptimizer = \"adam\"\n",
    );
    let other = Experiment::read(&path, &[]).unwrap();
    assert_eq!(other.model.hidden(), Some(vec![3]));
    assert_eq!(other.training.optimizer().kind, "adam");
    // And back: a list of layers takes the place of an mlp.
    let path = write(
        "back.toml",
        "extends = \"other.toml\"\n[model]\nlayers = [{ type = \"dense\", units = 1 }]\n",
    );
    assert_eq!(Experiment::read(&path, &[]).unwrap().model.layers().unwrap().len(), 1);

    // A cycle over two files is refused in the file that closes it.
    write("one.toml", "extends = \"two.toml\"\n[data]\npath = \"a\"\n");
    write("two.toml", "extends = \"one.toml\"\n");
    let fault = Experiment::read(folder.path().join("one.toml"), &[]).unwrap_err();
    assert_eq!(fault.code(), "experiment.cycle");
    assert!(fault.location().file.as_ref().unwrap().ends_with("two.toml"));
}

#[test]
fn layers_are_named_by_type_and_number() {
    let experiment = parse(
        r#"
        [data]
        dataset = "digits"
        [model]
        layers = [
          { type = "dense", units = 4 },
          { type = "relu" },
          { type = "dense", units = 4, name = "middle" },
          { type = "dense", units = 4 },
          { share = "middle", name = "again" },
          { share = "dense_1" },
          { type = "concat", inputs = ["relu_1", "previous", "features"] },
        ]
        "#,
    )
    .unwrap();
    let layers = experiment.model.layers().unwrap();
    let paths: Vec<&str> = layers.iter().map(|layer| layer.path.as_str()).collect();
    assert_eq!(paths, ["dense_1", "relu_1", "middle", "dense_2", "again", "dense_1_2", "concat_1"]);
    assert_eq!(layers[4].share.as_deref(), Some("middle"));
    assert_eq!(layers[4].settings, layers[2].settings);
    assert_eq!((layers[5].kind, layers[5].share.as_deref()), ("dense", Some("dense_1")));
    assert_eq!(layers[6].inputs, ["relu_1", "dense_1_2", "features"]);
    assert_eq!(layers[6].settings.integer("axis"), Some(-1));
}

/// A fault of the network gets the place of its layer in the file.
#[test]
fn a_fault_of_a_layer_is_placed_in_the_file() {
    let text = "[data]\ndataset = 'iris'\n[model]\nlayers = [\n  { type = 'dense', units = 2 },\n  \
                { type = 'reshape', target_shape = [7], name = 'odd' },\n]\n";
    let experiment = parse(text).unwrap();
    let of_layer = |layer: &str| {
        let fault = Fault::of("shape.mismatch").layer(layer).file("graph.rs").line(1, 2);
        let place = experiment.place(fault).location().clone();
        (place.file.unwrap(), place.line, place.column, place.layer.unwrap())
    };
    let file = PathBuf::from("test.toml");
    assert_eq!(of_layer("odd"), (file.clone(), Some(6), Some(3), "odd".to_string()));
    assert_eq!(
        of_layer("dense_1/inner"),
        (file.clone(), Some(5), Some(3), "dense_1/inner".to_string())
    );
    // What is no line of the file stands in `[model]`; without one, in the file.
    assert_eq!(of_layer("dense_9"), (file.clone(), Some(3), Some(2), "dense_9".to_string()));
    let plain = parse("[data]\ndataset = 'iris'").unwrap();
    let place =
        plain.place(Fault::of("shape.mismatch").layer("dense_1").file("graph.rs").line(1, 2));
    assert_eq!((place.location().file.clone(), place.location().line), (Some(file), None));
    // What the data decided later does not move the lines.
    let decided = experiment.with(&["training.loss = 'mse'".to_string()]).unwrap();
    let place = decided.place(Fault::of("shape.mismatch").layer("odd"));
    assert_eq!((place.location().line, place.location().column), (Some(6), Some(3)));
}

#[test]
fn very_many_faults_are_counted() {
    let rows = "[1],\n".repeat(20_000);
    let fault = parse(&format!("[data]\nheader = ['a', 'b']\nrows = [\n{rows}]\n")).unwrap_err();
    assert_eq!(fault.others().len(), 100);
    assert_eq!(fault.others()[99].to_string(), "19900 more faults like these");
    let nonsense = parse(&"a b\n".repeat(20_000)).unwrap_err();
    assert_eq!(nonsense.others().len(), 100);
}

#[test]
fn what_is_no_text_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.toml");
    fs::write(&path, b"name = \"\xb0\xa1\"\n").unwrap();
    let fault = Experiment::read(&path, &[]).unwrap_err();
    assert_eq!((fault.code(), fault.found()), ("experiment.not_text", Some("9")));
    assert_eq!((fault.location().line, fault.location().column), (Some(1), Some(9)));
    fs::write(&path, b"\xef\xbb\xbfseed = 1\n# \xea\xb0\x80\xb0\n").unwrap();
    let place = Experiment::read(&path, &[]).unwrap_err().location().clone();
    assert_eq!((place.line, place.column), (Some(2), Some(4)), "in characters");
    assert_eq!(
        Experiment::read(folder.path().join("no.toml"), &[]).unwrap_err().code(),
        "file.missing"
    );
    assert!(Experiment::read(folder.path(), &[]).is_err());
    // A byte order mark moves no column.
    fs::write(&path, "\u{feff}nam = 1\n[data]\npath = 'a'\n").unwrap();
    let fault = Experiment::read(&path, &[]).unwrap_err();
    assert_eq!((fault.code(), fault.location().column), ("experiment.unknown_key", Some(1)));
}

/// Python's parser knows TOML 1.0 only, which is what we promise to write.
#[test]
fn python_reads_the_resolved_file() {
    const PROGRAM: &str = "import sys, tomllib, json\n\
        print(json.dumps([tomllib.load(open(name, 'rb')) for name in sys.argv[1:]]))";
    let available = Command::new("python3").args(["-c", "import tomllib"]).output();
    if !available.is_ok_and(|output| output.status.success()) {
        println!("skipped: reading TOML by Python needs python3 of at least 3.11");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let names = ["housing.toml", "xor.toml", "housing-tuned.toml"];
    for name in names {
        fs::write(folder.path().join(name), read(name).resolved_toml()).unwrap();
    }
    let output = Command::new("python3")
        .args(["-c", PROGRAM])
        .args(names)
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    for (name, json) in names.iter().zip(json.as_array().unwrap()) {
        let experiment = read(name);
        assert_eq!(json["name"], experiment.name.as_str());
        let rate = json["training"]["learning_rate"].as_f64();
        assert_eq!(rate, Some(experiment.training.learning_rate()));
    }
}

/// As much of JSON Schema as the schema uses.
fn fits(schema: &serde_json::Value, root: &serde_json::Value, value: &serde_json::Value) -> bool {
    let Some(rules) = schema.as_object() else { return false };
    rules.iter().all(|(rule, wanted)| match rule.as_str() {
        "$schema" | "title" | "description" | "default" | "$defs" => true,
        "$ref" => {
            let name = wanted.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
            fits(&root["$defs"][name], root, value)
        }
        "anyOf" => wanted.as_array().unwrap().iter().any(|schema| fits(schema, root, value)),
        "const" => wanted == value,
        "type" => match wanted.as_str().unwrap() {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            other => panic!("type {other}"),
        },
        "minimum" => value.as_f64().is_none_or(|number| number >= wanted.as_f64().unwrap()),
        "maximum" => value.as_f64().is_none_or(|number| number <= wanted.as_f64().unwrap()),
        "exclusiveMinimum" => value.as_f64().is_none_or(|number| number > wanted.as_f64().unwrap()),
        "exclusiveMaximum" => value.as_f64().is_none_or(|number| number < wanted.as_f64().unwrap()),
        "minItems" => value.as_array().is_none_or(|items| !items.is_empty()),
        "minLength" | "maxLength" => value.as_str().is_none_or(|text| text.chars().count() == 1),
        "items" => {
            value.as_array().is_none_or(|items| items.iter().all(|item| fits(wanted, root, item)))
        }
        "required" => value.as_object().is_none_or(|object| {
            wanted.as_array().unwrap().iter().all(|key| object.contains_key(key.as_str().unwrap()))
        }),
        "properties" => value.as_object().is_none_or(|object| {
            object
                .iter()
                .all(|(key, value)| wanted.get(key).is_none_or(|schema| fits(schema, root, value)))
        }),
        "additionalProperties" => value.as_object().is_none_or(|object| {
            let known =
                |key: &str| rules.get("properties").is_some_and(|known| known.get(key).is_some());
            object.iter().filter(|(key, _)| !known(key)).all(|(_, value)| match wanted {
                serde_json::Value::Bool(allowed) => *allowed,
                schema => fits(schema, root, value),
            })
        }),
        other => panic!("rule {other}"),
    })
}

#[test]
fn the_schema_takes_good_files_and_refuses_bad_ones() {
    let schema: serde_json::Value = serde_json::from_str(&schema()).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let takes = |text: &str| {
        let value: toml::Table = toml::from_str(text).unwrap();
        fits(&schema, &schema, &serde_json::to_value(value).unwrap())
    };
    for name in ["housing.toml", "xor.toml", "housing-tuned.toml", "mnist.toml", "shakespeare.toml"]
    {
        assert!(takes(&fs::read_to_string(file(name)).unwrap()), "{name}");
        assert!(takes(&read(name).resolved_toml()), "{name}, resolved");
    }
    assert!(takes(
        "extends = 'a.toml'\n[model.layers.dense_1]\nunits = 3\n[training]\nepochs = 'default'"
    ));
    for bad in [
        "nam = 'x'",
        "[training]\nepochs = 'ten'",
        "[training]\nepochs = -1",
        "[training]\noptimizer = 'adamm'",
        "[training]\noptimizer = { type = 'adam', momentum = 0.9 }",
        "[model]\ndropout = 1.0",
        "[model]\nlayers = [{ type = 'dropout', keep_prob = 0.7 }]",
        "[data.columns]\nx = { missing = 'average' }",
        "[split]\nmethod = 'none'\ntest = 0.1",
    ] {
        assert!(!takes(bad), "{bad}");
    }
}

#[test]
fn a_choice_is_a_word_or_a_table() {
    let optimizer = |text: &str| -> Choice {
        let text = format!("[data]\npath = 'a'\n[training]\noptimizer = {text}");
        parse(&text).unwrap().training.optimizer().clone()
    };
    assert_eq!(optimizer("'sgd'"), optimizer("{ type = 'sgd' }"));
    assert_eq!(optimizer("{ beta_1 = 0.9 }"), optimizer("'adam'"));
    assert_eq!(optimizer("'default'"), optimizer("'adam'"));
}

#[test]
fn every_path_of_the_list_can_be_set() {
    let mut checked = 0;
    key::walk(&mut |entry| {
        let path: Vec<&str> = entry.path.split('.').collect();
        assert!(key::find(&path).is_ok(), "{}", entry.path);
        checked += 1;
    });
    assert!(checked > 150, "{checked}");
}
