use super::{evaluate, functions};
use crate::{Array, Data};
use ikhim_text::Fault;
use proptest::prelude::*;

fn value(text: &str) -> Array {
    evaluate(text).unwrap_or_else(|fault| panic!("{text}: {fault}"))
}

fn fault(text: &str) -> Fault {
    evaluate(text).err().unwrap_or_else(|| panic!("{text} has a value"))
}

#[test]
fn literals_have_the_types_of_numpy() {
    assert_eq!(value("3"), Array::i32(&[], vec![3]));
    assert_eq!(value("-3"), Array::i32(&[], vec![-3]));
    assert_eq!(value(" 0.5 "), Array::scalar(0.5));
    assert_eq!(value("1e-3"), Array::scalar(1e-3));
    assert_eq!(value(".5e1"), Array::scalar(5.0));
    assert_eq!(value("2."), Array::scalar(2.0));
    assert_eq!(value("3000000000"), Array::scalar(3e9));
    assert_eq!(value("true"), Array::bool(&[], vec![true]));
    assert_eq!(value("[[1, 2], [3, 4]]"), Array::i32(&[2, 2], vec![1, 2, 3, 4]));
    assert_eq!(value("[1, 2.5]"), Array::f32(&[2], vec![1.0, 2.5]));
    assert_eq!(value("[true, False,]"), Array::bool(&[2], vec![true, false]));
    assert_eq!(value("[true, 2]"), Array::f32(&[2], vec![1.0, 2.0]));
    assert_eq!(value("[]"), Array::f32(&[0], vec![]));
    assert_eq!(value("[[], []]"), Array::f32(&[2, 0], vec![]));
    assert_eq!(value("-inf"), Array::scalar(f32::NEG_INFINITY));
    assert_eq!(value("-2147483648"), Array::scalar(-2147483648.0));
    assert!(matches!(value("nan").data(), Data::F32(values) if values[0].is_nan()));
}

#[test]
fn operators_bind_as_in_python() {
    // Each expected value as Python gives it.
    let table: [(&str, f32); 12] = [
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3", 9.0),
        ("2 - 3 - 4", -5.0),
        ("7 / 2", 3.5),
        ("8 / 4 / 2", 1.0),
        ("-2 ** 2", -4.0),
        ("2 ** 3 ** 2", 512.0),
        ("2 ** -1", 0.5),
        ("- -3 + +1", 4.0),
        ("2 * -3", -6.0),
        ("(1 + 2) ** 2 - 1", 8.0),
        ("1.5 ** 2", 2.25),
    ];
    for (text, expected) in table {
        assert_eq!(value(text), Array::scalar(expected), "{text}");
    }
    assert_eq!(value("[1, 2] < [2, 2]"), Array::bool(&[2], vec![true, false]));
    assert_eq!(value("1 + 1 == 2"), Array::bool(&[], vec![true]));
    assert_eq!(value("true == 1"), Array::bool(&[], vec![true]));
    assert_eq!(value("[[1, 2]] @ [[3], [4]]"), Array::f32(&[1, 1], vec![11.0]));
    assert_eq!(value("[1, 2] + [[1], [2]]"), Array::f32(&[2, 2], vec![2.0, 3.0, 3.0, 4.0]));
}

