//! What each elementwise op computes: once for the kernels that use them.

/// Chooses by an elementwise op: gives `$each!` the op's operands and its result,
/// as `|x| value`, `|x, y| value` or `|x, y, z| value` over the vector `$V`.
/// Functions of many instructions are given to `$long!` instead.
macro_rules! elementwise {
    ($op:expr, $V:ident, $each:ident, $long:ident) => {{
        use ikhim_numeric::Lane;
        use $crate::kernel::MapOp;
        match $op {
            MapOp::Copy => $each!(|x| x),
            MapOp::Negate => $each!(|x| -x),
            MapOp::Abs => $each!(|x| x.abs()),
            MapOp::Sign => $each!(|x| {
                let below = $V::select(x.is_less($V::splat(0.0)), -$V::splat(1.0), x);
                $V::select($V::splat(0.0).is_less(x), $V::splat(1.0), below)
            }),
            MapOp::Floor => $each!(|x| x.floor()),
            MapOp::Exp => $long!(|x| x.exp()),
            MapOp::ExpM1 => $long!(|x| x.expm1()),
            MapOp::Log => $long!(|x| x.log()),
            MapOp::Log1p => $long!(|x| x.log1p()),
            MapOp::Sqrt => $each!(|x| x.sqrt()),
            MapOp::Tanh => $long!(|x| x.tanh()),
            MapOp::Erf => $long!(|x| x.erf()),
            MapOp::Flush => $each!(|x| {
                let is_denormal = x.abs().is_less($V::splat(f32::MIN_POSITIVE));
                $V::select(is_denormal, $V::splat(0.0), x)
            }),
            MapOp::Add => $each!(|x, y| x + y),
            MapOp::Subtract => $each!(|x, y| x - y),
            MapOp::Multiply => $each!(|x, y| x * y),
            MapOp::Divide => $each!(|x, y| x / y),
            MapOp::Power => $long!(|x, y| x.pow(y)),
            MapOp::Maximum => $each!(|x, y| Lane::max(x, y)),
            MapOp::Minimum => $each!(|x, y| Lane::min(x, y)),
            MapOp::Equal => $each!(|x, y| $V::of_mask(x.is_equal(y))),
            MapOp::NotEqual => $each!(|x, y| $V::of_mask(!x.is_equal(y))),
            MapOp::Less => $each!(|x, y| $V::of_mask(x.is_less(y))),
            MapOp::LessEqual => $each!(|x, y| $V::of_mask(x.is_less(y) | x.is_equal(y))),
            MapOp::Greater => $each!(|x, y| $V::of_mask(y.is_less(x))),
            MapOp::GreaterEqual => $each!(|x, y| $V::of_mask(y.is_less(x) | x.is_equal(y))),
            MapOp::IntegerEqual => $each!(|x, y| $V::of_mask(x.is_equal_integer(y))),
            MapOp::IntegerNotEqual => $each!(|x, y| $V::of_mask(!x.is_equal_integer(y))),
            MapOp::IntegerLess => $each!(|x, y| $V::of_mask(x.is_less_integer(y))),
            MapOp::IntegerLessEqual => $each!(|x, y| $V::of_mask(!y.is_less_integer(x))),
            MapOp::IntegerGreater => $each!(|x, y| $V::of_mask(y.is_less_integer(x))),
            MapOp::IntegerGreaterEqual => $each!(|x, y| $V::of_mask(!x.is_less_integer(y))),
            MapOp::And => $each!(|x, y| $V::from_bits(x.to_bits() & y.to_bits())),
            MapOp::Or => $each!(|x, y| $V::from_bits(x.to_bits() | y.to_bits())),
            MapOp::Not => $each!(|x| $V::of_mask(!x.to_mask())),
            MapOp::Select => $each!(|mask, yes, no| $V::select(mask.to_mask(), yes, no)),
            MapOp::RealToInteger => $each!(|x| x.to_integers()),
            MapOp::IntegerToReal => $each!(|x| x.of_integers()),
            MapOp::RealToBool => $each!(|x| $V::of_mask(!x.is_equal($V::splat(0.0)))),
            MapOp::IntegerToBool => $each!(|x| $V::of_mask(!x.is_equal_integer($V::splat(0.0)))),
            MapOp::BoolToReal => $each!(|x| $V::from_bits(x.to_bits() & $V::splat(1.0).to_bits())),
            MapOp::BoolToInteger => $each!(|x| $V::from_bits(x.to_bits() & $V::splat_bits(1))),
            MapOp::SpreadRows | MapOp::SpreadColumns => {
                unreachable!("it works on more than one element")
            }
        }
    }};
}

pub(super) use elementwise;
