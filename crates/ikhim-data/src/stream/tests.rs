//! What is read in pieces is what is read at once.

use crate::{
    Assignment, BatchSize, Column, ColumnType, Dataset, DatasetBuilder, Encoded, Examination,
    Examinee, Ledger, OpenedRows, Parts, Preprocessing, Split, Streaming,
};
use ikhim_text::Result;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// A table whose later rows have words, missing cells and fractions that the first
/// ones have not.
fn table(rows: usize) -> String {
    let mut text = "a,kind,b,name,few,y\n".to_string();
    let mut state = 1_u64;
    for row in 0..rows {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let noise = (state >> 40) as f64 / 4096.0;
        let kind = ["red", "green", "\"b,l\"\"ue\"", "late"]
            [if row < rows / 2 { row % 2 } else { row % 4 }];
        let whole = if row > rows / 2 { noise.to_string() } else { (noise as i64).to_string() };
        let gap =
            if row > rows / 3 && row % 7 == 0 { String::new() } else { format!("{noise:.3}") };
        let class = ["no", "yes", "maybe"][(state >> 33) as usize % 3];
        writeln!(text, "{whole},{kind},{gap},id{row},{},{class}", (state >> 50) % 3).unwrap();
    }
    text
}

fn written(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("table.csv");
    std::fs::write(&path, text).unwrap();
    path
}

fn in_pieces(builder: DatasetBuilder, bytes: usize) -> DatasetBuilder {
    builder.streaming(Streaming::Always).pieces_of(bytes)
}

fn all(parts: &Parts, size: usize, shuffle: Option<(u64, u64)>) -> (Preprocessing, Vec<Encoded>) {
    let preprocessing = Preprocessing::fit(&parts.train).unwrap();
    let train = preprocessing.encode_train(&parts.train).unwrap();
    let batches = match train.streamed_epoch(size, shuffle).unwrap() {
        Some(mut epoch) => {
            let count = train.batches(size).per_epoch();
            (0..count).map(|batch| epoch.batch(batch).unwrap()).collect()
        }
        None => train.batches(size).map(|batch| batch.unwrap().rows).collect(),
    };
    (preprocessing, batches)
}

fn agree(text: &str, set: impl Fn(DatasetBuilder) -> DatasetBuilder, split: &Split) {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), text);
    let whole = set(Dataset::csv(&path)).load().unwrap();
    let parts = whole.split(split).unwrap();
    let (preprocessing, batches) = all(&parts, 100, None);
    let validation = preprocessing.encode_validation(&parts.validation).unwrap();
    for bytes in [700, 20_000] {
        let data = in_pieces(set(Dataset::csv(&path)), bytes).load().unwrap();
        assert!(data.is_streamed() && !whole.is_streamed());
        assert_eq!(data.content_hash(), whole.content_hash());
        assert_eq!(data.schema(), whole.schema());
        let missing = |data: &Dataset| {
            let found = data.notices().iter().find(|it| it.code() == "data.missing_values");
            found.map(|notice| notice.to_string())
        };
        assert_eq!(missing(&data), missing(&whole));
        let found = data.split(split).unwrap();
        assert_eq!(found.record, parts.record);
        assert_eq!(found.test.id(), parts.test.id());
        for (one, other) in [
            (&found.report.train, &parts.report.train),
            (&found.report.validation, &parts.report.validation),
            (&found.report.test, &parts.report.test),
        ] {
            assert_eq!(one, other);
        }
        let (fitted, read) = all(&found, 100, None);
        assert_eq!(fitted, preprocessing, "every statistic to the last bit");
        assert_eq!(read, batches);
        let judged = fitted.encode_validation(&found.validation).unwrap();
        assert_eq!(judged, validation);
        let again = data.split_by_record(&parts.record).unwrap();
        assert_eq!(again.record, parts.record);
        assert_eq!(all(&again, 100, None).1, batches);
    }
    // Nothing is left beside the data.
    if cfg!(unix) {
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

#[test]
fn classes_are_parted_fitted_and_encoded_alike() {
    agree(&table(3_000), |builder| builder.target("y"), &Split::new().seed(3));
    agree(&table(3_000), |builder| builder.target("y"), &Split::random().validation(100).test(0.3));
    let text = table(3_000).replace('\n', "\r\n");
    agree(&text, |builder| builder.target("y"), &Split::new());
}

#[test]
fn numbers_are_parted_fitted_and_encoded_alike() {
    let set = |builder: DatasetBuilder| {
        builder
            .target("b")
            .column("few", Column::category())
            .column("y", Column::of(ColumnType::Ignore))
    };
    // A row without a target is left out.
    agree(&table(2_000), set, &Split::new());
    agree(&table(2_000), set, &Split::stratified().seed(9));
    agree(&table(2_000), set, &Split::time());
    agree(&table(2_000), set, &Split::none());
}

#[test]
fn rows_with_equal_inputs_stay_together() {
    let rows: String =
        (0..2_000).map(|row| format!("{},{},{}\n", row % 300, row % 7, row % 2)).collect();
    agree(&format!("x,z,y\n{rows}"), |builder| builder.target("y"), &Split::new());
}

/// The part of each row by its line.
fn part_of_lines<'a>(text: &'a str, parts: &Parts) -> HashMap<&'a str, Vec<char>> {
    let lines: Vec<&str> = text.lines().skip(1).collect();
    let mut found: HashMap<&str, Vec<char>> = HashMap::new();
    for (id, line) in lines.iter().enumerate() {
        let id = id as u64;
        let is_in = |ids: &[u64]| ids.binary_search(&id).is_ok();
        let [mut validation, mut sealed] =
            [&parts.record.validation_ids, &parts.record.sealed_ids].map(Clone::clone);
        validation.sort_unstable();
        sealed.sort_unstable();
        let part = match () {
            () if is_in(&sealed) => 't',
            () if is_in(&validation) => 'v',
            () => 'r',
        };
        found.entry(line).or_default().push(part);
    }
    found
}

