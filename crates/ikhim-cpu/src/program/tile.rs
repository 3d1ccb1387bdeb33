//! The tiles of instructions that do not go by rows of the batch.

use super::loops::Loops;
use crate::Level;
use crate::compile::Schedule;
use crate::compile::layout::is_narrow;
use crate::compile::lower::{Id, Item, Kind, Packed};
use crate::compile::packed::columns_of_chain;
use crate::compile::schedule::Instruction;
use crate::kernel::panel_width;
use ikhim_graph::{Dim, Shape};

/// Elements of a tile of a chain.
pub(super) const TILE: usize = 16 * 1024;

/// Words of packed weights of a tile of a product.
const PANELS: usize = 64 * 1024;

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
            Kind::Product { inner, columns, .. } if !is_narrow(*inner, *columns) => columns
                .div_ceil(panel_width(level, *columns))
                .div_ceil(panels_of_tile(*inner, level, *columns))
                .max(1),
            Kind::Pack(Packed { parts, columns, in_panels: true, .. }) => {
                parts * columns.div_ceil(panel_width(level, *columns))
            }
            Kind::Loops { .. } | Kind::Windows { .. } => loops_of(&items[*id], rows, level)
                .map_or(1, |loops| loops.units().div_ceil(loops.tile()).max(1)),
            _ => 1,
        },
    }
}

/// Panels of a tile of a product that does not go by rows.
pub(super) fn panels_of_tile(inner: usize, level: Level, columns: usize) -> usize {
    (PANELS / (inner * panel_width(level, columns)).max(1)).max(1)
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
