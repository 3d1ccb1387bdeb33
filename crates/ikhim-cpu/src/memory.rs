//! Memory of a program: words of 32 bits, aligned to cache lines, zero at first.

/// Words of a cache line.
pub(crate) const LINE: usize = 16;

#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line([f32; LINE]);

/// A fixed number of words that never moves.
pub(crate) struct Memory {
    lines: Box<[Line]>,
}

impl Memory {
    /// Room for so many words.
    pub(crate) fn new(words: usize) -> Memory {
        Memory { lines: vec![Line([0.0; LINE]); words.div_ceil(LINE)].into_boxed_slice() }
    }

    /// Its first word. Reading and writing through it is the business of the
    /// program's tiles, which never write what another one touches.
    pub(crate) fn base(&self) -> *mut f32 {
        self.lines.as_ptr().cast::<f32>().cast_mut()
    }
}

/// Hands out places in a memory, each at the beginning of a cache line.
#[derive(Default)]
pub(crate) struct Places {
    words: usize,
}

impl Places {
    /// A place for so many words.
    pub(crate) fn take(&mut self, words: usize) -> usize {
        let place = self.words;
        self.words += words.next_multiple_of(LINE);
        place
    }

    /// The words handed out, and room for a vector to be read beyond.
    pub(crate) fn total(&self) -> usize {
        self.words + LINE
    }
}
