//! The sealed test part: opening it, and what counts as a look.

use ikhim_data::{
    Chain, Dataset, Entry, Examination, Examinee, Ledger, LedgerState, Look, LookRequest,
    OpenedRows, Preprocessing, RowSet, Split, Witness,
};
use ikhim_text::{Fault, Result};
use std::cell::Cell;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Answers the first class always.
struct FirstClass {
    run: String,
    preprocessing: Preprocessing,
    seen: Cell<usize>,
}

impl FirstClass {
    fn new(run: &str, preprocessing: Preprocessing) -> FirstClass {
        FirstClass { run: run.to_string(), preprocessing, seen: Cell::new(0) }
    }
}

impl Examinee for FirstClass {
    fn run(&self) -> &str {
        &self.run
    }

    fn model(&self) -> String {
        format!("model of {}", self.run)
    }

    fn metric(&self) -> String {
        "accuracy".to_string()
    }

    fn examine(&self, rows: &OpenedRows<'_>) -> Result<Examination> {
        let encoded = self.preprocessing.encode_opened(rows)?;
        self.seen.set(self.seen.get() + encoded.rows);
        let ikhim_data::EncodedTarget::Class(classes) = encoded.target else {
            return Err(Fault::of("data.no_target"));
        };
        let right = classes.iter().filter(|&&class| class == 0).count();
        let value = right as f64 / classes.len() as f64;
        Ok(Examination {
            metric: self.metric(),
            value,
            interval: [0.0, 1.0],
            level: 1.0,
            method: "none".to_string(),
            n: classes.len(),
            extra: serde_json::json!({ "right": right }),
        })
    }
}

/// Fails, as an examinee that runs out of memory would.
struct Failing;

impl Examinee for Failing {
    fn run(&self) -> &str {
        "failing"
    }

    fn model(&self) -> String {
        "failing".to_string()
    }

    fn metric(&self) -> String {
        "accuracy".to_string()
    }

    fn examine(&self, _: &OpenedRows<'_>) -> Result<Examination> {
        Err(Fault::of("data.no_target"))
    }
}

fn look(run: &str, split: Split, ledger: &Ledger) -> Look {
    let parts = Dataset::named("iris").load().unwrap().split(split).unwrap();
    let examinee = FirstClass::new(run, Preprocessing::fit(&parts.train).unwrap());
    let mut test = parts.test.in_ledger(ledger.clone());
    test.open(&examinee, "시험").unwrap()
}

#[test]
fn an_examinee_sees_the_rows_and_the_look_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::in_project(folder.path());
    let first = look("run-1", Split::new(), &ledger);
    // 150 flowers, three kinds: 22 or 23 rows of 7 or 8 of each kind.
    assert_eq!(first.examination.n, 23);
    assert!((7.0 / 23.0..=8.0 / 23.0).contains(&first.examination.value));
    assert_eq!((first.number, first.looks_of_this_run, first.models_looked), (1, 1, 1));
    assert_eq!((first.sealed_before, &first.ledger), (false, &LedgerState::Whole));

    let second = look("run-2", Split::new(), &ledger);
    assert_eq!((second.number, second.looks_of_this_run, second.models_looked), (2, 1, 2));
    assert!(second.sealed_before);
    assert!(second.to_string().ends_with("; look 2, by 2 models"), "{second}");

    let json = serde_json::to_value(&second).unwrap();
    assert_eq!((&json["look"], &json["metric"]), (&2.into(), &"accuracy".into()));
    assert_eq!(ledger.state(Some(&first.head)).unwrap(), LedgerState::Whole);
}

#[test]
fn every_seed_of_a_split_continues_the_count_where_rows_are_shared() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::in_project(folder.path());
    let half = |seed| Split::stratified().test(0.6).seed(seed);
    // Two parts of 60 % of the rows always share some.
    for seed in 0..5 {
        assert_eq!(look(&format!("run-{seed}"), half(seed), &ledger).number, seed as usize + 1);
    }
}

#[test]
fn a_look_counts_when_the_examination_fails() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::in_project(folder.path());
    let parts = Dataset::named("iris").load().unwrap().split(Split::new()).unwrap();
    let mut test = parts.test.in_ledger(ledger.clone());
    assert_eq!(test.open(&Failing, "").unwrap_err().code(), "data.no_target");
    assert_eq!(test.looks().unwrap().number(), 1);
    let values = ledger.read().unwrap();
    assert!(!values.lines().any(|line| matches!(line.entry, Entry::Value { .. })));
    let examinee = FirstClass::new("run", Preprocessing::fit(&parts.train).unwrap());
    assert_eq!(test.open(&examinee, "").unwrap().number, 2);
}

