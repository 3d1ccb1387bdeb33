use crate::figure::{self, Scale};
use crate::number::number;
use crate::report::page::{Page, numbers};
use crate::report::{Epoch, LossMode, Role};
use ikhim_text::sentence;

/// Epochs listed as numbers; the file `metrics.csv` of the run holds all.
const EPOCHS_LISTED: usize = 40;
const METRICS_DRAWN: usize = 5;

pub(in crate::report) fn metric_names(epochs: &[Epoch]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for metric in epochs.iter().flat_map(|epoch| &epoch.metrics) {
        if !names.contains(&metric.name.as_str()) {
            names.push(&metric.name);
        }
    }
    names.truncate(METRICS_DRAWN);
    names
}

pub(in crate::report) fn curves(page: &mut Page, epochs: &[Epoch], best: Option<u64>) {
    page.section("curves", sentence::REPORT_CURVES, |page| {
        let Some(first) = epochs.first() else {
            let none = page.word(sentence::FIGURE_NO_EPOCHS);
            page.element("p", &none);
            return;
        };
        let language = page.language();
        page.within("div class=\"figures\"", |page| {
            page.figure(&figure::loss(epochs, best, Scale::Auto, language));
            for name in metric_names(epochs) {
                page.figure(&figure::metric(epochs, name, best, language));
            }
        });
        let mode = match first.train_loss_mode {
            LossMode::Running => sentence::REPORT_LOSS_RUNNING,
            LossMode::Eval => sentence::REPORT_LOSS_EVAL,
        };
        let mode = page.word(mode);
        page.element("p class=\"quiet\"", &mode);
        let summary = page.word(sentence::REPORT_AS_TABLE);
        page.folded(&summary, |page| epochs_table(page, epochs, best));
    });
}

fn epochs_table(page: &mut Page, epochs: &[Epoch], best: Option<u64>) {
    let (train, validation) =
        (page.word(sentence::ROLE_TRAIN), page.word(sentence::ROLE_VALIDATION));
    let loss = page.word(sentence::FIGURE_LOSS);
    let names = metric_names(epochs);
    let roles = [(Role::Train, &train), (Role::Validation, &validation)];
    let metrics: Vec<(&str, Role, &String)> = names
        .iter()
        .flat_map(|name| roles.iter().map(|(role, word)| (*name, *role, *word)))
        .filter(|(name, role, _)| epochs.iter().any(|epoch| value(epoch, name, *role).is_some()))
        .collect();
    let mut columns = vec![
        numbers(page.word(sentence::COLUMN_EPOCH)),
        numbers(format!("{train} {loss}")),
        numbers(format!("{validation} {loss}")),
    ];
    columns.extend(metrics.iter().map(|(name, _, word)| numbers(format!("{word} {name}"))));
    let stride = epochs.len().div_ceil(EPOCHS_LISTED).max(1);
    let last = epochs.len() - 1;
    let listed = epochs.iter().enumerate().filter(|(index, epoch)| {
        index % stride == 0 || *index == last || Some(epoch.epoch) == best
    });
    let rows = listed.map(|(_, epoch)| {
        let mark = if Some(epoch.epoch) == best { "★ " } else { "" };
        let mut row = vec![
            format!("{mark}{}", epoch.epoch),
            number(epoch.train_loss),
            epoch.validation_loss.map_or("–".into(), number),
        ];
        row.extend(
            metrics
                .iter()
                .map(|(name, role, _)| value(epoch, name, *role).map_or("–".into(), number)),
        );
        row
    });
    let caption = if stride > 1 {
        page.say(sentence::REPORT_EVERY_NTH, &[("n", stride.to_string())])
    } else {
        page.word(sentence::REPORT_ALL_EPOCHS)
    };
    page.table(&caption, &columns, rows.collect::<Vec<_>>());
}

fn value(epoch: &Epoch, name: &str, role: Role) -> Option<f64> {
    epoch
        .metrics
        .iter()
        .find(|known| known.name == name && known.role == role)
        .map(|known| known.value)
}
