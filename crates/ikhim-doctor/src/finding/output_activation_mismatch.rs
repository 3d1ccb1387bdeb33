use crate::anatomy::Function;
use crate::chart::Chart;
use crate::rule::{Moment, Rule, say, sentence, treatment};
use ikhim_data::Task;
use ikhim_run::{Finding, Severity, Wording};

pub(crate) const RULE: Rule = Rule {
    id: "output-activation-mismatch",
    moment: Moment::Before,
    sentence: sentence(
        "the activation of the last layer does not fit the loss",
        "마지막 층의 활성화 함수가 손실과 맞지 않습니다",
    ),
    lesson: sentence(
        "What the last layer can give must be what the loss asks for: logits of any size, or probabilities that share 1 for one of several classes (softmax), or one for each answer (sigmoid).",
        "마지막 층이 낼 수 있는 값은 손실이 바라는 값이어야 합니다. 아무 크기의 로짓이거나, 여러 클래스 가운데 하나이면 합이 1인 확률(softmax), 답마다 하나이면 각각의 확률(sigmoid)입니다.",
    ),
    course: "06-2",
    numbers: "No number: a table of what each loss asks for.",
    examine,
    red: "[data]\ndataset = 'iris'\n[model]\nlayers = [{ type = 'dense', units = 16, activation = 'relu' }, { type = 'dense', units = 3, activation = 'relu' }]\n",
    green: "[data]\ndataset = 'iris'\n[model]\nlayers = [{ type = 'dense', units = 16, activation = 'relu' }, { type = 'dense', units = 3 }]\n",
    near: "[data]\ndataset = 'iris'\n[model]\nlayers = [{ type = 'dense', units = 16, activation = 'relu' }, { type = 'dense', units = 3, activation = 'sigmoid' }]\n[training]\nloss = { type = 'cross_entropy', from_logits = false, renormalize = true }\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let anatomy = &chart.anatomy;
    let Some((severity, confidence, evidence)) = mismatch(chart) else { return Vec::new() };
    let layer = &anatomy.output_layer;
    let mut finding = RULE.finding(severity, confidence, layer);
    finding.evidence = vec![evidence];
    let logits = chart.takes_logits() != Some(false);
    let fitting = match (chart.target.task, chart.loss()) {
        _ if logits && chart.takes_logits().is_some() => "linear",
        (Task::MultiLabel, _) => "sigmoid",
        (_, "binary_cross_entropy") => "sigmoid",
        (Task::Regression, _) => "linear",
        _ if anatomy.width == 1 => "sigmoid",
        _ => "softmax",
    };
    let set = chart.layer_key(layer, "activation", &format!("'{fitting}'"));
    finding.treatments = vec![treatment(
        say!(
            "end `{layer}` with `{fitting}`",
            "`{layer}`의 activation을 `{fitting}`(으)로 하세요",
            layer = layer,
            fitting = fitting
        ),
        set,
    )];
    vec![finding]
}

fn mismatch(chart: &Chart<'_>) -> Option<(Severity, f64, Wording)> {
    let (output, width) = (chart.anatomy.output, chart.anatomy.width);
    let loss = chart.loss();
    let words = |function: Function| {
        say!(
            "the prediction ends with {function}, the loss is `{loss}`",
            "예측이 {function}(으)로 끝나고 손실은 `{loss}`입니다",
            function = function.name(),
            loss = loss
        )
    };
    let classes = matches!(chart.target.task, Task::Classification);
    match (output, chart.takes_logits()) {
        (Function::Sigmoid, Some(false)) if loss == "cross_entropy" && width > 2 => {
            let settings = &chart.prepared.experiment.training.loss().settings;
            // Divided by their sum they are probabilities again, as Keras does.
            let renormalized = settings.boolean("renormalize") == Some(true);
            let severity = if renormalized { Severity::Information } else { Severity::Error };
            Some((severity, 0.9, words(output)))
        }
        (Function::Softmax, Some(false)) if loss == "binary_cross_entropy" && width > 1 && !classes => {
            Some((Severity::Error, 0.9, words(output)))
        }
        (Function::Softmax, None) if chart.target.task == Task::MultiLabel => {
            Some((Severity::Error, 0.9, words(output)))
        }
        (Function::Relu | Function::Softplus | Function::Exponential, Some(_)) => {
            Some((Severity::Error, 0.95, words(output)))
        }
        (Function::Relu, None) if chart.target.task != Task::Regression => {
            Some((Severity::Error, 0.9, words(output)))
        }
        (Function::Tanh, Some(false)) => Some((Severity::Error, 0.95, words(output))),
        // Logits between −1 and 1: never more than e²:1 for one of two classes.
        (Function::Tanh, Some(true)) => Some((Severity::Warning, 0.9, words(output))),
        _ => None,
    }
}