/// Rows come, go and change places: those that are known keep their part, and what is
/// read in pieces is parted as in memory, before and after.
fn agree_when_rows_come(
    lines: &[String],
    set: impl Fn(DatasetBuilder) -> DatasetBuilder,
    split: &Split,
) {
    let folder = tempfile::tempdir().unwrap();
    let text = |lines: &[String]| format!("{}\n", lines.join("\n"));
    let first = text(&lines[..lines.len() * 2 / 5]);
    let path = written(folder.path(), &first);
    let whole = set(Dataset::csv(&path)).load().unwrap().split(split).unwrap();
    let pieces = in_pieces(set(Dataset::csv(&path)), 4_000).load().unwrap();
    let before = pieces.split(split).unwrap();
    assert_eq!(before.record, whole.record);
    let kept = Assignment::of(&before).unwrap();
    assert_eq!(kept, Assignment::of(&whole).unwrap());
    let same = pieces.split_keeping(split, &kept).unwrap();
    assert_eq!(same.record, before.record);
    assert!(same.report.notices.iter().all(|notice| notice.code() != "split.new_rows"));
    let known = part_of_lines(&first, &before);

    let mut later = [&lines[..1], &lines[40..]].concat();
    later[1..].rotate_left(700);
    let later = text(&later);
    written(folder.path(), &later);
    let whole = set(Dataset::csv(&path)).load().unwrap();
    let expected = whole.split_keeping(split, &kept).unwrap();
    let pieces = in_pieces(set(Dataset::csv(&path)), 4_000).load().unwrap();
    let found = pieces.split_keeping(split, kept.clone()).unwrap();
    assert_eq!(found.record, expected.record);
    assert_eq!(found.test.id(), expected.test.id());
    assert_eq!(found.report.train, expected.report.train);
    assert_eq!(found.report.validation, expected.report.validation);
    assert_eq!(found.report.test, expected.report.test);
    let said = |parts: &Parts| {
        let new = parts.report.notices.iter().find(|notice| notice.code() == "split.new_rows");
        new.map(|notice| notice.to_string())
    };
    assert!(said(&found).is_some());
    assert_eq!(said(&found), said(&expected));
    let mut again = 0;
    for (line, parts) in part_of_lines(&later, &found) {
        assert!(parts.iter().all(|part| *part == parts[0]), "equal rows in one part: {line}");
        if let Some(before) = known.get(line) {
            assert_eq!(parts[0], before[0], "a known row keeps its part: {line}");
            again += 1;
        }
    }
    assert!(again > 300);
    let (mut one, mut other) = (kept.clone(), kept);
    assert!(one.join(&found.assigned()).unwrap() > 300);
    other.join(&expected.assigned()).unwrap();
    assert_eq!(one, other);
    assert_eq!(one.join(&found.assigned()).unwrap(), 0);
}

#[test]
fn rows_that_are_appended_change_no_part() {
    let lines: Vec<String> = table(3_000).lines().map(str::to_string).collect();
    let classes = |builder: DatasetBuilder| builder.target("y");
    agree_when_rows_come(&lines, classes, &Split::new().seed(3));
    agree_when_rows_come(&lines, classes, &Split::random().validation(150).test(0.2));
    let numbers = |builder: DatasetBuilder| {
        builder
            .target("b")
            .column("few", Column::category())
            .column("y", Column::of(ColumnType::Ignore))
    };
    agree_when_rows_come(&lines, numbers, &Split::random());
    agree_when_rows_come(&lines, numbers, &Split::stratified().seed(9));
    // Equal inputs among those that are known and those that are not.
    let rows = (0..3_000).map(|row| format!("{},{},{}", row * row % 1_511, row % 3, row % 2));
    let lines: Vec<String> = std::iter::once("x,z,y".to_string()).chain(rows).collect();
    agree_when_rows_come(&lines, classes, &Split::new());
}