#[test]
fn nothing_is_shown_when_the_look_cannot_be_written() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".ikhim"), "no folder").unwrap();
    let parts = Dataset::named("iris").load().unwrap().split(Split::new()).unwrap();
    let examinee = FirstClass::new("run", Preprocessing::fit(&parts.train).unwrap());
    let mut test = parts.test.in_ledger(Ledger::in_project(folder.path()));
    assert_eq!(test.open(&examinee, "").unwrap_err().code(), "seal.ledger_unusable");
    assert_eq!(examinee.seen.get(), 0);
}

#[test]
fn nothing_sealed_cannot_be_opened() {
    let parts = Dataset::named("iris").load().unwrap().split(Split::none()).unwrap();
    let examinee = FirstClass::new("run", Preprocessing::fit(&parts.train).unwrap());
    let mut test = parts.test;
    assert_eq!(test.open(&examinee, "").unwrap_err().code(), "seal.nothing_sealed");
}

#[test]
fn a_part_does_not_show_its_rows_when_printed() {
    let parts = Dataset::named("iris").load().unwrap().split(Split::new()).unwrap();
    assert_eq!(format!("{:?}", parts.test), "SealedTest { len: 23, .. }");
    assert_eq!(parts.test.id().len(), 64);
}

/// A file with some of the sealed rows, written by another program: evaluating
/// on it is a look.
#[test]
fn evaluating_sealed_rows_of_a_file_is_a_look() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::in_project(folder.path());
    let path = folder.path().join("측정.csv");
    let mut text = "weight,color,price\n".to_string();
    for row in 0..40 {
        text += &format!("{}.50,{},{}\n", row, ["red", "green", "blue"][row % 3], 3 * row * row);
    }
    fs::write(&path, &text).unwrap();
    let data = Dataset::csv(&path).target("price").load().unwrap();
    let parts = data.split(Split::new()).unwrap();
    let preprocessing = Preprocessing::fit(&parts.train).unwrap();
    let test = parts.test.in_ledger(ledger.clone());
    test.seal().unwrap();

    // Every fourth row, in another order and with other digits.
    let sealed: Vec<u64> = parts.record.sealed_ids.clone();
    let mut other = "weight,color,price\n".to_string();
    let chosen: Vec<usize> = (0..40).rev().step_by(4).collect();
    for row in &chosen {
        let color = ["red", "green", "blue"][row % 3];
        other += &format!("{}.5 , {color},{}.0\n", row, 3 * row * row);
    }
    let path = folder.path().join("some.csv");
    fs::write(&path, other).unwrap();
    let new = Dataset::csv(&path).schema(preprocessing.schema()).load().unwrap();
    assert!(preprocessing.encode_labelled(&new).is_ok());

    let rows: RowSet = new.row_hashes().iter().collect();
    let overlap = ledger.overlap(&rows).unwrap();
    let expected = chosen.iter().filter(|&&row| sealed.contains(&(row as u64))).count();
    assert!(expected > 0);
    assert_eq!(overlap.len(), expected);
    let request = LookRequest {
        run: "run",
        model: "model",
        metric: "rmse",
        reason: "evaluate some.csv",
        rows: &overlap,
    };
    assert_eq!(ledger.record(&request).unwrap().number, 1);
    assert_eq!(test.looks().unwrap().number(), 1, "the next opening is look 2");
}

/// Counts the looks that it was shown; from the `full`th on there is no room for more.
#[derive(Debug)]
struct Counting {
    shown: Arc<AtomicUsize>,
    full: usize,
}

impl Witness for Counting {
    fn see(&self, chain: &Chain, bytes: &[u8]) -> Result<()> {
        assert_eq!(chain.head(), Chain::parse(bytes).head());
        let looks = chain.number_of_looks();
        if looks >= self.full {
            return Err(Fault::of("file.disk_full"));
        }
        self.shown.store(looks, Ordering::SeqCst);
        Ok(())
    }
}

/// The look is on the disk before the witness sees it, and the witness has seen it
/// before a row is given out.
#[test]
fn a_witness_sees_the_look_before_the_rows_are_seen() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::in_project(folder.path());
    let parts = Dataset::named("iris").load().unwrap().split(Split::new()).unwrap();
    let examinee = FirstClass::new("run", Preprocessing::fit(&parts.train).unwrap());
    let shown = Arc::new(AtomicUsize::new(0));
    let witness = Counting { shown: shown.clone(), full: 3 };
    let mut test = parts.test.in_ledger(ledger.clone().witnessed(witness));
    test.open(&Failing, "").unwrap_err();
    assert_eq!(shown.load(Ordering::SeqCst), 1, "without a value");
    test.open(&examinee, "").unwrap();
    assert_eq!((shown.load(Ordering::SeqCst), examinee.seen.get()), (2, 23));

    // What cannot be remembered is not shown, and counts.
    assert_eq!(test.open(&examinee, "").unwrap_err().code(), "file.disk_full");
    assert_eq!(examinee.seen.get(), 23);
    assert_eq!(test.looks().unwrap().number(), 3);
}
