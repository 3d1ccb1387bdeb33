//! Sums over rows, leaf by leaf: leaves are joined pairwise, level by level, and
//! those that wait for their neighbors lie behind each other.

/// Sums that wait.
pub(super) struct Waiting {
    /// Where they are, each of so many numbers.
    first: *mut f32,
    size: usize,
    /// How many wait.
    count: usize,
    /// Leaves that were given.
    leaves: usize,
}

impl Waiting {
    /// None yet, with room for [`Waiting::most`].
    pub(super) fn new(first: *mut f32, size: usize) -> Waiting {
        Waiting { first, size, count: 0, leaves: 0 }
    }

    /// How many wait at most among so many leaves.
    pub(super) fn most(leaves: usize) -> usize {
        (usize::BITS - leaves.saturating_sub(1).leading_zeros()) as usize
    }

    /// Takes the sums of the next leaf. Behind the last one they are those of all.
    ///
    /// # Safety
    /// There is room for the sums that wait, and the given ones can be written.
    pub(super) unsafe fn take(&mut self, sums: *mut f32, is_last: bool) {
        let joined = if is_last { self.count } else { self.leaves.trailing_ones() as usize };
        // SAFETY: As the caller promises.
        unsafe {
            for _ in 0..joined {
                self.count -= 1;
                add(self.first.add(self.count * self.size), sums, self.size);
            }
            self.leaves += 1;
            if !is_last {
                let to = self.first.add(self.count * self.size);
                std::ptr::copy_nonoverlapping(sums, to, self.size);
                self.count += 1;
            }
        }
    }
}

/// Adds the sums to those before them.
unsafe fn add(before: *const f32, sums: *mut f32, count: usize) {
    // SAFETY: As the caller promises.
    unsafe {
        let before = std::slice::from_raw_parts(before, count);
        let sums = std::slice::from_raw_parts_mut(sums, count);
        for (sum, before) in sums.iter_mut().zip(before) {
            *sum += *before;
        }
    }
}
