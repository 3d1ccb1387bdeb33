//! A table as a series in time: windows, their targets and their parts.

use ikhim_data::{
    Dataset, DatasetBuilder, EncodedTarget, Gaps, Order, Preprocessing, Series, Split, Task,
};
use ikhim_text::Fault;

/// Ten hours of a series of squares beside a column of halves.
fn table(hours: &[i32]) -> DatasetBuilder {
    let rows = hours.iter().map(|hour| {
        let at = format!("2024-03-01 {hour:02}:00");
        vec![at, format!("{}", f64::from(*hour) / 2.0), format!("{}", hour * hour)]
    });
    Dataset::rows(["at", "half", "level"], rows).target("level").task(Task::Regression)
}

fn windows(hours: &[i32], series: Series) -> Result<Dataset, Fault> {
    table(hours).series(series).load()
}

#[test]
fn a_row_is_a_window_and_its_target_stands_behind_it() {
    // All moments are seen: 10 − 3 − 2 + 1 windows, and the last two moments by none.
    let data = windows(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], Series::new(3).horizon(1)).unwrap();
    assert_eq!((data.len(), data.task()), (7, Task::Regression));
    let data = windows(&[0, 1, 2, 3], Series::new(3)).unwrap();
    assert_eq!(data.len(), 1);
    let names: Vec<&str> = data.columns().iter().map(|column| &*column.name).collect();
    assert_eq!(names, ["at", "half", "level", "level+1"]);

    let data = windows(&[0, 1, 2, 3, 4, 5], Series::new(2).horizon(3).stride(2)).unwrap();
    // Windows begin at 0 and not at 2, whose target would be hour 6.
    assert_eq!(data.len(), 1);
    assert_eq!(data.last_values(), Some(vec![1.0]));
    let ikhim_data::Values::Number(targets) = &data.column("level+3").unwrap().values else {
        panic!()
    };
    assert_eq!(targets, &[16.0]);
}

#[test]
fn features_are_the_moments_in_order_each_scaled_by_what_all_of_them_say() {
    // Window 9 of 10 and horizon 1: every moment but the last is seen once.
    let hours: Vec<i32> = (0..10).collect();
    let data = windows(&hours, Series::new(9)).unwrap();
    let parts = data.split(Split::none()).unwrap();
    let preprocessing = Preprocessing::fit(&parts.train).unwrap();
    assert_eq!(preprocessing.feature_names(), ["half", "level"]);
    assert_eq!(preprocessing.inputs(), [("features".to_string(), vec![9, 2])]);
    let train = preprocessing.encode_train(&parts.train).unwrap();
    let values = train.encoded().input("features").unwrap().values.as_f32().unwrap().to_vec();
    for (column, of) in [
        (0, [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0]),
        (1, [0.0, 1.0, 4.0, 9.0, 16.0, 25.0, 36.0, 49.0, 64.0]),
    ] {
        let mean = of.iter().sum::<f64>() / 9.0;
        let deviation = (of.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 9.0).sqrt();
        for (moment, value) in of.iter().enumerate() {
            let expected = ((value - mean) / deviation) as f32;
            let found = values[moment * 2 + column];
            assert!((found - expected).abs() < 1e-6, "{moment} {column}: {found} {expected}");
        }
    }
    // Importance is of columns, whatever the moment.
    let columns = preprocessing.input_columns();
    assert_eq!(columns[1].cells, (0..9).map(|moment| 2 * moment + 1).collect::<Vec<_>>());
}

#[test]
fn moments_are_put_in_order_and_windows_do_not_cross_gaps() {
    let data = windows(&[3, 1, 0, 2], Series::new(3)).unwrap();
    assert_eq!(data.last_values(), Some(vec![4.0]));
    assert!(data.notices().iter().all(|notice| notice.code() != "data.series_gaps"));

    // 0 1 2 3 | 6 7 8: one window of three with its target before the gap.
    let gap = [0, 1, 2, 3, 6, 7, 8];
    let cut = windows(&gap, Series::new(3)).unwrap();
    assert_eq!(cut.last_values(), Some(vec![4.0]));
    let told = cut.notices().iter().find(|notice| notice.code() == "data.series_gaps").unwrap();
    assert_eq!((told.argument("count"), told.argument("row")), (Some("1"), Some("4")));
    let all = windows(&gap, Series::new(3).gaps(Gaps::Ignore)).unwrap();
    assert_eq!(all.last_values(), Some(vec![4.0, 9.0, 36.0, 49.0]));
    let fault = windows(&gap, Series::new(3).gaps(Gaps::Error)).unwrap_err();
    assert_eq!((fault.code(), fault.argument("steps")), ("data.series_gap", Some("3.0")));
}

