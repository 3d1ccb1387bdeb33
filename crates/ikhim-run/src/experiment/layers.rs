//! `model.layers`: names, inputs and shared layers.

use super::fault::{self, Scope};
use super::key::{ENTRY, JOINING, Kind, LAYERS, TAKES, Type};
use super::reader::{At, Reader};
use super::tree::{Node, Pair, Raw};
use super::value::{Settings, Value};
use ikhim_text::Fault;
use ikhim_text::nearest::nearest;
use std::collections::BTreeMap;

/// One layer of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerEntry {
    /// Its type, e.g. `dense`; that of the other layer when it shares one.
    pub kind: &'static str,
    /// The name by which everything speaks of it: the given one, or
    /// `<type>_<k>`.
    pub path: String,
    /// The name that the file gives it.
    pub name: Option<String>,
    /// The layers whose outputs it takes, by their paths; `features` is the
    /// data.
    pub inputs: Vec<String>,
    /// The layer whose parameters it uses, by its path: the layer that has
    /// them, not one that shares them too.
    pub share: Option<String>,
    /// The keys of its type.
    pub settings: Settings,
}

/// The data as an input of a layer.
pub(super) const FEATURES: &str = "features";
const PREVIOUS: &str = "previous";

/// The names of layers: the given one, or `<type>_<k>` where k counts the
/// layers of a type that have no name, as the graph counts them. A line that
/// shares is no layer of its own: the second use of `dense_1` is `dense_1_2`.
pub(super) fn names(items: &[Node]) -> Vec<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut count = |of: &str| -> usize {
        let count = counts.entry(of.to_string()).or_default();
        *count += 1;
        *count
    };
    let name = |item: &Node| {
        let word = |key: &str| item.get(key).and_then(Node::text);
        match (word("name"), word("share")) {
            (Some(name), _) if name != "default" => name.to_string(),
            (_, Some(share)) => format!("{share}_{}", count(&format!("share {share}")) + 1),
            _ => {
                let kind = word(LAYERS.tag).unwrap_or("layer");
                format!("{kind}_{}", count(kind))
            }
        }
    };
    items.iter().map(name).collect()
}

/// Reads the list of layers.
pub(super) fn read(reader: &mut Reader, items: &[Node], at: &At) -> Option<Value> {
    let names = names(items);
    let count = reader.faults.len();
    let mut entries: Vec<LayerEntry> = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let path = &names[index];
        if names[..index].contains(path) {
            let span = item.get("name").map_or(&item.span, |name| &name.span).clone();
            let fault = Fault::of("experiment.duplicate_layer").with("found", path).layer(path);
            reader.faults.push((span, fault));
        }
        let mut at = at.below(path, &item.span);
        at.layer = Some(path.clone());
        entries.extend(entry(reader, item, &names, index, &entries, &at));
    }
    (reader.faults.len() == count).then_some(Value::Layers(entries))
}

fn entry(
    reader: &mut Reader,
    item: &Node,
    names: &[String],
    index: usize,
    above: &[LayerEntry],
    at: &At,
) -> Option<LayerEntry> {
    let Raw::Table(pairs) = &item.raw else {
        reader.faults.push(fault::wrong_type(&at.path, &Type::Table(&ENTRY), item));
        return None;
    };
    let (kind, share, settings) = match item.get("share") {
        Some(share) => {
            let source = shared(reader, share, pairs, &names[..index], above, at)?;
            let owner = source.share.as_ref().unwrap_or(&source.path);
            (source.kind, Some(owner.clone()), source.settings.clone())
        }
        None => {
            let kind = typed(reader, item, at)?;
            let scope = Scope {
                place: at.place(),
                keys: ENTRY.keys.iter().chain(kind.keys).collect(),
                foreign: kind.foreign.iter().chain(ENTRY.foreign).collect(),
                of: Some((&LAYERS, kind)),
            };
            let settings = reader.keys(pairs, &scope, Some("type"), at);
            check_parameters(reader, item, &settings, at);
            (kind.name, None, settings.without(ENTRY.keys))
        }
    };
    let inputs = inputs(reader, item, names, index, kind, at);
    let given = item.get("name").and_then(Node::text).filter(|name| *name != "default");
    let name = given.map(str::to_string);
    Some(LayerEntry { kind, path: names[index].clone(), name, inputs, share, settings })
}

fn typed(reader: &mut Reader, item: &Node, at: &At) -> Option<&'static Kind> {
    let holds = Type::Choice(&LAYERS);
    let Some(word) = item.get("type") else {
        let expected = holds.describe();
        let (english, korean) = at.place();
        let fault = Fault::of("experiment.missing_key")
            .with("key", "type")
            .with_words("place", english, korean)
            .with_words("expected", expected.english, expected.korean);
        reader.faults.push((item.span.clone(), fault));
        return None;
    };
    match word.text().map(|word| LAYERS.kind(word)) {
        Some(Some(kind)) => Some(kind),
        Some(None) => {
            reader.faults.push(fault::unknown_word(&at.path, &LAYERS, &holds, word));
            None
        }
        None => {
            reader.faults.push(fault::wrong_type(&at.path, &holds, word));
            None
        }
    }
}

