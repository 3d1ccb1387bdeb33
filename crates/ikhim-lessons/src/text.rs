//! The text of a lesson: a small part of Markdown, and signs for what the
//! lesson adds.
//!
//! ```text
//! # title            ## section          paragraph with `code` and **weight**
//! - item             | a | b |           four spaces: a formula
//! ?? question        !! its answer       [figure NAME] [exercise N] [claims]
//! ```
//!
//! `{found:NAME}` stands for what the claim NAME has found.

/// A part of a text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Block {
    Title(String),
    Section(String),
    Paragraph(String),
    List(Vec<String>),
    /// Cells row by row; the first row names the columns.
    Table(Vec<Vec<String>>),
    Formula(String),
    Question(String),
    Answer(String),
    Figure(String),
    Exercise(usize),
    Claims,
}

/// Reads the parts of a text.
pub(crate) fn blocks(text: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        let block = block(line);
        let next = match (found.last_mut(), block) {
            (_, None) => {
                open = false;
                continue;
            }
            // Neighboring lines of one kind are one part.
            (Some(Block::Paragraph(own)), Some(Block::Paragraph(more)))
            | (Some(Block::Question(own)), Some(Block::Paragraph(more)))
            | (Some(Block::Answer(own)), Some(Block::Paragraph(more)))
                if open =>
            {
                *own = format!("{own} {more}");
                continue;
            }
            (Some(Block::Formula(own)), Some(Block::Formula(more))) if open => {
                *own = format!("{own}\n{more}");
                continue;
            }
            (Some(Block::List(own)), Some(Block::List(more))) if open => {
                own.extend(more);
                continue;
            }
            (Some(Block::List(own)), Some(Block::Paragraph(more))) if open => {
                if let Some(item) = own.last_mut() {
                    *item = format!("{item} {more}");
                }
                continue;
            }
            (Some(Block::Table(own)), Some(Block::Table(more))) if open => {
                own.extend(more);
                continue;
            }
            (_, Some(block)) => block,
        };
        open = true;
        found.push(next);
    }
    found
}

fn block(line: &str) -> Option<Block> {
    let own = |text: &str| text.trim().to_string();
    if let Some(formula) = line.strip_prefix("    ") {
        return Some(Block::Formula(formula.trim_end().to_string()));
    }
    let line = line.trim();
    let inside = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let block = match line {
        "" => return None,
        _ if line.starts_with("## ") => Block::Section(own(&line[3..])),
        _ if line.starts_with("# ") => Block::Title(own(&line[2..])),
        _ if line.starts_with("- ") => Block::List(vec![own(&line[2..])]),
        _ if line.starts_with("?? ") => Block::Question(own(&line[3..])),
        _ if line.starts_with("!! ") => Block::Answer(own(&line[3..])),
        _ if line.starts_with('|') => {
            Block::Table(vec![line.trim_matches('|').split('|').map(own).collect()])
        }
        _ => match inside.and_then(|inside| inside.split_once(' ')) {
            Some(("figure", name)) => Block::Figure(own(name)),
            Some(("exercise", number)) => Block::Exercise(number.trim().parse().unwrap_or(0)),
            _ if inside == Some("claims") => Block::Claims,
            _ => Block::Paragraph(line.to_string()),
        },
    };
    Some(block)
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Piece<'a> {
    Plain(&'a str),
    Code(&'a str),
    Strong(&'a str),
    Found(&'a str),
}

/// Takes a line apart.
pub(crate) fn pieces(line: &str) -> Vec<Piece<'_>> {
    const SIGNS: [(&str, &str); 3] = [("`", "`"), ("**", "**"), ("{found:", "}")];
    let mut found = Vec::new();
    let mut rest = line;
    while !rest.is_empty() {
        let next = SIGNS
            .iter()
            .filter_map(|(open, close)| {
                let start = rest.find(open)?;
                let inside = start + open.len();
                let end = inside + rest[inside..].find(close)?;
                Some((start, inside, end, *open, close.len()))
            })
            .min_by_key(|(start, ..)| *start);
        let Some((start, inside, end, sign, width)) = next else {
            found.push(Piece::Plain(rest));
            break;
        };
        if start > 0 {
            found.push(Piece::Plain(&rest[..start]));
        }
        let text = &rest[inside..end];
        found.push(match sign {
            "`" => Piece::Code(text),
            "**" => Piece::Strong(text),
            _ => Piece::Found(text),
        });
        rest = &rest[end + width..];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_told_by_their_first_signs() {
        let text = "# T\n\none\ntwo\n\n- a\n- b\n  more\n\n    x = 1\n    y = 2\n\n?? why\n!! so\n\n| a | b |\n| 1 | 2 |\n[figure surface]\n[exercise 2]\n[claims]\n";
        let words = |texts: &[&str]| texts.iter().map(|text| text.to_string()).collect();
        assert_eq!(
            blocks(text),
            [
                Block::Title("T".into()),
                Block::Paragraph("one two".into()),
                Block::List(words(&["a", "b more"])),
                Block::Formula("x = 1\ny = 2".into()),
                Block::Question("why".into()),
                Block::Answer("so".into()),
                Block::Table(vec![words(&["a", "b"]), words(&["1", "2"])]),
                Block::Figure("surface".into()),
                Block::Exercise(2),
                Block::Claims,
            ]
        );
    }

    #[test]
    fn a_line_has_code_weight_and_findings() {
        assert_eq!(
            pieces("a `b` **c** {found:d} e"),
            [
                Piece::Plain("a "),
                Piece::Code("b"),
                Piece::Plain(" "),
                Piece::Strong("c"),
                Piece::Plain(" "),
                Piece::Found("d"),
                Piece::Plain(" e"),
            ]
        );
    }
}
