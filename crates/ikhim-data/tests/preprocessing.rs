//! Preprocessing against scikit-learn and closed forms, and what it may know.

use ikhim_data::{
    Cell, Column, ColumnType, Dataset, Encoded, EncodedTarget, EncodedValues, Encoding,
    HandleUnknown, Missing, Preprocessing, RawRows, RowWarning, Scaling, Split, Transform,
};
use ikhim_text::Language;
use proptest::prelude::*;
use serde_json::Value;

/// Fits on all rows of some data.
fn fit(data: &Dataset) -> (Preprocessing, Encoded) {
    let train = data.split(Split::none()).unwrap().train;
    let preprocessing = Preprocessing::fit(&train).unwrap();
    let encoded = preprocessing.encode_train(&train).unwrap().encoded().clone();
    (preprocessing, encoded)
}

fn features(encoded: &Encoded) -> &[f32] {
    encoded.input("features").unwrap().values.as_f32().unwrap()
}

/// One input column `x` and a numeric target that counts the rows.
fn column<C: Into<Cell>>(values: impl IntoIterator<Item = C>, column: Column) -> Dataset {
    let rows = values.into_iter().enumerate().map(|(row, cell)| [cell.into(), (row as f64).into()]);
    let data = Dataset::rows(["x", "y"], rows).column("x", column);
    data.column("y", Column::number()).target("y").load().unwrap()
}

fn encode<C: Into<Cell>>(preprocessing: &Preprocessing, cell: C) -> Vec<f32> {
    let row = RawRows::new().named([("x", cell)]);
    features(&preprocessing.encode_rows(&row).unwrap().encoded).to_vec()
}

#[track_caller]
fn assert_near(found: &[f32], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (&found, &expected) in found.iter().zip(expected) {
        // The nearest f32, but for the last place of the f64 statistics.
        let error = (f64::from(found) - expected).abs();
        assert!(error <= 1.2e-7 * expected.abs().max(1e-3), "{found} {expected}");
    }
}

fn numbers(value: &Value) -> Vec<Option<f64>> {
    value.as_array().unwrap().iter().map(Value::as_f64).collect()
}

#[test]
fn imputation_and_scaling_agree_with_scikit_learn() {
    let fixture: Value = serde_json::from_str(include_str!("fixtures/preprocessing.json")).unwrap();
    let cases = fixture["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 12);
    for case in cases {
        let missing = match case["missing"].as_str().unwrap() {
            "mean" => Missing::Mean,
            "median" => Missing::Median,
            "most_frequent" => Missing::MostFrequent,
            _ => Missing::constant(7.5),
        };
        let scaling: Scaling = case["scaling"].as_str().unwrap().parse().unwrap();
        let settings = Column::number().missing(missing).scaling(scaling);
        let (preprocessing, encoded) = fit(&column(numbers(&fixture["train"]), settings));
        let expected: Vec<f64> = numbers(&case["train"]).into_iter().flatten().collect();
        assert_near(features(&encoded), &expected);
        for (new, expected) in numbers(&fixture["new"]).into_iter().zip(numbers(&case["new"])) {
            assert_near(&encode(&preprocessing, new), &[expected.unwrap()]);
        }
    }
}

#[test]
fn encoding_agrees_with_scikit_learn() {
    let fixture: Value = serde_json::from_str(include_str!("fixtures/preprocessing.json")).unwrap();
    let words = |value: &Value| -> Vec<String> {
        value.as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_string()).collect()
    };
    let levels = &fixture["levels"];
    let fitted =
        |encoding| fit(&column(words(&levels["train"]), Column::category().encoding(encoding))).0;
    let (one_hot, ordinal) = (fitted(Encoding::OneHot), fitted(Encoding::Ordinal));
    assert_eq!(one_hot.feature_names(), ["x=a", "x=b", "x=c"]);
    assert_eq!(ordinal.feature_names(), ["x"]);
    for (index, level) in words(&levels["new"]).into_iter().enumerate() {
        let expected: Vec<f64> = numbers(&levels["one_hot"][index]).into_iter().flatten().collect();
        assert_near(&encode(&one_hot, level.as_str()), &expected);
        let expected = levels["ordinal"][index].as_f64().unwrap();
        assert_near(&encode(&ordinal, level.as_str()), &[expected]);
    }
}

