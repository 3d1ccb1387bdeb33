//! Where the layers of a model stand in the files, for faults that are found
//! only when the network is built.

use super::layers;
use super::source::Span;
use super::tree::{Node, Raw};

/// Paths of layers with their places.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    layers: Vec<(String, Span)>,
    model: Option<Span>,
}

impl Places {
    pub(super) fn of(tree: &Node) -> Places {
        let Raw::Table(sections) = &tree.raw else { return Places::default() };
        let Some(model) = sections.iter().find(|pair| pair.key == "model") else {
            return Places::default();
        };
        let layers = match model.value.get("layers").map(|layers| &layers.raw) {
            Some(Raw::List(items)) => {
                let spans = items.iter().map(|item| item.span.clone());
                layers::names(items).into_iter().zip(spans).collect()
            }
            _ => Vec::new(),
        };
        Places { layers, model: Some(model.key_span.clone()) }
    }

    /// The place of a layer, or of the layer that it is a part of, or of the
    /// model.
    pub(super) fn find(&self, path: &str) -> Option<&Span> {
        let outer = path.split('/').next().unwrap_or(path);
        let layer = self.layers.iter().find(|(name, _)| name == outer).map(|(_, span)| span);
        layer.or(self.model.as_ref())
    }
}
