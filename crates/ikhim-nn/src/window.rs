//! What windows see of an image: the receptive field of each layer, and cells
//! that no window sees.

use ikhim_graph::op::{Along, MaxPoolIndex, Slice, Sum};
use ikhim_graph::{Definition, Node, Op};

/// The windows of an op along height and width, with the size of the image.
fn windows(definition: &Definition, node: &Node) -> Option<([Along; 2], [usize; 2])> {
    let sizes = |at: usize| {
        let shape = &definition.node(*node.inputs.get(at)?).shape;
        Some([shape.get(1)?.size(1), shape.get(2)?.size(1)])
    };
    let image = sizes(0)?;
    match &node.op {
        Op::Conv2d(conv) => {
            let kernel = definition.node(node.inputs[1]).shape.fixed()?;
            let along = |axis: usize| conv.window.along(axis, kernel[axis]);
            Some(([along(0), along(1)], image))
        }
        Op::MaxPoolIndex(pool) => Some((MaxPoolIndex::windows(pool), image)),
        _ => None,
    }
}

/// Cells at the end of an axis that no window of a layer sees.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SkippedCells {
    /// The path of the layer.
    pub path: String,
    /// 0 for rows of cells at the bottom, 1 for columns on the right.
    pub axis: usize,
    /// How many.
    pub cells: usize,
    /// The formula of the number of windows with its numbers.
    pub arithmetic: String,
}

/// The layers whose windows leave cells of the image out, because the stride does
/// not divide what is left behind the first window. Cells of padding do not count.
///
/// ```
/// use ikhim_graph::Graph;
/// use ikhim_nn::{Conv2d, Mse, Sequential, Flatten, Dense, Spec, Target, prediction, skipped_cells};
/// let model = Sequential::new().then(Conv2d::new(1, 3).stride(3)).then(Flatten::new()).then(Dense::auto());
/// let graph = prediction(&model, &Spec::new([7, 7, 1], Target::number(1)), &Mse::new().into())?;
/// let skipped = skipped_cells(&graph);
/// assert_eq!((skipped.len(), skipped[0].cells), (2, 1));
/// assert_eq!(skipped[0].arithmetic, "(7 + 0 + 0 - 3) / 3 + 1 = 2.33");
/// # Ok::<(), ikhim_text::Fault>(())
/// ```
pub fn skipped_cells(definition: &Definition) -> Vec<SkippedCells> {
    let mut skipped = Vec::new();
    for node in definition.nodes() {
        let Some((along, image)) = windows(definition, node) else { continue };
        for axis in 0..2 {
            let cells = along[axis].skipped(image[axis]).saturating_sub(along[axis].padding[1]);
            if cells > 0 {
                let arithmetic = along[axis].arithmetic(image[axis]);
                skipped.push(SkippedCells { path: node.scope.clone(), axis, cells, arithmetic });
            }
        }
    }
    skipped
}

/// What a value depends on.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Sees {
    /// No image: parameters, and statistics over rows.
    Nothing,
    /// Cells of an image around each place: how many, and how many cells of the
    /// image lie between neighboring places.
    Cells { size: [usize; 2], jump: [usize; 2] },
    /// A whole image or what is no image.
    Whole,
}

/// For each node, how many cells of the image in height and width one place of it
/// depends on; `None` for values without places of an image. Statistics of a batch
/// do not count.
pub(crate) fn receptive_fields(definition: &Definition) -> Vec<Option<[usize; 2]>> {
    let mut seen: Vec<Sees> = Vec::with_capacity(definition.nodes().len());
    for node in definition.nodes() {
        let sees = step(definition, node, &seen);
        seen.push(sees);
    }
    let size = |sees: Sees| match sees {
        Sees::Cells { size, .. } => Some(size),
        _ => None,
    };
    seen.into_iter().map(size).collect()
}

fn step(definition: &Definition, node: &Node, seen: &[Sees]) -> Sees {
    let inputs = || node.inputs.iter().map(|id| seen[id.index()]);
    let cells = inputs().find_map(|sees| match sees {
        Sees::Cells { size, jump } => Some((size, jump)),
        _ => None,
    });
    let whole = inputs().any(|sees| sees == Sees::Whole);
    let shape_before = node.inputs.first().map(|id| &definition.node(*id).shape);
    match (&node.op, cells) {
        (Op::Input(_), _) if node.shape.rank() == 4 && node.shape[0].is_batch() => {
            Sees::Cells { size: [1; 2], jump: [1; 2] }
        }
        (Op::Input(_), _) => Sees::Whole,
        // Statistics over the rows of a batch.
        (Op::Sum(Sum { axes }), _)
            if axes
                .iter()
                .any(|axis| shape_before.is_some_and(|shape| shape[*axis].is_batch())) =>
        {
            Sees::Nothing
        }
        _ if whole => Sees::Whole,
        (_, None) => Sees::Nothing,
        (Op::Conv2d(_) | Op::MaxPoolIndex(_), Some((size, jump))) => {
            let Some((along, _)) = windows(definition, node) else { return Sees::Whole };
            let grown = |axis: usize| {
                let reach = along[axis].reach().unwrap_or(1);
                size[axis] + (reach - 1) * jump[axis]
            };
            let next = |axis: usize| jump[axis] * along[axis].stride;
            Sees::Cells { size: [grown(0), grown(1)], jump: [next(0), next(1)] }
        }
        (Op::TakePooled(_), _) => seen[node.inputs[1].index()],
        (Op::Slice(Slice { axis, step, .. }), Some((size, mut jump))) => {
            if let 1 | 2 = axis {
                jump[axis - 1] *= step;
            }
            Sees::Cells { size, jump }
        }
        (Op::Pad(pad), Some((size, jump))) if pad.interior == 0 => Sees::Cells { size, jump },
        // What keeps rows, height and width works on each place alone.
        (_, Some((mut size, mut jump)))
            if node.shape.rank() >= 3
                && shape_before
                    .is_some_and(|shape| shape.rank() >= 3 && shape[..3] == node.shape[..3])
                && !matches!(node.op, Op::Transpose(_) | Op::Cumsum(_)) =>
        {
            for sees in inputs() {
                if let Sees::Cells { size: other, jump: between } = sees {
                    for axis in 0..2 {
                        size[axis] = size[axis].max(other[axis]);
                        jump[axis] = jump[axis].max(between[axis]);
                    }
                }
            }
            Sees::Cells { size, jump }
        }
        _ => Sees::Whole,
    }
}