#[test]
fn functions_take_settings_by_place_and_by_name() {
    let table = "[[1, 5, 2], [4, 3, 6]]";
    for (call, expected) in [
        ("sum(T)", Array::scalar(21.0)),
        ("sum(T, 0)", Array::f32(&[3], vec![5.0, 8.0, 8.0])),
        ("sum(T, axis=0)", Array::f32(&[3], vec![5.0, 8.0, 8.0])),
        ("sum(T, axes=[0, 1])", Array::scalar(21.0)),
        ("sum(axis=-1, x=T)", Array::f32(&[2], vec![8.0, 13.0])),
        ("mean(T, axis=1)", Array::f32(&[2], vec![8.0 / 3.0, 13.0 / 3.0])),
        ("prod(T, 1)", Array::f32(&[2], vec![10.0, 72.0])),
        ("max(T) - min(T)", Array::scalar(5.0)),
        ("argmax(T, axis=1)", Array::i32(&[2], vec![1, 2])),
        ("cumsum(T, 1, reverse=true)[0]", Array::f32(&[3], vec![8.0, 7.0, 2.0])),
        ("transpose(T)", Array::i32(&[3, 2], vec![1, 4, 5, 3, 2, 6])),
        ("transpose(T, [1, 0]) == transpose(T, [-1, 0])", Array::bool(&[3, 2], vec![true; 6])),
        ("reshape(T, [-1])", Array::i32(&[6], vec![1, 5, 2, 4, 3, 6])),
        ("reshape(T, [3, -1])", Array::i32(&[3, 2], vec![1, 5, 2, 4, 3, 6])),
        ("squeeze(expand_dims(T, 0))", Array::i32(&[2, 3], vec![1, 5, 2, 4, 3, 6])),
        ("cast([1.9, -1.9], i32)", Array::i32(&[2], vec![1, -1])),
        ("cast([0, 2], dtype=bool)", Array::bool(&[2], vec![false, true])),
        ("select(T > 3, T, 0)", Array::i32(&[2, 3], vec![0, 5, 0, 4, 0, 6])),
        ("select(T > 3, T, 0.5)[0]", Array::f32(&[3], vec![0.5, 5.0, 0.5])),
        ("concat([T, [[7, 8, 9]]])", Array::i32(&[3, 3], vec![1, 5, 2, 4, 3, 6, 7, 8, 9])),
        ("concat([[1], [2.5, 3]], axis=0)", Array::f32(&[3], vec![1.0, 2.5, 3.0])),
        ("stack([[1, 2], [3, 4]], axis=1)", Array::i32(&[2, 2], vec![1, 3, 2, 4])),
        ("gather(T, [1, 0], axis=1)", Array::i32(&[2, 2], vec![5, 1, 3, 4])),
        ("scatter_add([1, 2, 3], [1, 0, 1], 3)", Array::f32(&[3], vec![2.0, 4.0, 0.0])),
        ("one_hot([2, 0], depth=3)", Array::f32(&[2, 3], vec![0., 0., 1., 1., 0., 0.])),
        ("pad([1, 2], 0, 1, 2)", Array::i32(&[5], vec![0, 1, 2, 0, 0])),
        ("zeros([2]) + ones(2)", Array::f32(&[2], vec![1.0, 1.0])),
        ("iota(3)", Array::i32(&[3], vec![0, 1, 2])),
        ("shape(T)", Array::i32(&[2], vec![2, 3])),
        ("rank(T)", Array::i32(&[], vec![2])),
        ("clip([-2, 0.5, 9], 0, high=1)", Array::f32(&[3], vec![0.0, 0.5, 1.0])),
        ("not(T > 3)[0]", Array::bool(&[3], vec![true, false, true])),
        ("shape(random_normal([4, 5]))", Array::i32(&[2], vec![4, 5])),
    ] {
        assert_eq!(value(&call.replace('T', table)), expected, "{call}");
    }
    let seeds = value("random_uniform([3], seed=1) == random_uniform([3], seed=2)");
    assert_eq!(seeds, Array::bool(&[3], vec![false; 3]));
}

#[test]
fn brackets_take_parts_as_in_numpy() {
    let table = "[[0, 1, 2], [3, 4, 5]]";
    for (part, sizes, expected) in [
        ("T[0]", &[3][..], &[0, 1, 2][..]),
        ("T[-1, 1]", &[], &[4]),
        ("T[:, 1]", &[2], &[1, 4]),
        ("T[0:1]", &[1, 3], &[0, 1, 2]),
        ("T[:, ::2]", &[2, 2], &[0, 2, 3, 5]),
        ("T[1, 1:]", &[2], &[4, 5]),
        ("T[1][-2:]", &[2], &[4, 5]),
        ("T[:, -9:9]", &[2, 3], &[0, 1, 2, 3, 4, 5]),
        ("T[5:, 2]", &[0], &[]),
        ("T[:, 2:1]", &[2, 0], &[]),
    ] {
        let expected = Array::i32(sizes, expected.to_vec());
        assert_eq!(value(&part.replace('T', table)), expected, "{part}");
    }
}

