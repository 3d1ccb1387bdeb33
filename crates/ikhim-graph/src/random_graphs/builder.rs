use super::draw::Draw;
use super::{choices, composites, elementwise, images, layout, reductions};
use crate::{Dim, Graph, N, Role, Shape, Tensor};
use ikhim_numeric::{Stream, stream_id};
use std::sync::Arc;

/// The largest magnitude of a value that further operations may take.
const LARGEST: f64 = 4.0;

/// How many leaves a graph has before further ones are constants.
const LEAVES: usize = 9;

/// What an input or a variable may hold.
#[derive(Debug, Clone, Copy)]
pub(super) enum Values {
    Real { low: f64, high: f64 },
    Integer { below: usize },
    Truth,
}

/// A real value with bounds that hold for every input and number of rows.
#[derive(Clone, Copy)]
pub(super) struct Real<'g> {
    pub(super) tensor: Tensor<'g>,
    pub(super) low: f64,
    pub(super) high: f64,
}

/// Integers of `0..below`.
#[derive(Clone, Copy)]
pub(super) struct Integer<'g> {
    pub(super) tensor: Tensor<'g>,
    pub(super) below: Dim,
}

/// Adds an operation, or a few, to a graph.
pub(super) type Step = for<'g> fn(&mut Builder<'g>);

/// A graph under construction: what further operations may take, by type.
pub(super) struct Builder<'g> {
    pub(super) graph: &'g Graph,
    pub(super) draw: Draw,
    pub(super) reals: Vec<Real<'g>>,
    pub(super) integers: Vec<Integer<'g>>,
    pub(super) truths: Vec<Tensor<'g>>,
    /// Real inputs and variables by name, for derivatives.
    pub(super) leaves: Vec<(String, Tensor<'g>)>,
    inputs: Vec<(String, Values)>,
    /// The sizes that new axes may have.
    sizes: &'static [usize],
    /// The most elements of a row, or of a value without rows.
    pub(super) most: usize,
}

impl<'g> Builder<'g> {
    pub(super) fn new(graph: &'g Graph, seed: u64) -> Builder<'g> {
        let mut draw = Draw::new(seed);
        // Some graphs are wider than the registers and blocks of a processor.
        let wide = draw.percent(10);
        let sizes: &[usize] = if wide { &[1, 3, 8, 17, 33] } else { &[1, 2, 3, 4, 5] };
        Builder {
            graph,
            draw,
            reals: Vec::new(),
            integers: Vec::new(),
            truths: Vec::new(),
            leaves: Vec::new(),
            inputs: Vec::new(),
            sizes,
            most: if wide { 160 } else { 40 },
        }
    }

    /// Adds leaves and then one random step after the other.
    pub(super) fn grow(&mut self) {
        let steps: Vec<Step> =
            [elementwise::STEPS, choices::STEPS, layout::STEPS, reductions::STEPS, images::STEPS]
                .concat()
                .into_iter()
                .chain(composites::STEPS.iter().copied())
                .collect();
        for rank in [2, 1 + self.draw.below(3)] {
            let dims: Vec<Dim> =
                std::iter::once(N).chain((1..rank).map(|_| self.size().into())).collect();
            let input = self.input(&dims);
            self.reals.push(input);
        }
        let width = self.size();
        let fixed = [self.size().into(), width.into()];
        for leaf in [self.input(&fixed), self.variable(&fixed), self.variable(&fixed[1..])] {
            self.reals.push(leaf);
        }
        for _ in 0..18 + self.draw.below(8) {
            let step = self.draw.of(&steps);
            if self.draw.percent(25) {
                self.graph.layer("layer", None, || step(self));
            } else {
                step(self);
            }
        }
    }

    /// The inputs with what they may hold, in order of declaration.
    pub(super) fn into_inputs(self) -> Vec<(String, Values)> {
        self.inputs
    }

    /// A size for a new axis.
    pub(super) fn size(&mut self) -> usize {
        self.draw.of(self.sizes)
    }

    /// A given value; its batch axis is the first if it has one.
    pub(super) fn given(&mut self, dims: &[Dim], values: Values) -> Tensor<'g> {
        let name = format!("input_{}", self.inputs.len());
        let tensor = self.graph.input(&name, values.dtype(), dims);
        self.inputs.push((name, values));
        tensor
    }