#[test]
fn a_constant_column_becomes_zero() {
    for scaling in [Scaling::Standard, Scaling::MinMax, Scaling::Robust] {
        // The mean of ten times 0.1 is rounded.
        let data = column([0.1; 10], Column::number().scaling(scaling));
        let (preprocessing, encoded) = fit(&data);
        assert_eq!(features(&encoded), [0.0; 10]);
        assert_eq!(encode(&preprocessing, 5.0), [0.0]);
    }
    let (_, encoded) = fit(&column([0.1; 3], Column::number().scaling(Scaling::None)));
    assert_eq!(features(&encoded), [0.1; 3]);
}

#[test]
fn robust_scaling_survives_equal_quartiles() {
    let data = column([0.0, 0.0, 0.0, 0.0, 8.0], Column::number().scaling(Scaling::Robust));
    assert_eq!(features(&fit(&data).1), [0.0, 0.0, 0.0, 0.0, 8.0]);
}

#[test]
fn an_indicator_says_where_a_value_was_missing() {
    let settings = Column::number().missing(Missing::Median).missing_indicator();
    let (preprocessing, encoded) =
        fit(&column([Some(1.0), None, Some(3.0)], settings.scaling(Scaling::None)));
    assert_eq!(preprocessing.feature_names(), ["x", "x:missing"]);
    assert_eq!(features(&encoded), [1.0, 0.0, 2.0, 1.0, 3.0, 0.0]);
}

#[test]
fn a_missing_level_is_a_level_of_its_own_where_train_rows_have_it() {
    let settings = Column::category().missing(Missing::Category).missing_indicator();
    let (preprocessing, encoded) = fit(&column([Some("b"), None, Some("a")], settings.clone()));
    assert_eq!(preprocessing.feature_names(), ["x=a", "x=b", "x=missing", "x:missing"]);
    assert_eq!(features(&encoded), [0., 1., 0., 0., 0., 0., 1., 1., 1., 0., 0., 0.]);

    let (preprocessing, _) = fit(&column(["b", "a", "c"], settings));
    assert_eq!(preprocessing.feature_names(), ["x=a", "x=b", "x=c", "x:missing"]);
    assert_eq!(encode(&preprocessing, None::<&str>), [0., 0., 0., 1.]);
}

#[test]
fn an_embedded_column_is_an_input_of_indices() {
    let settings = || Column::category().encoding(Encoding::Embedding);
    let levels = [Some("b"), None, Some("a"), Some("b"), Some("c")];
    let (preprocessing, encoded) = fit(&column(levels, settings().missing_indicator()));
    let input = encoded.input("columns/x").unwrap();
    assert!(input.shape.is_empty());
    // a, b, c and the missing level, in this order.
    assert_eq!(input.values, EncodedValues::I32(vec![1, 3, 0, 1, 2]));
    assert_eq!(preprocessing.feature_names(), ["x:missing"]);
    assert_eq!(features(&encoded), [0.0, 1.0, 0.0, 0.0, 0.0]);
    let embedded: Vec<_> = preprocessing.embedded().collect();
    assert_eq!((embedded[0].levels, embedded[0].output_dim), (4, 2));

    // A level that no train row has is the index behind the last.
    let new = preprocessing.encode_rows(&RawRows::new().named([("x", "z")])).unwrap();
    let index = &new.encoded.input("columns/x").unwrap().values;
    assert_eq!(*index, EncodedValues::I32(vec![4]));
    assert!(matches!(&new.warnings[..], [RowWarning::UnseenLevel { level, .. }] if level == "z"));
    let strict = settings().handle_unknown(HandleUnknown::Error);
    let (strict, _) = fit(&column(["a", "b"], strict));
    let fault = strict.encode_rows(&RawRows::new().named([("x", "z")])).unwrap_err();
    assert_eq!(fault.code(), "data.unseen_level");
}

#[test]
fn the_vectors_of_levels_are_half_as_long_as_there_are_levels() {
    let length = |count: usize, settings: Column| {
        let names: Vec<String> = (0..count).map(|level| format!("level {level}")).collect();
        let data = column(names.into_iter().cycle().take(2 * count), settings);
        fit(&data).0.embedded().next().unwrap().output_dim
    };
    for (levels, expected) in [(2, 1), (3, 2), (4, 2), (5, 3), (99, 50), (100, 50), (240, 50)] {
        assert_eq!(length(levels, Column::category().encoding(Encoding::Embedding)), expected);
    }
    assert_eq!(length(5, Column::category().output_dim(8)), 8);
}