#[test]
fn faults_name_the_column_and_what_fits() {
    for (text, code, column, message) in [
        ("", "usage.expression", 1, "expected a number, a name, a list or `(`, got the end"),
        ("1 +", "usage.expression", 4, "expected a number, a name, a list or `(`, got the end"),
        (
            "1 $ 2",
            "usage.expression",
            3,
            "expected a number, a name, a list or an operator, got `$`",
        ),
        ("[1, 2", "usage.expression", 6, "expected `,` or `]`, got the end"),
        ("1 2", "usage.expression", 3, "expected an operator or the end, got `2`"),
        (
            "[[1, 2], [3]]",
            "usage.expression",
            10,
            "expected an element of shape [2], got one of [1]",
        ),
        ("softmx([1])", "usage.unknown_name", 1, "no function is called `softmx`"),
        ("1 + tru", "usage.unknown_name", 5, "no value is called `tru`"),
        ("sum([1], axs=0)", "usage.unknown_name", 10, "no setting is called `axs`"),
        ("relu", "usage.expression", 1, "expected `relu(x)`, got `relu`"),
        ("sum()", "usage.expression", 1, "expected `x` as in `sum(x, axis=all)`, got nothing"),
        (
            "one_hot([1])",
            "usage.expression",
            1,
            "expected `depth` as in `one_hot(x, depth)`, got nothing",
        ),
        ("relu(1, 2)", "usage.expression", 9, "expected no further argument in `relu(x)`, got `2`"),
        (
            "sum([1], 0, axis=0)",
            "usage.expression",
            13,
            "expected no further argument in `sum(x, axis=all)`, got `axis`",
        ),
        ("sum([1], axis=0.5)", "usage.expression", 15, "expected whole numbers, got `0.5`"),
        ("cast(1, f64)", "usage.expression", 9, "expected `f32`, `i32` or `bool`, got `f64`"),
        ("concat(1)", "usage.expression", 8, "expected a list of arrays, got `1`"),
        (
            "2 * matmul([[1, 2]], [[3, 4]])",
            "shape.matmul",
            5,
            "matmul: [1, 2] times [1, 2] does not fit",
        ),
        ("[1, 2] + [1, 2, 3]", "shape.unequal", 1, "add: expected equal shapes, got [2] and [3]"),
        ("sum([1], axis=1)", "shape.axis", 1, "axis 1 is not an axis of [1]"),
        ("1 + gather([5], [1])", "train.index_out_of_range", 5, "index 1 is outside of 0..1"),
        ("[1, 2][2]", "usage.expression", 8, "expected an index from -2 to 1, got 2"),
        ("[1, 2][::0]", "usage.expression", 1, "expected a step of 1 or more, got 0"),
        ("5[0]", "shape.axis", 1, "axis 0 is not an axis of []"),
        ("zeros([2, -1])", "shape.setting", 1, "zeros: a size must be 0 or more, got -1"),
        ("one_hot([0.5], 2)", "shape.dtype", 1, "one_hot: expected i32 values, got f32"),
        (
            "zeros([1000, 1001])",
            "usage.expression",
            7,
            "expected a value of at most 1000000 elements, got more",
        ),
        (
            "one_hot([0], 2000000000)",
            "usage.expression",
            1,
            "expected a value of at most 1000000 elements, got more",
        ),
        (
            "ones([2000, 1]) @ ones([1, 2000])",
            "usage.expression",
            1,
            "expected a value of at most 1000000 elements, got more",
        ),
    ] {
        let fault = fault(text);
        let place = fault.location();
        assert_eq!(fault.to_string(), message, "{text}");
        assert_eq!(
            (fault.code(), place.line, place.column),
            (code, Some(1), Some(column)),
            "{text}"
        );
        assert_eq!(place.file, None, "{text}");
    }
}

#[test]
fn faults_suggest_and_show_the_line() {
    let help = |text: &str| fault(text).help_text(ikhim_text::Language::English).unwrap();
    assert_eq!(help("softmx([1])"), "the nearest name is `softmax`");
    assert_eq!(help("sum([1], axs=0)"), "write `sum(x, axis=all)`");
    assert!(help("[[1, 2]] @ [[1, 2]]").starts_with("the last axis of the left factor"));
    let fault = fault("[1,\n 2] + 합([3])");
    let place = fault.location();
    assert_eq!((place.line, place.column, place.width), (Some(2), Some(7), Some(1)));
    assert_eq!(place.source.as_deref(), Some(" 2] + 합([3])"));
}

#[test]
fn deep_expressions_are_refused() {
    for (open, close) in [("(", ")"), ("[", "]"), ("-", ""), ("abs(", ")"), ("2**", "")] {
        let shallow = format!("{}1{}", open.repeat(40), close.repeat(40));
        assert!(evaluate(&shallow).is_ok(), "{open}");
        let deep = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        assert_eq!(fault(&deep).code(), "usage.expression", "{open}");
    }
    assert_eq!(fault(&"1+".repeat(100_000)).code(), "usage.expression");
    assert_eq!(fault(&format!("[1]{}", "[0]".repeat(100_000))).code(), "usage.expression");
}

#[test]
fn every_function_is_in_the_reference_once() {
    let signatures: Vec<String> = functions().map(|(signature, _)| signature).collect();
    assert!(signatures.contains(&"leaky_relu(x, negative_slope=0.01)".to_string()));
    assert!(signatures.contains(&"concat([x, …], axis=0)".to_string()));
    let mut names: Vec<&str> = super::function::names().collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}