/// New rows alone fill what the parts of the larger table are to have, and strata of
/// the new ones are within a row.
#[test]
fn parts_of_a_table_that_grew_have_their_sizes() {
    let folder = tempfile::tempdir().unwrap();
    let rows = |count: usize| -> String {
        (0..count).map(|row| format!("{row},{}\n", ["no", "yes"][row % 2])).collect()
    };
    let path = written(folder.path(), &format!("x,y\n{}", rows(1_000)));
    let read = || in_pieces(Dataset::csv(&path).target("y"), 2_000).load().unwrap();
    let before = read().split(Split::new()).unwrap();
    let kept = Assignment::of(&before).unwrap();
    written(folder.path(), &format!("x,y\n{}", rows(1_600)));
    let later = read().split_keeping(Split::new(), kept).unwrap();
    let sizes = |parts: &Parts| [parts.train.len(), parts.validation.len(), parts.test.len()];
    assert_eq!((sizes(&before), sizes(&later)), ([700, 150, 150], [1_120, 240, 240]));
    for part in [&later.report.train, &later.report.validation, &later.report.test] {
        let [no, yes] = [part.classes[0].rows, part.classes[1].rows];
        assert!(no.abs_diff(yes) <= 2, "{no} {yes}");
    }
    let stay = |now: &Parts| {
        let stay = |before: &[u64], now: &[u64]| before.iter().all(|id| now.contains(id));
        stay(&before.record.sealed_ids, &now.record.sealed_ids)
            && stay(&before.record.validation_ids, &now.record.validation_ids)
    };
    assert!(stay(&later));
    assert!(!stay(&read().split(Split::new()).unwrap()), "or it shows nothing");
}

#[test]
fn several_files_are_one_table() {
    let folder = tempfile::tempdir().unwrap();
    let text = table(1_000);
    let (header, rows) = text.split_once('\n').unwrap();
    let lines: Vec<&str> = rows.lines().collect();
    for (number, lines) in lines.chunks(400).enumerate() {
        let part = format!("{header}\n{}", lines.join("\n"));
        std::fs::write(folder.path().join(format!("part-{number}.csv")), part).unwrap();
    }
    let pattern = folder.path().join("part-*.csv");
    let whole = Dataset::path(&pattern).target("y").load().unwrap();
    let data = in_pieces(Dataset::path(&pattern).target("y"), 5_000).load().unwrap();
    assert_eq!((data.content_hash(), data.all_rows()), (whole.content_hash(), 1_000));
    let (found, parts) = (data.split(Split::new()).unwrap(), whole.split(Split::new()).unwrap());
    assert_eq!(found.record, parts.record);
    std::fs::write(folder.path().join("part-3.csv"), "other,y\n1,no\n").unwrap();
    let fault = in_pieces(Dataset::path(&pattern).target("y"), 5_000).load().unwrap_err();
    assert_eq!(fault.code(), "data.columns_differ");
}

#[test]
fn the_order_of_an_epoch_is_a_function_of_seed_and_epoch() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..150_000).map(|row| format!("{row},{}\n", row % 2)).collect();
    let path = written(folder.path(), &format!("x,y\n{rows}"));
    let data = in_pieces(Dataset::csv(&path).target("y"), 1 << 18).load().unwrap();
    let parts = data.split(Split::none()).unwrap();
    let train = Preprocessing::fit(&parts.train).unwrap().encode_train(&parts.train).unwrap();
    let ids = |shuffle| -> Vec<u64> {
        let mut epoch = train.streamed_epoch(1_000, shuffle).unwrap().unwrap();
        (0..150).flat_map(|batch| epoch.batch(batch).unwrap().row_ids).collect()
    };
    let first = ids(Some((7, 0)));
    assert_eq!(first, ids(Some((7, 0))));
    assert_ne!(first, ids(Some((7, 1))));
    assert_ne!(first, ids(Some((8, 0))));
    assert_eq!(ids(None), (0..150_000).collect::<Vec<u64>>());
    let mut sorted = first.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, (0..150_000).collect::<Vec<u64>>(), "each row once");
    // A training that goes on within an epoch, across the border of a window too.
    let mut later = train.streamed_epoch(1_000, Some((7, 0))).unwrap().unwrap();
    for batch in [149, 65, 66, 131, 3] {
        assert_eq!(later.batch(batch).unwrap().row_ids, first[batch * 1_000..][..1_000]);
    }
    assert_eq!(later.batch(150).unwrap().rows, 0);
    let fault = train.streamed_epoch(BatchSize::Full, None).unwrap_err();
    assert_eq!(fault.code(), "data.streaming_training");
}

