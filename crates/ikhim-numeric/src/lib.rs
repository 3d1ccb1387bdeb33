//! Elementary functions, reductions and counter-based random numbers with fixed bits.