    /// A real input.
    pub(super) fn input(&mut self, dims: &[Dim]) -> Real<'g> {
        let (low, high) = (-2.0, 2.0);
        let tensor = self.given(dims, Values::Real { low, high });
        let name = format!("input_{}", self.inputs.len() - 1);
        self.leaves.push((name, tensor));
        Real { tensor, low, high }
    }

    /// A learned variable; the sizes are fixed.
    pub(super) fn variable(&mut self, dims: &[Dim]) -> Real<'g> {
        let sizes = Shape::from(dims).sizes(0);
        let values = Values::Real { low: -1.5, high: 1.5 };
        let name = format!("weight_{}", self.leaves.len());
        let path = match self.graph.scope() {
            scope if scope.is_empty() => name.clone(),
            scope => format!("{scope}.{name}"),
        };
        let initial = {
            let (path, sizes) = (path.clone(), sizes.clone());
            move |seed| values.array(&sizes, Stream::new(seed, stream_id(&path, "initial")))
        };
        let dtype = values.dtype();
        let tensor = self.graph.variable(&name, &sizes, dtype, Role::Parameter, Arc::new(initial));
        self.leaves.push((path, tensor));
        Real { tensor, low: -1.5, high: 1.5 }
    }

    /// Constant numbers that f32 holds only nearly.
    pub(super) fn constant(&mut self, sizes: &[usize]) -> Real<'g> {
        let (low, high) = (0.5, 1.5);
        let count = sizes.iter().product::<usize>();
        let values = (0..count).map(|_| self.draw.number(low, high) + 1e-9).collect();
        let tensor = self.graph.constant(crate::Array::f64(sizes, values));
        Real { tensor, low, high: high + 1e-8 }
    }

    /// Keeps a value for further operations: scaled back where it may have
    /// grown too much, averaged along an axis where it has too many elements.
    pub(super) fn keep(&mut self, tensor: Tensor<'g>, low: f64, high: f64) {
        let mut real = Real { tensor, low, high }.within(LARGEST);
        while self.large(&real.tensor.shape()) {
            real.tensor = real.tensor.mean(&[-1]);
        }
        self.reals.push(real);
    }

    pub(super) fn large(&self, shape: &Shape) -> bool {
        let (Dim::Fixed(elements) | Dim::Batch(elements)) = shape.elements();
        elements > self.most || shape.rank() > 4
    }

    /// Any value, the latest more often than the first.
    pub(super) fn any(&mut self) -> Real<'g> {
        let latest = self.reals.len().min(5);
        let index = if self.draw.percent(60) {
            self.reals.len() - 1 - self.draw.below(latest)
        } else {
            self.draw.below(self.reals.len())
        };
        self.reals[index]
    }

    /// A value that fits a condition.
    pub(super) fn any_where(&mut self, fits: impl Fn(&Shape) -> bool) -> Option<Real<'g>> {
        let fitting: Vec<Real<'g>> =
            self.reals.iter().copied().filter(|real| fits(&real.tensor.shape())).collect();
        (!fitting.is_empty()).then(|| self.draw.of(&fitting))
    }

    /// A value with at least so many axes.
    pub(super) fn of_rank(&mut self, rank: usize) -> Real<'g> {
        match self.any_where(|shape| shape.rank() >= rank) {
            Some(real) => real,
            // The first value is a table.
            None => self.reals[0],
        }
    }

    /// A value and an axis of it that has a fixed size.
    pub(super) fn with_fixed_axis(&mut self) -> (Real<'g>, usize, usize) {
        let real = self
            .any_where(|shape| shape.iter().any(|dim| !dim.is_batch()))
            .unwrap_or(self.reals[0]);
        let shape = real.tensor.shape();
        let axes: Vec<(usize, usize)> = shape
            .iter()
            .enumerate()
            .filter_map(|(axis, dim)| match dim {
                Dim::Fixed(size) => Some((axis, *size)),
                Dim::Batch(_) => None,
            })
            .collect();
        let (axis, size) = self.draw.of(&axes);
        (real, axis, size)
    }

    /// A value that can be broadcast with another one, the other one included.
    pub(super) fn partner(&mut self, of: Real<'g>) -> Real<'g> {
        let shape = of.tensor.shape();
        if self.draw.percent(60) {
            let most = self.most;
            let known = self.any_where(|other| match shape.broadcast(other) {
                Some(common) => match common.elements() {
                    Dim::Fixed(elements) | Dim::Batch(elements) => elements <= most,
                },
                None => false,
            });
            if let Some(known) = known {
                return known;
            }
        }
        let first = self.draw.below(shape.rank() + 1);
        let dims: Vec<Dim> = shape[first..]
            .iter()
            .enumerate()
            .map(|(axis, dim)| match dim {
                dim if dim.is_batch() && (axis > 0 || *dim != N) => Dim::Fixed(1),
                Dim::Fixed(_) if self.draw.percent(25) => Dim::Fixed(1),
                dim => *dim,
            })
            .collect();
        self.leaf(&dims)
    }

    /// A new leaf: an input, a variable or a constant.
    pub(super) fn leaf(&mut self, dims: &[Dim]) -> Real<'g> {
        let kind = self.draw.below(10);
        let leaf = match Shape::from(dims).fixed() {
            None => self.input(dims),
            Some(sizes) if kind == 0 || self.leaves.len() >= LEAVES => self.constant(&sizes),
            Some(_) if kind < 7 => self.variable(dims),
            Some(_) => self.input(dims),
        };
        self.reals.push(leaf);
        leaf
    }
}

impl<'g> Real<'g> {
    /// The value scaled back to a largest magnitude where it may exceed it.
    pub(super) fn within(self, largest: f64) -> Real<'g> {
        let bound = self.bound();
        if bound <= largest {
            return self;
        }
        let scale = largest / bound;
        Real { tensor: self.tensor * scale, low: self.low * scale, high: self.high * scale }
    }

    /// The largest magnitude.
    pub(super) fn bound(self) -> f64 {
        self.low.abs().max(self.high.abs())
    }
}
