//! Ops over windows of images, and what they ask of their operands: the border of
//! zeros that lets every window see the same cells, and the weights in panels.

use super::item::{Item, Kind, Space, View, space};
use super::layout::Layout;
use ikhim_graph::op::{self, MaxPoolIndex, Method, Window};
use ikhim_graph::{Dim, Op, Shape};

/// Before and after an axis, for height and width.
pub(crate) type Border = [[usize; 2]; 2];

/// What is computed.
#[derive(Debug, Clone)]
pub(crate) enum WindowOp {
    /// The image with zeros around it.
    Frame(Border),
    /// A convolution of a framed image with a kernel of a height and width.
    Conv { window: Window, kernel: [usize; 2] },
    /// One turned around, of values with so many rows and columns of zeros before
    /// them.
    InputGrad { window: Window, kernel: [usize; 2], before: [usize; 2] },
    /// A convolution by the method of Winograd: one of the image, or `turned`, of the
    /// values with the kernel rotated by half a turn.
    Winograd { window: Window, turned: bool },
    /// The kernel spread to the 16 matrices of that method, in panels.
    SpreadKernel { turned: bool },
    /// The slope of a kernel, from a framed image and the slopes of its windows.
    WeightGrad { window: Window, kernel: [usize; 2], pooled: Option<Pooled> },
    /// The same by the method of Winograd.
    WinogradSlopes { window: Window, pooled: Option<Pooled> },
    /// The places of the largest cells of windows.
    MaxPlace(MaxPoolIndex),
    /// The largest cells themselves.
    Max(MaxPoolIndex),
    /// Values added at the places of the largest cells of windows.
    Unpool(MaxPoolIndex),
    /// The cells at any places.
    Take,
    /// Values added at any places.
    Add,
    /// Sums of a row around centers: `Σ(x − m)²` of `x` and `m`, `Σ d·(x − m)` of
    /// `x`, `d` and `m`.
    CenteredSum,
}

/// The slopes of windows that a pooling gives back, by the slopes of that pooling and
/// the places of its largest cells.
#[derive(Debug, Clone)]
pub(crate) struct Pooled {
    pub(crate) pool: MaxPoolIndex,
    /// How many windows there are, down and across.
    pub(crate) windows: [usize; 2],
}

impl Pooled {
    /// The shape of the slopes, where that of the pooling's is known.
    pub(crate) fn shape(&self, slopes: &Shape) -> Shape {
        let [high, wide] = self.windows.map(Dim::Fixed);
        [slopes[0], high, wide, slopes[3]].into_iter().collect()
    }
}

/// The shape of the slopes of windows.
pub(crate) fn shape_of_slopes(pooled: &Option<Pooled>, slopes: &Shape) -> Shape {
    pooled.as_ref().map_or_else(|| slopes.clone(), |pooled| pooled.shape(slopes))
}

impl WindowOp {
    /// The op as one over windows. `pooled` tells the pooling that a view holds
    /// the places of, and its image.
    pub(super) fn of(
        op: &Op,
        inputs: &[View],
        pooled: impl Fn(&View) -> Option<(MaxPoolIndex, View)>,
    ) -> Option<WindowOp> {
        let size = |view: &View, axis: usize| match view.shape[axis] {
            Dim::Fixed(size) | Dim::Batch(size) => size,
        };
        let kernel = || [size(&inputs[1], 0), size(&inputs[1], 1)];
        Some(match op {
            Op::Conv2d(op::Conv2d { window, method: Method::Winograd }) => {
                WindowOp::Winograd { window: *window, turned: false }
            }
            Op::Conv2dInputGrad(op::Conv2dInputGrad {
                window, method: Method::Winograd, ..
            }) => WindowOp::Winograd { window: *window, turned: true },
            Op::Conv2d(op::Conv2d { window, .. }) => {
                WindowOp::Conv { window: *window, kernel: kernel() }
            }
            Op::Conv2dInputGrad(op::Conv2dInputGrad { window, .. }) => {
                WindowOp::InputGrad { window: *window, kernel: kernel(), before: [0; 2] }
            }
            Op::Conv2dWeightGrad(op::Conv2dWeightGrad {
                window, method: Method::Winograd, ..
            }) => WindowOp::WinogradSlopes { window: *window, pooled: None },
            Op::Conv2dWeightGrad(op::Conv2dWeightGrad { window, kernel, .. }) => {
                WindowOp::WeightGrad { window: *window, kernel: *kernel, pooled: None }
            }
            Op::MaxPoolIndex(pool) => WindowOp::MaxPlace(pool.clone()),
            Op::TakePooled(_) => match pooled(&inputs[1]) {
                Some((pool, image)) if image == inputs[0] => WindowOp::Max(pool),
                _ => WindowOp::Take,
            },
            Op::MaxUnpool(op::MaxUnpool { size: wanted }) => match pooled(&inputs[1]) {
                Some((pool, image)) if [size(&image, 1), size(&image, 2)] == *wanted => {
                    WindowOp::Unpool(pool)
                }
                _ => WindowOp::Add,
            },
            _ => return None,
        })
    }

