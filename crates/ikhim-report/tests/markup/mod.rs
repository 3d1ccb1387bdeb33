//! A reader of well-formed XML, strict and small: pages and figures are read
//! by it as a whole, so that nothing open, unquoted or unescaped passes.

use std::collections::BTreeMap;

/// An element with the text directly and indirectly inside it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

impl Element {
    /// This element and all below it.
    pub(crate) fn all(&self) -> Vec<&Element> {
        std::iter::once(self).chain(self.children.iter().flat_map(Element::all)).collect()
    }

    pub(crate) fn named(&self, name: &str) -> Vec<&Element> {
        self.all().into_iter().filter(|element| element.name == name).collect()
    }

    pub(crate) fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }
}

/// The root element of a document; panics where it is not well-formed.
pub(crate) fn read(document: &str) -> Element {
    let mut rest = document.strip_prefix("<!doctype html>").unwrap_or(document).trim_start();
    let mut open = vec![Element::default()];
    while let Some(start) = rest.find('<') {
        let text = unescaped(&rest[..start]);
        open.iter_mut().for_each(|element| element.text.push_str(&text));
        let end = rest[start..].find('>').expect("an unfinished tag") + start;
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            let closed = open.pop().unwrap();
            assert_eq!(closed.name, name, "closes another element");
            open.last_mut().unwrap_or_else(|| panic!("</{name}> too many")).children.push(closed);
        } else if let Some(tag) = tag.strip_suffix('/') {
            let element = element(tag);
            open.last_mut().unwrap().children.push(element);
        } else {
            open.push(element(tag));
        }
    }
    assert_eq!(rest.trim(), "", "text after the last element");
    assert_eq!(open.len(), 1, "left open: {:?}", open.last().map(|element| &element.name));
    let mut roots = open.pop().unwrap().children;
    assert_eq!(roots.len(), 1, "one root");
    roots.pop().unwrap()
}

fn element(tag: &str) -> Element {
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    assert!(!name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric()), "<{tag}>");
    let mut attributes = BTreeMap::new();
    while !rest.trim().is_empty() {
        let (key, after) = rest.trim_start().split_once("=\"").expect("a quoted attribute");
        let (value, after) = after.split_once('"').expect("a closed quote");
        let twice = attributes.insert(key.to_string(), unescaped(value));
        assert!(twice.is_none(), "attribute {key} twice in <{tag}>");
        rest = after;
    }
    Element { name: name.into(), attributes, ..Element::default() }
}

fn unescaped(text: &str) -> String {
    let known =
        [("lt", "<"), ("gt", ">"), ("quot", "\""), ("apos", "'"), ("#39", "'"), ("amp", "&")];
    let mut parts = text.split('&');
    let mut plain = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let (entity, after) = part.split_once(';').expect("a bare ampersand");
        let (_, character) =
            known.iter().find(|(name, _)| *name == entity).expect("a known entity");
        plain.push_str(character);
        plain.push_str(after);
    }
    assert!(!plain.contains(|c: char| c.is_control() && !"\n\t\r".contains(c)), "{plain:?}");
    plain
}