#[test]
fn without_a_column_of_time_the_rows_tell_the_order() {
    let rows = || Dataset::rows(["x"], (0..6).map(|x| [x])).target("x").task(Task::Regression);
    let oldest = rows().series(Series::new(2)).load().unwrap();
    assert_eq!(oldest.last_values(), Some(vec![1.0, 2.0, 3.0, 4.0]));
    let newest = rows().series(Series::new(2).order(Order::NewestFirst)).load().unwrap();
    assert_eq!(newest.last_values(), Some(vec![4.0, 3.0, 2.0, 1.0]));
    // A row keeps the id of the last moment of its window.
    assert_eq!(newest.row_ids(), [4, 3, 2, 1]);
}

#[test]
fn no_window_sees_both_sides_of_a_cut() {
    let hours: Vec<i32> = (0..60).collect();
    let rows = || {
        let rows = hours.iter().map(|hour| [*hour, hour * hour]);
        Dataset::rows(["hour", "level"], rows).target("level").task(Task::Regression)
    };
    for (window, horizon, stride) in [(5, 1, 1), (4, 3, 1), (6, 2, 3), (3, 1, 7)] {
        let series = Series::new(window).horizon(horizon).stride(stride).time("hour");
        let data = rows().series(series).load().unwrap();
        let parts = data.split(Split::new().validation(2).test(2)).unwrap();
        assert_eq!(parts.record.method, ikhim_data::SplitMethod::Time);
        assert_eq!((parts.validation.len(), parts.test.len()), (2, 2));
        // A window that ends at `id` begins at id − window + 1, its target is at
        // id + horizon.
        let ends = |ids: &[u64]| {
            let first = ids.iter().min().unwrap() + 1 - window as u64;
            (first, ids.iter().max().unwrap() + horizon as u64)
        };
        let (_, train) = ends(parts.train.dataset().row_ids());
        let (from, validation) = ends(parts.validation.dataset().row_ids());
        let (sealed, _) = ends(&parts.record.sealed_ids);
        assert!(train < from && validation < sealed, "{window} {horizon} {stride}");
        // And no more is left out than it takes.
        assert!(from - train <= stride as u64 && sealed - validation <= stride as u64);
        let fault = data.split(Split::random()).unwrap_err();
        assert_eq!(fault.code(), "data.series_split");
    }
}

#[test]
fn new_rows_are_all_windows_and_the_last_one_has_no_target() {
    let hours: Vec<i32> = (0..20).collect();
    let data = windows(&hours, Series::new(4).horizon(2)).unwrap();
    let parts = data.split(Split::none()).unwrap();
    let preprocessing = Preprocessing::fit(&parts.train).unwrap();
    let new = table(&[2, 3, 4, 5, 6, 7, 8]).schema(preprocessing.schema()).load().unwrap();
    assert_eq!(new.row_ids(), [3, 4, 5, 6]);
    let encoded = preprocessing.encode_new(&new).unwrap();
    assert_eq!((encoded.encoded.rows, encoded.warnings.len()), (4, 0));
    let labelled = new.with_targets();
    assert_eq!(labelled.row_ids(), [3, 4]);
    let encoded = preprocessing.encode_labelled(&labelled).unwrap();
    let EncodedTarget::Number { original, .. } = encoded.encoded.target else { panic!() };
    assert_eq!(original, [49.0, 64.0]);
    // The rows are those of the data, by their hashes.
    assert_eq!(labelled.row_hashes(), &data.row_hashes()[2..4]);

    let fault = table(&[2, 3, 4]).schema(preprocessing.schema()).load().unwrap_err();
    assert_eq!((fault.code(), fault.argument("expected")), ("data.series_too_short", Some("4")));
    // A schema that was kept lays the same windows.
    let kept = serde_json::to_string(preprocessing.schema()).unwrap();
    let schema = serde_json::from_str(&kept).unwrap();
    assert_eq!(table(&[2, 3, 4, 5]).schema(&schema).load().unwrap().len(), 1);
}

