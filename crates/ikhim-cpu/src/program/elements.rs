//! Elements of arrays in a program's memory, where every type has 32 bits: truth
//! values are all bits or none.

use ikhim_graph::{Array, DType, Data};
use std::borrow::Cow;

/// The elements from an address on as an array.
///
/// # Safety
/// The elements can be read there.
pub(crate) unsafe fn array(from: *const f32, sizes: &[usize], dtype: DType) -> Array {
    let count = sizes.iter().product();
    // SAFETY: As the caller promises; all types are 32 bits here.
    unsafe {
        match dtype {
            DType::F32 => Array::f32(sizes, std::slice::from_raw_parts(from, count).to_vec()),
            DType::I32 => {
                Array::i32(sizes, std::slice::from_raw_parts(from.cast(), count).to_vec())
            }
            DType::Bool => {
                let stored: &[u32] = std::slice::from_raw_parts(from.cast(), count);
                Array::bool(sizes, stored.iter().map(|bits| *bits != 0).collect())
            }
        }
    }
}

/// The elements from an address on as numbers, copied only where they are of
/// another type than f32.
///
/// # Safety
/// The elements can be read there for as long as the numbers are held.
pub(crate) unsafe fn numbers<'a>(
    from: *const f32,
    sizes: &[usize],
    dtype: DType,
) -> Cow<'a, [f32]> {
    // SAFETY: As the caller promises.
    unsafe {
        match dtype {
            DType::F32 => Cow::Borrowed(std::slice::from_raw_parts(from, sizes.iter().product())),
            _ => Cow::Owned(array(from, sizes, dtype).to_f32()),
        }
    }
}

/// Puts the elements of an array at an address.
///
/// # Safety
/// The elements can be written there.
pub(crate) unsafe fn put(array: &Array, to: *mut f32) {
    let count = array.len();
    // SAFETY: As the caller promises; all types are 32 bits here.
    unsafe {
        match array.data() {
            Data::F32(values) => std::ptr::copy_nonoverlapping(values.as_ptr(), to, count),
            Data::I32(values) => {
                std::ptr::copy_nonoverlapping(values.as_ptr().cast(), to, count);
            }
            Data::Bool(values) => {
                let to = std::slice::from_raw_parts_mut(to.cast::<u32>(), count);
                for (stored, value) in to.iter_mut().zip(values) {
                    *stored = if *value { u32::MAX } else { 0 };
                }
            }
            _ => {
                let to = std::slice::from_raw_parts_mut(to, count);
                to.copy_from_slice(&array.to_f32());
            }
        }
    }
}

/// Takes the elements of a variable from the state.
///
/// # Safety
/// The elements can be read and written there.
pub(crate) unsafe fn load(from: *const f32, to: *mut f32, count: usize, dtype: DType) {
    // SAFETY: As the caller promises; the state holds truth values as such.
    unsafe {
        if dtype == DType::Bool {
            let truths = std::slice::from_raw_parts(from.cast::<bool>(), count);
            let stored = std::slice::from_raw_parts_mut(to.cast::<u32>(), count);
            for (bits, truth) in stored.iter_mut().zip(truths) {
                *bits = if *truth { u32::MAX } else { 0 };
            }
        } else {
            std::ptr::copy_nonoverlapping(from, to, count);
        }
    }
}

/// Brings the elements of a variable into the state.
///
/// # Safety
/// The elements can be read and written there.
pub(crate) unsafe fn keep(from: *const f32, to: *mut f32, count: usize, dtype: DType) {
    // SAFETY: As above.
    unsafe {
        if dtype == DType::Bool {
            let stored = std::slice::from_raw_parts(from.cast::<u32>(), count);
            let truths = std::slice::from_raw_parts_mut(to.cast::<bool>(), count);
            for (truth, bits) in truths.iter_mut().zip(stored) {
                *truth = *bits != 0;
            }
        } else {
            std::ptr::copy_nonoverlapping(from, to, count);
        }
    }
}
