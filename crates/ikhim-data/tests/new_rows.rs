//! New rows read by the schema of a model.

use ikhim_data::{ColumnType, Dataset, Missing, Role, Schema, Values};

fn trained() -> Dataset {
    Dataset::rows(
        ["id", "area", "city", "price"],
        [["1", "30", "a", "2.5"], ["2", "45", "b", "3.5"], ["3", "60", "b", "4.5"]],
    )
    .column("id", ikhim_data::Column::id())
    .target("price")
    .load()
    .unwrap()
}

#[test]
fn a_schema_is_written_and_read_back() {
    let schema = trained().schema();
    let json = serde_json::to_string(&schema).unwrap();
    assert_eq!(serde_json::from_str::<Schema>(&json).unwrap(), schema);
    let city = schema.column("city").unwrap();
    assert_eq!((city.kind, city.role), (ColumnType::Binary, Role::Input));
    assert_eq!(city.levels, ["a", "b"]);
    assert_eq!(schema.column("price").unwrap().policy.missing, Missing::Drop);
}

#[test]
fn columns_are_found_by_name_and_types_are_those_of_the_model() {
    let trained = trained();
    // One level only, a level that the model has not seen, no target.
    let rows = Dataset::rows(["city", "note", "area"], [["c", "x", "30"], ["c", "y", ""]])
        .schema(&trained.schema())
        .load()
        .unwrap();
    assert_eq!((rows.len(), rows.targets().count(), rows.task()), (2, 0, trained.task()));
    let inputs: Vec<&str> = rows.inputs().map(|column| column.name.as_str()).collect();
    assert_eq!(inputs, ["area", "city"], "in the order of the model");
    assert_eq!(rows.column("area").unwrap().values.missing(), 1);
    let Values::Category { levels, .. } = &rows.column("city").unwrap().values else {
        panic!("no category")
    };
    assert_eq!(levels, &["c"]);
    assert_eq!(rows.column("note").unwrap().role, Role::Ignored);
    let codes: Vec<&str> = rows.notices().iter().map(|notice| notice.code()).collect();
    assert_eq!(codes, ["data.extra_columns", "data.missing_values"]);
}

#[test]
fn known_rows_are_recognized_without_target_and_in_another_order() {
    let trained = trained();
    let rows = Dataset::rows(["city", "area"], [["b", "60.0"], ["a", "30"]])
        .schema(&trained.schema())
        .load()
        .unwrap();
    let known = trained.input_hashes();
    assert_eq!(rows.input_hashes(), [known[2], known[0]]);
}

#[test]
fn labelled_rows_keep_their_labels_and_no_row_is_dropped() {
    let trained = trained();
    let rows = Dataset::rows(["price", "area", "city"], [["7.5", "1", "a"], ["", "2", "a"]])
        .schema(&trained.schema())
        .load()
        .unwrap();
    assert_eq!((rows.len(), rows.targets().count()), (2, 1));
    assert_eq!(rows.row_ids(), [0, 1]);
}

#[test]
fn a_file_without_names_is_read_by_place() {
    let folder = tempfile::tempdir().unwrap();
    let train = folder.path().join("train.csv");
    std::fs::write(&train, "0,1.5,4\n1,2.5,3\n1,3.5,5\n0,4.5,1\n").unwrap();
    let trained = Dataset::csv(&train).target("1").load().unwrap();
    let new = folder.path().join("new.csv");
    std::fs::write(&new, "9.5,8\n").unwrap();
    let rows = Dataset::csv(&new).schema(&trained.schema()).load().unwrap();
    let Values::Number(values) = &rows.column("column_2").unwrap().values else { panic!() };
    assert_eq!(values, &[9.5], "the second column of the model is the first of the new rows");
    let codes: Vec<&str> = rows.notices().iter().map(|notice| notice.code()).collect();
    assert_eq!(codes, ["data.no_header", "data.named_by_place"]);
}

#[test]
fn what_is_missing_is_named() {
    let trained = trained();
    let fault = Dataset::rows(["citty"], [["a"]]).schema(&trained.schema()).load().unwrap_err();
    assert_eq!(fault.code(), "data.missing_column");
    assert_eq!(
        fault.to_string(),
        "the data has no column `area`, which the model needs; it has `citty`"
    );
    let other = &fault.others()[0];
    assert_eq!(
        other.help_text(ikhim_text::Language::English).as_deref(),
        Some("did you mean `citty`? Rename it to `city`")
    );
    let fault = Dataset::rows(["area", "city"], [["wide", "a"]])
        .schema(&trained.schema())
        .load()
        .unwrap_err();
    assert_eq!(fault.code(), "data.number_expected");
}
