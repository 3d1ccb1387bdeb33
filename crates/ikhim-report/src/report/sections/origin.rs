use crate::number::count;
use crate::report::page::{Page, numbers, words};
use crate::report::{Data, Decision, Layer};
use ikhim_text::sentence;

/// A table of more columns than these is folded.
const COLUMNS_OPEN: usize = 20;

pub(in crate::report) fn layers(page: &mut Page, layers: &[Layer]) {
    if layers.is_empty() {
        return;
    }
    page.section("network", sentence::REPORT_NETWORK, |page| {
        let total: u64 = layers.iter().map(|layer| layer.parameters).sum();
        let caption = page.say(sentence::REPORT_PARAMETERS, &[("n", count(total))]);
        let columns = [
            words(page.word(sentence::COLUMN_LAYER)),
            words(page.word(sentence::COLUMN_TYPE)),
            words(page.word(sentence::COLUMN_OUTPUT)),
            numbers(page.word(sentence::COLUMN_PARAMETERS)),
        ];
        let rows = layers.iter().map(|layer| {
            let parameters = count(layer.parameters);
            vec![layer.path.clone(), layer.kind.clone(), layer.output.clone(), parameters]
        });
        page.table(&caption, &columns, rows.collect::<Vec<_>>());
    });
}

pub(in crate::report) fn data(page: &mut Page, data: &Data) {
    if *data == Data::default() {
        return;
    }
    page.section("data", sentence::REPORT_DATA, |page| {
        page.within("ul class=\"facts\"", |page| {
            for fact in [&data.source, &data.split].into_iter().filter(|fact| !fact.is_empty()) {
                page.element("li", fact);
            }
            if !data.sha256.is_empty() {
                page.within("li", |page| {
                    page.text("sha256 ");
                    page.element("code", &data.sha256);
                });
            }
        });
        let total: u64 = data.parts.iter().map(|part| part.rows).sum();
        let parts = data.parts.iter().map(|part| {
            let share = part.rows as f64 / total.max(1) as f64 * 100.0;
            vec![page.word(part.role.sentence()), count(part.rows), format!("{share:.1} %")]
        });
        let parts: Vec<_> = parts.collect();
        let columns = [
            words(page.word(sentence::COLUMN_PART)),
            numbers(page.word(sentence::COLUMN_ROWS)),
            numbers(page.word(sentence::COLUMN_SHARE)),
        ];
        let caption = page.say(sentence::REPORT_ROWS, &[("n", count(total))]);
        page.table(&caption, &columns, parts);
        if !data.notices.is_empty() {
            page.within("ul class=\"quiet\"", |page| {
                for notice in &data.notices {
                    page.element("li", notice);
                }
            });
        }
        if data.columns.is_empty() {
            return;
        }
        let columns = [
            words(page.word(sentence::COLUMN_COLUMN)),
            words(page.word(sentence::COLUMN_TYPE)),
            numbers(page.word(sentence::COLUMN_MISSING)),
            words(page.word(sentence::COLUMN_ENCODING)),
        ];
        let target = page.word(sentence::REPORT_TARGET);
        let rows = data.columns.iter().map(|column| {
            let name = if column.target {
                format!("{} ({target})", column.name)
            } else {
                column.name.clone()
            };
            vec![name, column.kind.clone(), count(column.missing), column.encoding.clone()]
        });
        let caption =
            page.say(sentence::REPORT_COLUMNS, &[("n", count(data.columns.len() as u64))]);
        let rows = rows.collect::<Vec<_>>();
        if rows.len() > COLUMNS_OPEN {
            page.folded(&caption, |page| page.table(&caption, &columns, rows));
        } else {
            page.table(&caption, &columns, rows);
        }
    });
}

pub(in crate::report) fn experiment(page: &mut Page, toml: &str, decisions: &[Decision]) {
    if toml.is_empty() {
        return;
    }
    page.section("experiment", sentence::REPORT_EXPERIMENT, |page| {
        if !decisions.is_empty() {
            let columns = [
                words(page.word(sentence::COLUMN_KEY)),
                words(page.word(sentence::COLUMN_VALUE)),
                words(page.word(sentence::COLUMN_BECAUSE)),
            ];
            let rows = decisions.iter().map(|decision| {
                vec![decision.key.clone(), decision.value.clone(), decision.because.clone()]
            });
            let caption = page.word(sentence::REPORT_DECIDED);
            page.table(&caption, &columns, rows.collect::<Vec<_>>());
        }
        let what = page.word(sentence::REPORT_EXPERIMENT_WHAT);
        page.element("p class=\"quiet\"", &what);
        page.folded("experiment.toml", |page| {
            page.within("pre tabindex=\"0\"", |page| page.element("code", toml));
        });
    });
}
