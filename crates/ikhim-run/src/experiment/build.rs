//! From a checked experiment to the values of `ikhim-nn`: both use the same
//! words, so the keys of a layer are its stored form.

use super::{Choice, Experiment, LayerEntry, Settings, Value};
use ikhim_nn::{
    Activation, Autoencoder, Cnn, Combine, CourseNet, Ensemble, Entry, InceptionNet, Initializer,
    Lab, Layer, LeNet5, Linear, Loss, Mlp, Model, Network, Objective, Optimizer, ResNet, Schedule,
    Vgg,
};
use ikhim_text::{Fault, Result};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json, json};

impl Experiment {
    /// The network. Its type and its hidden widths must have been decided.
    ///
    /// # Errors
    /// A layer that this version cannot build.
    pub fn network(&self) -> Result<Box<dyn Model + Send + Sync>> {
        let one = self.single_network()?;
        let Some(ensemble) = self.model.choice().settings.table("ensemble") else {
            return Ok(one);
        };
        let members = ensemble.count("members").unwrap_or(1);
        let combine = match ensemble.word("combine") {
            Some("probabilities") => Combine::Probabilities,
            _ => Combine::Logits,
        };
        Ok(Box::new(Ensemble::shared(members, one.into()).combine(combine)))
    }

    /// The network of the section, of which an ensemble has several.
    fn single_network(&self) -> Result<Box<dyn Model + Send + Sync>> {
        let settings = &self.model.choice().settings;
        let initializer = |key: &str| -> Result<Option<Initializer>> {
            settings.choice(key).map(|choice| read(key, tagged(choice))).transpose()
        };
        let (kernel, bias) = (initializer("kernel_initializer")?, initializer("bias_initializer")?);
        Ok(match self.model.kind() {
            "linear" => {
                let mut linear = Linear::new();
                if let Some(kernel) = kernel {
                    linear = linear.kernel_initializer(kernel);
                }
                if let Some(bias) = bias {
                    linear = linear.bias_initializer(bias);
                }
                if let Some(use_bias) = settings.boolean("use_bias") {
                    linear = linear.use_bias(use_bias);
                }
                Box::new(linear)
            }
            "mlp" | "auto" => {
                let mut mlp = Mlp::new(self.model.hidden().unwrap_or_default());
                if let Some(activation) = settings.choice("activation") {
                    mlp = mlp.activation(read::<Activation>("activation", tagged(activation))?);
                }
                if let Some(kernel) = kernel {
                    mlp = mlp.kernel_initializer(kernel);
                }
                if let Some(bias) = bias {
                    mlp = mlp.bias_initializer(bias);
                }
                Box::new(mlp.dropout(settings.number("dropout").unwrap_or(0.0)))
            }
            "cnn" => Box::new(read::<Cnn>("model", Json::Object(own(settings)))?),
            "lab_11_1" => Box::new(CourseNet::new(Lab::L11_1)),
            "lab_11_2" => Box::new(CourseNet::new(Lab::L11_2)),
            "lab_11_4" => Box::new(CourseNet::new(Lab::L11_4)),
            "lenet5" => Box::new(LeNet5::new()),
            "vgg" => Box::new(read::<Vgg>("model", Json::Object(own(settings)))?),
            "resnet" => Box::new(read::<ResNet>("model", Json::Object(own(settings)))?),
            "autoencoder" => Box::new(read::<Autoencoder>("model", Json::Object(own(settings)))?),
            "inception" => Box::new(InceptionNet::new()),
            _ => {
                let layers = self.model.layers().unwrap_or_default();
                let entries: Vec<Entry> =
                    layers.iter().map(|layer| entry(layer, layers)).collect::<Result<_>>()?;
                Box::new(Network::new(entries))
            }
        })
    }

    /// What training makes small and how, for targets of these classes with so
    /// many train rows each. The loss must have been decided.
    ///
    /// # Errors
    /// A class weight for a class that is not there.
    pub fn objective(&self, classes: &[String], rows: &[usize]) -> Result<Objective> {
        let training = &self.training;
        let loss: Loss = read("training.loss", tagged(training.loss()))?;
        let optimizer: Optimizer = read("training.optimizer", tagged(training.optimizer()))?;
        let mut objective = Objective::new(loss, optimizer)
            .weight_decay(training.weight_decay())
            .l1(training.l1())
            .l2(training.l2());
        if let Some(norm) = training.clip_norm() {
            objective = objective.clip_norm(norm);
        }
        if let Some(limit) = training.clip_value() {
            objective = objective.clip_value(limit);
        }
        match self.class_weights(classes, rows)? {
            Some(weights) => Ok(objective.class_weight(weights)),
            None => Ok(objective),
        }
    }

