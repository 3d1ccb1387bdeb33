//! How the first weights of a network are measured: by how much each layer lets
//! its inputs grow.

use crate::anatomy::Kernel;
use crate::chart::Chart;
use crate::look::Look;

/// How much a product lets numbers grow: the deviation of a weight times the root
/// of the numbers that a unit adds up. 1 after LeCun's rule, √2 after He's.
pub(super) fn growth(look: &Look, kernel: &Kernel) -> Option<f64> {
    let parameter = look.parameter(&kernel.path)?;
    let deviation = parameter.weight / (parameter.count.max(1) as f64).sqrt();
    Some(deviation * (kernel.fan_in as f64).sqrt())
}

/// The growth of each layer with a kernel, by path.
pub(super) fn growths(chart: &Chart<'_>) -> Vec<(String, f64)> {
    let Some(start) = &chart.start else { return Vec::new() };
    let kernels = chart.anatomy.kernels();
    kernels
        .filter_map(|(layer, kernel)| Some((layer.path.clone(), growth(start, kernel)?)))
        .collect()
}
