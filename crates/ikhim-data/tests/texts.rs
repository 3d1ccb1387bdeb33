//! Texts as data: windows, the vocabulary of the train part, cuts that no window
//! goes through.

use ikhim_data::{Dataset, EncodedTarget, HandleUnknown, Preprocessing, Split, Tokenizer, Values};
use std::path::PathBuf;

fn rows(data: &Dataset, column: &str) -> Vec<String> {
    let Values::Tokens(windows) = &data.column(column).unwrap().values else { panic!("a text") };
    (0..windows.len()).map(|row| windows.row(row)).collect()
}

#[test]
fn windows_hold_a_text_and_what_follows() {
    let data = Dataset::text_of("abcdefgh").window(3, 2).load().unwrap();
    assert_eq!(rows(&data, "text"), ["abc", "cde", "efg"]);
    assert_eq!(rows(&data, "next"), ["bcd", "def", "fgh"]);
    let apart = Dataset::text_of("가나다라").window(1, 1).load().unwrap();
    assert_eq!(rows(&apart, "next"), ["나", "다", "라"]);
}

#[test]
fn what_no_window_holds_is_told() {
    let notices = |text: &str| {
        let data = Dataset::text_of(text).window(3, 3).load().unwrap();
        data.notices().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    // Windows at 0 and 3; the token behind the last is the seventh.
    assert_eq!(
        notices("abcdefghi"),
        ["2 of 9 tokens stand behind the last whole window and are in no row"]
    );
    assert!(notices("abcdefg").is_empty());
    let data = Dataset::text_of("abcdefghi").window(3, 3).load().unwrap();
    let Values::Tokens(windows) = &data.column("text").unwrap().values else { panic!("a text") };
    assert_eq!((windows.symbols_in_rows(), windows.text().symbols().len()), (7, 9));
}

#[test]
fn a_text_of_one_token_is_refused() {
    let fault = Dataset::text_of("ㅋ".repeat(40)).window(3, 3).load().unwrap_err();
    assert_eq!((fault.code(), fault.argument("token")), ("data.one_token", Some("\"ㅋ\"")));
}

#[test]
fn the_vocabulary_is_sorted_and_of_train_rows_alone() {
    let text = "cab ".repeat(60) + "zzz";
    let strict = Dataset::text_of(&*text).window(4, 4).load().unwrap();
    let fault = strict.split(Split::new().test(0.1).validation(0.1)).unwrap_err();
    assert_eq!((fault.code(), fault.argument("token")), ("data.token_outside", Some("\"z\"")));
    assert_eq!(fault.location().column, Some(241));

    let open = Dataset::text_of(&*text).window(4, 4).handle_unknown(HandleUnknown::Ignore);
    let parts = open.load().unwrap().split(Split::new().test(0.1).validation(0.1)).unwrap();
    let preprocessing = Preprocessing::fit(&parts.train).unwrap();
    let vocabulary = preprocessing.vocabulary().unwrap();
    assert_eq!(vocabulary.tokens(), [" ", "a", "b", "c", "<unknown>"]);
    assert_eq!(vocabulary.encode_text("a?").unwrap(), [1, 4]);
    let train = preprocessing.encode_train(&parts.train).unwrap();
    let EncodedTarget::Sequence { steps, values } = &train.encoded().target else { panic!() };
    assert_eq!((*steps, &values[..4]), (4, &[1, 2, 0, 3][..]));
}

#[test]
fn no_window_goes_through_a_cut() {
    let text: String = (0..500_u32).map(|at| char::from(b'a' + (at * at % 23) as u8)).collect();
    for (length, stride, gap) in [(8, 8, 0), (8, 3, 0), (8, 8, 20), (5, 1, 0), (4, 7, 0)] {
        let data = Dataset::text_of(&*text).window(length, stride).load().unwrap();
        let split = Split::new().validation(0.2).test(0.2).gap(gap);
        let parts = data.split(split).unwrap();
        assert_eq!(parts.record.method.word(), "time");
        let starts =
            |ids: &[u64]| -> Vec<usize> { ids.iter().map(|id| *id as usize * stride).collect() };
        let train = starts(parts.train.dataset().row_ids());
        let validation = starts(parts.validation.dataset().row_ids());
        let test = starts(&parts.record.sealed_ids);
        assert!(train.is_sorted() && validation.is_sorted() && !test.is_empty());
        for (before, after) in [(&train, &validation), (&validation, &test)] {
            // The token behind a window belongs to it.
            let end = before.last().unwrap() + length + 1;
            assert!(end + gap <= after[0], "{length} {stride} {gap}: {end} {}", after[0]);
            assert!(after[0] - end < gap + length + 1 + stride, "no more is left out than needed");
        }
    }
}

#[test]
fn tiny_shakespeare_has_65_characters() {
    let folder = std::env::var_os("IKHIM_SHARED_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    if !folder.is_dir() {
        let required = std::env::var_os("IKHIM_REQUIRE_DATA").is_some_and(|value| value == "1");
        assert!(!required, "the text needs the reference data in {}", folder.display());
        println!("skipped: the text needs the reference data");
        return;
    }
    let path = folder.join("text/tinyshakespeare.txt");
    let data = Dataset::text(&path).window(64, 64).load().unwrap();
    assert_eq!(data.len(), (1_115_394 - 65) / 64 + 1);
    let parts = data.split(Split::new().validation(0.1).test(0.05).gap(64)).unwrap();
    let preprocessing = Preprocessing::fit(&parts.train).unwrap();
    assert_eq!(preprocessing.vocabulary().unwrap().tokens().len(), 65);
    let bytes = Dataset::text(&path).tokenizer(Tokenizer::Byte).window(64, 64).load().unwrap();
    assert_eq!(bytes.len(), data.len());
}
