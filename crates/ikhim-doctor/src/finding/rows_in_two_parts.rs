use crate::chart::Chart;
use crate::rule::{Moment, Rule, percent, say, sentence, treatment};
use ikhim_data::SplitMethod;
use ikhim_run::{Finding, Severity};

/// deepchecks warns from one row in twenty.
const SHARE: f64 = 0.05;

pub(crate) const RULE: Rule = Rule {
    id: "rows-in-two-parts",
    moment: Moment::Before,
    sentence: sentence(
        "rows that the network is judged on stand among its train rows too",
        "신경망을 평가하는 행이 훈련 행에도 들어 있습니다",
    ),
    lesson: sentence(
        "What was learned by heart is no proof of having understood. A part for judging must hold rows that training has not seen: part by groups, or let the rows be parted anew.",
        "외운 것은 이해한 증거가 아닙니다. 평가하는 부분에는 학습에서 본 적 없는 행이 있어야 합니다. 그룹으로 나누거나 다시 나누세요.",
    ),
    course: "07-2",
    numbers: "One row in twenty of validation or test, the line of deepchecks; fewer are worth knowing. Inputs are compared as far as they differ among train rows, so that a column with the word for the part hides no copy.",
    examine,
    red: "[data]\nheader = ['part', 'x', 'y']\nrows = {shared}\ntarget = 'y'\n[data.columns]\npart = { type = 'ignore' }\n[split]\nmethod = 'column'\ncolumn = 'part'\n",
    green: "[data]\nheader = ['part', 'x', 'y']\nrows = {shared}\ntarget = 'y'\n[data.columns]\npart = { type = 'ignore' }\n",
    near: "[data]\ndataset = 'iris'\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let report = &chart.prepared.report;
    let share = |rows: usize, of: usize| rows as f64 / of.max(1) as f64;
    let validation = share(report.shared.train_validation, report.validation.rows);
    let validation = validation.max(chart.copies);
    let test = share(report.shared.train_test, report.test.rows);
    let most = validation.max(test);
    if most == 0.0 {
        return Vec::new();
    }
    let severity = if most > SHARE { Severity::Warning } else { Severity::Information };
    let mut finding = RULE.finding(severity, 0.9, "split");
    finding.evidence = vec![say!(
        "{validation} of the validation rows and {test} of the test rows have the inputs of a train row",
        "검증 행의 {validation}, 테스트 행의 {test}가 훈련 행과 같은 입력을 가집니다",
        validation = percent(validation),
        test = percent(test)
    )];
    let fault = chart.prepared.experiment.fault.as_ref();
    let learns_from_both = fault.is_some_and(|fault| fault.trains_on_validation());
    finding.treatments = match chart.prepared.split.method {
        _ if learns_from_both => vec![treatment(
            say!("learn from train rows alone", "훈련 행으로만 배우세요"),
            ["fault.train_on_validation=false"],
        )],
        // Parting a text or a series by chance would put neighbors into two parts.
        SplitMethod::Time => vec![treatment(
            say!(
                "what comes later repeats what came before: take the repeated passages out of the data, or cut where they end",
                "나중 부분이 앞부분을 되풀이합니다. 되풀이되는 부분을 데이터에서 빼거나 그 끝에서 자르세요"
            ),
            [""; 0],
        )],
        _ => vec![treatment(
            say!("let the rows be parted anew", "행을 다시 나누세요"),
            ["split={method='random'}"],
        )],
    };
    vec![finding]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn a_text_that_repeats_itself_is_not_told_to_be_parted_by_chance() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("song.txt");
        std::fs::write(&path, "row row row your boat gently down the stream ".repeat(60)).unwrap();
        let text = format!(
            "[data]\npath = '{}'\ntask = 'next_token'\nwindow = {{ length = 9 }}\n\
             [model]\nlayers = [{{ type = 'embedding', output_dim = 4 }}, \
             {{ type = 'dense', units = 'auto' }}]\n",
            path.display()
        );
        let prepared = fixture::prepared(&text);
        let found = examine(&Chart::before(&prepared, 3).unwrap());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].severity, Severity::Warning);
        assert!(found[0].treatments.iter().all(|it| it.set.is_empty()), "{found:?}");
    }
}