#[test]
fn missing_levels_are_filled_in() {
    let levels = [Some("b"), None, Some("a"), Some("b"), Some("c")];
    let (preprocessing, encoded) =
        fit(&column(levels, Column::category().missing(Missing::MostFrequent)));
    assert_eq!(preprocessing.feature_names(), ["x=a", "x=b", "x=c"]);
    assert_eq!(features(&encoded)[3..6], [0.0, 1.0, 0.0]);

    let (preprocessing, encoded) =
        fit(&column(levels, Column::category().missing(Missing::constant("other"))));
    assert_eq!(preprocessing.feature_names(), ["x=a", "x=b", "x=c", "x=other"]);
    assert_eq!(features(&encoded)[4..8], [0.0, 0.0, 0.0, 1.0]);
}

/// `hashlib.sha256("서울".encode()).digest()[0] % 32` is 10 in Python, of 부산 12.
#[test]
fn a_hashed_level_has_its_place_without_being_known() {
    let cities = ["서울", "부산", "서울"];
    let (preprocessing, encoded) =
        fit(&column(cities, Column::category().encoding(Encoding::Hash)));
    let place = |row: &[f32]| row.iter().position(|&value| value == 1.0);
    assert_eq!(encoded.inputs[0].shape, [32]);
    let places: Vec<_> = features(&encoded).chunks(32).map(place).collect();
    assert_eq!(places, [Some(10), Some(12), Some(10)]);
    let new = RawRows::new().named([("x", "제주")]);
    assert!(preprocessing.encode_rows(&new).unwrap().warnings.is_empty());
}

#[test]
fn levels_of_numbers_are_known_in_any_form() {
    let data = Dataset::rows(["x", "y"], [["1", "1"], ["2", "2"], ["3", "3"]]);
    let data = data.column("x", Column::category()).column("y", Column::number()).target("y");
    let (preprocessing, _) = fit(&data.load().unwrap());
    for cell in [Cell::from("2"), Cell::from("2.0"), Cell::from(2)] {
        assert_eq!(encode(&preprocessing, cell), [0.0, 1.0, 0.0]);
    }
}

#[test]
fn many_warnings_of_a_column_are_one_sentence() {
    let data = Dataset::rows(["x", "y"], [[1.0, 0.0], [2.0, 1.0], [3.0, 0.0]]).target("y");
    let (preprocessing, _) = fit(&data.load().unwrap());
    let warned = |values: &[f64]| {
        let rows = values.iter().fold(RawRows::new(), |rows, x| rows.by_place([*x]));
        let new = preprocessing.encode_rows(&rows).unwrap();
        RowWarning::sentences(&new.warnings, Language::English)
    };
    assert!(warned(&[1.5, 3.0]).is_empty());
    assert_eq!(warned(&[2.0, 9.0]), ["row 2: `x` = 9 lies outside the train rows' 1 to 3"]);
    assert_eq!(
        warned(&[2.0, 9.0, -4.5, 7.0]),
        ["`x`: 3 values lie outside the train rows' 1 to 3, from -4.5 to 9; the first is row 2"]
    );
    let (preprocessing, _) = fit(&column(["a", "b", "c"], Column::category()));
    let levels = ["z", "a", "y", "z", "q", "r", "s", "t"];
    let rows = levels.iter().fold(RawRows::new(), |rows, x| rows.named([("x", *x)]));
    let new = preprocessing.encode_rows(&rows).unwrap();
    assert_eq!(
        RowWarning::sentences(&new.warnings, Language::English),
        [
            "`x`: 7 rows have levels that no train row has, `z`, `y`, `q`, `r`, `s`, …; the first is \
          row 1"
        ]
    );
}

#[test]
fn unknown_levels_are_warned_of_or_refused() {
    let (preprocessing, _) = fit(&column(["a", "b", "c"], Column::category()));
    let rows = RawRows::new().named([("x", "a")]).named([("x", "z")]);
    let new = preprocessing.encode_rows(&rows).unwrap();
    assert_eq!(features(&new.encoded)[3..], [0.0; 3]);
    let level = "z".to_string();
    assert_eq!(new.warnings, [RowWarning::UnseenLevel { row: 1, column: "x".to_string(), level }]);
    assert_eq!(new.warnings[0].to_string(), "row 2: no train row has the level `z` of `x`");

    let strict = Column::category().handle_unknown(HandleUnknown::Error);
    let (preprocessing, _) = fit(&column(["a", "b", "c"], strict));
    let fault = preprocessing.encode_rows(&rows).unwrap_err();
    assert_eq!(fault.to_string(), "column `x`, row 2: unknown level `z`; known are a, b, c");
}

