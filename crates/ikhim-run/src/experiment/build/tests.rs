//! The list of keys against the values that are built: no word, default, key or
//! builder method may differ.

use super::*;
use crate::experiment::key::{Default, JOINING, Key, Kind, LAYERS, Range, Type, walk};
use crate::metric::Metric;
use ikhim_text::{Language, block::block};
use std::fs;
use std::path::Path;

fn words(choices: &Type) -> Vec<&'static str> {
    let choices = choices.choices().expect("it is a choice with parameters");
    choices.kinds().map(|kind| kind.name).filter(|name| *name != "auto").collect()
}

fn type_of(path: &str) -> Type {
    let path: Vec<&str> = path.split('.').collect();
    crate::experiment::key::find(&path).expect("it is a key")
}

fn parse(text: &str) -> Experiment {
    let text = format!("data = {{ dataset = 'iris' }}\n{text}");
    Experiment::parse(&text, "test.toml", &[])
        .unwrap_or_else(|fault| panic!("{text}\n{}", block(&fault, Language::English, false)))
}

#[test]
fn words_are_those_of_the_values_that_are_built() {
    assert_eq!(words(&type_of("training.loss")), Loss::NAMES);
    assert_eq!(words(&type_of("training.optimizer")), Optimizer::NAMES);
    assert_eq!(words(&type_of("training.schedule")), Schedule::NAMES);
    assert_eq!(words(&type_of("model.activation")), Activation::NAMES);
    assert_eq!(words(&type_of("model.kernel_initializer")), Initializer::NAMES);
    let layers: Vec<&str> = LAYERS.kinds().map(|kind| kind.name).collect();
    let known = Layer::NAMES.iter().filter(|name| **name != "sequential");
    assert_eq!(layers, known.chain(Activation::NAMES).copied().collect::<Vec<_>>());
    let Type::NonEmpty(Type::Choice(metrics)) = metric_list() else { panic!("metrics are words") };
    let metrics: Vec<&str> = metrics.kinds().map(|kind| kind.name).collect();
    assert_eq!(metrics, Metric::names().collect::<Vec<_>>());
}

fn metric_list() -> Type {
    let Type::Either(types) = type_of("training.metrics") else { panic!("a list or `auto`") };
    types[1]
}

#[test]
fn defaults_are_those_of_the_values_that_are_built() {
    for name in Loss::NAMES {
        let experiment = parse(&format!("training = {{ loss = '{name}' }}"));
        let objective = experiment.objective(&[], &[]).unwrap();
        assert_eq!(Some(objective.loss()), Loss::of(name).as_ref());
    }
    for name in Optimizer::NAMES {
        let experiment = parse(&format!("training = {{ loss = 'mse', optimizer = '{name}' }}"));
        let objective = experiment.objective(&[], &[]).unwrap();
        let expected = Optimizer::of(name).unwrap();
        assert_eq!(objective.optimizer(), &expected);
        assert_eq!(experiment.training.weight_decay(), expected.weight_decay(), "{name}");
    }
    for name in Schedule::NAMES {
        let experiment = parse(&format!("training = {{ schedule = '{name}' }}"));
        assert_eq!(experiment.schedule().unwrap(), Schedule::of(name).unwrap());
    }
    for name in Activation::NAMES {
        let experiment = parse(&format!("model = {{ layers = [{{ type = '{name}' }}] }}"));
        let expected = Entry::new(Activation::of(name).unwrap());
        assert_eq!(
            entries(&experiment),
            [expected.named(format!("{name}_1")).inputs(["features"])]
        );
    }
    for name in Initializer::NAMES.iter().filter(|name| **name != "constant") {
        let text = format!("{{ type = 'dense', units = 1, kernel_initializer = '{name}' }}");
        let built = entries(&parse(&format!("model = {{ layers = [{text}] }}")));
        let dense = ikhim_nn::Dense::new(1).kernel_initializer(Initializer::of(name).unwrap());
        assert_eq!(built, [Entry::new(dense).named("dense_1").inputs(["features"])]);
    }
}

fn entries(experiment: &Experiment) -> Vec<Entry> {
    let layers = experiment.model.layers().unwrap_or_default();
    layers.iter().map(|layer| entry(layer, layers).unwrap()).collect()
}

/// A value of a key that is not its default.
fn other(key: &Key) -> String {
    match &key.holds {
        Type::Boolean => (key.default != Default::Value("true")).to_string(),
        Type::Integer(least) => (least + 3).to_string(),
        Type::Number(Range::Between(least, most)) => (least + (most - least) * 0.75).to_string(),
        Type::Number(Range::AtLeast(least)) => (least + 0.1875).to_string(),
        Type::Number(_) => "0.1875".to_string(),
        Type::NonEmpty(Type::NonEmpty(_)) => "[[0.5, 0.25]]".to_string(),
        Type::NonEmpty(Type::Integer(_)) => "[3, -1]".to_string(),
        Type::NonEmpty(_) => "[0.5, 0.25]".to_string(),
        Type::Choice(choices) => {
            let usable = |kind: &&Kind| {
                kind.keys.iter().all(|key| key.default != Default::Required)
                    && key.default != Default::Value(kind.name)
            };
            format!("'{}'", choices.kinds().find(usable).expect("another word").name)
        }
        Type::Table(_) => "{ l2 = 0.5 }".to_string(),
        Type::Either(types) => other(&Key { holds: types[0], ..*key }),
        Type::Text(_) => "'stem'".to_string(),
        holds => panic!("{} holds {holds:?}", key.name),
    }
}

