//! The ledger: counting, the chain, interrupted and concurrent appends.

use ikhim_data::{
    Entry, Ledger, LedgerHead, LedgerState, Line, LookRequest, Recorded, RowHash, RowSet,
};
use sha2::{Digest, Sha256};
use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

fn rows(range: std::ops::Range<u32>) -> RowSet {
    range.map(|row| RowHash::of(&row.to_le_bytes())).collect::<Vec<_>>().iter().collect()
}

fn look(ledger: &Ledger, run: &str, model: &str, rows: &RowSet) -> Recorded {
    let request = LookRequest { run, model, metric: "accuracy", reason: "why not", rows };
    ledger.record(&request).unwrap()
}

fn three_looks() -> (tempfile::TempDir, Ledger, LedgerHead) {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::in_project(folder.path());
    for run in ["a", "b", "c"] {
        look(&ledger, run, run, &rows(0..5));
    }
    let head = ledger.head().unwrap();
    (folder, ledger, head)
}

fn lines(ledger: &Ledger) -> Vec<String> {
    fs::read_to_string(ledger.path()).unwrap().lines().map(str::to_string).collect()
}

fn write(ledger: &Ledger, lines: &[String]) {
    fs::write(ledger.path(), lines.join("\n") + "\n").unwrap();
}

#[test]
fn twenty_runs_over_the_same_rows_show_looks_1_to_20() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::in_project(folder.path());
    let sealed = rows(0..300);
    for number in 1..=20 {
        let recorded = look(&ledger, &format!("run-{number}"), &format!("model-{number}"), &sealed);
        assert_eq!(recorded.number, number);
        assert_eq!(recorded.models_looked, number);
        assert_eq!(recorded.looks_of_this_run, 1);
        assert_eq!(recorded.state, LedgerState::Whole);
    }
    let again = look(&ledger, "run-7", "model-7", &sealed);
    assert_eq!((again.number, again.looks_of_this_run, again.models_looked), (21, 2, 20));
    // The rows stand in the ledger once, not once a look.
    assert_eq!(ledger.head().unwrap().lines, 22);
}

#[test]
fn a_look_counts_with_every_earlier_one_that_shares_a_row() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::in_project(folder.path());
    assert_eq!(look(&ledger, "a", "m", &rows(0..10)).number, 1);
    assert_eq!(look(&ledger, "b", "m", &rows(10..20)).number, 1, "no common row");
    assert_eq!(look(&ledger, "c", "m", &rows(9..11)).number, 3, "a split that meets both");
    assert_eq!(look(&ledger, "d", "m", &rows(0..1)).number, 2, "one row of the first");
    assert_eq!(ledger.looks(&rows(19..30)).unwrap().number(), 1);
    assert_eq!(ledger.looks(&rows(20..30)).unwrap().number(), 0);
}

#[test]
fn sealed_rows_are_known_before_anybody_looked() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::in_project(folder.path());
    let head = ledger.seal(&rows(0..10)).unwrap();
    assert_eq!(head.lines, 1);
    assert_eq!(ledger.seal(&rows(0..10)).unwrap(), head, "sealed once");
    assert_eq!(ledger.overlap(&rows(8..100)).unwrap(), rows(8..10));
    assert!(ledger.overlap(&rows(10..100)).unwrap().is_empty());
    assert_eq!(look(&ledger, "a", "m", &rows(8..10)).number, 1);
}

#[test]
fn values_follow_their_look_and_need_not_be_finite() {
    let (_folder, ledger, head) = three_looks();
    let recorded = look(&ledger, "d", "d", &rows(0..5));
    ledger.record_value(&recorded, "rmse", 0.1 + 0.2).unwrap();
    ledger.record_value(&recorded, "mape", f64::NEG_INFINITY).unwrap();
    let chain = ledger.read().unwrap();
    assert_eq!(chain.state(Some(&head)), LedgerState::Whole);
    let values: Vec<Entry> = chain.lines().skip(5).map(|line| line.entry.clone()).collect();
    let [
        Entry::Value { look: first, value, value_is, .. },
        Entry::Value { look: second, value: none, value_is: word, .. },
    ] = values.as_slice()
    else {
        panic!("{values:?}")
    };
    let id = format!("{:x}", Sha256::digest(&lines(&ledger)[4]));
    assert_eq!((first, second), (&id, &id));
    assert_eq!((*value, value_is.as_deref()), (Some(0.1 + 0.2), None));
    assert_eq!((*none, word.as_deref()), (None, Some("-inf")));
    assert_eq!(chain.looks(&rows(0..5)).number(), 4, "a value is no look");
}

