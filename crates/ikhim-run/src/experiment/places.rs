//! Where layers and keys stand in the files, for faults that are found only
//! when the network is built or the data are read.

use super::layers;
use super::source::Span;
use super::tree::{Node, Pair, Raw};

/// Paths of layers, and keys, with their places.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    layers: Vec<(String, Span)>,
    model: Option<Span>,
    keys: Vec<(String, Span)>,
}

impl Places {
    pub(super) fn of(tree: &Node) -> Places {
        let Raw::Table(sections) = &tree.raw else { return Places::default() };
        let keys = sections.iter().flat_map(keys).collect();
        let Some(model) = sections.iter().find(|pair| pair.key == "model") else {
            return Places { keys, ..Places::default() };
        };
        let layers = match model.value.get("layers").map(|layers| &layers.raw) {
            Some(Raw::List(items)) => {
                let spans = items.iter().map(|item| item.span.clone());
                layers::names(items).into_iter().zip(spans).collect()
            }
            _ => Vec::new(),
        };
        Places { layers, model: Some(model.key_span.clone()), keys }
    }

    /// The place of the layer that gives the prediction, or of the model.
    pub(super) fn last(&self) -> Option<&Span> {
        self.layers.last().map(|(_, span)| span).or(self.model.as_ref())
    }

    /// The place of what a key says: `data.path`; of one word of its list,
    /// `data.target.word`; of a name, `data.columns.name`.
    pub(super) fn key(&self, key: &str) -> Option<&Span> {
        self.keys.iter().find(|(known, _)| known == key).map(|(_, span)| span)
    }

    /// The place of a layer, or of the layer that it is a part of, or of the
    /// model.
    pub(super) fn find(&self, path: &str) -> Option<&Span> {
        // In an ensemble the path of its member comes first.
        let mut outer = path.split('/').take(2);
        let known = |outer: &str| self.layers.iter().find(|(name, _)| name == outer);
        outer.find_map(known).map(|(_, span)| span).or(self.model.as_ref())
    }
}

/// The words and names of a section that data may contradict.
fn keys(section: &Pair) -> Vec<(String, Span)> {
    let Raw::Table(pairs) = &section.value.raw else { return Vec::new() };
    if !["data", "split"].contains(&section.key.as_str()) {
        return Vec::new();
    }
    let mut keys = Vec::new();
    for pair in pairs {
        let key = format!("{}.{}", section.key, pair.key);
        match &pair.value.raw {
            Raw::Text(word) => {
                keys.push((format!("{key}.{word}"), pair.value.span.clone()));
                keys.push((key, pair.value.span.clone()));
            }
            Raw::List(items) => {
                let words = items.iter().filter_map(|item| Some((item.text()?, &item.span)));
                keys.extend(words.map(|(word, span)| (format!("{key}.{word}"), span.clone())));
            }
            Raw::Table(named) => {
                let names = named.iter().map(|named| (&named.key, &named.key_span));
                keys.extend(names.map(|(name, span)| (format!("{key}.{name}"), span.clone())));
            }
            _ => {}
        }
    }
    keys
}
