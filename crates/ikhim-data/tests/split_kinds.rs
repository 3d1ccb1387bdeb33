//! Groups, time, folds and rows that were appended, on real and on made data.

use ikhim_data::{Assignment, Column, Dataset, Order, Parts, Split, SplitMethod};
use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

/// A file of the reference data, which is not part of this repository.
fn reference(path: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("IKHIM_SHARED_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let file = folder.join(path);
    if file.exists() {
        return Some(file);
    }
    let required = std::env::var_os("IKHIM_REQUIRE_DATA").is_some_and(|word| word == "1");
    assert!(!required, "{path} is missing");
    println!("skipped: {path} needs the reference data");
    None
}

fn sizes(parts: &Parts) -> [usize; 3] {
    [parts.train.len(), parts.validation.len(), parts.test.len()]
}

/// The part of every row, by its id.
fn assignment(parts: &Parts) -> BTreeMap<u64, char> {
    let train = parts.train.dataset().row_ids().iter().map(|&id| (id, 't'));
    let validation = parts.record.validation_ids.iter().map(|&id| (id, 'v'));
    train.chain(validation).chain(parts.record.sealed_ids.iter().map(|&id| (id, 's'))).collect()
}

fn codes(parts: &Parts) -> Vec<&str> {
    parts.report.notices.iter().map(|notice| notice.code()).collect()
}

/// The file has no date, but each day begins where the day before ended.
#[test]
fn stock_prices_are_a_series_whose_past_is_said() {
    let Some(path) = reference("course/data-02-stock_daily.csv") else { return };
    let data = Dataset::csv(path).target("Close").load().unwrap();
    let parts = data.split(Split::new()).unwrap();
    assert_eq!(parts.record.method, SplitMethod::Time);
    assert_eq!(sizes(&parts), [512, 110, 110]);
    assert_eq!(parts.record.sealed_ids, (622..732).collect::<Vec<u64>>());
    assert_eq!(parts.train.dataset().row_ids(), (0..512).collect::<Vec<u64>>());
    assert_eq!(codes(&parts), ["split.series", "split.oldest_first"]);
    let said = parts.report.notices[1].to_string();
    assert!(said.contains("split.order = \"newest_first\""), "{said}");

    let turned = data.split(Split::new().order(Order::NewestFirst).gap(7)).unwrap();
    assert_eq!(turned.record.sealed_ids, (0..110).rev().collect::<Vec<u64>>());
    assert_eq!(sizes(&turned), [732 - 2 * 110 - 2 * 7, 110, 110]);
    assert_eq!(turned.record.left_out_ids.len(), 14);
    let again = data.split_by_record(&turned.record).unwrap();
    assert_eq!((again.record, again.train), (turned.record, turned.train));
    // Whoever says that the rows are independent is believed.
    let drawn = data.split(Split::random()).unwrap();
    assert_eq!(drawn.record.method, SplitMethod::Random);
}

/// No other table at hand looks like a series, sorted as some of them are.
#[test]
fn tables_of_independent_rows_are_no_series() {
    for (path, target) in [
        ("tabular/california_housing.csv.gz", "median_house_value"),
        ("tabular/iris.csv", "column_1"),
        ("tabular/wine_data.csv", "column_13"),
        ("tabular/penguins.csv", "body_mass_g"),
        ("course/data-01-test-score.csv", "column_4"),
        ("course/data-03-diabetes.csv", "column_8"),
    ] {
        let Some(file) = reference(path) else { return };
        let data = Dataset::csv(file).target(target).column(target, Column::number()).load();
        let parts = data.unwrap_or_else(|fault| panic!("{path}: {fault}")).split(Split::new());
        assert_ne!(parts.unwrap().record.method, SplitMethod::Time, "{path}");
    }
}

/// A grid of x is sorted and no series.
#[test]
fn a_sorted_column_is_no_series() {
    let rows = (0..100).map(|x| [f64::from(x), f64::from(x * x % 17)]);
    let data = Dataset::rows(["x", "y"], rows).column("y", Column::number()).load().unwrap();
    assert_eq!(data.split(Split::new()).unwrap().record.method, SplitMethod::Random);
}

/// A jumpy series beside its own past is known by it; what repeats within a row, or
/// takes few values, is not.
#[test]
fn a_column_of_the_row_before_tells_a_series() {
    let levels: Vec<f64> = (0..80).map(|row| f64::from(row * row * 37 % 101)).collect();
    let of = |before: &dyn Fn(usize) -> f64| {
        let rows = (1..80).map(|row| [levels[row], before(row), levels[row] % 7.0]);
        let data = Dataset::rows(["level", "eve", "y"], rows).target("y");
        ikhim_data::facts::row_before(&data.column("y", Column::number()).load().unwrap())
    };
    let found = of(&|row| levels[row - 1]);
    assert_eq!(found, Some(("level".to_string(), "eve".to_string())));
    assert_eq!(of(&|row| levels[row]), None);
    assert_eq!(of(&|row| levels[79 - row]), None);
    assert_eq!(of(&|row| levels[row - 1] % 3.0), None);
}

#[test]
fn dates_order_the_rows_wherever_they_stand() {
    let rows: Vec<[String; 3]> = (0..60)
        .map(|day| {
            let place = day * 37 % 60;
            let date = format!("2024-{:02}-{:02}", 1 + place / 28, 1 + place % 28);
            [date, place.to_string(), (place * place % 13).to_string()]
        })
        .collect();
    let data = Dataset::rows(["day", "x", "y"], rows).column("y", Column::number());
    let data = data.load().unwrap();
    assert!(data.notices().iter().any(|notice| notice.code() == "data.date_columns"));
    let parts = data.split(Split::time_by("day").validation(10).test(10)).unwrap();
    let x = |rows: &Dataset| match &rows.column("x").unwrap().values {
        ikhim_data::Values::Number(values) => values.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(x(parts.train.dataset()), (0..40).map(f64::from).collect::<Vec<_>>());
    assert_eq!(x(parts.validation.dataset()), (40..50).map(f64::from).collect::<Vec<_>>());

    let fault = data.split(Split::time_by("dya")).unwrap_err();
    assert_eq!(fault.code(), "data.unknown_split_column");
    let bad = Dataset::rows(["day", "x", "y"], [["soon", "1", "2"], ["2024-01-02", "2", "3"]]);
    let fault = bad.load().unwrap().split(Split::time_by("day").test(0)).unwrap_err();
    assert_eq!((fault.code(), fault.argument("row")), ("data.no_moment", Some("1")));
    assert_eq!(fault.found(), Some("`soon`"));
}

/// Rows of one moment are never in two parts.
#[test]
fn a_cut_never_goes_through_a_moment() {
    let rows = (0..100).map(|row| [row / 8, row * 7 % 31, row * 5 % 23]);
    let data = Dataset::rows(["week", "x", "y"], rows).column("y", Column::number());
    let data = data.load().unwrap();
    let parts = data.split(Split::time_by("week")).unwrap();
    let weeks: HashMap<u64, u64> = (0..100).map(|row| (row, row / 8)).collect();
    let mut part_of = HashMap::new();
    for (id, part) in assignment(&parts) {
        assert_eq!(*part_of.entry(weeks[&id]).or_insert(part), part);
    }
    // 15 of 100 rows begin in the middle of week 10, which goes to test whole.
    assert_eq!(sizes(&parts)[2], 20);
}

#[test]
fn titanic_is_split_without_the_column_that_repeats_its_target() {
    let Some(path) = reference("tabular/titanic.csv") else { return };
    let data = Dataset::csv(&path).target("survived").load().unwrap();
    let parts = data.split(Split::new()).unwrap();
    assert_eq!(codes(&parts), ["data.leak"]);
    let inputs: Vec<&str> =
        parts.train.dataset().inputs().map(|column| column.name.as_str()).collect();
    assert!(!inputs.contains(&"alive") && inputs.contains(&"sex"), "{inputs:?}");
    let said = parts.report.notices[0].to_string();
    assert!(said.contains("`alive`") && said.contains("`survived`"), "{said}");
    // A person who says what it is keeps it.
    let kept = Dataset::csv(&path).target("survived").column("alive", Column::binary());
    let kept = kept.load().unwrap().split(Split::new()).unwrap();
    assert!(kept.train.dataset().inputs().any(|column| column.name == "alive"));
    assert_eq!(codes(&kept), ["data.suspect"]);
}

/// The two columns of the lecture's file in which 0 stands for no measurement.
#[test]
fn diabetes_has_two_columns_of_zeros() {
    let Some(path) = reference("course/data-03-diabetes.csv") else { return };
    let data = Dataset::csv(path).load().unwrap();
    let notice = data.notices().iter().find(|notice| notice.code() == "data.many_zeros").unwrap();
    assert_eq!(
        notice.to_string(),
        "many values are exactly 0, which may stand for what nobody measured: \
         `column_4` 224 of 759, `column_5` 371 of 759"
    );
}

/// Houses with three rows each; the rows of a house are told apart by `room`.
fn houses(count: usize) -> Dataset {
    let rows = (0..count * 3).map(|row| {
        let house = row / 3;
        [
            format!("house {house}"),
            (house * 7 % 41).to_string(),
            row.to_string(),
            (row % 2).to_string(),
        ]
    });
    Dataset::rows(["house", "size", "room", "y"], rows).load().unwrap()
}

/// Rows of two numbers and a class, with a column before them.
fn beside(name: &str, cell: impl Fn(usize) -> String) -> Dataset {
    let rows = (0..60).map(|row| {
        let x = row * 7 % 60;
        [cell(row), x.to_string(), (x * x % 11).to_string(), (row % 2).to_string()]
    });
    Dataset::rows([name, "a", "b", "y"], rows).load().unwrap()
}

fn part_of(row: usize, turn: usize) -> String {
    ["train", "train", "validation", "test"][(row + turn) % 4].to_string()
}

/// The column that says the part is no input, and the row is the same row when
/// another file puts it into another part: the seal knows it again.
#[test]
fn the_part_of_a_row_is_no_part_of_the_row() {
    let [one, other] = [0, 1].map(|turn| beside("part", |row| part_of(row, turn)));
    let codes: Vec<&str> = one.notices().iter().map(|notice| notice.code()).collect();
    assert!(codes.contains(&"data.part_columns"), "{codes:?}");
    assert_eq!(one.inputs().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(one.input_hashes(), other.input_hashes());
    assert_eq!(one.row_hashes(), other.row_hashes());
    let without = beside("constant", |_| "x".to_string());
    assert_eq!(one.input_hashes(), without.input_hashes());

    let parts = one.split(Split::column("part")).unwrap();
    assert_eq!(sizes(&parts), [30, 15, 15]);
    let schema = parts.train.dataset().schema();
    let again = [["1", "2", "0", "test"], ["1", "2", "0", "train"]];
    let again = Dataset::rows(["a", "b", "y", "part"], again).schema(&schema).load().unwrap();
    assert_eq!(again.row_hashes()[0], again.row_hashes()[1]);

    // A type that is given lets it be read, and does not make it an input.
    let rows = (0..60).map(|row| [part_of(row, 0), row.to_string(), (row % 2).to_string()]);
    let given = Dataset::rows(["part", "a", "y"], rows).column("part", Column::category());
    let parts = given.load().unwrap().split(Split::column("part")).unwrap();
    assert!(parts.train.dataset().inputs().all(|column| column.name == "a"));
    assert!(self::codes(&parts).contains(&"split.part_column"));
}

/// What names a group or a moment is no input, unless somebody gives it a type.
#[test]
fn groups_and_moments_are_no_inputs() {
    let cell = |row: usize| (row / 3).to_string();
    for (split, code) in [
        (Split::group("when"), "split.group_column"),
        (Split::time_by("when"), "split.time_column"),
    ] {
        let data = beside("when", cell);
        assert_eq!(data.inputs().count(), 3);
        let parts = data.split(&split).unwrap();
        let train = parts.train.dataset();
        assert_eq!(train.inputs().map(|column| &column.name).collect::<Vec<_>>(), ["a", "b"]);
        assert!(codes(&parts).contains(&code), "{:?}", codes(&parts));
        let again = data.split_by_record(&parts.record).unwrap();
        assert_eq!((&again.record, &again.train), (&parts.record, &parts.train));

        // The inputs are known by what a network sees of them.
        let elsewhere = beside("when", |row| (row / 3 + 1_000).to_string());
        let elsewhere = elsewhere.split(&split).unwrap();
        let inputs = |parts: &Parts| -> HashSet<_> {
            let validation = parts.validation.dataset().input_hashes();
            parts.train.dataset().input_hashes().iter().chain(validation).copied().collect()
        };
        if code == "split.time_column" {
            assert_eq!(inputs(&elsewhere), inputs(&parts));
            assert_eq!(elsewhere.test.id(), parts.test.id());
        }
        let rows =
            (0..60).map(|row| [(row / 3).to_string(), row.to_string(), (row % 2).to_string()]);
        let given = Dataset::rows(["when", "a", "y"], rows).column("when", Column::number());
        let parts = given.load().unwrap().split(&split).unwrap();
        assert_eq!(parts.train.dataset().inputs().count(), 2, "{code}");
        assert!(!codes(&parts).contains(&code));
        let alone = Dataset::rows(["when", "y"], (0..30).map(|row| [row, row % 2])).load().unwrap();
        assert_eq!(alone.split(&split).unwrap_err().code(), "data.no_inputs");
    }
}

#[test]
fn a_group_without_a_column_or_a_value_is_refused() {
    let data = houses(20);
    let code = |split: Split| data.split(split).unwrap_err().code();
    assert_eq!(code(Split::of(SplitMethod::Group)), "data.no_split_group");
    assert_eq!(code(Split::group("home")), "data.unknown_split_column");
    let rows = [["a", "1", "0"], ["", "2", "1"], ["b", "3", "0"], ["c", "4", "1"]];
    let data = Dataset::rows(["house", "x", "y"], rows).load().unwrap();
    assert_eq!(data.split(Split::group("house").test(1)).unwrap_err().code(), "data.group_missing");
}

/// Where every group is larger than a part, the part gets the smallest one.
#[test]
fn large_groups_leave_no_part_empty() {
    let rows = (0..60).map(|row| [row / 20, row, row % 2]);
    let data = Dataset::rows(["clinic", "x", "y"], rows).load().unwrap();
    let parts = data.split(Split::group("clinic")).unwrap();
    assert_eq!(sizes(&parts), [20, 20, 20]);
    assert!(parts.train.dataset().inputs().all(|column| column.name != "clinic"));
}

#[test]
fn stratified_numbers_are_alike_in_every_part() {
    let Some(path) = reference("tabular/california_housing.csv.gz") else { return };
    let data = Dataset::csv(path).target("median_house_value").load().unwrap();
    let mean = |seed, split: fn() -> Split| {
        let parts = data.split(split().seed(seed)).unwrap();
        let Some(target) = parts.validation.dataset().targets().next() else { panic!("no target") };
        match &target.values {
            ikhim_data::Values::Number(values) => ikhim_data::statistics::mean(values),
            other => panic!("{other:?}"),
        }
    };
    let spread = |split: fn() -> Split| {
        let means: Vec<f64> = (0..10).map(|seed| mean(seed, split)).collect();
        ikhim_data::statistics::standard_deviation(&means)
    };
    let (random, stratified) = (spread(Split::random), spread(Split::stratified));
    assert!(stratified < random / 3.0, "{stratified} {random}");
}

#[test]
fn folds_let_every_row_be_validation_once_and_keep_the_seal() {
    let data = Dataset::named("iris").load().unwrap();
    let whole = data.split(Split::new()).unwrap();
    for cut in 0..2 {
        let mut seen = HashSet::new();
        for fold in 1..=5 {
            let parts = data.split(Split::new().fold(cut * 5 + fold, 5)).unwrap();
            assert_eq!(parts.test.id(), whole.test.id());
            assert_eq!(parts.train.len() + parts.validation.len(), 127);
            let classes: Vec<usize> =
                parts.report.validation.classes.iter().map(|class| class.rows).collect();
            assert!(classes.iter().all(|rows| (8..=9).contains(rows)), "{classes:?}");
            for id in &parts.record.validation_ids {
                assert!(seen.insert(*id), "row {id} is validation twice");
            }
            let again = data.split_by_record(&parts.record).unwrap();
            assert_eq!((again.record, again.train), (parts.record, parts.train));
        }
        assert_eq!(seen.len(), 127);
    }
    let ids = |fold| data.split(Split::new().fold(fold, 5)).unwrap().record.validation_ids;
    assert_ne!(ids(1), ids(6), "another repetition cuts anew");

    let code = |split: Split| data.split(split).unwrap_err().code();
    assert_eq!(code(Split::new().fold(1, 1)), "data.folds");
    assert_eq!(code(Split::new().fold(1, 500)), "data.folds");
    assert_eq!(code(Split::time().fold(1, 5)), "data.folds_not_drawn");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn groups_never_cross(seed: u64, count in 12_usize..40, fold in 0_usize..4) {
        let split = Split::group("house").seed(seed);
        let split = if fold > 0 { split.fold(fold, 3) } else { split };
        let data = houses(count);
        let parts = data.split(split).unwrap();
        let mut part_of = HashMap::new();
        for (id, part) in assignment(&parts) {
            prop_assert_eq!(*part_of.entry(id / 3).or_insert(part), part);
        }
        // Sizes miss by less than a group.
        let wanted = (0.15 * (3 * count) as f64).round() as usize;
        prop_assert!(parts.test.len() <= wanted && wanted - parts.test.len() < 3);
        prop_assert_eq!(parts.report.shared, Default::default());
    }

    /// Rows are appended, removed and put in another order: who was sealed stays
    /// sealed, who was in train stays there.
    #[test]
    fn known_rows_keep_their_part(
        seed: u64, first in 30_usize..80, more in 0_usize..80, turn in 0_usize..50,
        method in prop::sample::select(vec!["random", "stratified", "group"]),
    ) {
        let table = |rows: &[usize]| {
            let rows = rows.iter().map(|row| [row / 2, *row, row % 2].map(|cell| cell as i32));
            Dataset::rows(["pair", "x", "y"], rows).load().unwrap()
        };
        let split = match method {
            "group" => Split::group("pair"),
            "random" => Split::random(),
            _ => Split::stratified(),
        };
        let split = split.seed(seed);
        let known: Vec<usize> = (0..first).collect();
        let data = table(&known);
        let parts = data.split(&split).unwrap();
        let kept = Assignment::of(&parts).unwrap();
        let same = data.split_keeping(&split, &kept).unwrap();
        prop_assert_eq!(&same.record, &parts.record);

        let mut rows: Vec<usize> = (3..first + more).collect();
        rows.rotate_left(turn % (first + more - 3));
        let later = table(&rows).split_keeping(&split, &kept).unwrap();
        let before = assignment(&parts);
        let mut counts = HashMap::new();
        for (place, part) in assignment(&later) {
            *counts.entry(part).or_insert(0_usize) += 1;
            if let Some(earlier) = before.get(&(rows[place as usize] as u64)) {
                prop_assert_eq!(*earlier, part);
            }
        }
        let wanted = (0.15 * rows.len() as f64).round() as usize;
        let slack = if method == "group" { 2 } else { 1 };
        if more > 20 {
            let sealed = counts.get(&'s').copied().unwrap_or(0);
            prop_assert!(sealed.abs_diff(wanted) < 1 + slack, "{sealed} {wanted}");
        }
    }
}
