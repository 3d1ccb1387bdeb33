use crate::chart::Chart;
use crate::rule::{Moment, Rule, say, sentence, treatment};
use ikhim_run::{Finding, Severity};

pub(crate) const RULE: Rule = Rule {
    id: "missing-activation",
    moment: Moment::Before,
    sentence: sentence(
        "two layers follow each other without an activation: together they are one linear layer",
        "두 층 사이에 활성화 함수가 없어서 둘이 합쳐 선형 층 하나입니다",
    ),
    lesson: sentence(
        "(x W₁) W₂ = x (W₁ W₂): products without a function between them can draw nothing that one product cannot, such as XOR.",
        "(x W₁) W₂ = x (W₁ W₂)입니다. 사이에 함수가 없는 곱은 곱 하나로 못 하는 일, 이를테면 XOR를 할 수 없습니다.",
    ),
    course: "09-1",
    numbers: "A layer narrower than both of its neighbors is left out: it is a bottleneck on purpose.",
    examine,
    red: "[data]\ndataset = 'wine'\n[model]\nlayers = [{ type = 'dense', units = 16 }, { type = 'dense', units = 16 }, { type = 'dense', units = 3 }]\n",
    green: "[data]\ndataset = 'wine'\n[model]\nlayers = [{ type = 'dense', units = 16, activation = 'relu' }, { type = 'dense', units = 16, activation = 'relu' }, { type = 'dense', units = 3 }]\n",
    near: "[data]\ndataset = 'wine'\n[model]\nlayers = [{ type = 'dense', units = 16 }, { type = 'relu' }, { type = 'dense', units = 3 }]\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let kernels: Vec<_> = chart.anatomy.kernels().collect();
    let found = chart.anatomy.without_function.iter().filter(|path| {
        let Some(at) = kernels.iter().position(|(layer, _)| layer.path == **path) else {
            return false;
        };
        let Some((_, next)) = kernels.get(at + 1) else { return false };
        let own = kernels[at].1;
        !(own.units < own.fan_in && own.units < next.units)
    });
    let found: Vec<&String> = found.collect();
    let Some(first) = found.first() else { return Vec::new() };
    let mut finding = RULE.finding(Severity::Warning, 0.7, first.as_str());
    let names = found.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ");
    finding.evidence = vec![say!(
        "no activation stands behind {names}",
        "{names} 뒤에 활성화 함수가 없습니다",
        names = names
    )];
    let set: Vec<String> = found
        .iter()
        .filter_map(|path| chart.layer_key(path, "activation", "'relu'"))
        .collect();
    finding.treatments =
        vec![treatment(say!("put relu behind them", "그 뒤에 relu를 두세요"), set)];
    vec![finding]
}
