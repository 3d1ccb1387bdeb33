//! What a person should hear of the inputs before anything is learned from them.
//! No target is looked at.

use crate::source::csv::shortened;
use crate::{Dataset, Notice, facts};
use ikhim_text::sentence;

/// From this share of repeated rows on they are told.
const REPEATED: f64 = 0.01;

/// Names of one group are told.
const TOLD: usize = 10;

/// The columns of a group, the first of many.
fn equal(group: &[String]) -> String {
    let told: Vec<String> = group.iter().take(TOLD).map(|name| format!("`{name}`")).collect();
    match group.len().saturating_sub(TOLD) {
        0 => told.join(" = "),
        more => format!("{} = … (+{more})", told.join(" = ")),
    }
}

pub(super) fn notices(data: &Dataset, notices: &mut Vec<Notice>) {
    let zeros: Vec<String> = facts::many_zeros(data)
        .iter()
        .map(|found| format!("`{}` {} of {}", found.column, found.zeros, found.of))
        .collect();
    if !zeros.is_empty() {
        let notice = Notice::new("data.many_zeros", sentence::DATA_MANY_ZEROS);
        notices.push(notice.with("columns", shortened(&zeros)));
    }
    let same: Vec<String> = facts::same_columns(data).iter().map(|group| equal(group)).collect();
    if !same.is_empty() {
        let notice = Notice::new("data.same_columns", sentence::DATA_SAME_COLUMNS);
        notices.push(notice.with("columns", shortened(&same)));
    }
    let repeats = facts::repeats(data);
    if repeats.repeated as f64 >= REPEATED * repeats.rows as f64 && repeats.repeated > 0 {
        notices.push(
            Notice::new("data.repeated_rows", sentence::DATA_REPEATED_ROWS)
                .with("repeated", repeats.repeated)
                .with("rows", repeats.rows),
        );
    }
}