#[test]
fn labels_in_the_sealed_part_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), &table(2_000));
    let read = || in_pieces(Dataset::csv(&path).target("y"), 4_000).load().unwrap();
    let parts = read().split(Split::new()).unwrap();
    let before = all(&parts, 64, Some((1, 2)));
    let mut lines: Vec<String> = table(2_000).lines().map(str::to_string).collect();
    for id in &parts.record.sealed_ids {
        let line = &mut lines[*id as usize + 1];
        let (inputs, class) = line.rsplit_once(',').unwrap();
        let other = if class == "no" { "yes" } else { "no" };
        *line = format!("{inputs},{other}");
    }
    std::fs::write(&path, lines.join("\n")).unwrap();
    let later = read().split_by_record(&parts.record).unwrap();
    assert_eq!(later.record, parts.record);
    assert_eq!(all(&later, 64, Some((1, 2))), before);
}

/// Keeps what it is shown.
struct Looking(Preprocessing, RefCell<Option<Encoded>>);

impl Examinee for Looking {
    fn run(&self) -> &str {
        "looking"
    }

    fn model(&self) -> String {
        "0".repeat(64)
    }

    fn metric(&self) -> String {
        "accuracy".to_string()
    }

    fn examine(&self, rows: &OpenedRows<'_>) -> Result<Examination> {
        *self.1.borrow_mut() = Some(self.0.encode_opened(rows)?);
        Ok(Examination {
            metric: self.metric(),
            value: 0.5,
            interval: [0.0, 1.0],
            level: 1.0,
            method: "none".to_string(),
            n: rows.len(),
            extra: serde_json::Value::Null,
        })
    }
}

#[test]
fn sealed_rows_are_read_when_they_are_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), &table(2_000));
    let open = |data: Dataset| {
        let parts = data.split(Split::new()).unwrap();
        let looking = Looking(Preprocessing::fit(&parts.train).unwrap(), RefCell::default());
        let mut test = parts.test.in_ledger(Ledger::in_project(folder.path()));
        let number = test.open(&looking, "").unwrap().number;
        (number, looking.1.into_inner().unwrap())
    };
    let (first, whole) = open(Dataset::csv(&path).target("y").load().unwrap());
    let pieces = in_pieces(Dataset::csv(&path).target("y"), 4_000).load().unwrap();
    // The ledger knows the rows again.
    let (second, read) = open(pieces);
    assert_eq!((first, second), (1, 2));
    assert_eq!(whole, read);
}

#[test]
fn what_cannot_be_read_in_pieces_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let told = |text: &[u8]| {
        let path = folder.path().join("bad.csv");
        std::fs::write(&path, text).unwrap();
        in_pieces(Dataset::csv(&path).target("y"), 300).load().unwrap_err()
    };
    let many: String = (0..200).map(|row| format!("{row},{}\n", row % 2)).collect();
    let fault = told(format!("x,y\n{many}1,2,3\n").as_bytes());
    let place = (fault.location().line, fault.location().column);
    assert_eq!((fault.code(), place), ("data.ragged_row", (Some(202), Some(5))));
    let fault = told(format!("x,y\n{many}1,\"a\n3,4\n").as_bytes());
    assert_eq!((fault.code(), fault.location().line), ("data.unclosed_quote", Some(202)));
    let stray = format!("x,y\n{many}1,\"0\n2,1\n3,\"0\n{many}");
    let fault = told(stray.as_bytes());
    let place = (fault.location().line, fault.location().column);
    assert_eq!((fault.code(), place), ("data.stray_quote", (Some(202), Some(3))));
    let fault = told(format!("x,y\n{many}word,1\n{many}").as_bytes());
    assert_eq!(fault.code(), "data.streaming_column");
    let fault = told(&[format!("x,y\n{many}").as_bytes(), b"\xb0\xa1,1\n"].concat());
    assert_eq!(fault.code(), "data.streaming_source");
    let path = written(folder.path(), &table(1_000));
    let data = in_pieces(Dataset::csv(&path).target("y"), 4_000).load().unwrap();
    for split in [Split::group("kind"), Split::new().fold(1, 5), Split::time().gap(3)] {
        assert_eq!(data.split(split).unwrap_err().code(), "data.streaming_split");
    }
}

#[test]
fn a_gzip_file_is_unpacked_while_it_is_read() {
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv.gz");
    let mut packed = GzEncoder::new(std::fs::File::create(&path).unwrap(), Compression::fast());
    packed.write_all(table(1_000).as_bytes()).unwrap();
    packed.finish().unwrap();
    let whole = Dataset::csv(&path).target("y").load().unwrap().split(Split::new()).unwrap();
    let read = in_pieces(Dataset::csv(&path).target("y"), 4_000).load().unwrap();
    assert_eq!(read.split(Split::new()).unwrap().record, whole.record);
}
