use crate::figure;
use crate::number::count;
use crate::report::page::{Page, numbers, words};
use crate::report::{Examination, Input, Role, WrongExample};
use ikhim_text::sentence;

/// Wrong images and wrong rows of a table that the page shows.
const IMAGES_SHOWN: usize = 24;
const ROWS_SHOWN: usize = 20;

pub(in crate::report) fn examination(page: &mut Page, examination: &Examination, role: Role) {
    let language = page.language();
    if examination.is_empty() {
        let none = page.word(sentence::REPORT_NOT_EXAMINED);
        page.element("p", &none);
        return;
    }
    let part = page.word(role.sentence());
    if let Some(wrong) = examination.wrong_rows {
        let arguments =
            [("wrong", count(wrong)), ("n", count(examination.n)), ("part", part.clone())];
        let sentence = page.say(sentence::REPORT_WRONG_ROWS, &arguments);
        page.element("p", &sentence);
    }
    page.within("div class=\"figures\"", |page| {
        if let Some(confusion) = &examination.confusion {
            page.figure(&figure::confusion(confusion, role, language));
        }
        if !examination.residuals.is_empty() {
            let title = page.say(sentence::FIGURE_RESIDUALS, &[("part", part.clone())]);
            page.figure(&figure::histogram(&title, &examination.residuals, language));
        }
        if !images(&examination.wrong).is_empty() {
            page.figure(&figure::wrong_examples(images(&examination.wrong), language));
        }
    });
    wrong_table(page, &examination.wrong);
}

/// The examples that are drawn; none where the rows are those of a table.
pub(in crate::report) fn images(examples: &[WrongExample]) -> &[WrongExample] {
    match examples.first().map(|example| &example.input) {
        Some(Input::Image(_)) => &examples[..examples.len().min(IMAGES_SHOWN)],
        _ => &[],
    }
}

fn wrong_table(page: &mut Page, examples: &[WrongExample]) {
    let fields = |example: &WrongExample| match &example.input {
        Input::Fields(fields) => Some(fields.clone()),
        Input::Image(_) => None,
    };
    let Some(first) = examples.iter().find_map(fields) else { return };
    let probable = examples.iter().any(|example| example.probability.is_some());
    let mut columns = vec![
        numbers(page.word(sentence::COLUMN_ROW)),
        words(page.word(sentence::FIGURE_TRUE)),
        words(page.word(sentence::FIGURE_PREDICTED)),
    ];
    if probable {
        columns.push(numbers(page.word(sentence::COLUMN_PROBABILITY)));
    }
    columns.extend(first.iter().map(|(name, _)| words(name)));
    let rows = examples.iter().take(ROWS_SHOWN).filter_map(|example| {
        let mut row =
            vec![example.row.to_string(), example.truth.clone(), example.predicted.clone()];
        if probable {
            row.push(example.probability.map_or("–".into(), |share| format!("{share:.2}")));
        }
        row.extend(fields(example)?.into_iter().map(|(_, value)| value));
        Some(row)
    });
    let caption = page.word(sentence::REPORT_WRONG_TABLE);
    page.table(&caption, &columns, rows.collect::<Vec<_>>());
}
