//! Elements of arrays in a program's memory, where every type has 32 bits: truth
//! values are all bits or none.

use ikhim_graph::{Array, DType, Data};

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
