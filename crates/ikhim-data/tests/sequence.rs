//! A column of text read token by token.

use ikhim_data::{
    Column, Dataset, DatasetBuilder, EncodedValues, HandleUnknown, Missing, Preprocessing,
    SequenceColumn, Split, Tokenizer,
};

const ROWS: [[&str; 3]; 6] = [
    ["Ana", "3", "x"],
    ["Bo", "5", "y"],
    ["Anna", "2", "x"],
    ["Bob", "1", "y"],
    ["Nan", "7", "x"],
    ["Abo", "9", "y"],
];

fn names() -> DatasetBuilder {
    Dataset::rows(["name", "size", "group"], ROWS).target("group")
}

fn fitted(builder: DatasetBuilder) -> (Dataset, Preprocessing, Vec<i32>, Vec<i32>) {
    let data = builder.load().unwrap();
    let train = data.split(Split::none()).unwrap().train;
    let preprocessing = Preprocessing::fit(&train).unwrap();
    let encoded = preprocessing.encode_train(&train).unwrap();
    let integers = |name: &str| match &encoded.encoded().input(name).unwrap().values {
        EncodedValues::I32(values) => values.clone(),
        other => panic!("{other:?}"),
    };
    let (indices, lengths) = (integers("features"), integers("lengths"));
    (data, preprocessing, indices, lengths)
}

#[test]
fn tokens_are_indices_in_sorted_order_and_padding_is_0() {
    let (data, preprocessing, indices, lengths) =
        fitted(names().sequence(SequenceColumn::new("name")));
    let (name, step) = preprocessing.sequence().unwrap();
    assert_eq!(step.tokens(), ["A", "B", "N", "a", "b", "n", "o"]);
    // Padding before them, and one that stands for all others behind.
    assert_eq!((name, step.length(), step.indices()), ("name", 4, 9));
    assert_eq!(&indices[..4], [1, 6, 4, 0]);
    assert_eq!(lengths, [3, 2, 4, 3, 3, 3]);
    let inputs = preprocessing.inputs();
    assert_eq!(inputs, [("features".to_string(), vec![4]), ("lengths".to_string(), vec![])]);
    // The size is no input beside it, and that is said.
    let told = data.notices().iter().find(|it| it.code() == "data.sequence_alone").unwrap();
    assert_eq!(told.argument("others"), Some("`size`"));
}

#[test]
fn what_is_longer_is_cut_off_and_what_is_new_is_one_token() {
    let column = SequenceColumn::new("name").length(3);
    let (_, preprocessing, _, lengths) = fitted(names().sequence(column));
    assert_eq!(lengths, [3, 2, 3, 3, 3, 3]);
    let rows = [["Zoe", ""], ["Anno", ""]];
    let new = Dataset::rows(["name", "group"], rows).schema(preprocessing.schema());
    let encoded = preprocessing.encode_new(&new.load().unwrap()).unwrap().encoded;
    let EncodedValues::I32(indices) = &encoded.input("features").unwrap().values else { panic!() };
    let (_, step) = preprocessing.sequence().unwrap();
    let unknown = step.indices() as i32 - 1;
    let place = |token: &str| 1 + step.tokens().iter().position(|it| it == token).unwrap() as i32;
    assert_eq!(indices[..3], [unknown, place("o"), unknown]);
    assert_eq!(indices[3..], [place("A"), place("n"), place("n")]);
}

#[test]
fn a_new_token_may_be_a_fault() {
    let column = SequenceColumn::new("name").handle_unknown(HandleUnknown::Error);
    let (_, preprocessing, ..) = fitted(names().sequence(column));
    let new = Dataset::rows(["name"], [["Bo"], ["Zo"]]).schema(preprocessing.schema());
    let fault = preprocessing.encode_new(&new.load().unwrap()).unwrap_err();
    assert_eq!(fault.code(), "data.sequence_token");
    assert_eq!((fault.argument("row"), fault.argument("token")), (Some("2"), Some("\"Z\"")));
}

#[test]
fn words_and_letters_are_tokens_too() {
    let rows = [["the cat sat", "a"], ["the dog", "b"], ["값이 비싸다", "a"], ["a cat", "b"]];
    let of = |tokenizer: Tokenizer| {
        let data = Dataset::rows(["said", "group"], rows).target("group");
        let column = SequenceColumn::new("said").tokenizer(tokenizer);
        fitted(data.sequence(column)).3
    };
    assert_eq!(of(Tokenizer::Word), [5, 3, 3, 3]);
    // 값이 is ㄱ ㅏ ㅄ ㅇ ㅣ, 비싸다 six letters, and a blank.
    assert_eq!(of(Tokenizer::Jamo), [11, 7, 12, 5]);
    assert_eq!(of(Tokenizer::Byte), [11, 7, 16, 5]);
}

#[test]
fn what_cannot_be_read_so_is_refused() {
    let code =
        |column: &str| names().sequence(SequenceColumn::new(column)).load().unwrap_err().code();
    assert_eq!(code("nome"), "data.unknown_column");
    assert_eq!(code("group"), "data.sequence_column");
}

#[test]
fn a_missing_text_is_an_empty_one_or_a_fault() {
    let rows = || Dataset::rows(["name", "group"], [["Ana", "x"], ["", "y"], ["Bo", "y"]]);
    let read = |builder: DatasetBuilder| {
        let data = builder.target("group").load().unwrap();
        let train = data.split(Split::none()).unwrap().train;
        let preprocessing = Preprocessing::fit(&train).unwrap();
        preprocessing.encode_train(&train).map(|train| {
            let input = |name: &str| match &train.encoded().input(name).unwrap().values {
                EncodedValues::I32(values) => values.clone(),
                other => panic!("{other:?}"),
            };
            (input("features"), input("lengths"))
        })
    };
    let (indices, lengths) = read(rows().sequence(SequenceColumn::new("name"))).unwrap();
    assert_eq!(lengths, [3, 0, 2]);
    assert_eq!(indices[3..6], [0; 3]);
    let filled = Column::text().missing(Missing::constant("oB"));
    let filled = rows().sequence(SequenceColumn::new("name")).column("name", filled);
    let (indices, lengths) = read(filled).unwrap();
    assert_eq!(lengths, [3, 2, 2]);
    // The tokens A, B, a, n, o from 1 on.
    assert_eq!(indices[3..], [5, 2, 0, 2, 5, 0]);
    let strict = Column::text().missing(Missing::Error);
    let strict = rows().sequence(SequenceColumn::new("name")).column("name", strict);
    let fault = strict.target("group").load().unwrap_err();
    assert_eq!((fault.code(), fault.argument("row")), ("data.missing_value", Some("2")));
}
