mod coverage;
mod differences;
mod nodes;
mod rounding;
mod rounding_bound;
