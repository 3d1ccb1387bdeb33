//! Several files as one: `extends` and `--set` lay trees over each other.

use super::key::{self, ALTERNATIVES, Choices, Type};
use super::layers;
use super::source::{Source, Span};
use super::tree::{Node, Pair, Raw, SyntaxError, parse};
use super::{fault, set};
use crate::durable;
use ikhim_text::Fault;
use std::fs;
use std::path::{Path, PathBuf};

/// The trees of a file, of those it extends and of the settings, as one.
pub(crate) struct Loaded {
    pub(crate) tree: Node,
    pub(crate) sources: Vec<Source>,
    pub(crate) faults: Vec<(Span, Fault)>,
    /// Whether a text could not be understood, so that every key that stands
    /// in it would look forgotten.
    pub(crate) incomplete: bool,
}

impl Loaded {
    /// Reads the text of a file and lays it over the files that it extends.
    /// `file` is where the text stands, so that paths in it have a meaning.
    pub(crate) fn of(text: &str, file: &Path) -> Loaded {
        let empty = Node { raw: Raw::Table(Vec::new()), span: Span::new(0, 0..0) };
        let mut loaded =
            Loaded { tree: empty, sources: Vec::new(), faults: Vec::new(), incomplete: false };
        loaded.tree = loaded.file(text, file, &mut vec![canonical(file)]);
        loaded
    }

    fn file(&mut self, text: &str, file: &Path, chain: &mut Vec<PathBuf>) -> Node {
        let mut tree = self.source(text, file);
        let Some(extends) = take(&mut tree, "extends") else { return tree };
        let Some(name) = extends.value.text() else {
            self.faults.push(fault::wrong_type(
                "extends",
                &Type::Text(key::Rule::Any),
                &extends.value,
            ));
            return tree;
        };
        let path = file.parent().unwrap_or(Path::new("")).join(name);
        let identity = canonical(&path);
        if chain.contains(&identity) {
            let cycle = Fault::of("experiment.cycle").with("found", path.display());
            self.faults.push((extends.value.span, cycle));
            self.incomplete = true;
            return tree;
        }
        match read(&path) {
            Ok(text) => {
                chain.push(identity);
                let mut base = self.file(&text, &path, chain);
                // What was recorded of another experiment is not true of this.
                take(&mut base, "resolved");
                rebase(&mut base, Path::new(name).parent().unwrap_or(Path::new("")));
                self.lay(&mut base, tree, &mut Vec::new());
                base
            }
            Err(fault) => {
                self.faults.push((extends.value.span, fault));
                self.incomplete = true;
                tree
            }
        }
    }

    /// Lays a setting over the tree.
    pub(crate) fn set(&mut self, argument: &str) {
        let source = self.sources.len();
        self.sources.push(Source { file: "--set".into(), text: argument.to_string() });
        match set::read(argument, source) {
            Ok(over) => {
                let mut base = self.tree.clone();
                self.lay(&mut base, over, &mut Vec::new());
                self.tree = base;
            }
            Err(None) => {
                let fault = Fault::of("experiment.set").with("found", argument);
                self.faults.push((Span::new(source, 0..argument.len()), fault));
            }
            Err(Some(errors)) => self.syntax(errors, source),
        }
    }

    fn source(&mut self, text: &str, file: &Path) -> Node {
        let source = self.sources.len();
        // Editors on Windows begin a file with a byte order mark; it is no
        // part of the text and would move every column of the first line.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        self.sources.push(Source { file: file.to_path_buf(), text: text.to_string() });
        parse(text, source).unwrap_or_else(|errors| {
            self.syntax(errors, source);
            self.incomplete = true;
            Node { raw: Raw::Table(Vec::new()), span: Span::new(source, 0..0) }
        })
    }

    fn syntax(&mut self, errors: Vec<SyntaxError>, source: usize) {
        for (problem, bytes) in errors {
            self.faults.push((Span::new(source, bytes), fault::syntax(&problem)));
        }
    }

    /// Lays `over` on `base`: tables key by key, everything else whole.
    fn lay(&mut self, base: &mut Node, over: Node, path: &mut Vec<String>) {
        let choices = choices(path);
        if let (Some(choices), Raw::Text(word), Raw::Table(_)) = (choices, &base.raw, &over.raw) {
            base.raw = Raw::Table(vec![tagged(choices.tag, word, &base.span)]);
        }
        match (&mut base.raw, over.raw) {
            (Raw::Table(_), Raw::Table(pairs)) => {
                if let Some(choices) = choices {
                    forget_other_kind(base, &pairs, choices, path.len() == 1);
                }
                for pair in pairs {
                    self.lay_pair(base, pair, path);
                }
            }
            (Raw::List(_), Raw::Table(edits)) if *path == ["model", "layers"] => {
                self.edit_layers(base, edits, path);
            }
            (_, raw) => *base = Node { raw, span: over.span },
        }
    }

