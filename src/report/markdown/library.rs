//! A library in `plan.md`: how much of the time it takes, for whom, and what is faster.

use crate::plan::{Asked, Library, Replacement};
use crate::report::escape::{code, prose};
use serde::Serialize;

/// A copy of one function gains little when it has less than this part of its library's time.
const STANDS_OUT: f64 = 0.2;

/// A line on a library, and lines below it on what is faster.
#[derive(Serialize)]
pub(super) struct LibraryLines {
    what: String,
    faster: Vec<String>,
}

impl LibraryLines {
    pub(super) fn new(library: &Library) -> Self {
        let asked = library.asked.as_ref().map(asked).unwrap_or_default();
        let hottest = code(&library.hottest.to_string());
        let known = library.replacements.iter();
        let mut faster: Vec<String> = extras(library).into_iter().collect();
        faster.extend(known.map(|it| self::faster(it, library)));
        if library.replacements.is_empty() {
            faster.push(unknown(library, &hottest));
        }
        Self {
            what: format!(
                "{}{}: {} of the program's time, in the interpreter; most in {hottest} ({}){asked}",
                code(&library.name),
                version(library),
                library.share,
                library.hottest_share
            ),
            faster,
        }
    }
}

fn unknown(library: &Library, hottest: &str) -> String {
    let stands_out = library.hottest_share.fraction() >= STANDS_OUT * library.share.fraction();
    let copy = if stands_out {
        format!("what could be copied is {hottest}")
    } else {
        "and no function stands out that could be copied".to_owned()
    };
    format!("No replacement is known here; {copy}")
}

/// ` (PyYAML 6.0.2)`, where that is known.
fn version(library: &Library) -> String {
    let version = library.distribution.as_ref();
    version.map_or_else(String::new, |it| {
        format!(" ({})", code(&format!("{} {}", it.name, it.version)))
    })
}

/// What its package has for making it faster, and is not installed.
fn extras(library: &Library) -> Option<String> {
    let it = library.distribution.as_ref()?;
    let extras = it.missing_extras.iter();
    let extras: Vec<String> = extras
        .map(|extra| code(&format!("{}[{extra}]", it.name)))
        .collect();
    (!extras.is_empty()).then(|| {
        let names = extras.join(", ");
        format!("Not installed, and compiled code by its name: {names}")
    })
}

fn asked(asked: &Asked) -> String {
    let line = asked
        .line
        .map_or_else(String::new, |line| format!(", line {line}"));
    format!(
        ", most for {} ({}{line}: {})",
        code(&asked.function.to_string()),
        code(&asked.file),
        asked.share
    )
}

/// What it is for is said where that is but a part of the library.
fn faster(it: &Replacement, library: &Library) -> String {
    let part = if it.of == library.name {
        String::new()
    } else {
        format!("for {}, ", code(it.of))
    };
    let text = format!(
        "{part}{}: {}; {}",
        it.kind.phrase(),
        code(it.name),
        prose(it.why)
    );
    let first = text.chars().next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(text.chars().skip(1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Share;
    use crate::report::example;

    #[test]
    fn a_library_says_for_whom_it_works_and_which_kind_of_replacement_there_is() {
        let mut library = example::plan().libraries.remove(0);
        let lines = LibraryLines::new(&library);
        assert_eq!(
            lines.what,
            "`pandas` (`pandas 3.0.1`): 4.0 % of the program's time, in the interpreter; most in `pandas.core.frame.DataFrame.itertuples` \
             (3.0 %), most for `shop.basket.load` (`shop/basket.py`, line 12: 3.5 %)"
        );
        assert_eq!(
            lines.faster,
            [
                "Not installed, and compiled code by its name: `pandas[performance]`",
                "For `pandas.core.apply`, an option of its own: `methods of whole columns`; apply calls a function for each \
              row"
            ]
        );
        library.replacements.clear();
        let lines = LibraryLines::new(&library);
        assert!(lines.faster[1].ends_with("copied is `pandas.core.frame.DataFrame.itertuples`"));
        library.hottest_share = Share::new(0.005);
        let lines = LibraryLines::new(&library);
        assert!(lines.faster[1].ends_with("no function stands out that could be copied"));
    }
}
