use super::initialization::growths;
use crate::anatomy::{Kernel, LayerFacts};
use crate::chart::Chart;
use crate::rule::{Moment, Rule, say, sentence, short, treatment};
use ikhim_run::{Finding, Severity};

/// Twice what He's rule gives, which no usual rule reaches.
const LARGE: f64 = 2.83;

/// The course's measure: three times the loss of knowing nothing.
const ABOVE: f64 = 3.0;

pub(crate) const RULE: Rule = Rule {
    id: "initialization-too-large",
    moment: Moment::Before,
    sentence: sentence(
        "the first weights are so large that the network begins with loud wrong answers",
        "처음 가중치가 너무 커서 신경망이 확신에 찬 틀린 답으로 시작합니다",
    ),
    lesson: sentence(
        "Before learning, a network should know nothing: its loss is then the entropy of the labels, ln C of C equal classes. Weights of deviation 1 on 784 inputs give logits of 28 and a loss of tens; learning begins by undoing them, and sigmoid units are stuck where their slope is gone.",
        "배우기 전의 신경망은 아무것도 몰라야 합니다. 그때 손실은 레이블의 엔트로피, 같은 크기의 클래스 C개이면 ln C입니다. 입력 784개에 표준편차 1인 가중치를 쓰면 로짓이 28이고 손실이 수십입니다. 그것을 되돌리는 일부터 배우게 되고, sigmoid 유닛은 기울기가 사라진 곳에 갇힙니다.",
    ),
    course: "10-2",
    numbers: "s·√n of some layer above 2.83, twice He's rule, and either a loss at the first step above three times the loss of the best constant answer (the course's 3·ln C) or more than half of the values of a sigmoid or tanh layer where the slope is under a hundredth of its largest. Or the same first loss and biases of some layer above 3 in the root mean square: odds of twenty to one before anything is known. Or a recurrent kernel above 2.83 by the same measure, which multiplies the state at every step (orthogonal: 1).",
    examine,
    red: "[data]\ndataset = 'digits'\n[model]\nlayers = [{ type = 'flatten' }, { type = 'dense', units = 32, activation = 'relu', kernel_initializer = { type = 'normal', stddev = 1.0 } }, { type = 'dense', units = 10, kernel_initializer = { type = 'normal', stddev = 1.0 } }]\n",
    green: "[data]\ndataset = 'digits'\n[model]\nlayers = [{ type = 'flatten' }, { type = 'dense', units = 32, activation = 'relu', kernel_initializer = 'he_normal' }, { type = 'dense', units = 10 }]\n",
    near: "[data]\ndataset = 'iris'\n[model]\nlayers = [{ type = 'dense', units = 3, kernel_initializer = { type = 'normal', stddev = 1.0 } }]\n",
};

/// Biases of a root mean square above this move every answer alike: logits of 3
/// are odds of twenty to one.
const BIASED: f64 = 3.0;

/// The layer whose biases alone make the first answers loud.
fn biased(chart: &Chart<'_>, start: &crate::look::Look, baseline: f64) -> Vec<Finding> {
    let layers = chart.anatomy.kernels().filter_map(|(layer, _)| {
        let bias = start.parameter(&format!("{}.bias", layer.path))?;
        Some((layer.path.as_str(), bias.weight / (bias.count.max(1) as f64).sqrt()))
    });
    let most = layers.max_by(|a, b| a.1.total_cmp(&b.1)).filter(|(_, size)| *size > BIASED);
    let Some((place, size)) = most else { return Vec::new() };
    let mut finding = RULE.finding(chart.unless_well(Severity::Warning), 0.88, place);
    finding.evidence = vec![say!(
        "the biases of `{layer}` begin at {size}; the loss begins at {loss}, knowing nothing gives {baseline}",
        "`{layer}`의 편향이 {size}에서 시작합니다. 손실은 {loss}에서 시작하고 아무것도 모르면 {baseline}입니다",
        layer = place,
        size = short(size),
        loss = short(start.loss),
        baseline = short(baseline)
    )];
    finding.treatments = vec![treatment(
        say!("let the biases begin at 0", "편향을 0에서 시작하세요"),
        chart.layer_key(place, "bias_initializer", "'zeros'"),
    )];
    vec![finding]
}

/// The layers whose recurrent kernel is as much too large, with what it multiplies
/// the state by at every step: of U states, √U times its root mean square.
fn recurrent(chart: &Chart<'_>, start: &crate::look::Look) -> Vec<(String, f64)> {
    let growth = |(layer, kernel): (&LayerFacts, &Kernel)| {
        let parameter = start.parameter(&format!("{}.recurrent_kernel", layer.path))?;
        Some((layer.path.clone(), parameter.weight / (kernel.units as f64).sqrt()))
    };
    chart.anatomy.kernels().filter_map(growth).filter(|(_, growth)| *growth > LARGE).collect()
}