#[test]
fn every_line_names_the_hash_of_the_line_before() {
    let (_folder, ledger, head) = three_looks();
    let mut previous = "0".repeat(64);
    for line in lines(&ledger) {
        assert!(line.starts_with(&format!("{{\"previous\":\"{previous}\"")), "{line}");
        previous = format!("{:x}", Sha256::digest(&line));
    }
    assert_eq!(head, LedgerHead { lines: 4, hash: previous });
}

#[test]
fn an_edited_line_is_found_and_does_not_block() {
    let (_folder, ledger, head) = three_looks();
    for edited in 0..4 {
        let mut lines = lines(&ledger);
        let whole = lines.clone();
        lines[edited] = lines[edited].replace("\"time\":\"2", "\"time\":\"3");
        assert_ne!(lines, whole);
        write(&ledger, &lines);
        assert_eq!(ledger.state(Some(&head)).unwrap(), LedgerState::Edited { line: edited + 1 });
        write(&ledger, &whole);
    }
    let mut lines = lines(&ledger);
    lines.remove(1);
    write(&ledger, &lines);
    assert_eq!(ledger.state(None).unwrap(), LedgerState::Edited { line: 1 });
    let recorded = look(&ledger, "d", "d", &rows(0..5));
    assert_eq!((recorded.number, recorded.state), (3, LedgerState::Edited { line: 1 }));
}

#[test]
fn reordered_lines_are_found() {
    let (_folder, ledger, head) = three_looks();
    let mut lines = lines(&ledger);
    lines.swap(1, 2);
    write(&ledger, &lines);
    assert_eq!(ledger.state(None).unwrap(), LedgerState::Reordered { line: 2 });
    assert_eq!(ledger.state(Some(&head)).unwrap(), LedgerState::Reordered { line: 2 });
}

#[test]
fn a_remembered_head_tells_what_is_missing() {
    let (_folder, ledger, head) = three_looks();
    let mut lines = lines(&ledger);
    lines.pop();
    write(&ledger, &lines);
    let shorter = LedgerState::Shorter { lines: 3, remembered: 4 };
    assert_eq!(ledger.state(Some(&head)).unwrap(), shorter);
    assert_eq!(
        shorter.notice().unwrap().to_string(),
        "the ledger of looks has 3 lines where this run saw 4: looks are not counted"
    );
    assert_eq!(ledger.state(None).unwrap(), LedgerState::Whole, "it cannot know by itself");

    look(&ledger, "other", "other", &rows(0..5));
    assert_eq!(ledger.state(Some(&head)).unwrap(), LedgerState::Edited { line: 4 });

    fs::remove_file(ledger.path()).unwrap();
    assert_eq!(ledger.state(Some(&head)).unwrap(), LedgerState::Missing);
    assert_eq!(ledger.state(None).unwrap(), LedgerState::Whole);
}

/// Nobody can say of half a line that it was no look, so it is one.
#[test]
fn a_line_cut_at_any_byte_is_reported_and_counts_as_a_look() {
    let (_folder, ledger, head) = three_looks();
    let whole = ledger.bytes().unwrap();
    look(&ledger, "d", "d", &rows(0..5));
    let longer = ledger.bytes().unwrap();
    let seen = ledger.head().unwrap();
    for cut in whole.len() + 1..longer.len() - 1 {
        fs::write(ledger.path(), &longer[..cut]).unwrap();
        let chain = ledger.read().unwrap();
        assert_eq!(chain.torn(), [5]);
        assert_eq!(chain.state(Some(&head)), LedgerState::Torn { line: 5 });
        assert_eq!(chain.state(Some(&seen)), LedgerState::Edited { line: 5 });
        let notice = chain.state(None).notice().unwrap();
        assert_eq!(notice.code(), "seal.ledger_torn");
        assert_eq!(chain.looks(&rows(0..5)).number(), 4);
        assert_eq!(chain.looks(&rows(90..95)).number(), 1, "it may be one at any rows");
        assert_eq!(chain.number_of_looks(), 4);

        let recorded = look(&ledger, "e", "e", &rows(0..5));
        assert_eq!((recorded.number, recorded.models_looked), (5, 5), "cut at {cut}");
        let chain = ledger.read().unwrap();
        assert_eq!((chain.torn(), chain.state(Some(&head))), (&[5][..], LedgerState::Whole));
        assert_eq!(chain.state(Some(&seen)), LedgerState::Edited { line: 6 });
        assert!(ledger.bytes().unwrap().starts_with(&longer[..cut]), "nothing is cut away");

        // The torn piece is part of the chain: who edits it is found.
        let mut edited = ledger.bytes().unwrap();
        edited[whole.len()] ^= 1;
        fs::write(ledger.path(), edited).unwrap();
        assert_eq!(ledger.state(None).unwrap(), LedgerState::Edited { line: 5 });
    }
    // Only the line feed is missing: the entry is whole and counts.
    fs::write(ledger.path(), &longer[..longer.len() - 1]).unwrap();
    assert_eq!(look(&ledger, "e", "e", &rows(0..5)).number, 5);
    assert!(ledger.bytes().unwrap().starts_with(&longer));
}

