//! The data sets that ikhim carries. DATA.md at the root of the project tells
//! where they come from; `assets/make.py` made the files.

use super::bytes;
use super::csv::{self, Options};
use super::place::Places;
use super::table::{Cells, Raw, Table};
use crate::{ArrayData, ColumnType, ContentHash, Credit, Origin};
use ikhim_text::nearest::nearest;
use ikhim_text::{Fault, Result};
use std::path::Path;

const LICENCE: &str = "CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/)";

/// A data set in the executable.
struct Embedded {
    name: &'static str,
    packed: &'static [u8],
    target: &'static str,
    title: &'static str,
    authors: &'static str,
    source: &'static str,
    changes: &'static str,
}

const SETS: &[Embedded] = &[
    Embedded {
        name: "digits",
        packed: include_bytes!("../../assets/digits.gz"),
        target: "label",
        title: "Optical Recognition of Handwritten Digits",
        authors: "E. Alpaydin and C. Kaynak (1998)",
        source: "UCI Machine Learning Repository, https://doi.org/10.24432/C50P49",
        changes: "the 1,797 images of the file for testing, as bytes; the file for training is \
                  left out",
    },
    Embedded {
        name: "iris",
        packed: include_bytes!("../../assets/iris.csv.gz"),
        target: "species",
        title: "Iris",
        authors: "R. A. Fisher (1936)",
        source: "UCI Machine Learning Repository, https://doi.org/10.24432/C56C76",
        changes: "two rows as in Fisher's paper, which the repository's file has otherwise; \
                  header added, classes without the prefix Iris-",
    },
    Embedded {
        name: "wine",
        packed: include_bytes!("../../assets/wine.csv.gz"),
        target: "cultivar",
        title: "Wine",
        authors: "S. Aeberhard and M. Forina (1992)",
        source: "UCI Machine Learning Repository, https://doi.org/10.24432/C5PC7J",
        changes: "header added, class moved to the end and named class_0 to class_2",
    },
    Embedded {
        name: "breast_cancer",
        packed: include_bytes!("../../assets/breast_cancer.csv.gz"),
        target: "diagnosis",
        title: "Breast Cancer Wisconsin (Diagnostic)",
        authors: "W. Wolberg, O. Mangasarian, N. Street and W. Street (1993)",
        source: "UCI Machine Learning Repository, https://doi.org/10.24432/C5DW2B",
        changes: "header added, patient numbers left out, diagnosis moved to the end and spelled \
                  out",
    },
];

/// Names of the embedded sets.
pub(crate) const NAMES: [&str; 4] = ["digits", "iris", "wine", "breast_cancer"];

/// Unpacks a set.
pub(crate) fn table(name: &str) -> Result<Table> {
    let Some(set) = SETS.iter().find(|set| set.name == name) else {
        let fault = Fault::of("data.unknown_set").with("found", name);
        let fault = fault.with("expected", NAMES.join(", "));
        return Err(match nearest(name, NAMES) {
            Some(near) => {
                fault.help_words(format!("did you mean `{near}`?"), format!("혹시 `{near}`인가요?"))
            }
            None => fault,
        });
    };
    let content = bytes::unpack(set.packed).map_err(|error| {
        Fault::of("data.unknown_set").with("found", name).with("expected", error)
    })?;
    let mut table = match set.name {
        "digits" => digits(content),
        _ => {
            let options =
                Options { separator: Some(b','), header: Some(true), ..Options::default() };
            csv::parse(content, Origin::Embedded(set.name), Path::new(set.name), &options)?
        }
    };
    table.default_target = Some(set.target);
    table.credit = Some(Credit {
        title: set.title.to_string(),
        authors: set.authors.to_string(),
        licence: LICENCE.to_string(),
        source: set.source.to_string(),
        changes: set.changes.to_string(),
    });
    Ok(table)
}

/// 1,797 labels, then as many images of 8×8 values from 0 to 16.
fn digits(content: Vec<u8>) -> Table {
    const ROWS: usize = 1797;
    let content_hash = ContentHash::of(&content);
    let (classes, pixels) = content.split_at(ROWS.min(content.len()));
    let mut labels = Cells::default();
    classes.iter().for_each(|class| labels.push(&class.to_string()));
    Table {
        name: "digits".to_string(),
        origin: Origin::Embedded("digits"),
        content_hash,
        names: vec!["image".to_string(), "label".to_string()],
        named: true,
        kinds: vec![Some(ColumnType::Image), Some(ColumnType::Category)],
        columns: vec![
            Raw::Arrays {
                shape: vec![8, 8, 1],
                data: ArrayData::U8(pixels.to_vec()),
                full_scale: 16.0,
                content: None,
            },
            Raw::Text(labels),
        ],
        class_names: Vec::new(),
        notices: Vec::new(),
        places: Places::Inline,
        default_target: None,
        parts: None,
        credit: None,
        row_hashes: None,
    }
}