/// Words of the language in any order.
fn words() -> impl Strategy<Value = String> {
    let signs = prop::sample::select(vec![
        "(",
        ")",
        "[",
        "]",
        ",",
        ":",
        "+",
        "-",
        "*",
        "/",
        "@",
        "**",
        "==",
        "<",
        "=",
        "axis=",
        "0",
        "1",
        "2",
        "-1",
        "3.5",
        "1e9",
        "1e38",
        "2147483647",
        "true",
        "nan",
        "inf",
        "f32",
        "i32",
        "[1, 2]",
        "[[1, 2], [3, 4]]",
        "[[[0.5]]]",
        "[]",
        "[[], []]",
        "[true, false]",
    ]);
    let names = prop::sample::select(super::function::names().collect::<Vec<_>>());
    let word = prop_oneof![signs.prop_map(String::from), names.prop_map(|name| format!("{name}("))];
    prop::collection::vec(word, 0..24).prop_map(|words| words.join(" "))
}

/// A call of any function with arguments that are mostly arrays and numbers.
fn calls() -> impl Strategy<Value = String> {
    let argument = prop::sample::select(vec![
        "0",
        "1",
        "-1",
        "7",
        "-7",
        "2147483647",
        "0.5",
        "nan",
        "1e38",
        "true",
        "f32",
        "i32",
        "bool",
        "[]",
        "[[], []]",
        "[1, 2]",
        "[0, 1, 0]",
        "[[1, 2], [3, 4]]",
        "[[1.5, -2], [0, 4], [5, 6]]",
        "[[[1], [2]]]",
        "[true, false]",
        "[nan, inf]",
        "[-1, 2]",
        "[0, 0]",
        "[2147483647, 2147483647]",
        "zeros([0, 3])",
        "ones([1, 3, 4, 2])",
        "ones([2, 2, 2, 1])",
        "same",
    ]);
    let names = prop::sample::select(super::function::names().collect::<Vec<_>>());
    (names, prop::collection::vec(argument, 0..4))
        .prop_map(|(name, arguments)| format!("{name}({})", arguments.join(", ")))
}

/// The image, kernels and sums of the course's lab 11-0, and sums by hand.
#[test]
fn windows_are_multiplied_and_pooled() {
    let image = "reshape([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1])";
    let conv = |rest: &str| evaluate(&format!("conv2d({image}, ones([2, 2, 1, 1]){rest})"));
    let valid = conv("").unwrap();
    assert_eq!(valid, Array::f32(&[1, 2, 2, 1], vec![12.0, 16.0, 24.0, 28.0]));
    let same = conv(", padding=same").unwrap();
    assert_eq!(same.shape(), [1, 3, 3, 1]);
    assert_eq!(same.to_f64(), [12.0, 16.0, 9.0, 24.0, 28.0, 15.0, 15.0, 17.0, 9.0]);
    let padded = conv(", 2, [1, 0, 0, 1]").unwrap();
    assert_eq!(padded, Array::f32(&[1, 2, 2, 1], vec![3.0, 3.0, 24.0, 15.0]));
    let pool = |name: &str, rest: &str| {
        evaluate(&format!("{name}_pool2d({image}, {rest})")).map(|pooled| pooled.to_f64())
    };
    assert_eq!(pool("max", "2, 1").unwrap(), [5.0, 6.0, 8.0, 9.0]);
    assert_eq!(pool("max", "2, padding=same").unwrap(), [5.0, 6.0, 8.0, 9.0]);
    assert_eq!(pool("average", "[1, 3]").unwrap(), [2.0, 5.0, 8.0]);
    assert_eq!(pool("average", "2, padding=same").unwrap(), [3.0, 4.5, 7.5, 9.0]);
    let fault = conv(", dilation=3").unwrap_err();
    assert!(fault.to_string().contains("(3 * (2 - 1) + 1)"), "{fault}");
    let fault = conv(", stride=[1, 2, 3]").unwrap_err();
    assert_eq!(fault.code(), "shape.setting");
    let fault = conv(", padding=-1").unwrap_err();
    assert_eq!(fault.code(), "shape.setting");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn nothing_panics_on_any_text(text in "\\PC{0,40}") {
        let _ = evaluate(&text);
    }

    #[test]
    fn nothing_panics_on_any_words(text in words()) {
        let _ = evaluate(&text);
    }

    #[test]
    fn nothing_panics_on_any_call(text in calls()) {
        let _ = evaluate(&text);
    }
}
