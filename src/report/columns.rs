//! Columns that fit a width: what is shortened, what is left out, how it is set.

use super::fit;
use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};

const GAP: usize = 2;

/// How a text for a terminal is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Write ANSI codes for bold and dim.
    pub color: bool,
}

/// A column of a table.
pub(super) struct Column {
    header: &'static str,
    alignment: CellAlignment,
    shortening: Option<Shortening>,
    /// Left out when the width is not enough, the lowest first; none stays always.
    precedence: Option<u8>,
}

/// How far a column may be shortened, and how its texts are.
#[derive(Clone, Copy)]
struct Shortening {
    /// Not further while there are columns to leave out.
    comfortable: usize,
    /// Not further than this.
    least: usize,
    separator: Option<char>,
}

/// A row: a text for each column, without line breaks, and how it is set.
pub(super) struct Row {
    pub(super) cells: Vec<String>,
    pub(super) emphasis: Emphasis,
}

/// How a line is set where colour is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Emphasis {
    Plain,
    Strong,
    Faint,
}

impl Emphasis {
    /// The line between the codes that set it.
    pub(super) fn set(self, line: &str, style: Style) -> String {
        match self {
            _ if !style.color || line.is_empty() => line.to_owned(),
            Self::Plain => line.to_owned(),
            Self::Strong => format!("\x1b[1m{line}\x1b[0m"),
            Self::Faint => format!("\x1b[2m{line}\x1b[0m"),
        }
    }
}

impl Column {
    /// Texts, left-aligned, always whole.
    pub(super) fn text(header: &'static str) -> Self {
        Self {
            header,
            alignment: CellAlignment::Left,
            shortening: None,
            precedence: None,
        }
    }

    /// Numbers, right-aligned, always whole.
    pub(super) fn number(header: &'static str) -> Self {
        Self {
            alignment: CellAlignment::Right,
            ..Self::text(header)
        }
    }

    /// May be shortened, by the parts between separators first or else in the middle: to the
    /// comfortable width while there are columns to leave out, then to the least.
    pub(super) fn shortened(
        self,
        comfortable: usize,
        least: usize,
        separator: impl Into<Option<char>>,
    ) -> Self {
        let separator = separator.into();
        Self {
            shortening: Some(Shortening {
                comfortable,
                least,
                separator,
            }),
            ..self
        }
    }

    /// May be left out, the lowest number first.
    pub(super) fn optional(self, precedence: u8) -> Self {
        Self {
            precedence: Some(precedence),
            ..self
        }
    }

    fn natural_width(&self, index: usize, rows: &[Row]) -> usize {
        let cells = rows.iter().map(|row| fit::width(&row.cells[index]));
        cells.chain([fit::width(self.header)]).max().unwrap_or(0)
    }

    /// The width where long columns are held to a level, but not below their floor.
    fn width_at(&self, natural: usize, level: usize, floor: Floor) -> usize {
        let Some(shortening) = self.shortening else {
            return natural;
        };
        let least = match floor {
            Floor::Comfortable => shortening.comfortable,
            Floor::Least => shortening.least,
        };
        natural.min(level.max(least))
    }

    fn fit(&self, text: &str, width: usize) -> String {
        match self.shortening.map(|shortening| shortening.separator) {
            None => text.to_owned(),
            Some(None) => fit::shorten_middle(text, width),
            Some(Some(separator)) => fit::shorten_leading(text, width, separator),
        }
    }
}

/// The table in lines of at most `width` columns, each with its line end.
pub(super) fn render(columns: &[Column], rows: &[Row], width: usize, style: Style) -> String {
    let kept = choose(columns, rows, width);
    let mut table = Table::new();
    let rule = LineStyle::none().fill('─');
    table.load_style(TableStyle::new().header_separator(rule));
    table.set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(kept.iter().map(|&(index, _)| columns[index].header));
    for row in rows {
        let cell = |&(index, width): &(usize, usize)| columns[index].fit(&row.cells[index], width);
        table.add_row(kept.iter().map(cell));
    }
    let last = kept.len().saturating_sub(1);
    for (place, (column, &(index, _))) in table.column_iter_mut().zip(&kept).enumerate() {
        let gap = if place == last { 0 } else { GAP };
        column.set_padding((0, u16::try_from(gap).expect("the gap is small")));
        column.set_cell_alignment(columns[index].alignment);
    }
    let emphases = rows.iter().map(|row| row.emphasis);
    let lines = [Emphasis::Faint; 2].into_iter().chain(emphases);
    let set = |(line, emphasis): (String, Emphasis)| emphasis.set(line.trim_end(), style) + "\n";
    table.lines().zip(lines).map(set).collect()
}

