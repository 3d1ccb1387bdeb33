//! How slopes compare along the way back through a network.

use crate::chart::Chart;
use crate::look::Look;

/// At each look the slope of the first kernel by that of the last, each by the
/// size of its weights; with the paths of the two layers. `None` of fewer than
/// three kernels, or of fewer than two looks.
pub(super) fn first_by_last<'a>(chart: &'a Chart<'_>) -> Option<(&'a str, &'a str, Vec<f64>)> {
    let course = chart.course?;
    let kernels: Vec<_> = chart.anatomy.kernels().collect();
    let [(first, front), _, .., (last, back)] = kernels[..] else { return None };
    let slope = |look: &Look, path: &str| {
        let parameter = look.parameter(path)?;
        Some(parameter.gradient / parameter.weight.max(1e-12))
    };
    let ratios: Vec<f64> = course
        .looks
        .iter()
        .filter_map(|look| {
            let (front, back) = (slope(look, &front.path)?, slope(look, &back.path)?);
            (back > 0.0).then_some(front / back)
        })
        .collect();
    (ratios.len() >= 2).then_some((first.path.as_str(), last.path.as_str(), ratios))
}
