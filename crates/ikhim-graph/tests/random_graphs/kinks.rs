use ikhim_graph::{Array, DType, Definition, Node, NodeId, Op};
use std::collections::BTreeMap;

/// The smallest distance of a value from a place where an operation is not
/// smooth, over all nodes that depend on the real inputs.
pub(crate) fn distance(definition: &Definition, values: &BTreeMap<NodeId, Array>) -> f64 {
    let mut depends = vec![false; definition.nodes().len()];
    let mut smallest = f64::INFINITY;
    for (id, value) in values {
        let node = definition.node(*id);
        let given = matches!(node.op, Op::Input(_) | Op::Read(_)) && node.dtype == DType::F32;
        depends[id.index()] = given || node.inputs.iter().any(|input| depends[input.index()]);
        if depends[id.index()] {
            let inputs: Vec<&Array> = node.inputs.iter().map(|input| &values[input]).collect();
            smallest = smallest.min(of_node(node, &inputs, value));
        }
    }
    smallest
}

fn of_node(node: &Node, inputs: &[&Array], value: &Array) -> f64 {
    let real = inputs.first().is_some_and(|input| input.dtype() == DType::F32);
    let each = |distance: fn(f64) -> f64| -> f64 {
        inputs[0].to_f64().into_iter().map(distance).fold(f64::INFINITY, f64::min)
    };
    match &node.op {
        Op::Abs(_) | Op::Sign(_) => each(f64::abs),
        Op::Floor(_) => each(|x| (x - x.round()).abs()),
        Op::Cast(_) if real && value.dtype() == DType::I32 => each(|x| (x - x.round()).abs()),
        Op::Cast(_) if real && value.dtype() == DType::Bool => each(f64::abs),
        Op::Maximum(_)
        | Op::Minimum(_)
        | Op::Equal(_)
        | Op::NotEqual(_)
        | Op::Less(_)
        | Op::LessEqual(_)
        | Op::Greater(_)
        | Op::GreaterEqual(_)
            if real =>
        {
            let pairs = inputs[0].to_f64().into_iter().zip(inputs[1].to_f64());
            pairs.map(|(x, y)| (x - y).abs()).fold(f64::INFINITY, f64::min)
        }
        Op::Max(op) => lead(inputs[0], &op.axes, 1.0),
        Op::Min(op) => lead(inputs[0], &op.axes, -1.0),
        Op::Argmax(op) => lead(inputs[0], &[op.axis], 1.0),
        Op::Argmin(op) => lead(inputs[0], &[op.axis], -1.0),
        _ => f64::INFINITY,
    }
}

/// How far the first stands before the second along axes.
fn lead(array: &Array, axes: &[usize], sign: f64) -> f64 {
    let sizes = array.shape();
    let mut groups: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for (index, value) in array.to_f64().into_iter().enumerate() {
        let (mut rest, mut stride, mut group) = (index, 1, 0);
        for axis in (0..sizes.len()).rev() {
            let place = rest % sizes[axis];
            rest /= sizes[axis];
            if !axes.contains(&axis) {
                group += place * stride;
                stride *= sizes[axis];
            }
        }
        groups.entry(group).or_default().push(value * sign);
    }
    let lead = |mut group: Vec<f64>| {
        group.sort_by(f64::total_cmp);
        match group.as_slice() {
            [.., second, first] => first - second,
            _ => f64::INFINITY,
        }
    };
    groups.into_values().map(lead).fold(f64::INFINITY, f64::min)
}
