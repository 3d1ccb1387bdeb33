//! The data sets that ikhim carries, against what is published about them.

use ikhim_data::{ArrayData, ColumnData, Dataset, Values, statistics};

fn named(name: &str) -> Dataset {
    Dataset::named(name).load().unwrap()
}

fn class_counts(data: &Dataset) -> Vec<usize> {
    let Values::Category { indices, .. } = &data.targets().next().unwrap().values else {
        panic!("no classes")
    };
    let count = |class| indices.iter().filter(|&&index| index == Some(class)).count();
    (0..data.classes().len() as u32).map(count).collect()
}

fn numbers(column: &ColumnData) -> &[f64] {
    match &column.values {
        Values::Number(values) => values,
        other => panic!("{other:?}"),
    }
}

#[test]
fn digits() {
    let data = Dataset::digits().load().unwrap();
    // Class counts of optdigits.tes, from optdigits.names of the UCI set.
    assert_eq!(class_counts(&data), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    let Values::Array { shape, data: ArrayData::U8(pixels), full_scale } =
        &data.column("image").unwrap().values
    else {
        panic!("no images")
    };
    assert_eq!((shape.as_slice(), *full_scale), (&[8, 8, 1][..], 16.0));
    // The first image, as scikit-learn's documentation prints it.
    let first: [[u8; 8]; 8] = [
        [0, 0, 5, 13, 9, 1, 0, 0],
        [0, 0, 13, 15, 10, 15, 5, 0],
        [0, 3, 15, 2, 0, 11, 8, 0],
        [0, 4, 12, 0, 0, 8, 8, 0],
        [0, 5, 8, 0, 0, 9, 8, 0],
        [0, 4, 11, 0, 1, 12, 7, 0],
        [0, 2, 14, 5, 10, 12, 0, 0],
        [0, 0, 6, 13, 10, 0, 0, 0],
    ];
    assert_eq!(pixels[..64], first.concat());
    // numpy: load_digits().data.sum()
    assert_eq!(pixels.iter().map(|&x| u64::from(x)).sum::<u64>(), 561_718);
}

#[test]
fn iris() {
    let data = named("iris");
    assert_eq!(data.classes(), ["setosa", "versicolor", "virginica"]);
    assert_eq!(class_counts(&data), [50, 50, 50]);
    // Mean and standard deviation from iris.names of the UCI set.
    for (name, mean, sd) in [
        ("sepal_length", 5.84, 0.83),
        ("sepal_width", 3.05, 0.43),
        ("petal_length", 3.76, 1.76),
        ("petal_width", 1.20, 0.76),
    ] {
        let values = numbers(data.column(name).unwrap());
        assert!((statistics::mean(values) - mean).abs() < 0.01, "{name}");
        assert!((statistics::standard_deviation(values) - sd).abs() < 0.01, "{name}");
    }
}

#[test]
fn wine() {
    let data = named("wine");
    // wine.names of the UCI set.
    assert_eq!((data.inputs().count(), class_counts(&data)), (13, vec![59, 71, 48]));
    assert_eq!(numbers(data.column("proline").unwrap())[0], 1065.0);
}

#[test]
fn breast_cancer() {
    let data = named("breast_cancer");
    // wdbc.names of the UCI set.
    assert_eq!(data.classes(), ["benign", "malignant"]);
    assert_eq!((data.inputs().count(), class_counts(&data)), (30, vec![357, 212]));
}

#[test]
fn every_set_is_credited_in_the_page_too() {
    let page = include_str!("../../../DATA.md");
    for name in Dataset::NAMES {
        let data = named(name);
        let credit = data.credit().expect("credit");
        assert!(credit.licence.starts_with("CC BY 4.0"));
        let said = credit.to_string();
        for part in [&credit.title, &credit.authors] {
            assert!(page.contains(part.as_str()) && said.contains(part.as_str()), "{name}: {part}");
        }
        let address = credit.source.rsplit(' ').next().unwrap();
        assert!(page.contains(address), "{name}: {address}");
        assert!(data.notices().is_empty(), "{name}: {:?}", data.notices());
    }
}
