/// How many numbers meet in one output of a parameter, and how many outputs one
/// number goes to.
pub(super) struct Fan {
    pub(super) into: f64,
    pub(super) out: f64,
}

/// The fans of a shape as Keras counts them: `[inputs, units]` for a dense
/// kernel, `[height, width, in, out]` for a convolution, where each position of
/// the window counts, and the length itself for a bias.
pub(super) fn fans(shape: &[usize]) -> Fan {
    let (into, out) = match shape {
        [] => (1, 1),
        [length] => (*length, *length),
        [window @ .., inputs, outputs] => {
            let positions: usize = window.iter().product();
            (positions * inputs, positions * outputs)
        }
    };
    // An empty parameter has no element to scale, but 1/0 must not appear.
    Fan { into: into.max(1) as f64, out: out.max(1) as f64 }
}
