//! Composites: operations made of primitives. Their primitives are their
//! reference evaluation; some have a gradient rule of their own that is shorter
//! or more exact than the rules of their parts.
