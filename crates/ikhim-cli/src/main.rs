//! The ikhim command.
fn main() {}
