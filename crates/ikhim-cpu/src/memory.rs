//! Memory of a program: words of 32 bits, aligned to cache lines, zero at first.

use ikhim_graph::{Definition, Shape};
use ikhim_text::{Fault, Result};
use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ptr::NonNull;

/// Words of a cache line.
pub(crate) const LINE: usize = 16;

/// Memory from this size on is asked for in large pages: a program walks through
/// it in many places at once, and the processor remembers few small pages.
const LARGE_PAGE: usize = 2 << 20;

/// Refuses a program over so many rows that needs more words than the machine
/// has left. Where the system does not tell, everything is allowed.
pub(crate) fn check_room(rows: usize, words: usize) -> Result<()> {
    let needed = words.saturating_mul(size_of::<f32>());
    match available() {
        Some(left) if needed > left => Err(Fault::of("train.memory")
            .with("rows", rows)
            .with("expected", left >> 20)
            .with("found", needed.div_ceil(1 << 20))),
        _ => Ok(()),
    }
}

/// Refuses a graph whose variables need more memory than the machine has left,
/// before any of them is made. Where the system does not tell, all is allowed.
///
/// # Errors
/// `train.memory_of_state`.
pub fn check_state(definition: &Definition) -> Result<()> {
    check_state_within(definition, available())
}

fn check_state_within(definition: &Definition, left: Option<usize>) -> Result<()> {
    let bytes = |shape: &[usize]| {
        shape.iter().fold(size_of::<f32>(), |all, size| all.saturating_mul(*size))
    };
    let variables = definition.variables();
    let needed = variables.iter().fold(0_usize, |all, it| all.saturating_add(bytes(&it.shape)));
    // Of equal ones the first: a parameter, not what an optimizer keeps of it.
    let largest = variables.iter().rev().max_by_key(|variable| bytes(&variable.shape));
    match (left, largest) {
        (Some(left), Some(largest)) if needed > left => Err(Fault::of("train.memory_of_state")
            .with("name", &largest.path)
            .with("shape", Shape::from(largest.shape.as_slice()))
            .with("expected", left >> 20)
            .with("found", needed.div_ceil(1 << 20))),
        _ => Ok(()),
    }
}

/// The bytes that the system can still give without taking them from others.
fn available() -> Option<usize> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    available_in(&std::fs::read_to_string("/proc/meminfo").ok()?)
}

fn available_in(meminfo: &str) -> Option<usize> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kib: usize = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}

/// A fixed number of words that never moves.
pub(crate) struct Memory {
    base: NonNull<f32>,
    layout: Layout,
}

// SAFETY: The memory is only reached through addresses, whose use is the
// business of the program's tiles.
unsafe impl Send for Memory {}
// SAFETY: As above.
unsafe impl Sync for Memory {}

impl Memory {
    /// Room for so many words.
    pub(crate) fn new(words: usize) -> Memory {
        let bytes = words.max(1).next_multiple_of(LINE) * size_of::<f32>();
        let align = if bytes >= LARGE_PAGE { LARGE_PAGE } else { LINE * size_of::<f32>() };
        let Ok(layout) = Layout::from_size_align(bytes, align) else {
            handle_alloc_error(Layout::new::<f32>())
        };
        // SAFETY: The size is not 0.
        let base = unsafe { alloc(layout) };
        let Some(base) = NonNull::new(base.cast::<f32>()) else { handle_alloc_error(layout) };
        if bytes >= LARGE_PAGE {
            // Before the first touch, which is when the system chooses the pages.
            large_pages(base.as_ptr(), bytes);
        }
        // SAFETY: So many bytes were allocated.
        unsafe { base.cast::<u8>().write_bytes(0, bytes) };
        Memory { base, layout }
    }

    /// Its first word. Reading and writing through it is the business of the
    /// program's tiles, which never write what another one touches.
    pub(crate) fn base(&self) -> *mut f32 {
        self.base.as_ptr()
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: It was allocated with this layout.
        unsafe { dealloc(self.base.as_ptr().cast(), self.layout) }
    }
}

/// Asks the system for large pages; without them everything works as well.
#[cfg(target_os = "linux")]
fn large_pages(base: *mut f32, bytes: usize) {
    const MADV_HUGEPAGE: i32 = 14;
    unsafe extern "C" {
        fn madvise(address: *mut std::ffi::c_void, length: usize, advice: i32) -> i32;
    }
    // SAFETY: The range is the allocation's own, and the advice changes nothing
    // of its content.
    unsafe {
        madvise(base.cast(), bytes, MADV_HUGEPAGE);
    }
}

#[cfg(not(target_os = "linux"))]
fn large_pages(_: *mut f32, _: usize) {}

/// Hands out places in a memory, each at the beginning of a cache line, and takes
/// them back.
#[derive(Default)]
pub(crate) struct Places {
    words: usize,
    /// Places that were given back with their words, in ascending order.
    free: Vec<(usize, usize)>,
}

impl Places {
    /// A place for so many words.
    pub(crate) fn take(&mut self, words: usize) -> usize {
        let words = words.next_multiple_of(LINE);
        let fitting = (0..self.free.len()).filter(|at| self.free[*at].1 >= words);
        if let Some(at) = fitting.min_by_key(|at| self.free[*at].1).filter(|_| words > 0) {
            let (place, room) = self.free[at];
            if room == words {
                self.free.remove(at);
            } else {
                self.free[at] = (place + words, room - words);
            }
            return place;
        }
        let place = self.words;
        self.words += words;
        place
    }

    /// Takes a place of so many words back.
    pub(crate) fn give_back(&mut self, place: usize, words: usize) {
        let words = words.next_multiple_of(LINE);
        let at = self.free.partition_point(|(other, _)| *other < place);
        self.free.insert(at, (place, words));
        // Neighbors become one.
        for left in [at, at.wrapping_sub(1)] {
            if let (Some((place, words)), Some((next, more))) =
                (self.free.get(left).copied(), self.free.get(left.wrapping_add(1)).copied())
                && place + words == next
            {
                self.free[left] = (place, words + more);
                self.free.remove(left + 1);
            }
        }
    }

    /// The words handed out, and room for a vector to be read beyond.
    pub(crate) fn total(&self) -> usize {
        self.words + LINE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_that_are_given_back_are_handed_out_again() {
        let mut places = Places::default();
        let taken = [100, 50, 16, 200].map(|words| places.take(words));
        assert_eq!((taken, places.total()), ([0, 112, 176, 192], 192 + 208 + LINE));
        places.give_back(taken[0], 100);
        places.give_back(taken[2], 16);
        // The smallest that is large enough, and a part of it.
        assert_eq!([places.take(10), places.take(100)], [176, 0]);
        places.give_back(0, 100);
        places.give_back(176, 10);
        places.give_back(112, 50);
        // Neighbors have become one.
        assert_eq!([places.take(192), places.take(1)], [0, 400]);
    }

    #[test]
    fn what_is_left_is_read_from_the_systems_own_words() {
        let meminfo = "MemTotal:       24683984 kB\nMemAvailable:        2048 kB\nBuffers: 1 kB\n";
        assert_eq!(available_in(meminfo), Some(2 << 20));
        assert_eq!(available_in("MemTotal: 1 kB\n"), None);
        assert_eq!(available_in("MemAvailable: much\n"), None);
    }
}
