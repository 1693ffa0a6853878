//! Text that fits: how many columns of a terminal it takes, and how it is shortened and wrapped.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// The columns that the text takes in a terminal.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// At most `limit` columns of the text: its beginning and its end.
pub(super) fn shorten_middle(text: &str, limit: usize) -> String {
    if fits(text, limit) {
        return text.to_owned();
    }
    let kept = limit.saturating_sub(1);
    let head = take(text.graphemes(true), kept.div_ceil(2));
    let mut tail = take(text.graphemes(true).rev(), kept / 2);
    tail.reverse();
    format!("{}…{}", head.concat(), tail.concat())
}

/// At most `limit` columns of a name of parts: the first parts go first. Where that would leave little,
/// the middle goes instead.
pub(super) fn shorten_leading(text: &str, limit: usize, separator: char) -> String {
    if fits(text, limit) {
        return text.to_owned();
    }
    let shortened = text
        .rmatch_indices(separator)
        .map(|(at, _)| format!("…{}", &text[at + usize::from(separator == '.')..]))
        .take_while(|end| fits(end, limit))
        .last();
    match shortened {
        Some(end) if width(&end) >= limit / 2 => end,
        _ => shorten_middle(text, limit),
    }
}

/// The text in lines of at most `limit` columns, broken between words; a longer word is shortened.
pub(super) fn wrap(text: &str, limit: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in words(text) {
        let word = shorten_middle(word, limit);
        let line = lines.last_mut().expect("there is a first line");
        if line.is_empty() {
            *line = word;
        } else if width(line) + 1 + width(&word) <= limit {
            line.push(' ');
            line.push_str(&word);
        } else {
            lines.push(word);
        }
    }
    lines
}

/// The words of a text; a percent sign stays with its number.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text.trim();
    std::iter::from_fn(move || {
        let ends_word = |at: &usize| !rest[at + 1..].starts_with('%');
        let mut spaces = rest.match_indices(' ').map(|(at, _)| at);
        let end = spaces.find(ends_word).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after.trim_start();
        (!word.is_empty()).then_some(word)
    })
}

fn fits(text: &str, limit: usize) -> bool {
    width(text) <= limit && text.graphemes(true).map(cost).sum::<usize>() <= limit
}

/// The columns of one cluster; more for one that carries a heap of combining marks, so that a name
/// of a thousand of them counts as long.
fn cost(cluster: &str) -> usize {
    width(cluster).max(cluster.chars().count() / 4)
}

fn take<'a>(clusters: impl Iterator<Item = &'a str>, limit: usize) -> Vec<&'a str> {
    let mut used = 0;
    clusters
        .take_while(|cluster| {
            used += cost(cluster);
            used <= limit
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_long_name_loses_its_middle() {
        assert_eq!(shorten_middle("abcdefghij", 7), "abc…hij");
        assert_eq!(shorten_middle("abcdefghij", 10), "abcdefghij");
    }

    #[test]
    fn wide_characters_are_counted_as_two_columns_and_never_cut() {
        assert_eq!(shorten_middle("数量数量数量", 7), "数…量");
        assert_eq!(width("数…量"), 5);
    }

    #[test]
    fn a_path_loses_its_first_folders() {
        let path = "/srv/app/orders/pricing.py";
        assert_eq!(shorten_leading(path, 20, '/'), "…/orders/pricing.py");
        assert_eq!(
            shorten_leading("shop.orders.Basket.total", 14, '.'),
            "…Basket.total"
        );
    }

    #[test]
    fn a_short_last_part_does_not_stand_for_the_whole() {
        assert_eq!(
            shorten_leading("enormous_module_name.f", 14, '.'),
            "enormou…name.f"
        );
    }

    #[test]
    fn a_heap_of_combining_marks_counts_as_long() {
        let name = format!("a{}", "\u{301}".repeat(1000));
        assert!(shorten_middle(&name, 20).chars().count() < 100);
    }

    #[test]
    fn lines_break_between_words_and_keep_the_percent_sign() {
        assert_eq!(
            wrap("it takes 41.3 % of the time", 13),
            ["it takes", "41.3 % of the", "time"]
        );
        assert_eq!(wrap("", 13), [""]);
    }

    proptest! {
        #[test]
        fn nothing_is_wider_than_its_limit(text in any::<String>(), limit in 1_usize..60) {
            let text = super::super::escape::visible(&text);
            prop_assert!(width(&shorten_middle(&text, limit)) <= limit);
            prop_assert!(width(&shorten_leading(&text, limit, '.')) <= limit);
            for line in wrap(&text, limit) {
                prop_assert!(width(&line) <= limit);
            }
        }
    }
}
