//! Docstrings, as `inspect.cleandoc` gives them.

use super::parse::{Expr, Stmt};

/// The docstring of a body.
pub(super) fn docstring(body: &[Stmt]) -> Option<String> {
    let Some(Stmt::Expr(first)) = body.first() else {
        return None;
    };
    match &*first.value {
        Expr::StringLiteral(string) => Some(clean(string.value.to_str())),
        _ => None,
    }
}

/// `inspect.cleandoc`: tabs expanded, the common indentation and empty lines at both ends removed.
fn clean(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(expand_tabs).collect();
    let indentation = |line: &String| line.len() - line.trim_start_matches(' ').len();
    let margin = lines[1..]
        .iter()
        .filter(|line| indentation(line) < line.len())
        .map(indentation)
        .min()
        .unwrap_or(0);
    let first = lines[0].trim_start_matches(' ');
    let rest = lines[1..]
        .iter()
        .map(|line| line.get(margin..).unwrap_or(""));
    let lines: Vec<&str> = std::iter::once(first).chain(rest).collect();
    let is_text = |line: &&str| !line.is_empty();
    let from = lines.iter().position(is_text).unwrap_or(lines.len());
    let to = lines
        .iter()
        .rposition(is_text)
        .map_or(from, |last| last + 1);
    lines[from..to].join("\n")
}

/// `str.expandtabs`: to the next multiple of eight.
fn expand_tabs(line: &str) -> String {
    let mut expanded = String::with_capacity(line.len());
    let mut column = 0;
    for char in line.chars() {
        match char {
            '\t' => {
                let width = 8 - column % 8;
                expanded.extend(std::iter::repeat_n(' ', width));
                column += width;
            }
            // The line ends of old Macs start a line for `expandtabs`, though not for `split`.
            '\r' => {
                expanded.push(char);
                column = 0;
            }
            _ => {
                expanded.push(char);
                column += 1;
            }
        }
    }
    expanded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, cleaned: &str) {
        assert_eq!(clean(text), cleaned);
    }

    #[test]
    fn the_common_indentation_goes() {
        check(
            "  One.\n\n    Two.\n      Three.\n    ",
            "One.\n\nTwo.\n  Three.",
        );
        check("\n    One.\n", "One.");
    }

    #[test]
    fn tabs_are_expanded_before_indentation_is_told() {
        check("One.\n\tTwo.\n        Three.", "One.\nTwo.\nThree.");
        check("a\tb", "a       b");
    }

    #[test]
    fn a_text_of_blanks_has_no_indentation_to_lose() {
        check("", "");
        check("\n\n", "");
        check("\n  \n", "  ");
    }
}
