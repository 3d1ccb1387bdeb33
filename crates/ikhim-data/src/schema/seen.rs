//! What a person should hear of the inputs before anything is learned from them.
//! No target is looked at.

use crate::source::csv::shortened;
use crate::{Dataset, Notice, facts};
use ikhim_text::sentence;

/// From this share of repeated rows on they are told.
const REPEATED: f64 = 0.01;

pub(super) fn notices(data: &Dataset, notices: &mut Vec<Notice>) {
    let zeros: Vec<String> = facts::many_zeros(data)
        .iter()
        .map(|found| format!("`{}` {} of {}", found.column, found.zeros, found.of))
        .collect();
    if !zeros.is_empty() {
        let notice = Notice::new("data.many_zeros", sentence::DATA_MANY_ZEROS);
        notices.push(notice.with("columns", shortened(&zeros)));
    }
    let same: Vec<String> = facts::same_columns(data)
        .iter()
        .map(|group| group.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" = "))
        .collect();
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
