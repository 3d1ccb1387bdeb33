//! Which ops work element by element, and by which op of a chain.

use super::lower::View;
use crate::kernel::MapOp;
use ikhim_graph::{DType, Op};

/// The elementwise op, where it is one.
pub(super) fn map_op(op: &Op, inputs: &[View], dtype: impl Fn(&View) -> DType) -> Option<MapOp> {
    let of = |place: usize| dtype(&inputs[place]);
    let compared = |real: MapOp, integer: MapOp| match of(0) {
        DType::I32 => integer,
        _ => real,
    };
    Some(match op {
        Op::Negate(_) => MapOp::Negate,
        Op::Abs(_) => MapOp::Abs,
        Op::Sign(_) => MapOp::Sign,
        Op::Floor(_) => MapOp::Floor,
        Op::Exp(_) => MapOp::Exp,
        Op::ExpM1(_) => MapOp::ExpM1,
        Op::Log(_) => MapOp::Log,
        Op::Log1p(_) => MapOp::Log1p,
        Op::Sqrt(_) => MapOp::Sqrt,
        Op::Tanh(_) => MapOp::Tanh,
        Op::Erf(_) => MapOp::Erf,
        Op::Add(_) => MapOp::Add,
        Op::Subtract(_) => MapOp::Subtract,
        Op::Multiply(_) => MapOp::Multiply,
        Op::Divide(_) => MapOp::Divide,
        Op::Power(_) => MapOp::Power,
        Op::Maximum(_) => MapOp::Maximum,
        Op::Minimum(_) => MapOp::Minimum,
        Op::Equal(_) => compared(MapOp::Equal, MapOp::IntegerEqual),
        Op::NotEqual(_) => compared(MapOp::NotEqual, MapOp::IntegerNotEqual),
        Op::Less(_) => compared(MapOp::Less, MapOp::IntegerLess),
        Op::LessEqual(_) => compared(MapOp::LessEqual, MapOp::IntegerLessEqual),
        Op::Greater(_) => compared(MapOp::Greater, MapOp::IntegerGreater),
        Op::GreaterEqual(_) => compared(MapOp::GreaterEqual, MapOp::IntegerGreaterEqual),
        Op::And(_) => MapOp::And,
        Op::Or(_) => MapOp::Or,
        Op::Not(_) => MapOp::Not,
        Op::Select(_) => MapOp::Select,
        Op::Cast(cast) => match (of(0), cast.dtype) {
            (DType::F32, DType::I32) => MapOp::RealToInteger,
            (DType::F32, DType::Bool) => MapOp::RealToBool,
            (DType::I32, DType::F32) => MapOp::IntegerToReal,
            (DType::I32, DType::Bool) => MapOp::IntegerToBool,
            (DType::Bool, DType::F32) => MapOp::BoolToReal,
            (DType::Bool, DType::I32) => MapOp::BoolToInteger,
            _ => MapOp::Copy,
        },
        _ => return None,
    })
}
