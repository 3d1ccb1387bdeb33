use crate::chart::Chart;
use crate::rule::{Moment, Rule, say, sentence, treatment};
use ikhim_run::{Finding, Severity};

pub(crate) const RULE: Rule = Rule {
    id: "symmetric-initialization",
    moment: Moment::Before,
    sentence: sentence(
        "all units of a layer begin alike and learn alike: they stay one unit for ever",
        "한 층의 모든 유닛이 똑같이 시작해 똑같이 배워서 언제까지나 유닛 하나와 같습니다",
    ),
    lesson: sentence(
        "Units with the same weights get the same slopes, so no step can tell them apart. Random initial weights break the symmetry; the last layer may begin at 0, because its targets differ.",
        "가중치가 같은 유닛은 기울기도 같아서 어떤 스텝도 둘을 다르게 만들지 못합니다. 무작위 초기 가중치가 대칭을 깹니다. 마지막 층은 목푯값이 달라서 0으로 시작해도 됩니다.",
    ),
    course: "10-2",
    numbers: "Equal columns of the kernel and of its gradient (of a recurrent layer within each gate), to one part in 100,000, at the first step: proof by one backward pass.",
    examine,
    red: "[data]\ndataset = 'wine'\n[model]\nlayers = [{ type = 'dense', units = 16, activation = 'tanh', kernel_initializer = { type = 'constant', value = 0.01 } }, { type = 'dense', units = 3, kernel_initializer = { type = 'constant', value = 0.01 } }]\n",
    green: "[data]\ndataset = 'wine'\n[model]\nlayers = [{ type = 'dense', units = 16, activation = 'tanh' }, { type = 'dense', units = 3 }]\n",
    near: "[data]\ndataset = 'wine'\n[model]\nlayers = [{ type = 'dense', units = 3, kernel_initializer = 'zeros' }]\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let Some(start) = &chart.start else { return Vec::new() };
    let found: Vec<&str> = chart
        .anatomy
        .hidden()
        .filter(|(_, kernel)| start.parameter(&kernel.path).is_some_and(|look| look.twins))
        .map(|(layer, _)| layer.path.as_str())
        .collect();
    let Some(first) = found.first() else { return Vec::new() };
    let mut finding = RULE.finding(Severity::Error, 1.0, *first);
    finding.evidence = vec![say!(
        "in {layers} all units have the same weights and the same slopes",
        "{layers}에서 모든 유닛의 가중치와 기울기가 같습니다",
        layers = found.join(", ")
    )];
    // Every layer that begins alike must begin otherwise, the last one too.
    let set: Vec<String> = chart
        .anatomy
        .kernels()
        .filter(|(_, kernel)| start.parameter(&kernel.path).is_some_and(|look| look.twins))
        .flat_map(|(layer, _)| {
            let recurrent = format!("{}.recurrent_kernel", layer.path);
            let state = start.parameter(&recurrent).filter(|look| look.twins).and_then(|_| {
                chart.layer_key(&layer.path, "recurrent_initializer", "'orthogonal'")
            });
            let kernel = chart.layer_key(&layer.path, "kernel_initializer", "'glorot_uniform'");
            kernel.into_iter().chain(state)
        })
        .collect();
    finding.treatments = vec![treatment(
        say!("draw the initial weights by chance", "처음 가중치를 무작위로 뽑으세요"),
        set,
    )];
    vec![finding]
}
