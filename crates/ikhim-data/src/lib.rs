//! Sources, schema, preprocessing, splits, and the sealed test part with its ledger.