/// The layer whose parameters are used once more: its keys are this one's too,
/// so that none of them may be given again.
fn shared<'a>(
    reader: &mut Reader,
    share: &Node,
    pairs: &[Pair],
    names: &[String],
    above: &'a [LayerEntry],
    at: &At,
) -> Option<&'a LayerEntry> {
    let source = share.text().and_then(|word| above.iter().find(|entry| entry.path == word));
    let kind = source.and_then(|source| LAYERS.kind(source.kind));
    let of_source = |pair: &&Pair| {
        pair.key == LAYERS.tag
            || kind.is_some_and(|kind| kind.keys.iter().any(|key| key.name == pair.key))
    };
    for pair in pairs.iter().filter(of_source) {
        let fault = Fault::of("experiment.conflict").with("key", &pair.key).with("other", "share");
        reader.faults.push((pair.key_span.clone(), fault));
    }
    let own: Vec<Pair> = pairs.iter().filter(|pair| !of_source(pair)).cloned().collect();
    reader.table(&own, &ENTRY, at);
    if let Some(word) = share.text().filter(|word| !names.iter().any(|name| name == word)) {
        let known = names.iter().map(String::as_str);
        reader.faults.push((share.span.clone(), unknown_layer(word, known, at)));
    }
    // A layer above that has a fault of its own is not there.
    source
}

/// The layers whose outputs a layer takes, by their paths.
fn inputs(
    reader: &mut Reader,
    item: &Node,
    names: &[String],
    index: usize,
    kind: &str,
    at: &At,
) -> Vec<String> {
    let previous = if index == 0 { FEATURES } else { &names[index - 1] };
    let nodes: Vec<&Node> = match (item.get("input"), item.get("inputs").map(|node| &node.raw)) {
        (_, Some(Raw::List(nodes))) => nodes.iter().collect(),
        (Some(node), _) => vec![node],
        _ => Vec::new(),
    };
    let mut inputs = Vec::new();
    for node in &nodes {
        let Some(word) = node.text() else { continue };
        let path = if word == PREVIOUS { previous } else { word };
        let known = names[..index].iter().chain(&reader.inputs).map(String::as_str);
        let mut known = known.chain([FEATURES]);
        if !known.clone().any(|name| name == path) {
            let fault = unknown_layer(word, known.by_ref(), at);
            reader.faults.push((node.span.clone(), fault));
        }
        inputs.push(path.to_string());
    }
    if inputs.is_empty() {
        inputs.push(previous.to_string());
    }
    let joins = JOINING.iter().any(|joining| joining.name == kind);
    let most = TAKES.iter().find(|(name, _)| *name == kind).map_or(1, |(_, most)| *most);
    if if joins { inputs.len() < 2 } else { inputs.len() > most } {
        let span = item.get("inputs").or(item.get("input")).unwrap_or(item).span.clone();
        let (english, korean) = match (joins, most) {
            (true, _) => ("two inputs or more".to_string(), "둘 이상".to_string()),
            (false, 1) => ("one input".to_string(), "하나".to_string()),
            (false, most) => (format!("at most {most} inputs"), format!("많아야 {most}개")),
        };
        let found = inputs.len();
        let fault = Fault::of("experiment.layer_inputs")
            .with("layer", &names[index])
            .with_words("expected", english, korean)
            .with_words("found", found.to_string(), format!("{found}개"))
            .layer(&names[index]);
        reader.faults.push((span, fault));
    }
    inputs
}

fn unknown_layer<'a>(word: &str, known: impl Iterator<Item = &'a str>, at: &At) -> Fault {
    let known: Vec<&str> = known.collect();
    let layer = at.layer.clone().unwrap_or_default();
    let fault = Fault::of("experiment.unknown_layer")
        .with("layer", &layer)
        .with("found", word)
        .with(
            "expected",
            known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
        )
        .layer(layer);
    match nearest(word, known) {
        Some(near) => fault::did_you_mean(fault, near),
        None => fault,
    }
}

/// The lengths of sizes and the shapes of a given kernel and bias, as far as the
/// file alone tells them.
fn check_parameters(reader: &mut Reader, item: &Node, settings: &Settings, at: &At) {
    // A size is one number, or one for the height and one for the width.
    for key in ["kernel_size", "stride", "dilation", "pool_size", "output_size", "size", "padding"]
    {
        let Some((node, sizes)) = item.get(key).zip(settings.list(key)) else { continue };
        check_width(reader, node, key, sizes.len(), Some(2), at);
        for side in sizes.iter().filter_map(Value::list) {
            check_width(reader, node, key, side.len(), Some(2), at);
        }
    }
    let units = settings.count("units");
    if let (Some(node), Some(bias)) = (item.get("bias"), settings.list("bias")) {
        check_width(reader, node, "bias", bias.len(), units, at);
    }
    let rows = match item.get("kernel").map(|node| &node.raw) {
        Some(Raw::List(rows)) if settings.list("kernel").is_some() => rows.as_slice(),
        _ => return,
    };
    let first = settings.list("kernel").and_then(|rows| rows.first()?.list()).map(<[_]>::len);
    for row in rows {
        if let Raw::List(values) = &row.raw {
            check_width(reader, row, "kernel", values.len(), units.or(first), at);
        }
    }
}

fn check_width(
    reader: &mut Reader,
    node: &Node,
    key: &str,
    found: usize,
    expected: Option<usize>,
    at: &At,
) {
    let Some(expected) = expected.filter(|expected| *expected != found) else { return };
    let layer = at.layer.clone().unwrap_or_default();
    let words = |count: usize| {
        let numbers = if count == 1 { "1 number".into() } else { format!("{count} numbers") };
        match key {
            "kernel" => (format!("a row of {numbers}"), format!("한 행에 수 {count}개")),
            _ => (numbers, format!("수 {count}개")),
        }
    };
    let (found, expected) = (words(found), words(expected));
    let fault = Fault::of("experiment.parameter_shape")
        .with("key", key)
        .with("layer", &layer)
        .with_words("found", found.0, found.1)
        .with_words("expected", expected.0, expected.1)
        .layer(layer);
    reader.faults.push((node.span.clone(), fault));
}
