//! Where the columns of a table stand among the inputs of a network.

use super::{FEATURES, Preprocessing, Step};

/// An input column and the numbers of a row that it became.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InputColumn {
    /// The column.
    pub name: String,
    /// The input of the network.
    pub input: String,
    /// Which of the numbers of a row of that input are the column's, in order.
    pub cells: Vec<usize>,
}

impl Preprocessing {
    /// The input columns with their places, in the order of the data; none of a
    /// text.
    pub fn input_columns(&self) -> Vec<InputColumn> {
        let mut start = 0;
        let in_a_moment = self.width();
        let windows = self.schema.series.as_ref().map_or(1, |series| series.window());
        let column = |input: &super::InputStep| {
            let width = input.width();
            let cells: Vec<usize> = (0..windows)
                .flat_map(|it| it * in_a_moment + start..it * in_a_moment + start + width)
                .collect();
            start += width;
            let (input_name, cells) = match &input.step {
                Step::Tokens(_) | Step::Sequence(_) => return None,
                Step::Image(_) => {
                    let (name, _, image) =
                        self.images().find(|(_, name, _)| *name == input.name)?;
                    (name.to_string(), (0..image.width()).collect())
                }
                Step::Category(step) if step.vectors().is_some() => {
                    (super::embedded::input(&input.name), vec![0])
                }
                _ => (FEATURES.to_string(), cells),
            };
            let name = input.name.clone();
            (!cells.is_empty()).then_some(InputColumn { name, input: input_name, cells })
        };
        self.inputs.iter().filter_map(column).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::{Cell, Column, Dataset, Encoding, Preprocessing, Split};

    #[test]
    fn a_column_has_the_cells_of_its_features() {
        let rows = (0..6_u8).map(|row| {
            let [far, near] = [Cell::from("far"), Cell::from("near")];
            let place = if row % 2 == 0 { far.clone() } else { near.clone() };
            let city = if row % 3 == 0 { far } else { near };
            vec![place, Cell::from(f64::from(row)), city, Cell::from(f64::from(row) + 0.5)]
        });
        let data = Dataset::rows(["place", "rooms", "city", "price"], rows)
            .target("price")
            .column("place", Column::category())
            .column("city", Column::category().encoding(Encoding::Embedding).output_dim(2))
            .load()
            .unwrap();
        let parts = data.split(Split::none()).unwrap();
        let preprocessing = Preprocessing::fit(&parts.train).unwrap();
        let columns = preprocessing.input_columns();
        let found: Vec<_> =
            columns.iter().map(|it| (&*it.name, &*it.input, it.cells.clone())).collect();
        assert_eq!(
            found,
            [
                ("place", "features", vec![0, 1]),
                ("rooms", "features", vec![2]),
                ("city", "columns/city", vec![0]),
            ]
        );
    }
}