#[test]
fn a_value_that_nothing_may_replace_is_needed() {
    for missing in [Missing::Drop, Missing::Error] {
        let (preprocessing, _) = fit(&column([1.0, 2.0, 3.0], Column::number().missing(missing)));
        let rows = RawRows::new().named([("x", None::<f64>)]);
        let code = preprocessing.encode_rows(&rows).unwrap_err().code();
        assert!(matches!(code, "data.value_needed" | "data.missing_value"), "{code}");
    }
}

#[test]
fn a_column_without_any_train_value_is_refused() {
    let rows = [[None, Some(1.0)], [None, Some(2.0)], [Some(7.0), Some(3.0)]];
    let parts = Dataset::rows(["x", "y"], rows)
        .column("x", Column::number())
        .column("y", Column::number())
        .target("y")
        .load()
        .unwrap()
        .split(Split::none())
        .unwrap();
    let fault = Preprocessing::fit(&parts.train.first(2)).unwrap_err();
    assert_eq!(fault.code(), "data.no_values");
}

#[test]
fn a_numeric_target_is_standardized_and_comes_back() {
    let data = column([0.0; 4], Column::number());
    let (preprocessing, encoded) = fit(&data);
    let EncodedTarget::Number { width, values, original } = &encoded.target else { panic!() };
    // 0, 1, 2, 3: mean 1.5, deviation √1.25.
    let deviation = 1.25_f64.sqrt();
    assert_near(values, &[-1.5, -0.5, 0.5, 1.5].map(|value| value / deviation));
    assert_eq!((*width, original.as_slice()), (1, &[0.0, 1.0, 2.0, 3.0][..]));
    assert_eq!(preprocessing.invert(&[0.0]), [1.5]);
    for (found, expected) in preprocessing.invert(values).into_iter().zip(original) {
        assert!((found - expected).abs() < 1e-6);
    }
}

#[test]
fn a_logarithm_is_undone() {
    let prices = [100.0, 1000.0, 10000.0];
    let rows = prices.iter().enumerate().map(|(row, price)| [row as f64, *price]);
    let data = Dataset::rows(["x", "price"], rows)
        .column("price", Column::number().transform(Transform::Log))
        .target("price")
        .load()
        .unwrap();
    let (preprocessing, encoded) = fit(&data);
    let EncodedTarget::Number { values, original, .. } = &encoded.target else { panic!() };
    // Equal ratios are equal distances: −√1.5, 0, √1.5.
    assert_near(&[values[0], values[2]], &[-1.5_f64.sqrt(), 1.5_f64.sqrt()]);
    assert!(values[1].abs() < 1e-6);
    assert_eq!(original.as_slice(), prices);
    for (found, expected) in preprocessing.invert(values).into_iter().zip(prices) {
        assert!((found / expected - 1.0).abs() < 1e-6, "{found} {expected}");
    }

    let zero = Dataset::rows(["x", "y"], [[1.0, 0.0], [2.0, 1.0]])
        .column("y", Column::number().transform(Transform::Log))
        .target("y")
        .load()
        .unwrap();
    let fault = zero.split(Split::none()).unwrap_err();
    assert_eq!((fault.code(), fault.expected()), ("data.logarithm", Some("positive numbers")));
}

#[test]
fn several_targets_are_scaled_each_by_itself() {
    let rows = [[1.0, 0.0, 10.0], [2.0, 1.0, 30.0], [3.0, 2.0, 50.0]];
    let data = Dataset::rows(["x", "a", "b"], rows)
        .targets(["a", "b"])
        .column("a", Column::number())
        .column("b", Column::number().scaling(Scaling::MinMax))
        .load()
        .unwrap();
    let (preprocessing, encoded) = fit(&data);
    let EncodedTarget::Number { width: 2, values, .. } = &encoded.target else { panic!() };
    let step = 1.5_f64.sqrt();
    assert_near(values, &[-step, 0.0, 0.0, 0.5, step, 1.0]);
    assert_eq!(preprocessing.target_names(), ["a", "b"]);
    assert_eq!(preprocessing.invert(&[0.0, 0.25]), [1.0, 20.0]);
}

#[test]
fn yes_and_no_become_one_and_zero() {
    let rows = [["1", "no", "0"], ["2", "yes", "1"], ["3", "yes", "0"]];
    let data = Dataset::rows(["x", "a", "b"], rows).targets(["a", "b"]).load().unwrap();
    let (_, encoded) = fit(&data);
    let expected = vec![0.0, 0.0, 1.0, 1.0, 1.0, 0.0];
    assert_eq!(encoded.target, EncodedTarget::MultiLabel { width: 2, values: expected });
}

