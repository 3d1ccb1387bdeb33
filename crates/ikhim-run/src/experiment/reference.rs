//! The reference page: every key of the list, in Markdown.

use super::key::{
    Choices, Default, ENTRY, FILE, Key, Kind, KnownAs, LAYERS, PARAMETER, Table, Type,
};
use std::fmt::Write;

/// The page of all keys, types, defaults, words and names elsewhere.
pub fn reference() -> String {
    let mut page = Page { text: String::from(INTRODUCTION), choices: Vec::new() };
    page.table("The file", &FILE);
    let mut told = 0;
    // A choice may name further ones, such as initializers of a layer.
    while let Some(choices) = page.choices.get(told).copied() {
        told += 1;
        page.choice(choices);
    }
    page.text
}

const INTRODUCTION: &str = "\
# The experiment file

An experiment is one [TOML](https://toml.io) file. Only `[data]` is required; `ikhim check FILE
--resolved` prints every key with its value. Each key has one dotted path, in the file, after
`--set`, in `[tune.parameters]` and in messages: `training.learning_rate`,
`model.layers.dense_1.units`, `data.columns.\"monthly income\".missing`.

A choice without parameters is a word, `optimizer = \"adam\"`; with parameters it is a table,
`optimizer = { type = \"adam\", beta_1 = 0.9 }`. The word `\"default\"` takes any key back to its
default, over the file named by `extends`. Paths are relative to the file in which they stand.

This page is written from the list of keys that also reads the file.
";

struct Page {
    text: String,
    /// Choices that are still to be told, each once.
    choices: Vec<&'static Choices>,
}

impl Page {
    fn table(&mut self, title: &str, table: &'static Table) {
        let _ = writeln!(self.text, "\n## {title}\n");
        self.keys(table.keys.iter());
        self.inner(title, table.keys);
    }

    /// The tables inside a table, each under its own path.
    fn inner(&mut self, title: &str, keys: &'static [Key]) {
        let prefix = if title.starts_with('`') { title.trim_matches('`') } else { "" };
        for key in keys {
            let path = if prefix.is_empty() {
                key.name.to_string()
            } else {
                format!("{prefix}.{}", key.name)
            };
            self.inside(&key.holds, &path);
        }
    }

    fn inside(&mut self, holds: &'static Type, path: &str) {
        match holds {
            Type::Table(table) => self.table(&format!("`{path}`"), table),
            Type::Map(value) => self.inside(value, &format!("{path}.<name>")),
            Type::Either(types) => types.iter().for_each(|holds| self.inside(holds, path)),
            Type::Parameters => self.table(&format!("`{path}.<path>`"), &PARAMETER),
            _ => {}
        }
    }

    fn choice(&mut self, choices: &'static Choices) {
        let _ = writeln!(self.text, "\n## {}\n", title(choices));
        if choices.what == LAYERS.what {
            self.text.push_str("Every layer has these keys, beside those of its type:\n\n");
            self.keys(ENTRY.keys.iter());
            self.text.push('\n');
        }
        self.text.push_str("| word | meaning | elsewhere |\n|---|---|---|\n");
        for kind in choices.kinds() {
            let elsewhere = elsewhere(kind.known_as.iter());
            let _ = writeln!(self.text, "| `{}` | {} | {elsewhere} |", kind.name, cell(kind.doc));
        }
        for kind in choices.kinds().filter(|kind| !kind.keys.is_empty()) {
            self.kind(kind);
        }
    }

    fn kind(&mut self, kind: &'static Kind) {
        let _ = writeln!(self.text, "\nKeys of `{}`:\n", kind.name);
        self.keys(kind.keys.iter());
        for key in kind.keys {
            self.inside(&key.holds, key.name);
        }
    }

    fn keys(&mut self, keys: impl Iterator<Item = &'static Key>) {
        self.text
            .push_str("| key | takes | default | meaning | elsewhere |\n|---|---|---|---|---|\n");
        for key in keys {
            let takes = self.takes(&key.holds);
            let default = match key.default {
                Default::Required => "required".to_string(),
                Default::Absent | Default::Value("{}") => String::new(),
                Default::Value(line) => format!("`{}`", cell(line)),
            };
            let only = match key.only_with {
                Some((other, word)) => format!(" Only with `{other}` = `{word}`."),
                None => String::new(),
            };
            let _ = writeln!(
                self.text,
                "| `{}` | {takes} | {default} | {}{only} | {} |",
                key.name,
                cell(key.doc),
                elsewhere(key.known_as.iter())
            );
        }
    }

    /// A type in words, with links to the choices, which are told below.
    fn takes(&mut self, holds: &'static Type) -> String {
        match holds {
            Type::Choice(choices) if choices.kinds().nth(1).is_some() => {
                if !self.choices.iter().any(|known| known.what == choices.what) {
                    self.choices.push(choices);
                }
                format!("[{}](#{})", choices.what.0, anchor(choices))
            }
            Type::Layers => {
                if !self.choices.iter().any(|known| known.what == LAYERS.what) {
                    self.choices.push(&LAYERS);
                }
                format!("a list of layers, each with a [{}](#{})", LAYERS.what.0, anchor(&LAYERS))
            }
            Type::List(item) => format!("a list of: {}", self.takes(item)),
            Type::NonEmpty(item) => format!("a list of one or more: {}", self.takes(item)),
            Type::Either(types) => {
                let types: Vec<String> = types.iter().map(|holds| self.takes(holds)).collect();
                types.join(", or ")
            }
            _ => cell(&holds.describe().english),
        }
    }
}

fn title(choices: &Choices) -> String {
    let mut letters = choices.what.0.chars();
    letters
        .next()
        .map_or(String::new(), |first| first.to_uppercase().collect::<String>() + letters.as_str())
}

/// The anchor that Markdown gives to the title.
fn anchor(choices: &Choices) -> String {
    choices.what.0.replace(' ', "-")
}

/// Where another library has another word.
fn elsewhere<'a>(words: impl Iterator<Item = &'a KnownAs>) -> String {
    let words = words.map(|known| match known {
        KnownAs::Here(word, "", _) | KnownAs::Note(word, "", ..) => format!("`{word}`"),
        KnownAs::Here(word, library, _) | KnownAs::Note(word, library, ..) => {
            format!("`{word}` ({library})")
        }
    });
    words.collect::<Vec<_>>().join(", ")
}

/// Text in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::key::walk;

    #[test]
    fn every_key_and_word_is_on_the_page() {
        let page = reference();
        walk(&mut |entry| {
            assert!(page.contains(&format!("| `{}` |", entry.key.name)), "{}", entry.path);
        });
        for kind in LAYERS.kinds() {
            assert!(page.contains(&format!("| `{}` |", kind.name)), "{}", kind.name);
        }
    }

    #[test]
    fn every_link_has_a_title() {
        let page = reference();
        for link in page.split("](#").skip(1) {
            let anchor = link.split(')').next().expect("a link has an end");
            let title = anchor.replace('-', " ");
            let has = page.lines().any(|line| {
                line.strip_prefix("## ").is_some_and(|line| line.to_lowercase() == title)
            });
            assert!(has, "{anchor}");
        }
    }
}