/// The table of a word with what it needs, and with one more key.
fn with_and_without(kind: &Kind, key: &Key) -> (String, String) {
    let mut table = format!("type = '{}'", kind.name);
    for needed in kind.keys.iter().filter(|needed| needed.default == Default::Required) {
        let value = if needed.name == "units" { "2".to_string() } else { other(needed) };
        table += &format!(", {} = {value}", needed.name);
    }
    if let Some((other, word)) = key.only_with
        && other == "from_logits"
    {
        table += &format!(", {other} = {word}");
    }
    let with = format!("{table}, {} = {}", key.name, other(key));
    (table, with)
}

/// Every key of every word reaches the value that is built.
#[test]
fn no_key_is_lost() {
    let mut checked = 0;
    let mut check = |path: &str, built: &dyn Fn(&str) -> String| {
        for kind in type_of(path).choices().unwrap().kinds() {
            for key in kind.keys.iter().filter(|key| key.default != Default::Required) {
                let (without, with) = with_and_without(kind, key);
                assert_ne!(built(&without), built(&with), "{path}: {with}");
                checked += 1;
            }
        }
    };
    let objective = |text: String| parse(&text).objective(&[], &[]).unwrap();
    check("training.loss", &|table| {
        format!("{:?}", objective(format!("training = {{ loss = {{ {table} }} }}")).loss())
    });
    check("training.optimizer", &|table| {
        let text = format!("training = {{ loss = 'mse', optimizer = {{ {table} }} }}");
        format!("{:?}", objective(text).optimizer())
    });
    check("training.schedule", &|table| {
        let text = format!("training = {{ schedule = {{ {table} }} }}");
        format!("{:?}", parse(&text).schedule().unwrap())
    });
    for key in ["kernel_initializer", "bias_initializer", "activation"] {
        check(&format!("model.{key}"), &|table| {
            let layer = format!("{{ type = 'dense', units = 2, {key} = {{ {table} }} }}");
            format!("{:?}", entries(&parse(&format!("model = {{ layers = [{layer}] }}"))))
        });
    }
    assert!(checked > 40, "{checked}");
}

#[test]
fn no_key_of_a_layer_is_lost() {
    for kind in LAYERS.kinds() {
        let inputs = if JOINING.iter().any(|joining| joining.name == kind.name) {
            ", inputs = ['features', 'features']"
        } else {
            ""
        };
        for key in kind.keys.iter().filter(|key| key.default != Default::Required) {
            let (without, with) = with_and_without(kind, key);
            let built = |table: &str| {
                entries(&parse(&format!("model = {{ layers = [{{ {table}{inputs} }}] }}")))
            };
            assert_ne!(built(&without), built(&with), "{with}");
        }
    }
}

/// Sources of the crates beside this one, for looking up builder methods.
fn sources() -> Option<Vec<String>> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders: Vec<_> = ["ikhim-graph", "ikhim-nn", "ikhim-data", "ikhim-train", "ikhim-run"]
        .map(|name| crates.join(name).join("src"))
        .into();
    if folders.iter().any(|folder| !folder.exists()) {
        return None;
    }
    let mut texts = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                texts.push(fs::read_to_string(path).unwrap());
            }
        }
    }
    Some(texts)
}

/// Whether `Type::method` or `Type::Variant` is public in one of the texts.
fn is_declared(path: &str, texts: &[String]) -> bool {
    let Some((owner, item)) = path.split_once("::") else { return false };
    texts.iter().any(|text| {
        let by_macro = text.contains("impl $")
            && ["(", ", ", "\n    "].iter().any(|start| text.contains(&format!("{start}{owner},")));
        let owns = text.contains(&format!("impl {owner} {{"))
            || text.contains(&format!("pub enum {owner} {{"))
            || by_macro;
        let has = text.contains(&format!("pub fn {item}("))
            || text.contains(&format!("pub fn {item}<"))
            || ["(", ",", " {"].iter().any(|end| text.contains(&format!("\n    {item}{end}")));
        owns && has
    })
}

/// Each key says which method of the Rust API says the same, and the method
/// is there.
#[test]
fn every_key_has_a_builder_method() {
    let Some(texts) = sources() else {
        println!("skipped: looking up builder methods needs the crates beside this one");
        return;
    };
    walk(&mut |entry| {
        let path = &entry.path;
        let of_file = [
            "version", "extends", "resolved", "data", "split", "model", "training", "tune",
            "expect", "fault",
        ];
        let is_section = of_file.contains(&path.as_str()) || path.starts_with("data.defaults.");
        // Tuning has no Rust API yet, and what is expected builds nothing.
        let builds_nothing =
            path.starts_with("tune.") || path.starts_with("expect.") || path.starts_with("fault.");
        if is_section && entry.key.builder.is_empty() || builds_nothing {
            return;
        }
        let of = entry.of.map_or("", |kind| kind.builder);
        let builder = if entry.key.builder.is_empty() { of } else { entry.key.builder };
        assert!(!builder.is_empty(), "{path} has no builder method");
        assert!(is_declared(builder, &texts), "{path}: no `{builder}`");
    });
}

#[test]
fn a_word_without_a_method_would_be_seen() {
    let texts = sources().unwrap_or_else(|| vec![String::from("impl Adam {\n    pub fn epsilon(")]);
    assert!(is_declared("Adam::epsilon", &texts));
    assert!(!is_declared("Adam::amsgrad", &texts));
    assert!(!is_declared("epsilon", &texts));
}
