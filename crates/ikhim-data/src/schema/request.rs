//! What a person says about data, whatever its source.

use super::Schema;
use crate::source::csv::list;
use crate::source::table::Table;
use crate::{
    Column, ColumnType, Encoding, HandleUnknown, Missing, Notice, Policy, Scaling, Task, Transform,
};
use ikhim_text::nearest::nearest;
use ikhim_text::{Fault, Result, sentence};

/// What a person says about data.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    pub(crate) name: Option<String>,
    pub(crate) targets: Vec<String>,
    pub(crate) columns: Vec<(String, Column)>,
    pub(crate) defaults: Vec<(ColumnType, Column)>,
    pub(crate) task: Option<Task>,
    pub(crate) missing_values: Vec<String>,
    pub(crate) schema: Option<Schema>,
    /// Whether the past of the target is an input, as in a series.
    pub(crate) sees_targets: bool,
    /// The column of text that is an input, where one is.
    pub(crate) sequence: Option<String>,
}

impl Request {
    /// What is said about a column.
    pub(crate) fn column(&self, name: &str) -> Column {
        let said = self.columns.iter().rev().find(|(column, _)| column == name);
        let said = said.map(|(_, column)| column.clone()).unwrap_or_default();
        // What is read token by token is text, whatever else is said about it.
        let is_text = self.sequence.as_deref() == Some(name);
        if is_text { Column::text().or(&said) } else { said }
    }

    /// The policy of a column, once its type is known.
    pub(crate) fn policy(&self, name: &str, kind: ColumnType, target: bool) -> Result<Policy> {
        let said = self.column(name);
        check(name, &said, kind, target)?;
        let default = self.defaults.iter().rev().find(|(of, _)| *of == kind);
        let default = default.map(|(_, column)| column.clone()).unwrap_or_default();
        // What is done to missing inputs is never done to a target: a target
        // is not made up.
        let default = if target { default.only_scaling() } else { default };
        Ok(said.or(&default).decide(kind, target))
    }

    /// Positions of the targets. Without a name the last column is one.
    pub(crate) fn targets(&self, table: &Table, notices: &mut Vec<Notice>) -> Result<Vec<usize>> {
        if self.task == Some(Task::Reconstruction) {
            return match self.targets.first() {
                None => Ok(Vec::new()),
                Some(target) => {
                    let fault = Fault::of("data.reconstruction_target").with("found", target);
                    Err(table.places.names(fault))
                }
            };
        }
        if self.targets.is_empty() {
            let known = table.default_target;
            let named = known.and_then(|name| table.names.iter().position(|n| n == name));
            let Some(last) = named.or(table.names.len().checked_sub(1)) else {
                return Err(table
                    .places
                    .whole(Fault::of("data.no_inputs").with("found", "no column")));
            };
            if table.kinds.get(last) == Some(&Some(ColumnType::Image)) {
                let name = &table.names[last];
                let fault = Fault::of("data.images_alone").with("column", name);
                return Err(table.places.whole(fault));
            }
            if named.is_none() {
                let notice = Notice::new("data.last_is_target", sentence::DATA_LAST_IS_TARGET);
                notices.push(notice.with("column", &table.names[last]));
            }
            return Ok(vec![last]);
        }
        let mut targets = Vec::new();
        for name in &self.targets {
            let target =
                position(table, name).ok_or_else(|| unknown("data.unknown_target", table, name))?;
            if !targets.contains(&target) {
                targets.push(target);
            }
        }
        Ok(targets)
    }

    /// Every column that is spoken of must exist.
    pub(crate) fn check_names(&self, table: &Table) -> Result<()> {
        let absent = |name: &&String| !table.names.contains(name);
        let mut faults = self
            .columns
            .iter()
            .map(|(name, _)| name)
            .chain(&self.sequence)
            .filter(absent)
            .map(|name| unknown("data.unknown_column", table, name));
        match faults.next() {
            Some(fault) => Err(fault.also(faults)),
            None => Ok(()),
        }
    }
}

/// A column by its name, or by its number from 1.
fn position(table: &Table, name: &str) -> Option<usize> {
    let named = table.names.iter().position(|column| column == name);
    let numbered = || name.parse::<usize>().ok()?.checked_sub(1);
    named.or_else(numbered).filter(|&index| index < table.names.len())
}

fn unknown(code: &'static str, table: &Table, name: &str) -> Fault {
    let fault = Fault::of(code).with("found", name).with("expected", list(&table.names));
    let fault = table.places.names(fault);
    // One column whose name holds the names of several was cut at another sign.
    if let [only] = table.names.as_slice()
        && let Some(sign) = ['|', ' ', ':', '/']
            .into_iter()
            .find(|sign| only.split(*sign).any(|part| part.trim() == name) && only.contains(*sign))
    {
        return fault.help_words(
            format!("if `{sign}` separates the values: data.separator = \"{sign}\""),
            format!("`{sign}`이(가) 값을 나눈다면: data.separator = \"{sign}\""),
        );
    }
    match nearest(name, table.names.iter().map(String::as_str)) {
        Some(near) => {
            fault.help_words(format!("did you mean `{near}`?"), format!("혹시 `{near}`인가요?"))
        }
        None => fault,
    }
}

/// A word that has no meaning for the type of its column is a fault: it would
/// be passed over without a word.
fn check(name: &str, said: &Column, kind: ColumnType, target: bool) -> Result<()> {
    use ColumnType::{Binary, Category, Image, Number, Text};
    let fault = |key: &'static str, word: &str| {
        Err(Fault::of("data.word_does_not_fit")
            .with("column", name)
            .with("key", key)
            .with("found", word)
            .with("expected", if target { "target" } else { kind.word() }))
    };
    if let Some(missing) = said.given_missing() {
        let fits = match (missing, kind) {
            (Missing::Drop | Missing::Error, _) => true,
            _ if target => false,
            (Missing::Mean | Missing::Median, _) => kind == Number,
            (Missing::Category, _) => kind == Category,
            (Missing::Constant(value), Number) => value.trim().parse().is_ok_and(f64::is_finite),
            (Missing::Constant(_), Text) => true,
            (_, Number | Category | Binary) => true,
            _ => false,
        };
        if !fits {
            return fault("missing", missing.word());
        }
    }
    if let Some(scaling) = said.given_scaling() {
        let fits = match kind {
            Number => scaling != Scaling::Unit,
            Image => matches!(scaling, Scaling::Unit | Scaling::Standard | Scaling::None),
            _ => scaling == Scaling::None,
        };
        if !fits {
            return fault("scaling", scaling.word());
        }
    }
    if let Some(encoding) = said.given_encoding() {
        let fits = match kind {
            Category => encoding != Encoding::TfIdf,
            Text => matches!(encoding, Encoding::TfIdf | Encoding::Hash),
            _ => false,
        };
        if target || !fits {
            return fault("encoding", encoding.word());
        }
    }
    if said.given_missing_indicator() == Some(true) && kind == Text {
        return fault("missing_indicator", "true");
    }
    if let Some(unknown) = said.given_handle_unknown()
        && (!matches!(kind, Category | Binary) || (target && unknown == HandleUnknown::Ignore))
    {
        return fault("handle_unknown", unknown.word());
    }
    match said.given_transform() {
        Some(transform) if kind != Number && transform != Transform::None => {
            fault("transform", transform.word())
        }
        _ => Ok(()),
    }
}