#[test]
fn images_are_divided_by_their_full_intensity() {
    let (preprocessing, encoded) = fit(&Dataset::digits().load().unwrap());
    assert_eq!(preprocessing.inputs(), [("features".to_string(), vec![8, 8, 1])]);
    assert_eq!(preprocessing.classes(), ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    let values = features(&encoded);
    assert_eq!((encoded.rows, values.len()), (1_797, 1_797 * 64));
    // The first image of the set begins with 0, 0, 5, 13, 9, 1.
    assert_eq!(values[..6], [0.0, 0.0, 0.3125, 0.8125, 0.5625, 0.0625]);
    assert!(values.iter().all(|value| (0.0..=1.0).contains(value)));

    let bytes = Dataset::from_arrays(&[1, 2, 1], vec![0_u8, 255, 51, 102], vec!["a", "b"]);
    assert_eq!(features(&fit(&bytes.load().unwrap()).1), [0.0, 1.0, 0.2, 0.4]);
}

#[test]
fn channels_of_images_are_standardized_each_by_itself() {
    let data = Dataset::from_arrays(&[1, 2, 2], vec![0_u8, 7, 2, 7, 4, 7, 6, 7], vec!["a", "b"]);
    let data = data.defaults(ColumnType::Image, Column::image().scaling(Scaling::Standard));
    let (_, encoded) = fit(&data.load().unwrap());
    // The first channel holds 0, 2, 4, 6, the second is constant.
    let step = 1.0 / 5.0_f64.sqrt();
    let expected = [-3.0 * step, 0.0, -step, 0.0, step, 0.0, 3.0 * step, 0.0];
    assert_near(features(&encoded), &expected);
}

#[test]
fn an_image_by_place_is_the_image() {
    let data = Dataset::digits().load().unwrap();
    let (preprocessing, encoded) = fit(&data);
    let pixels = features(&encoded)[..64].iter().map(|value| value * 16.0);
    let rows = RawRows::new().by_place(pixels.clone());
    let new = preprocessing.encode_rows(&rows).unwrap();
    assert_eq!(features(&new.encoded), &features(&encoded)[..64]);
    assert_eq!((new.warnings.len(), &new.encoded.target), (0, &EncodedTarget::None));

    let rows = rows.by_place(pixels.clone().map(|pixel| pixel * 16.0));
    let warnings = preprocessing.encode_rows(&rows).unwrap().warnings;
    assert_eq!(warnings.len(), 1);
    assert_eq!(warnings[0].row(), 1);

    let code = |rows: RawRows| preprocessing.encode_rows(&rows).unwrap_err().code();
    assert_eq!(code(RawRows::new().by_place(pixels.take(63))), "data.row_length");
    assert_eq!(code(RawRows::new().by_place(["x"; 64])), "data.pixel");
}

#[test]
fn a_row_by_place_has_a_value_for_every_input() {
    let (preprocessing, _) = fit(&column([1.0, 2.0, 3.0], Column::number()));
    let fault = preprocessing.encode_rows(&RawRows::new().by_place([1.0, 2.0])).unwrap_err();
    assert_eq!(fault.to_string(), "row 1: expected 1 values, found 2");
    let fault = preprocessing.encode_rows(&RawRows::new().named([("y", 1.0)])).unwrap_err();
    assert_eq!(fault.code(), "data.missing_column");
}

#[test]
fn new_data_is_read_by_the_schema_and_judged_by_the_train_rows() {
    let (preprocessing, encoded) = fit(&Dataset::named("iris").load().unwrap());
    let header = ["species", "petal_width", "petal_length", "sepal_width", "sepal_length"];
    let names: Vec<String> = preprocessing.feature_names();
    assert_eq!(names.len(), 4);
    let header: Vec<String> = header.iter().map(|name| name.to_string()).collect();
    assert!(names.iter().all(|name| header.contains(name)), "{names:?}");

    // The first flower of the set, in another order of the columns.
    let row = |species: &str| {
        [species.to_string(), "0.2".into(), "1.4".into(), "3.5".into(), "5.1".into()]
    };
    let read = |species: &str| {
        Dataset::rows(header.clone(), [row(species)]).schema(preprocessing.schema()).load().unwrap()
    };
    let class = preprocessing.classes()[0].clone();
    let new = preprocessing.encode_labelled(&read(&class)).unwrap();
    assert_eq!(features(&new.encoded), &features(&encoded)[..4]);
    assert_eq!(new.encoded.target, EncodedTarget::Class(vec![0]));

    let fault = preprocessing.encode_labelled(&read("tulip")).unwrap_err();
    assert_eq!(fault.code(), "data.unseen_class");
    let fault = preprocessing.encode_labelled(&read("")).unwrap_err();
    assert_eq!(fault.code(), "data.label_needed");
    assert_eq!(preprocessing.encode_new(&read("")).unwrap().encoded.target, EncodedTarget::None);
}

#[test]
fn fitted_preprocessing_survives_json_to_the_last_bit() {
    let rows = [
        [Cell::from(0.1), "a".into(), 1.0.into()],
        [Cell::Missing, "b".into(), 3.0.into()],
        [Cell::from(0.3), "c".into(), 7.0.into()],
    ];
    let data = Dataset::rows(["number", "level", "y"], rows)
        .column("y", Column::number().transform(Transform::Log))
        .target("y")
        .load()
        .unwrap();
    for data in [data, Dataset::digits().load().unwrap()] {
        let (preprocessing, encoded) = fit(&data);
        let json = serde_json::to_string(&preprocessing).unwrap();
        let again: Preprocessing = serde_json::from_str(&json).unwrap();
        assert_eq!(again, preprocessing);
        assert_eq!(again.encode_labelled(&data).unwrap().encoded, encoded);
    }
}

/// A row: number, level, class.
type Row = (Option<f64>, u8, u8);

fn table(rows: &[Row], part: impl Fn(usize) -> &'static str) -> Dataset {
    let rows = rows.iter().enumerate().map(|(index, (number, level, class))| {
        let level = format!("level {level}");
        let class = format!("class {}", class % 2);
        [Cell::from(*number), level.into(), class.into(), part(index).into()]
    });
    Dataset::rows(["number", "level", "class", "part"], rows)
        .column("number", Column::number().missing(Missing::Mean))
        .column("level", Column::category())
        .column("class", Column::category())
        .column("part", Column::category())
        .target("class")
        .load()
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// No value of a validation or test row changes what was fitted.
    #[test]
    fn validation_and_test_rows_are_not_known(
        train in prop::collection::vec((prop::option::of(-1e3..1e3), 0_u8..4, 0_u8..2), 8..30),
        others in prop::collection::vec((prop::option::of(-1e9..1e9), 0_u8..9, 0_u8..2), 2..20),
        changed in prop::collection::vec((prop::option::of(-1e9..1e9), 0_u8..9, 0_u8..2), 2..20),
    ) {
        prop_assume!(train.iter().any(|row| row.0.is_some()));
        prop_assume!(train.iter().any(|row| row.2 == 0) && train.iter().any(|row| row.2 == 1));
        let fit = |others: &[Row]| {
            let rows = [&train[..], others].concat();
            let part = |index| match index {
                index if index < train.len() => "train",
                index if index % 2 == 0 => "validation",
                _ => "test",
            };
            let parts = table(&rows, part).split(Split::column("part")).unwrap();
            let preprocessing = Preprocessing::fit(&parts.train).unwrap();
            let encoded = preprocessing.encode_train(&parts.train).unwrap();
            (preprocessing, encoded)
        };
        prop_assert_eq!(fit(&others), fit(&changed));
    }

    /// Standardized values have mean 0 and deviation 1, and come back.
    #[test]
    fn standardized_targets_have_mean_0_and_deviation_1(
        values in prop::collection::vec(-1e6..1e6, 3..50),
    ) {
        let rows = values.iter().enumerate().map(|(row, value)| [row as f64, *value]);
        let data = Dataset::rows(["x", "y"], rows).column("y", Column::number()).target("y");
        let (preprocessing, encoded) = fit(&data.load().unwrap());
        let EncodedTarget::Number { values: scaled, original, .. } = &encoded.target else {
            return Err(TestCaseError::fail("not numbers"));
        };
        let n = scaled.len() as f64;
        let mean = scaled.iter().map(|&value| f64::from(value)).sum::<f64>() / n;
        let square = scaled.iter().map(|&value| f64::from(value).powi(2)).sum::<f64>() / n;
        prop_assert!(mean.abs() < 1e-6 && (square - 1.0).abs() < 1e-6, "{mean} {square}");
        prop_assert_eq!(original, &values);
        let spread = values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
        for (found, expected) in preprocessing.invert(scaled).into_iter().zip(&values) {
            prop_assert!((found - expected).abs() <= 1e-6 * spread);
        }
    }
}