#[test]
fn what_is_no_series_is_refused() {
    let code = |hours: &[i32], series: Series| windows(hours, series).unwrap_err().code();
    let hours: Vec<i32> = (0..8).collect();
    assert_eq!(code(&[0, 1, 1, 2], Series::new(2)), "data.series_repeated");
    assert_eq!(code(&hours, Series::new(8)), "data.series_too_short");
    assert_eq!(code(&hours, Series::new(7).horizon(2)), "data.series_too_short");
    assert_eq!(code(&hours, Series::new(0)), "data.series_setting");
    assert_eq!(code(&hours, Series::new(2).horizon(0)), "data.series_setting");
    assert_eq!(code(&hours, Series::new(2).stride(0)), "data.series_setting");
    assert_eq!(code(&hours, Series::new(2).time("when")), "data.unknown_column");
    assert_eq!(code(&[0, 1, 5, 6, 10, 11, 15, 16], Series::new(2)), "data.series_all_gaps");
    let classes = Dataset::rows(["x", "y"], [["1", "a"], ["2", "b"], ["3", "a"], ["4", "b"]]);
    let fault = classes.target("y").series(Series::new(2)).load().unwrap_err();
    assert_eq!(fault.code(), "data.series_task");
}

#[test]
fn a_level_is_an_input_at_each_moment() {
    let rows =
        (0..12).map(|day| [["dry", "wet", "fog"][day % 3].to_string(), format!("{}", day * 3)]);
    let data = Dataset::rows(["sky", "level"], rows).target("level").task(Task::Regression);
    let data = data.series(Series::new(3)).load().unwrap();
    let parts = data.split(Split::none()).unwrap();
    let preprocessing = Preprocessing::fit(&parts.train).unwrap();
    let width = preprocessing.feature_names().len();
    let train = preprocessing.encode_train(&parts.train).unwrap();
    let features = train.encoded().input("features").unwrap();
    assert_eq!(features.shape, [3, width]);
    let wet = preprocessing.feature_names().iter().position(|name| name.contains("wet")).unwrap();
    let values = features.values.as_f32().unwrap();
    let seen: Vec<f32> = (0..3).map(|moment| values[moment * width + wet]).collect();
    assert_eq!(seen, [0.0, 1.0, 0.0]);
    assert_eq!(width, 4);
}

#[test]
fn new_rows_without_a_value_are_cut_out_as_train_rows_are() {
    let holed = |hours: &[i32], without: &[i32]| {
        let rows = hours.iter().map(|hour| {
            let level =
                if without.contains(hour) { String::new() } else { (hour * hour).to_string() };
            vec![format!("2024-03-01 {hour:02}:00"), f64::from(*hour).to_string(), level]
        });
        let rows: Vec<Vec<String>> = rows.collect();
        Dataset::rows(["at", "half", "level"], rows).target("level").task(Task::Regression)
    };
    let hours: Vec<i32> = (0..12).collect();
    let told = |data: &Dataset| -> Vec<String> {
        data.notices().iter().map(ToString::to_string).collect()
    };
    let trained = holed(&hours, &[5]).series(Series::new(3)).load().unwrap();
    let parts = trained.split(Split::none()).unwrap();
    let preprocessing = Preprocessing::fit(&parts.train).unwrap();
    let new = holed(&hours, &[5]).schema(preprocessing.schema()).load().unwrap();
    let sentence = "1 of 12 rows have no `level` and are left out";
    assert!(told(&trained).contains(&sentence.to_string()), "{:?}", told(&trained));
    assert!(told(&new).contains(&sentence.to_string()), "{:?}", told(&new));
    // Windows of three end at the hours 2, 3, 4 and, behind the gap, 8 to 11.
    assert_eq!(new.row_ids(), [2, 3, 4, 8, 9, 10, 11]);
    assert_eq!(preprocessing.encode_new(&new).unwrap().encoded.rows, 7);
}