    /// Whether it may meet a place outside of its image.
    pub(crate) fn can_fail(&self) -> bool {
        matches!(self, WindowOp::Take | WindowOp::Add)
    }

    /// Its name in profiles.
    pub(crate) fn kernel(&self) -> &'static str {
        match self {
            WindowOp::Frame(_) => "frame",
            WindowOp::Conv { .. } | WindowOp::InputGrad { .. } => "window_product",
            WindowOp::Winograd { .. } => "winograd",
            WindowOp::SpreadKernel { .. } => "spread_kernel",
            WindowOp::WeightGrad { .. } => "window_reduce",
            WindowOp::WinogradSlopes { .. } => "winograd_reduce",
            WindowOp::MaxPlace(_) | WindowOp::Max(_) => "max_pool",
            WindowOp::Unpool(_) => "max_unpool",
            WindowOp::Take | WindowOp::Add => "places",
            WindowOp::CenteredSum => "fold",
        }
    }

    /// The arithmetic, in operations for each row or in all.
    pub(crate) fn operations(&self, inputs: &[&Shape], shape: &Shape) -> usize {
        let all = |shape: &Shape| match shape.elements() {
            Dim::Fixed(count) | Dim::Batch(count) => count,
        };
        let channels = |shape: &Shape| match shape[3] {
            Dim::Fixed(count) | Dim::Batch(count) => count,
        };
        match self {
            WindowOp::Frame(_) | WindowOp::Take | WindowOp::Add => all(shape),
            WindowOp::Conv { window, kernel } => {
                2 * all(shape) * kernel[0] * kernel[1] * channels(inputs[0]) / window.groups.max(1)
            }
            WindowOp::InputGrad { window, kernel, .. } => {
                let stride = (window.stride[0] * window.stride[1]).max(1);
                let seen = kernel[0] * kernel[1] * channels(inputs[0]) / window.groups.max(1);
                2 * all(shape) * seen / stride
            }
            WindowOp::Winograd { .. } => of_tiles(shape, channels(inputs[0])),
            WindowOp::WinogradSlopes { pooled, .. } => {
                of_tiles(&shape_of_slopes(pooled, inputs[1]), channels(inputs[0]))
            }
            WindowOp::SpreadKernel { .. } => 10 * all(shape),
            WindowOp::WeightGrad { window, kernel, pooled } => {
                let seen = kernel[0] * kernel[1] * channels(inputs[0]) / window.groups.max(1);
                2 * all(&shape_of_slopes(pooled, inputs[1])) * seen
            }
            WindowOp::MaxPlace(pool) | WindowOp::Max(pool) => {
                all(shape) * pool.kernel[0] * pool.kernel[1]
            }
            WindowOp::Unpool(_) => 2 * all(shape),
            WindowOp::CenteredSum => 3 * all(inputs[0]),
        }
    }
}

/// The arithmetic of tiles whose windows have a shape.
fn of_tiles(windows: &Shape, channels: usize) -> usize {
    let size = |axis: usize| match windows[axis] {
        Dim::Fixed(count) | Dim::Batch(count) => count,
    };
    let tiles = size(0) * size(1).div_ceil(2) * size(2).div_ceil(2);
    2 * PRODUCTS * tiles * size(3) * channels
}

