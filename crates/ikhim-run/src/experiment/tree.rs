//! A TOML text as a tree whose every part knows where it stands.

use super::source::Span;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// A value with its place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) raw: Raw,
    pub(crate) span: Span,
}

/// A value as it is written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Raw {
    Boolean(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    /// A date, or an integer that is too large: TOML has them, an experiment
    /// has no key for them.
    Other(&'static str),
    List(Vec<Node>),
    Table(Vec<Pair>),
}

/// A key of a table with its value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pair {
    pub(crate) key: String,
    pub(crate) key_span: Span,
    pub(crate) value: Node,
}

/// What is wrong with a text, and where.
pub(crate) type SyntaxError = (String, Range<usize>);

/// Tables and lists inside each other, beyond which a text is refused: every
/// walk over the tree is recursive.
const DEPTH: usize = 40;

/// Reads a text. Of several errors on one line the first is told, for the
/// others usually follow from it.
pub(crate) fn parse(text: &str, source: usize) -> Result<Node, Vec<SyntaxError>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Node::table(table.get_ref(), source, 0)
            .map(|raw| Node { raw, span: Span::new(source, 0..0) })
            .map_err(|error| vec![error]);
    }
    let mut errors: Vec<SyntaxError> = errors
        .iter()
        .map(|error| (error.message().to_string(), error.span().unwrap_or(0..0)))
        .collect();
    errors.sort_by_key(|(_, bytes)| bytes.start);
    Err(first_of_each_line(text, errors))
}

/// The first error of each line, of errors in the order of the text.
fn first_of_each_line(text: &str, errors: Vec<SyntaxError>) -> Vec<SyntaxError> {
    let mut kept: Vec<SyntaxError> = Vec::new();
    let mut seen = 0;
    let mut fresh = true;
    for error in errors {
        let start = error.1.start.min(text.len());
        fresh |= text.as_bytes()[seen..start].contains(&b'\n');
        seen = start;
        if fresh {
            kept.push(error);
        }
        fresh = false;
    }
    kept
}

impl Node {
    fn table(table: &DeTable<'_>, source: usize, depth: usize) -> Result<Raw, SyntaxError> {
        let mut pairs = Vec::with_capacity(table.len());
        for (key, value) in table.iter() {
            let key_span = Span::new(source, key.span());
            let value = Node::of(value.get_ref(), value.span(), source, depth + 1)?;
            pairs.push(Pair { key: key.get_ref().to_string(), key_span, value });
        }
        // The parser sorts by name; a person reads in the order of the file.
        pairs.sort_by_key(|pair| pair.key_span.start);
        Ok(Raw::Table(pairs))
    }

    fn of(
        value: &DeValue<'_>,
        bytes: Range<usize>,
        source: usize,
        depth: usize,
    ) -> Result<Node, SyntaxError> {
        if depth > DEPTH {
            return Err((format!("more than {DEPTH} tables or lists inside each other"), bytes));
        }
        let raw = match value {
            DeValue::String(text) => Raw::Text(text.to_string()),
            DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix())
                .map_or(Raw::Other("an integer beyond 64 bits"), Raw::Integer),
            DeValue::Float(float) => {
                float.as_str().parse().map_or(Raw::Other("a float"), Raw::Float)
            }
            DeValue::Boolean(value) => Raw::Boolean(*value),
            DeValue::Datetime(_) => Raw::Other("a date"),
            DeValue::Array(items) => {
                let item = |item: &toml::Spanned<DeValue<'_>>| {
                    Node::of(item.get_ref(), item.span(), source, depth + 1)
                };
                Raw::List(items.iter().map(item).collect::<Result<_, _>>()?)
            }
            DeValue::Table(table) => Node::table(table, source, depth)?,
        };
        Ok(Node { raw, span: Span::new(source, bytes) })
    }

    /// The value of a key, when this is a table that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        match &self.raw {
            Raw::Table(pairs) => pairs.iter().find(|pair| pair.key == key).map(|pair| &pair.value),
            _ => None,
        }
    }

    /// The string, when this is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.raw {
            Raw::Text(text) => Some(text),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_order_and_places() {
        let text = "z = 1\n[b]\n\"월\".a = [1.5, { x = 'y' }]\n[a]\n";
        let tree = parse(text, 3).expect("it is TOML");
        let Raw::Table(pairs) = &tree.raw else { panic!("not a table") };
        assert_eq!(pairs.iter().map(|pair| pair.key.as_str()).collect::<Vec<_>>(), ["z", "b", "a"]);
        let inner = tree.get("b").and_then(|b| b.get("월")).and_then(|m| m.get("a"));
        let Some(Node { raw: Raw::List(items), .. }) = inner else { panic!("not a list") };
        assert_eq!(items[0].raw, Raw::Float(1.5));
        let span = &items[1].get("x").expect("it is there").span;
        assert_eq!((span.source, &text[span.start..span.end]), (3, "'y'"));
    }

    #[test]
    fn tells_one_error_a_line() {
        let errors = parse("a = tru\nb = 1\nc = 01\n[d\n", 0).expect_err("it is not TOML");
        let lines: Vec<usize> = errors.iter().map(|(_, bytes)| bytes.start).collect();
        assert_eq!(lines, [4, 18, 23]);
    }

    #[test]
    fn refuses_what_is_too_deep() {
        let nested = |n: usize| format!("a = {}{}", "[".repeat(n), "]".repeat(n));
        assert!(parse(&nested(30), 0).is_ok());
        assert!(parse(&nested(60), 0).is_err());
        assert!(parse(&nested(100_000), 0).is_err());
        let dotted = format!("{}a = 1", "a.".repeat(100_000));
        assert!(parse(&dotted, 0).is_err());
    }

    #[test]
    fn an_integer_too_large_is_kept_as_such() {
        let tree = parse("a = 99999999999999999999\nb = 0xff\nc = 1_000", 0).expect("it is TOML");
        assert_eq!(
            tree.get("a").map(|node| &node.raw),
            Some(&Raw::Other("an integer beyond 64 bits"))
        );
        assert_eq!(tree.get("b").map(|node| &node.raw), Some(&Raw::Integer(255)));
        assert_eq!(tree.get("c").map(|node| &node.raw), Some(&Raw::Integer(1000)));
    }
}
