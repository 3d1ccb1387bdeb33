//! The tiles of instructions that do not go by rows of the batch.

use super::loops::Loops;
use crate::Level;
use crate::compile::Schedule;
use crate::compile::layout::is_narrow;
use crate::compile::lower::{Id, Item, Kind, Packed, Space};
use crate::compile::packed::columns_of_chain;
use crate::compile::schedule::Instruction;
use crate::kernel::panel_width;
use ikhim_graph::{Dim, Shape};

/// Elements of a tile of a chain.
pub(super) const TILE: usize = 16 * 1024;

/// Words of packed weights of a tile of a product.
const PANELS: usize = 64 * 1024;

/// Rows of a tile of a product, at most: with what they read, they stay in the second
/// cache while panels pass.
const ROWS: usize = 256;

/// Arithmetic of a tile of a product, about: a few of the shortest pauses in which the
/// system puts a worker aside should not matter, nor should taking a tile.
const ARITHMETIC: usize = 2_000_000;

/// Elements of a tile of a product or sum over rows with a chain behind it.
pub(super) fn tile_of_head(item: &Item) -> usize {
    match item.kind {
        Kind::RowsProduct { columns, .. } => rows_of_tile(columns) * columns,
        _ => TILE,
    }
}

/// Rows of a matrix in a tile: whole panels of its packed form, on every level.
pub(super) fn rows_of_tile(columns: usize) -> usize {
    const PANEL: usize = 32;
    (TILE / columns.max(1) / PANEL).clamp(1, 4) * PANEL
}

/// How many tiles an instruction has.
pub(super) fn flat_tiles(
    schedule: &Schedule,
    instruction: &Instruction,
    rows: usize,
    level: Level,
) -> usize {
    let items = &schedule.lowered.items;
    match instruction {
        Instruction::Chain { head, items: chain, width } => {
            let total = total_of(&items[chain[0]], rows);
            total
                .div_ceil(tile_of_chain(schedule, head, chain, *width))
                .max(usize::from(total == 0))
        }
        Instruction::One(id) => match &items[*id].kind {
            Kind::RowsProduct { rows, columns, .. } => rows.div_ceil(rows_of_tile(*columns)),
            Kind::Product { .. } => {
                ProductTile::of(&items[*id], rows, level).map_or(1, |t| t.count)
            }
            Kind::Pack(Packed { parts, columns, in_panels: true, .. }) => {
                parts * columns.div_ceil(panel_width(level, *columns))
            }
            Kind::Loops { .. } | Kind::Windows { .. } => loops_of(&items[*id], rows, level)
                .map_or(1, |loops| loops.units().div_ceil(loops.tile()).max(1)),
            _ => 1,
        },
    }
}

/// The tiles of a product that does not go by rows: some rows times some panels, the
/// panels of the first rows first.
#[derive(Debug, Clone, Copy)]
pub(super) struct ProductTile {
    /// Rows of a tile, at most.
    pub(super) rows: usize,
    /// Panels of a tile, at most.
    pub(super) panels: usize,
    pub(super) count: usize,
}

impl ProductTile {
    /// None where the right side is narrow: all is one tile.
    pub(super) fn of(item: &Item, batch: usize, level: Level) -> Option<ProductTile> {
        let Kind::Product { rows: own, inner, columns, .. } = item.kind else { return None };
        if is_narrow(inner, columns) {
            return None;
        }
        let all = if item.space == Space::Fixed { own } else { own * batch };
        let rows = all.div_ceil(all.div_ceil(ROWS).max(1)).max(1);
        let width = panel_width(level, columns);
        let of_panel = (inner * width).max(1);
        // Enough arithmetic for a tile, and no more weights than pass at once.
        let worth = ARITHMETIC.div_ceil(2 * rows * of_panel);
        let panels = worth.min(PANELS / of_panel).max(1);
        let count = all.div_ceil(rows) * columns.div_ceil(width).div_ceil(panels);
        Some(ProductTile { rows, panels, count: count.max(1) })
    }
}

/// The loops of an item: for one row where it takes each row alone.
pub(super) fn loops_of(item: &Item, rows: usize, level: Level) -> Option<Loops> {
    let (Kind::Loops { inputs, by_row, .. } | Kind::Windows { inputs, by_row, .. }) = &item.kind
    else {
        return None;
    };
    let shapes: Vec<&Shape> = inputs.iter().map(|view| &view.shape).collect();
    let (rows, is_shared) = if *by_row { (1, false) } else { (rows, true) };
    match &item.kind {
        Kind::Windows { op, .. } => {
            Loops::of_windows(op, &shapes, &item.shape, rows, level, is_shared)
        }
        Kind::Loops { op, .. } => Loops::new(op, &shapes, &item.shape, rows, level),
        _ => None,
    }
}

pub(super) fn total_of(item: &Item, rows: usize) -> usize {
    match item.shape.elements() {
        Dim::Fixed(count) => count,
        Dim::Batch(count) => count * rows,
    }
}

pub(super) fn tile_of_chain(
    schedule: &Schedule,
    head: &Option<Id>,
    chain: &[Id],
    width: usize,
) -> usize {
    if let Some(columns) = columns_of_chain(schedule, chain) {
        return rows_of_tile(columns) * columns;
    }
    match head {
        Some(head) => tile_of_head(&schedule.lowered.items[*head]),
        None if width > 0 => (TILE / width).max(1) * width,
        None => TILE,
    }
}