    fn lay_pair(&mut self, base: &mut Node, pair: Pair, path: &mut Vec<String>) {
        let Raw::Table(known) = &mut base.raw else { return };
        for group in ALTERNATIVES.iter().filter(|group| group.contains(&pair.key.as_str())) {
            known.retain(|other| other.key == pair.key || !group.contains(&other.key.as_str()));
        }
        match known.iter_mut().find(|other| other.key == pair.key) {
            Some(other) => {
                path.push(pair.key);
                other.key_span = pair.key_span;
                self.lay(&mut other.value, pair.value, path);
                path.pop();
            }
            None => known.push(pair),
        }
    }

    fn edit_layers(&mut self, base: &mut Node, edits: Vec<Pair>, path: &mut Vec<String>) {
        let Raw::List(items) = &mut base.raw else { return };
        let names = layers::names(items);
        for edit in edits {
            match names.iter().position(|name| *name == edit.key) {
                Some(index) => {
                    path.push(edit.key);
                    self.lay(&mut items[index], edit.value, path);
                    path.pop();
                }
                None => {
                    let place = ("`model.layers`", "`model.layers`");
                    let names = names.iter().map(String::as_str);
                    self.faults.push(fault::unknown_name(&edit, place, names));
                }
            }
        }
    }
}

/// Reads an experiment's text.
pub(crate) fn read(path: &Path) -> Result<String, Fault> {
    let bytes = fs::read(path).map_err(|error| durable::fault(path, &error))?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&error.as_bytes()[..valid]);
        // A byte order mark moves no column.
        let before = before.trim_start_matches('\u{feff}');
        let line = before.rsplit('\n').next().unwrap_or_default();
        Fault::of("experiment.not_text")
            .with("path", path.display())
            .with("found", valid + 1)
            .file(path)
            .line(before.matches('\n').count() + 1, line.chars().count() + 1)
    })
}

/// The same for every way of naming a file, where it exists.
fn canonical(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}

fn take(tree: &mut Node, key: &str) -> Option<Pair> {
    let Raw::Table(pairs) = &mut tree.raw else { return None };
    let index = pairs.iter().position(|pair| pair.key == key)?;
    Some(pairs.remove(index))
}

/// Paths are relative to the file in which they stand: those of a file in
/// another folder are told from this one.
fn rebase(tree: &mut Node, folder: &Path) {
    let Raw::Table(sections) = &mut tree.raw else { return };
    let data = sections.iter_mut().find(|pair| pair.key == "data").map(|pair| &mut pair.value.raw);
    let Some(Raw::Table(pairs)) = data else { return };
    for pair in pairs.iter_mut().filter(|pair| pair.key == "path") {
        let place = |raw: &mut Raw| {
            if let Raw::Text(path) = raw {
                *path = folder.join(path.as_str()).display().to_string();
            }
        };
        match &mut pair.value.raw {
            Raw::List(paths) => paths.iter_mut().for_each(|path| place(&mut path.raw)),
            raw => place(raw),
        }
    }
}

/// The words of the choice at a path.
fn choices(path: &[String]) -> Option<&'static Choices> {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    key::find(&path).ok()?.choices()
}

/// Where a table names another word than the one under it, the parameters of
/// the old word go: all of them, or, in a section, those that the new word
/// does not have.
fn forget_other_kind(base: &mut Node, over: &[Pair], choices: &Choices, section: bool) {
    let Raw::Table(known) = &mut base.raw else { return };
    let Some(new) = kind(over, choices) else { return };
    if kind(known, choices).or(choices.kinds().next()).is_some_and(|old| old.name == new.name) {
        return;
    }
    known.retain(|pair| section && new.keys.iter().any(|key| key.name == pair.key));
}

/// The word that a table stands for, as far as it says.
fn kind(pairs: &[Pair], choices: &Choices) -> Option<&'static key::Kind> {
    let given = |name: &str| pairs.iter().find(|pair| pair.key == name).map(|pair| &pair.value);
    match given(choices.tag) {
        Some(tag) => choices.kind(tag.text()?),
        None => {
            choices.implied(|name| given(name).is_some_and(|node| matches!(node.raw, Raw::List(_))))
        }
    }
}

fn tagged(tag: &str, word: &str, span: &Span) -> Pair {
    let value = Node { raw: Raw::Text(word.to_string()), span: span.clone() };
    Pair { key: tag.to_string(), key_span: span.clone(), value }
}
