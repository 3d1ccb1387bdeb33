use super::{Glyphs, pad, truncate, width};

/// The side of a column that its texts stand at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Side {
    /// Words.
    #[default]
    Left,
    /// Numbers.
    Right,
}

/// A table whose columns line up in a terminal, Korean text included.
///
/// ```
/// use ikhim_report::terminal::{Glyphs, Side, Table};
/// let mut table = Table::new([("부분", Side::Left), ("행", Side::Right)]);
/// table.row(["훈련", "1,257"]);
/// table.row(["validation", "270"]);
/// assert_eq!(
///     table.render(80, Glyphs::Unicode),
///     "부분           행\n─────────────────\n훈련        1,257\nvalidation    270\n"
/// );
/// ```
#[derive(Debug, Clone, Default)]
pub struct Table {
    header: Vec<String>,
    sides: Vec<Side>,
    rows: Vec<Vec<String>>,
}

const GAP: &str = "  ";

impl Table {
    /// A table with these columns.
    pub fn new<S: Into<String>>(columns: impl IntoIterator<Item = (S, Side)>) -> Table {
        let (header, sides) = columns.into_iter().map(|(name, side)| (name.into(), side)).unzip();
        Table { header, sides, rows: Vec::new() }
    }

    /// Adds a row; cells beyond the columns are dropped, absent ones are empty.
    pub fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        let mut row: Vec<String> = cells.into_iter().map(Into::into).collect();
        row.resize(self.header.len(), String::new());
        self.rows.push(row);
    }

    /// The table in at most `columns` of a terminal: the widest column gives
    /// way first, down to four columns each.
    pub fn render(&self, columns: usize, glyphs: Glyphs) -> String {
        let widths = self.widths(columns);
        let total = widths.iter().sum::<usize>() + GAP.len() * widths.len().saturating_sub(1);
        let rule = if glyphs == Glyphs::Unicode { "─" } else { "-" };
        let mut text = self.line(&self.header, &widths);
        text.push_str(&rule.repeat(total));
        text.push('\n');
        for row in &self.rows {
            text.push_str(&self.line(row, &widths));
        }
        text
    }

    fn widths(&self, columns: usize) -> Vec<usize> {
        const LEAST: usize = 4;
        let lines = || std::iter::once(&self.header).chain(&self.rows);
        let mut widths: Vec<usize> = (0..self.header.len())
            .map(|column| lines().map(|line| width(&line[column])).max().unwrap_or(0))
            .collect();
        let gaps = GAP.len() * widths.len().saturating_sub(1);
        while widths.iter().sum::<usize>() + gaps > columns {
            match widths.iter_mut().max() {
                Some(widest) if *widest > LEAST => *widest -= 1,
                _ => break,
            }
        }
        widths
    }

    fn line(&self, cells: &[String], widths: &[usize]) -> String {
        let cells: Vec<String> = cells
            .iter()
            .zip(widths)
            .zip(&self.sides)
            .map(|((cell, columns), side)| {
                // A cell is one line, whatever the data hold.
                let cell = truncate(&cell.replace(char::is_control, " "), *columns);
                match side {
                    Side::Left => pad(&cell, *columns),
                    Side::Right => format!("{}{cell}", " ".repeat(columns - width(&cell))),
                }
            })
            .collect();
        format!("{}\n", cells.join(GAP).trim_end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_widest_column_gives_way() {
        let mut table = Table::new([("name", Side::Left), ("n", Side::Right)]);
        table.row(["총방의개수를나타내는열", "12"]);
        table.row(["short\nline"]);
        let text = table.render(16, Glyphs::Ascii);
        assert_eq!(text, "name           n\n----------------\n총방의개수…   12\nshort line\n");
        assert!(text.lines().all(|line| width(line) <= 16));
    }

    #[test]
    fn an_empty_table_is_a_header_and_a_rule() {
        assert_eq!(Table::new([("a", Side::Left)]).render(10, Glyphs::Ascii), "a\n-\n");
        assert_eq!(Table::default().render(10, Glyphs::Ascii), "\n\n");
    }
}