fn examine(chart: &Chart<'_>) -> Vec<Finding> {
    let Some(start) = &chart.start else { return Vec::new() };
    let growths = growths(chart);
    let Some((place, largest)) = growths.iter().max_by(|a, b| a.1.total_cmp(&b.1)) else {
        return Vec::new();
    };
    let baseline = chart.baseline();
    let is_saturated = |look: &&crate::look::LayerLook| look.saturated > 0.5;
    let saturated = start.layers.iter().find(is_saturated);
    let loud = (start.loss.is_nan() || start.loss > ABOVE * baseline) && baseline > 0.0;
    // Large inputs or targets make any first loss large; they have findings of
    // their own.
    let inputs = chart.columns.iter().map(|column| column.rms()).fold(0.0, f64::max);
    if inputs > 10.0 {
        return Vec::new();
    }
    let again = recurrent(chart, start);
    let is_large = *largest > LARGE && (loud || saturated.is_some());
    if !is_large && again.is_empty() {
        return if loud { biased(chart, start, baseline) } else { Vec::new() };
    }
    let place = if is_large { place } else { &again[0].0 };
    let mut finding = RULE.finding(chart.unless_well(Severity::Warning), 0.9, place);
    if is_large {
        finding.evidence.push(say!(
            "`{layer}` multiplies its inputs by {growth}; He's rule gives 1.41",
            "`{layer}`이(가) 입력을 {growth}배로 만듭니다. He의 규칙은 1.41입니다",
            layer = place,
            growth = short(*largest)
        ));
    }
    for (layer, growth) in &again {
        finding.evidence.push(say!(
            "`{layer}` multiplies its state by {growth} at every step; an orthogonal kernel leaves its size",
            "`{layer}`이(가) 스텝마다 상태를 {growth}배로 만듭니다. 직교 커널은 크기를 그대로 둡니다",
            layer = layer,
            growth = short(*growth)
        ));
    }
    if loud {
        finding.evidence.push(say!(
            "the loss begins at {loss}; knowing nothing gives {baseline}",
            "손실이 {loss}에서 시작합니다. 아무것도 모르면 {baseline}입니다",
            loss = short(start.loss),
            baseline = short(baseline)
        ));
    }
    if let Some(layer) = saturated {
        finding.evidence.push(say!(
            "{share} of the values of `{layer}` lie where the slope is gone",
            "`{layer}`의 값 {share}가 기울기가 사라진 곳에 있습니다",
            share = crate::rule::percent(layer.saturated),
            layer = layer.path
        ));
    }
    let set: Vec<String> = growths
        .iter()
        .filter(|(_, growth)| *growth > LARGE)
        .filter_map(|(path, _)| chart.layer_key(path, "kernel_initializer", "'he_normal'"))
        .chain(again.iter().filter_map(|(path, _)| {
            chart.layer_key(path, "recurrent_initializer", "'orthogonal'")
        }))
        .collect();
    finding.treatments = vec![treatment(
        say!("draw them by He's rule", "He의 규칙으로 뽑으세요"),
        set,
    )];
    vec![finding]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn both_kernels_of_a_recurrent_layer_are_drawn_anew() {
        let text = |recurrent: &str| {
            format!(
                "[data]\ngenerate = {{ type = 'autoregressive', coefficients = [1.6, -0.8], \
                 rows = 300 }}\nseries = {{ window = 12 }}\n[split]\nmethod = 'time'\n[model]\n\
                 layers = [{{ type = 'simple_rnn', units = 16, return_sequences = false, \
                 kernel_initializer = {{ type = 'normal', stddev = 8.0 }}, \
                 recurrent_initializer = {recurrent} }}, {{ type = 'dense', units = 1 }}]\n"
            )
        };
        let of = |recurrent: &str| {
            let prepared = fixture::prepared(&text(recurrent));
            let found = examine(&Chart::before(&prepared, 3).unwrap());
            found.into_iter().flat_map(|it| it.treatments).flat_map(|it| it.set).collect::<Vec<_>>()
        };
        let key = "model.layers.simple_rnn_1.recurrent_initializer='orthogonal'";
        let loud = of("{ type = 'normal', stddev = 3.0 }");
        assert!(loud.iter().any(|set| set == key), "{loud:?}");
        let sound = of("'orthogonal'");
        assert!(!sound.iter().any(|set| set == key), "{sound:?}");
    }
}