    /// The schedule of the learning rate; constant where it is not decided yet.
    ///
    /// # Errors
    /// A schedule that this version cannot build.
    pub fn schedule(&self) -> Result<Schedule> {
        let choice = self.training.schedule();
        let mut object = tagged(choice);
        if choice.kind == "auto" {
            object["type"] = json!("constant");
        }
        let fields = object.as_object_mut();
        let warmup = fields.and_then(|fields| {
            let epochs = fields.remove("warmup_epochs").and_then(|value| value.as_f64());
            let steps = fields.remove("warmup_steps").and_then(|value| value.as_u64());
            match (epochs, steps) {
                (_, Some(steps)) if steps > 0 => Some(json!({ "steps": steps })),
                (Some(epochs), _) if epochs > 0.0 => Some(json!({ "epochs": epochs })),
                _ => None,
            }
        });
        if let Some(warmup) = warmup {
            object["warmup"] = warmup;
        }
        read("training.schedule", object)
    }

    /// The weight of each class: `n / (classes · n of the class)` when balanced
    /// (scikit-learn's formula), the given ones, 1 where none is given.
    fn class_weights(&self, classes: &[String], rows: &[usize]) -> Result<Option<Vec<f64>>> {
        if self.training.balanced_classes() {
            let all: usize = rows.iter().sum();
            let of_class = |count: &usize| all as f64 / (rows.len() * (*count).max(1)) as f64;
            return Ok(Some(rows.iter().map(of_class).collect()));
        }
        let given = self.training.class_weights();
        if given.is_empty() {
            return Ok(None);
        }
        let mut weights = vec![1.0; classes.len()];
        for (name, weight) in given {
            let Some(class) = classes.iter().position(|class| class == name) else {
                return Err(Fault::of("experiment.unknown_class")
                    .with("found", name)
                    .with("expected", classes.join(", ")));
            };
            weights[class] = weight;
        }
        Ok(Some(weights))
    }
}

/// The keys of a network without those of the ensemble that it is a part of.
fn own(settings: &Settings) -> Map<String, Json> {
    let mut object = table(settings);
    object.remove("ensemble");
    object
}

/// One line of `model.layers`.
fn entry(layer: &LayerEntry, all: &[LayerEntry]) -> Result<Entry> {
    // A line that shares another's parameters is the other's layer.
    let own = layer.share.as_ref().and_then(|share| all.iter().find(|other| other.path == *share));
    let settings = &own.unwrap_or(layer).settings;
    let mut object = table(settings);
    object.remove("trainable");
    object.insert("type".to_string(), json!(layer.kind));
    let built: Layer = read(&layer.path, Json::Object(object))?;
    let trainable = settings.boolean("trainable").unwrap_or(true);
    let entry = Entry::new(built)
        .named(layer.path.clone())
        .inputs(layer.inputs.clone())
        .trainable(trainable);
    Ok(match &layer.share {
        Some(share) => entry.share(share.clone()),
        None => entry,
    })
}

fn read<V: DeserializeOwned>(key: &str, stored: Json) -> Result<V> {
    serde_json::from_value(stored)
        .map_err(|error| Fault::of("experiment.not_built").with("key", key).with("found", error))
}

/// A choice as `{ "type": word, … }`.
fn tagged(choice: &Choice) -> Json {
    let mut object = table(&choice.settings);
    object.insert("type".to_string(), json!(choice.kind));
    Json::Object(object)
}

/// Keys with values; the words `auto` and `none`, which leave a key to its
/// default, are left out.
fn table(settings: &Settings) -> Map<String, Json> {
    let pairs = settings.iter().filter(|(_, value)| {
        !matches!(value, Value::Choice(choice) if matches!(choice.kind, "auto" | "none"))
    });
    pairs.map(|(key, value)| (key.to_string(), stored(key, value))).collect()
}

fn stored(key: &str, value: &Value) -> Json {
    match value {
        Value::Boolean(value) => json!(value),
        Value::Integer(value) => json!(value),
        Value::Number(value) => json!(value),
        Value::Text(value) => json!(value),
        Value::List(values) => values.iter().map(|value| stored(key, value)).collect(),
        // These are words and nothing else.
        Value::Choice(choice) if matches!(key, "reduction" | "initial_state") => {
            json!(choice.kind)
        }
        Value::Choice(choice) => tagged(choice),
        Value::Table(settings) => Json::Object(table(settings)),
        Value::Layers(_) => Json::Null,
    }
}

#[cfg(test)]
mod tests;