/// Starts this test program again for one test, with the project to work in.
fn again(test: &str, project: &std::path::Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test])
        .env("LEDGER_TEST_PROJECT", project)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// The numbers of the looks in the order of the ledger.
fn numbers(ledger: &Ledger) -> Vec<usize> {
    let number = |line: &Line| match line.entry {
        Entry::Look { number, .. } => Some(number),
        _ => None,
    };
    ledger.read().unwrap().lines().filter_map(number).collect()
}

/// The test starts itself again as three processes of two threads each.
#[test]
fn processes_and_threads_append_at_once() {
    if let Ok(project) = std::env::var("LEDGER_TEST_PROJECT") {
        let append = || {
            for _ in 0..10 {
                look(&Ledger::in_project(&project), "run", "model", &rows(0..50));
            }
        };
        std::thread::scope(|scope| {
            scope.spawn(append);
            scope.spawn(append);
        });
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let start = || again("processes_and_threads_append_at_once", folder.path());
    let children = [start(), start(), start()];
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let ledger = Ledger::in_project(folder.path());
    assert_eq!(ledger.state(None).unwrap(), LedgerState::Whole);
    assert_eq!(numbers(&ledger), (1..=60).collect::<Vec<_>>());
}

/// The test starts itself again as a process that looks until it is killed.
#[test]
fn a_killed_process_leaves_a_whole_ledger() {
    if let Ok(project) = std::env::var("LEDGER_TEST_PROJECT") {
        loop {
            look(&Ledger::in_project(&project), "run", "model", &rows(0..2_000));
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::in_project(folder.path());
    for round in 0..8 {
        let before = numbers(&ledger).len();
        let mut child = again("a_killed_process_leaves_a_whole_ledger", folder.path());
        while numbers(&ledger).len() < before + 2 {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_micros(337 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(ledger.state(None).unwrap(), LedgerState::Whole);
    }
    let numbers = numbers(&ledger);
    assert_eq!(numbers, (1..=numbers.len()).collect::<Vec<_>>());
}

#[test]
fn is_found_upwards_and_made_by_the_first_entry() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("집값 예측");
    let inner = project.join("data").join("raw");
    fs::create_dir_all(&inner).unwrap();
    let lonely = Ledger::find(&project);
    assert_eq!(lonely.looks(&rows(0..1)).unwrap().number(), 0);
    assert_eq!(lonely.seal(&rows(0..0)).unwrap().lines, 0);
    assert!(!project.join(".ikhim").exists(), "neither reading nor nothing makes a ledger");
    look(&lonely, "실행-1", "m", &rows(0..1));
    assert_eq!(Ledger::find(&inner), lonely);
    assert_eq!(look(&Ledger::find(&inner), "실행-1", "m", &rows(0..1)).looks_of_this_run, 2);
}

#[test]
fn a_copy_from_elsewhere_continues_the_count() {
    let (_folder, origin, _) = three_looks();
    let recorded = look(&origin, "d", "d", &rows(0..5));
    origin.record_value(&recorded, "accuracy", 0.5).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("ledger.jsonl");
    fs::write(&copy, origin.bytes().unwrap()).unwrap();

    let ledger = Ledger::in_project(folder.path());
    look(&ledger, "here", "m", &rows(0..5));
    assert_eq!(ledger.adopt(&copy).unwrap(), 4);
    assert_eq!(ledger.adopt(&copy).unwrap(), 0, "twice is once");
    assert_eq!(look(&ledger, "here", "m", &rows(4..9)).number, 6);
    assert_eq!(ledger.state(None).unwrap(), LedgerState::Whole);

    // Back home nothing is counted twice.
    fs::write(&copy, ledger.bytes().unwrap()).unwrap();
    assert_eq!(origin.adopt(&copy).unwrap(), 2);
    assert_eq!(origin.looks(&rows(0..5)).unwrap().number(), 6);
}

/// The heads of all runs hold after a deletion and an adoption, however often.
#[test]
fn a_ledger_that_took_over_a_whole_copy_holds_its_heads() {
    let (folder, ledger, head) = three_looks();
    let copy = folder.path().join("copy.jsonl");
    let mut heads = vec![head];
    for round in 0..3 {
        fs::write(&copy, ledger.bytes().unwrap()).unwrap();
        fs::remove_file(ledger.path()).unwrap();
        if round == 1 {
            look(&ledger, "in between", "m", &rows(0..5));
            heads.push(ledger.head().unwrap());
        }
        assert_ne!(ledger.state(Some(&heads[0])).unwrap(), LedgerState::Whole);
        ledger.adopt(&copy).unwrap();
        heads.push(ledger.head().unwrap());
        let chain = ledger.read().unwrap();
        for head in &heads {
            assert_eq!(chain.state(Some(head)), LedgerState::Whole, "{round} {head:?}");
        }
        let adoption = chain.lines().last().map(|line| line.entry.clone()).unwrap();
        assert!(matches!(adoption, Entry::Adoption { whole: true, .. }), "{adoption:?}");
    }
    assert_eq!(ledger.looks(&rows(0..5)).unwrap().number(), 4);
    // A head that no copy held is not there.
    let foreign = LedgerHead { lines: 2, hash: "5".repeat(64) };
    assert_eq!(ledger.state(Some(&foreign)).unwrap(), LedgerState::Edited { line: 2 });
}

/// What a copy lacks stays lost for whoever saw it, and an altered copy gives back
/// its looks without a word on what was altered in it.
#[test]
fn a_ledger_that_took_over_an_altered_copy_does_not_hold_its_heads() {
    let (folder, ledger, head) = three_looks();
    let copy = folder.path().join("copy.jsonl");
    let whole = lines(&ledger);
    let adopted = |kept: &[String]| {
        fs::write(&copy, kept.join("\n")).unwrap();
        fs::remove_file(ledger.path()).unwrap();
        ledger.adopt(&copy).unwrap();
    };
    adopted(&whole[..3]);
    assert_eq!(ledger.state(Some(&head)).unwrap(), LedgerState::Edited { line: 4 });

    let mut edited = whole.clone();
    edited[2] = edited[2].replace("why not", "because");
    adopted(&edited);
    assert_eq!(ledger.looks(&rows(0..5)).unwrap().number(), 3);
    assert_eq!(ledger.state(Some(&head)).unwrap(), LedgerState::Edited { line: 4 });
    // Nor does a ledger that takes over that one.
    let second = lines(&ledger);
    adopted(&second);
    assert_eq!(ledger.state(Some(&head)).unwrap(), LedgerState::Edited { line: 4 });

    // A line of the copy that cannot be read goes on counting.
    let mut torn = whole.clone();
    torn[3].truncate(100);
    adopted(&torn);
    adopted(&lines(&ledger));
    assert_eq!(ledger.looks(&rows(0..5)).unwrap().number(), 3);
    assert_eq!(ledger.state(Some(&head)).unwrap(), LedgerState::Edited { line: 4 });
}

#[test]
fn a_ledger_that_cannot_be_written_gives_no_look() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".ikhim"), "a file, no folder").unwrap();
    let request =
        LookRequest { run: "a", model: "m", metric: "accuracy", reason: "", rows: &rows(0..1) };
    let fault = Ledger::in_project(folder.path()).record(&request).unwrap_err();
    assert_eq!(fault.code(), "seal.ledger_unusable");
}

#[test]
fn lines_of_a_later_version_stay_in_the_chain() {
    let (_folder, ledger, head) = three_looks();
    let mut later = lines(&ledger);
    let previous = &head.hash;
    later.push(format!(
        "{{\"previous\":\"{previous}\",\"time\":\"2030-01-01T00:00:00Z\",\"kind\":\"ladder\",\"step\":0.1}}"
    ));
    write(&ledger, &later);
    assert_eq!(look(&ledger, "d", "d", &rows(0..5)).number, 4);
    assert_eq!(ledger.state(Some(&head)).unwrap(), LedgerState::Whole);
}