impl Layout {
    /// The op with its image framed and its weights in panels.
    pub(super) fn windows(
        &mut self,
        op: WindowOp,
        inputs: &[View],
        item: &Item,
    ) -> (WindowOp, Vec<View>) {
        match op {
            WindowOp::Conv { window, kernel } => {
                let image = self.framed(&inputs[0], window.padding, item);
                let weights = self.weights(&inputs[1], &window, false, item);
                (
                    WindowOp::Conv { window: window.padding([[0; 2]; 2]), kernel },
                    vec![image, weights],
                )
            }
            WindowOp::InputGrad { window, kernel, .. } => {
                let border = border(&window, kernel, &item.shape, &inputs[0].shape);
                let image = self.framed(&inputs[0], border, item);
                let weights = self.weights(&inputs[1], &window, true, item);
                let before = [border[0][0], border[1][0]];
                (WindowOp::InputGrad { window, kernel, before }, vec![image, weights])
            }
            WindowOp::Winograd { window, turned } => {
                let before = window.padding.map(|[low, _]| if turned { 2 - low } else { low });
                let image = self.framed_for_tiles(&inputs[0], before, &item.shape, item);
                let weights = self.spread_weights(&inputs[1], turned, item);
                (op, vec![image, weights])
            }
            WindowOp::WeightGrad { window, kernel, .. } => {
                let image = self.framed(&inputs[0], window.padding, item);
                let rows = kernel[0] * kernel[1] * channels_of(&inputs[0]);
                let is_plain = window.groups == 1 && rows <= ROWS;
                let (pooled, slopes) = self.slopes(&inputs[1], is_plain);
                let window = window.padding([[0; 2]; 2]);
                let inputs = [image].into_iter().chain(slopes).collect();
                (WindowOp::WeightGrad { window, kernel, pooled }, inputs)
            }
            WindowOp::WinogradSlopes { window, .. } => {
                let before = window.padding.map(|[low, _]| low);
                let image = self.framed_for_tiles(&inputs[0], before, &inputs[1].shape, item);
                let is_plain = channels_of(&inputs[0]) <= CHANNELS;
                let (pooled, slopes) = self.slopes(&inputs[1], is_plain);
                let inputs = [image].into_iter().chain(slopes).collect();
                (WindowOp::WinogradSlopes { window, pooled }, inputs)
            }
            op => (op, inputs.to_vec()),
        }
    }

    /// The slopes of windows; where a pooling gives them back and `is_wanted`, those of
    /// the pooling and its places, so that what they make of them need not be kept for
    /// all images.
    fn slopes(&self, view: &View, is_wanted: bool) -> (Option<Pooled>, Vec<View>) {
        let item = &self.items[view.item];
        let size = |axis: usize| match view.shape[axis] {
            Dim::Fixed(size) | Dim::Batch(size) => size,
        };
        match &item.kind {
            Kind::Windows { op: WindowOp::Unpool(pool), inputs, by_row: true }
                if is_wanted
                    && item.shape == view.shape
                    && size(1) * size(2) * FILTERS <= SLOPES =>
            {
                let pooled = Pooled { pool: pool.clone(), windows: [size(1), size(2)] };
                (Some(pooled), inputs.clone())
            }
            _ => (None, vec![view.clone()]),
        }
    }

    /// An image with so many zeros before it, and behind it so many that there are the
    /// cells which whole tiles of so many windows see.
    fn framed_for_tiles(
        &mut self,
        view: &View,
        before: [usize; 2],
        windows: &Shape,
        item: &Item,
    ) -> View {
        let border = [0, 1].map(|axis| {
            let size = |shape: &Shape| match shape[axis + 1] {
                Dim::Fixed(size) | Dim::Batch(size) => size,
            };
            let seen = size(windows).next_multiple_of(2) + 2;
            [before[axis], seen - before[axis] - size(&view.shape)]
        });
        self.framed(view, border, item)
    }

    /// An image with zeros around it; itself where none are wanted.
    fn framed(&mut self, view: &View, border: Border, item: &Item) -> View {
        if border == [[0; 2]; 2] {
            return view.clone();
        }
        let grown = |axis: usize| match view.shape[axis] {
            Dim::Fixed(size) | Dim::Batch(size) => {
                Dim::Fixed(size + border[axis - 1][0] + border[axis - 1][1])
            }
        };
        let shape: Shape = [view.shape[0], grown(1), grown(2), view.shape[3]].into_iter().collect();
        let key = (view.clone(), border);
        let framed = match self.frames.get(&key) {
            Some(known) => *known,
            None => {
                let by_row =
                    space(&view.shape) == Space::Rows && self.items[view.item].space == Space::Rows;
                let framed = self.push(Item {
                    kind: Kind::Windows {
                        op: WindowOp::Frame(border),
                        inputs: vec![view.clone()],
                        by_row,
                    },
                    space: space(&shape),
                    shape: shape.clone(),
                    ..item.clone()
                });
                self.frames.insert(key, framed);
                framed
            }
        };
        View { item: framed, shape }
    }