/// How far columns are shortened.
#[derive(Clone, Copy)]
enum Floor {
    Comfortable,
    Least,
}

/// The columns that stay, by index, and the width of each.
fn choose(columns: &[Column], rows: &[Row], width: usize) -> Vec<(usize, usize)> {
    let natural = |(index, column): (usize, &Column)| (index, column.natural_width(index, rows));
    let mut kept: Vec<(usize, usize)> = columns.iter().enumerate().map(natural).collect();
    loop {
        let space = width.saturating_sub(GAP * kept.len().saturating_sub(1));
        let leaves = (kept.iter())
            .filter_map(|&(index, _)| Some((columns[index].precedence?, index)))
            .min();
        let floor = leaves.map_or(Floor::Least, |_| Floor::Comfortable);
        let level = (0..=space).rev().find(|&level| {
            let widths = at_level(columns, &kept, level, floor);
            widths.iter().map(|&(_, width)| width).sum::<usize>() <= space
        });
        match (level, leaves) {
            (None, Some((_, leaves))) => kept.retain(|&(index, _)| index != leaves),
            (level, _) => return at_level(columns, &kept, level.unwrap_or(0), floor),
        }
    }
}

/// The widths of columns where the long ones are held to a level.
fn at_level(
    columns: &[Column],
    kept: &[(usize, usize)],
    level: usize,
    floor: Floor,
) -> Vec<(usize, usize)> {
    (kept.iter())
        .map(|&(index, natural)| (index, columns[index].width_at(natural, level, floor)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Style = Style { color: false };

    fn columns() -> [Column; 3] {
        [
            Column::text("function").shortened(13, 6, '.'),
            Column::number("time"),
            Column::text("file").shortened(11, 8, '/').optional(0),
        ]
    }

    fn check(width: usize, expected: &str) {
        let row = |cells: [&str; 3]| Row {
            cells: cells.map(str::to_owned).to_vec(),
            emphasis: Emphasis::Plain,
        };
        let rows = [
            row(["shop.basket.total", "41.3 %", "/srv/shop/basket.py"]),
            row(["数量", "7.0 %", "shop/e\u{301}t\u{e9}.py"]),
        ];
        assert_eq!(render(&columns(), &rows, width, PLAIN), expected);
    }

    #[test]
    fn everything_is_whole_where_there_is_room() {
        check(
            60,
            "function             time  file\n\
             ──────────────────────────────────────────────\n\
             shop.basket.total  41.3 %  /srv/shop/basket.py\n\
             数量                7.0 %  shop/e\u{301}t\u{e9}.py\n",
        );
    }

    #[test]
    fn long_columns_are_shortened_before_one_is_left_out() {
        check(
            36,
            "function         time  file\n\
             ──────────────────────────────────\n\
             …basket.total  41.3 %  …/basket.py\n\
             数量            7.0 %  shop/e\u{301}t\u{e9}.py\n",
        );
    }

    #[test]
    fn an_optional_column_is_left_out_where_it_does_not_fit() {
        check(
            22,
            "function         time\n\
             ─────────────────────\n\
             …basket.total  41.3 %\n\
             数量            7.0 %\n",
        );
    }

    #[test]
    fn codes_are_written_only_when_asked_for() {
        let rows = [Row {
            cells: vec!["f".into(), "1".into(), "x".into()],
            emphasis: Emphasis::Strong,
        }];
        assert!(!render(&columns(), &rows, 40, PLAIN).contains('\x1b'));
        let colored = render(&columns(), &rows, 40, Style { color: true });
        assert!(
            colored.ends_with("\x1b[1mf            1  x\x1b[0m\n"),
            "{colored:?}"
        );
    }
}
