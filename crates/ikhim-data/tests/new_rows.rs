//! New rows read by the schema of a model.

use ikhim_data::{
    ColumnType, Dataset, DatasetBuilder, FileFormat, Missing, Preprocessing, Role, Schema, Split,
    Task, Values,
};

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

/// Rows of a file that says nothing of its form, read for a model of another.
fn read(first: &[u8], new: &[u8], said: impl Fn(DatasetBuilder) -> DatasetBuilder) -> Dataset {
    let schema = said(Dataset::csv_bytes("first", first)).load().unwrap().schema();
    // As a model keeps it.
    let json = serde_json::to_string(&schema).unwrap();
    let kept: Schema = serde_json::from_str(&json).unwrap();
    assert_eq!(kept, schema);
    Dataset::csv_bytes("new", new).schema(&kept).load().unwrap()
}

fn numbers(data: &Dataset, column: &str) -> Vec<f64> {
    match &data.column(column).unwrap().values {
        Values::Number(values) => values.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_said_of_the_first_file_holds_for_a_new_one() {
    let first = b"% made by hand\n#1|4|10\n#2|?|20\n#3|6|30\n";
    let said = |builder: DatasetBuilder| {
        let builder = builder.names(["code", "size", "price"]).separator(b'|').comment(b'%');
        builder.missing_values(["?"]).target("price").task(Task::Regression)
    };
    // Neither names nor targets; `#` begins a value, `%` a comment.
    let new = read(first, b"% others\n#2|7\n#9|?\n", said);
    assert_eq!(new.len(), 2);
    let size = numbers(&new, "size");
    assert_eq!(size[0], 7.0);
    assert!(size[1].is_nan());
    // All columns, so that the model can be examined.
    let labelled = read(first, b"#2|7|15\n", said);
    assert_eq!(numbers(&labelled, "price"), [15.0]);
    // A comment of other words does not name the columns.
    let commented = read(first, b"%a|b\n#2|7\n", said);
    assert_eq!(numbers(&commented, "size"), [7.0]);
}

#[test]
fn a_new_file_may_name_what_the_first_did_not() {
    let first = b"1|4|10\n2|5|20\n3|6|30\n";
    let said = |builder: DatasetBuilder| {
        let builder = builder.names(["code", "size", "price"]).separator(b'|');
        builder.target("price").task(Task::Regression)
    };
    // As ikhim itself writes predictions: names, commas, another order.
    let new = read(first, b"size,code,prediction\n7,2,15\n", said);
    assert_eq!((numbers(&new, "size"), numbers(&new, "code")), (vec![7.0], vec![2.0]));
}

#[test]
fn names_that_were_said_to_be_there_are_no_row() {
    // Without what was said, a record of numbers is a row.
    let first = b"2020,2021,2022\n1,2,3\n4,5,9\n7,8,6\n";
    let said = |builder: DatasetBuilder| builder.header(true).target("2022").task(Task::Regression);
    let new = read(first, b"2021,2020\n5,4\n", said);
    assert_eq!((numbers(&new, "2020"), numbers(&new, "2021")), (vec![4.0], vec![5.0]));
}

#[test]
fn a_model_of_an_ordinary_file_keeps_nothing_of_its_form() {
    let schema = Dataset::csv_bytes("first", b"x,y\n1,2\n3,4\n").load().unwrap().schema();
    assert_eq!(schema.file, FileFormat::default());
    assert!(!serde_json::to_string(&schema).unwrap().contains("comment"));
}

#[test]
fn what_is_missing_in_a_row_of_a_program_is_told() {
    let parts = trained().split(ikhim_data::Split::none()).unwrap();
    let preprocessing = ikhim_data::Preprocessing::fit(&parts.train).unwrap();
    let rows = ikhim_data::RawRows::new().by_place(["", "b"]);
    let told = preprocessing.encode_rows(&rows).unwrap().notices;
    let told: Vec<String> = told.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["missing values and what is done: `area` 1 (mean)"]);
}

#[test]
fn the_order_of_the_source_is_kept_beside_that_of_the_model() {
    let rows = Dataset::rows(["note", "city", "area"], [["x", "a", "30"]]);
    let rows = rows.schema(&trained().schema()).load().unwrap();
    let names = |columns: Vec<&ikhim_data::ColumnData>| {
        columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(rows.columns_in_source_order()), ["note", "city", "area"]);
    assert_eq!(names(rows.columns().iter().collect()), ["area", "city", "note"]);
}

/// The file is read again for the line of a cell that a model cannot take.
#[test]
fn a_cell_that_a_model_cannot_take_has_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv");
    let table = Dataset::rows(
        ["x", "note", "y"],
        (0..40).map(|x| [x.to_string(), format!("n{}", x % 3), ["no", "yes"][x % 2].to_string()]),
    );
    let parts = table.target("y").load().unwrap().split(Split::new()).unwrap();
    let preprocessing = Preprocessing::fit(&parts.train).unwrap();
    let told = |text: &str| {
        std::fs::write(&path, text).unwrap();
        let data = Dataset::csv(&path).schema(preprocessing.schema()).load().unwrap();
        let fault = preprocessing.encode_labelled(&data).unwrap_err();
        assert_eq!(fault.location().line, None);
        let fault = data.locate(fault);
        let place = (fault.location().line, fault.location().column);
        (fault.code(), place, data)
    };
    let head = "# from the shop\nx,note,y\n1,\"two\nlines\",no\n2,n1,yes\n";
    let (code, place, _) = told(&format!("{head}3,n1,maybe\n4,n1,no\n"));
    assert_eq!((code, place), ("data.unseen_class", (Some(6), Some(6))));
    let (code, place, data) = told(&format!("{head}3,n1,no\n4,n1,\n"));
    assert_eq!((code, place), ("data.label_needed", (Some(7), Some(6))));
    // Of a file that is another one by now nothing is said.
    std::fs::write(&path, "x,note,y\n1,n1,maybe\n").unwrap();
    let fault = data.locate(preprocessing.encode_labelled(&data).unwrap_err());
    assert_eq!(fault.location().line, None);
}

#[test]
fn warnings_in_json_count_rows_from_1() {
    let data =
        Dataset::rows(["x", "kind", "y"], [["1", "a", "0"], ["2", "b", "1"], ["3", "c", "0"]])
            .target("y")
            .load()
            .unwrap();
    let preprocessing = Preprocessing::fit(&data.split(Split::none()).unwrap().train).unwrap();
    let rows = Dataset::rows(["x", "kind"], [["2", "d"], ["9", "a"]]).schema(&data.schema());
    let new = preprocessing.encode_new(&rows.load().unwrap()).unwrap();
    let json: serde_json::Value = serde_json::to_value(&new.warnings).unwrap();
    assert_eq!((&json[0]["row"], &json[0]["level"]), (&1.into(), &"d".into()));
    assert_eq!((&json[1]["row"], &json[1]["value"]), (&2.into(), &9.0.into()));
    // The place of a row in a slice counts from 0, as everything of a program does.
    assert_eq!(new.warnings.iter().map(ikhim_data::RowWarning::row).collect::<Vec<_>>(), [0, 1]);
}