    /// The 16 matrices of a kernel in panels. There are as many panels as are whole,
    /// so they take no more room than the matrices.
    fn spread_weights(&mut self, kernel: &View, turned: bool, item: &Item) -> View {
        let size = |axis: usize| match kernel.shape[axis] {
            Dim::Fixed(size) | Dim::Batch(size) => size,
        };
        let (channels, filters) = (size(2), size(3));
        let (inner, columns) = if turned { (filters, channels) } else { (channels, filters) };
        let shape: Shape = [PRODUCTS, inner, columns].into_iter().map(Dim::Fixed).collect();
        let spread = self.push(Item {
            kind: Kind::Windows {
                op: WindowOp::SpreadKernel { turned },
                inputs: vec![kernel.clone()],
                by_row: false,
            },
            shape: shape.clone(),
            space: Space::Fixed,
            ..item.clone()
        });
        View { item: spread, shape }
    }

    /// The weights of a convolution in panels: of each group and, turned around,
    /// of each cell of the kernel.
    fn weights(&mut self, kernel: &View, window: &Window, turned: bool, item: &Item) -> View {
        let size = |axis: usize| match kernel.shape[axis] {
            Dim::Fixed(size) | Dim::Batch(size) => size,
        };
        let groups = window.groups;
        let (taps, of_group, filters) = (size(0) * size(1), size(2), size(3));
        let of_filters = filters / groups;
        if is_of_channels(groups, of_group, of_filters) {
            return kernel.clone();
        }
        let fixed = |sizes: &[usize]| -> Shape { sizes.iter().copied().map(Dim::Fixed).collect() };
        let mut source = kernel.item;
        if groups > 1 {
            let (from, order) = match turned {
                false => (fixed(&[taps * of_group, groups, of_filters]), vec![1, 0, 2]),
                true => (fixed(&[taps, of_group, groups, of_filters]), vec![2, 0, 1, 3]),
            };
            let shape: Shape = order.iter().map(|axis: &usize| from[*axis]).collect();
            source = self.push(Item {
                kind: Kind::Loops {
                    op: Op::Transpose(op::Transpose { order }),
                    inputs: vec![View { item: source, shape: from }],
                    by_row: false,
                },
                shape,
                space: Space::Fixed,
                ..item.clone()
            });
        }
        let (parts, inner, columns) = match turned {
            false => (groups, taps * of_group, of_filters),
            // Whole panels of neighboring cells follow each other as if they were
            // the columns of one matrix.
            true if groups == 1 && of_group % WHOLE == 0 => (1, filters, taps * of_group),
            true => (groups * taps, of_filters, of_group),
        };
        let packed = self.pack(source, turned, parts, inner, columns, item);
        View { item: packed, shape: self.items[packed].shape.clone() }
    }
}

/// Products of a tile by the method of Winograd.
const PRODUCTS: usize = 16;

/// Rows of a kernel's slope, or its channels, up to which the slopes of its windows are
/// read once or twice: then they may as well be made anew each time.
const ROWS: usize = 96;
const CHANNELS: usize = 128;

/// Numbers of an image's slopes that a worker makes for itself, at most, and filters
/// that are taken together.
const SLOPES: usize = 64 * 1024;
const FILTERS: usize = 32;

fn channels_of(view: &View) -> usize {
    match view.shape[3] {
        Dim::Fixed(count) | Dim::Batch(count) => count,
    }
}

/// Columns that are whole panels at every level.
const WHOLE: usize = 32;

/// Whether each channel has a filter of its own.
pub(crate) fn is_of_channels(groups: usize, of_group: usize, of_filters: usize) -> bool {
    groups > 1 && of_group == 1 && of_filters == 1
}

/// What the windows around an image see beyond its windows.
fn border(window: &Window, kernel: [usize; 2], image: &Shape, windows: &Shape) -> Border {
    let size = |shape: &Shape, axis: usize| match shape[axis + 1] {
        Dim::Fixed(size) | Dim::Batch(size) => size as isize,
    };
    [0, 1].map(|axis| {
        let stride = window.stride[axis] as isize;
        let (low, dilation) = (window.padding[axis][0] as isize, window.dilation[axis] as isize);
        let mut border = [0; 2];
        for tap in 0..kernel[axis] as isize {
            // The first and the last cell that this one of the kernel meets.
            let from = low - tap * dilation;
            let (first, last) = (from, size(image, axis) - 1 + from);
            let (first, last) = (-((-first).div_euclid(stride)), last.div_euclid(stride));
            if first <= last {
                border[0] = border[0].max(-first);
                border[1] = border[1].max(last - (size(windows, axis) - 1));
            }
        }
        border.map(|cells| cells.max(0) as usize)
    })
}
