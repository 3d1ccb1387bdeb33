//! Sources, schema, preprocessing, splits, and the sealed test part with its ledger.

mod augmentation;
mod batch;
mod bucket;
mod builder;
mod column;
mod composed;
mod cores;
mod credit;
mod dataset;
mod date;
mod download;
pub mod facts;
mod hash;
mod image;
mod ladder;
mod ledger;
mod moment;
mod notice;
mod preprocessing;
#[cfg(test)]
mod sample;
mod schema;
mod seal;
mod sequence;
mod series;
mod source;
mod split;
pub mod statistics;
mod stream;
mod text;
mod values;

pub use augmentation::{Augmentation, Augmenter, Fill, Flip, MIXING, PARTNER};
pub use batch::{Batch, BatchSize, Batches, Position, epoch_order};
pub use bucket::Buckets;
pub use builder::DatasetBuilder;
pub use column::{
    Column, ColumnType, Encoding, HandleUnknown, Missing, Policy, Scaling, Transform,
};
pub use credit::Credit;
pub use dataset::{ColumnData, Dataset, Origin, Part, Role, Task};
pub use download::{Fetched, KNOWN_SETS, KnownFile, KnownSet, known_set};
pub use hash::{ContentHash, RowHash, RowHasher};
pub use image::{ImageOptions, MOST_PIXELS, Resize, Unreadable};
pub use ladder::{Influence, MetricScale, Rung};
pub use ledger::{
    Chain, Entry, Ledger, LedgerHead, LedgerState, Line, LookRequest, Looks, Recorded, RowSet,
    Witness,
};
pub use moment::iso_8601;
pub use notice::Notice;
pub use preprocessing::{
    EmbeddedColumn, Encoded, EncodedInput, EncodedTarget, EncodedTrain, EncodedValidation,
    EncodedValues, ImageLevels, InputColumn, Mistake, NewRows, Preprocessing, RawRows, RowWarning,
    Scaler,
};
pub use preprocessing::{SequenceStep, StreamedEpoch, Vocabulary};
pub use schema::{ColumnSchema, ColumnSummary, NumberSummary, Schema, Summary};
pub use seal::{Examination, Examinee, Look, OpenedRows, SealedTest};
pub use sequence::SequenceColumn;
pub use series::{Gaps, Series, SeriesWindows};
pub use source::{Cell, Features, FileFormat, Generator, Labels, Rule};
pub use split::{
    Assigned, Assignment, ClassCount, Fold, Order, PartRecord, PartReport, Parts, SharedRows, Size,
    Split, SplitMethod, SplitRecord, SplitReport, Train, Validation,
};
pub use stream::{LARGE, Reading, Streaming};
pub use text::{TextBuilder, TokenWindows, TokenizedText, Tokenizer};
pub use values::{ArrayData, Values};
