//! `--set KEY=VALUE`: a dotted path and one line of TOML; a bare word is a
//! string.

use super::key;
use super::source::{NOWHERE, Span};
use super::tree::{Node, Raw, SyntaxError, parse};

/// Reads an argument as the tree that a file with this one line would be. The
/// places are those in the argument.
///
/// # Errors
/// What is wrong with the argument; `None` when it is no KEY=VALUE at all.
pub(crate) fn read(argument: &str, source: usize) -> Result<Node, Option<Vec<SyntaxError>>> {
    let Some(equals) = equals(argument) else { return Err(None) };
    let written = argument[equals + 1..].trim();
    if argument.contains('\n') || written.is_empty() {
        return Err(None);
    }
    let errors = match parse(argument, source) {
        Ok(tree) => return Ok(tree),
        Err(errors) => errors,
    };
    // Not TOML: a bare word, when the key is right and the value does not begin
    // as a list, a table or a string.
    let begins_as_toml = written.starts_with(['[', '{', '"', '\'']);
    let stub = format!("{}=0", &argument[..equals]);
    match parse(&stub, source) {
        Ok(mut tree) if !begins_as_toml => {
            let start = equals + 1 + argument[equals + 1..].find(written).unwrap_or(0);
            let word = Node {
                raw: Raw::Text(written.to_string()),
                span: Span::new(source, start..start + written.len()),
            };
            replace_leaf(&mut tree, word);
            Ok(tree)
        }
        Ok(_) => Err(Some(errors)),
        Err(errors) => Err(Some(errors)),
    }
}

/// A value as one would write it behind `--set KEY=`; that of a default.
pub(crate) fn value(line: &str) -> Node {
    let word = || Node { raw: Raw::Text(line.to_string()), span: Span::nowhere() };
    match parse(&format!("v = {line}"), NOWHERE) {
        Ok(tree) => tree.get("v").cloned().unwrap_or_else(word),
        Err(_) => word(),
    }
}

/// The first `=` outside of quotes.
fn equals(argument: &str) -> Option<usize> {
    let mut quote = None;
    argument.char_indices().find_map(|(byte, letter)| match (quote, letter) {
        (None, '=') => Some(byte),
        (None, '"' | '\'') => {
            quote = Some(letter);
            None
        }
        (Some(open), letter) if open == letter => {
            quote = None;
            None
        }
        _ => None,
    })
}

/// Replaces the value at the end of a chain of tables with one key each.
fn replace_leaf(node: &mut Node, leaf: Node) {
    if let Raw::Table(pairs) = &mut node.raw
        && let [pair] = pairs.as_mut_slice()
    {
        replace_leaf(&mut pair.value, leaf);
    } else {
        *node = leaf;
    }
}

/// The keys whose paths begin with `prefix`, each with its sentence: what a
/// shell offers after `--set`. `<name>` stands for a name that the file gives.
pub fn complete(prefix: &str) -> Vec<(String, &'static str)> {
    let mut found: Vec<(String, &'static str)> = Vec::new();
    key::walk(&mut |entry| {
        let known = found.iter().any(|(path, _)| *path == entry.path);
        if entry.path.starts_with(prefix) && !known {
            found.push((entry.path.clone(), entry.key.doc));
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at<'a>(tree: &'a Node, path: &[&str]) -> &'a Node {
        path.iter().fold(tree, |node, key| node.get(key).expect("the key is there"))
    }

    #[test]
    fn a_bare_word_is_a_string() {
        let argument = "data.columns.\"월 = 소득\".missing = mean";
        let tree = read(argument, 5).expect("it is right");
        let node = at(&tree, &["data", "columns", "월 = 소득", "missing"]);
        assert_eq!(node.text(), Some("mean"));
        assert_eq!(&argument[node.span.start..node.span.end], "mean");
    }

    #[test]
    fn toml_values_keep_their_type() {
        let raw = |argument| at(&read(argument, 0).expect("it is right"), &["a", "b"]).raw.clone();
        assert_eq!(raw("a.b=1e-3"), Raw::Float(1e-3));
        assert_eq!(raw("a.b = true"), Raw::Boolean(true));
        assert_eq!(raw("a.b='x'"), Raw::Text("x".into()));
        assert_eq!(raw("a.b=../data/2024.csv"), Raw::Text("../data/2024.csv".into()));
        assert!(matches!(raw("a.b=[1, 2]"), Raw::List(_)));
    }

    #[test]
    fn what_is_no_setting_is_refused() {
        assert_eq!(read("training.epochs", 0), Err(None));
        assert_eq!(read("training.epochs=", 0), Err(None));
        assert_eq!(read("a=1\nb=2", 0), Err(None));
        assert!(matches!(read("a b=1", 0), Err(Some(_))));
        assert!(matches!(read("a=[1, 2", 0), Err(Some(_))));
    }

    #[test]
    fn completes_paths() {
        let paths: Vec<String> =
            complete("training.lea").into_iter().map(|(path, _)| path).collect();
        assert_eq!(paths, ["training.learning_rate"]);
        assert!(complete("").len() > 60);
    }
}
