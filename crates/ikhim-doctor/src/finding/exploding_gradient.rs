use crate::chart::Chart;
use crate::course::median;
use crate::rule::{Moment, Rule, say, sentence, short, treatment};
use ikhim_run::{Finding, Severity};

pub(crate) const RULE: Rule = Rule {
    id: "exploding-gradient",
    moment: Moment::During,
    sentence: sentence(
        "slopes grow on the way back and reach the first layers far too large",
        "기울기가 되돌아오면서 커져서 앞쪽 층에는 너무 크게 닿습니다",
    ),
    lesson: sentence(
        "Back-propagation multiplies layer by layer. Factors above 1 grow like a power: one rate cannot suit the first and the last layer. Smaller first weights, normalization or clipping help.",
        "역전파는 층마다 곱합니다. 1보다 큰 인수는 거듭제곱으로 커져서 하나의 학습률이 첫 층과 마지막 층에 함께 맞을 수 없습니다. 작은 초기 가중치나 정규화, 기울기 자르기가 도움이 됩니다.",
    ),
    course: "10-1",
    numbers: "Slopes of the first kernel a thousand times larger than those of the last, each by the size of its weights, at half of the looks; AUTOTRAINER's 70 is common in healthy deep networks.",
    examine,
    red: "[data]\ndataset = 'wine'\n[model]\nlayers = [{ type = 'dense', units = 16, activation = 'relu', kernel_initializer = { type = 'normal', stddev = 2.0 } }, { type = 'dense', units = 16, activation = 'relu', kernel_initializer = { type = 'normal', stddev = 2.0 } }, { type = 'dense', units = 16, activation = 'relu', kernel_initializer = { type = 'normal', stddev = 2.0 } }, { type = 'dense', units = 16, activation = 'relu', kernel_initializer = { type = 'normal', stddev = 2.0 } }, { type = 'dense', units = 3, kernel_initializer = { type = 'normal', stddev = 200.0 } }]\n[training]\nepochs = 5\nlearning_rate = 1e-9\noptimizer = 'sgd'\n",
    green: "[data]\ndataset = 'wine'\n[model]\nhidden = [16, 16, 16, 16]\n[training]\nepochs = 20\nlearning_rate = 0.005\n",
    near: "[data]\ndataset = 'wine'\n[model]\nhidden = [32, 32, 32]\n[training]\noptimizer = 'sgd'\nlearning_rate = 0.05\nepochs = 30\n",
};

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let Some(course) = chart.course else { return Vec::new() };
    if !course.went_badly() {
        return Vec::new();
    }
    let Some((first, last, ratios)) = super::slopes::first_by_last(chart) else {
        return Vec::new();
    };
    let ratio = median(ratios);
    if ratio.is_nan() || ratio <= 1000.0 {
        return Vec::new();
    }
    let mut finding = RULE.finding(Severity::Error, 0.8, first);
    finding.steps = course.whole();
    finding.evidence = vec![say!(
        "the slopes of `{first}` are {ratio} times those of `{last}`, by the size of their weights",
        "`{first}`의 기울기는 가중치 크기에 견주어 `{last}`의 {ratio}배입니다",
        first = first,
        last = last,
        ratio = short(ratio)
    )];
    finding.treatments = vec![
        treatment(
            say!("draw the weights by He's rule", "가중치를 He의 규칙으로 뽑으세요"),
            chart
                .anatomy
                .kernels()
                .filter_map(|(layer, _)| {
                    chart.layer_key(&layer.path, "kernel_initializer", "'he_uniform'")
                }),
        ),
        treatment(say!("clip the gradient", "기울기를 자르세요"), ["training.clip_norm=1.0"]),
    ];
    vec![finding]
}
