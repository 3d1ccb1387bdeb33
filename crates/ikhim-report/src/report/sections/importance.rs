use crate::number::{count, number};
use crate::report::Importance;
use crate::report::page::{Page, numbers, words};
use ikhim_text::sentence;

/// Columns that the page shows; those behind them matter less.
const SHOWN: usize = 40;

pub(in crate::report) fn importance(page: &mut Page, importance: Option<&Importance>) {
    let Some(importance) = importance else { return };
    page.section("importance", sentence::REPORT_IMPORTANCE, |page| {
        let metric = ("metric", importance.metric.clone());
        let arguments = [
            metric.clone(),
            ("part", page.word(importance.role.sentence())),
            ("n", count(importance.n)),
            ("repetitions", count(importance.repetitions)),
        ];
        let caption = page.say(sentence::IMPORTANCE_WHAT, &arguments);
        let columns = [
            words(page.word(sentence::COLUMN_COLUMN)),
            numbers(page.say(sentence::COLUMN_WORSE, &[metric])),
            numbers(page.word(sentence::COLUMN_DEVIATION)),
        ];
        let rows = importance.columns.iter().take(SHOWN).map(|column| {
            vec![column.column.clone(), number(column.mean), number(column.standard_deviation)]
        });
        page.table(&caption, &columns, rows.collect::<Vec<_>>());
    });
}
