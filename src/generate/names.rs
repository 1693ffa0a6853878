//! Names for what is generated: of crates, of Rust functions and parameters, of what a package exports.

use std::collections::BTreeSet;

use crate::plan::FunctionName;

/// The longest slug: with the suffix, a counter and a test's prefix it stays far below what file systems take.
const LONGEST_SLUG: usize = 60;

/// Keywords of Rust, strict and reserved, of every edition.
const RUST_KEYWORDS: [&str; 48] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Keywords of Rust that can't be written as `r#…`.
const RUST_PATH_KEYWORDS: [&str; 4] = ["Self", "crate", "self", "super"];

const PYTHON_KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

/// Names that a generated package needs for itself.
const PACKAGE_NAMES: [&str; 5] = ["_native", "_original", "inspect", "replacing", "use_rust"];

/// Names that a generated extension module needs for itself.
const EXTENSION_NAMES: [&str; 2] = ["MISSING", "use_rust"];

/// The crates' names, in the order of the functions: the slug of the qualified name, with the module before it
/// where two functions would share one, and a number where that is not enough.
pub(super) fn crate_names(functions: &[&FunctionName]) -> Vec<String> {
    let short: Vec<String> = functions.iter().map(|name| slug(&name.qualname)).collect();
    let mut taken = BTreeSet::new();
    functions
        .iter()
        .zip(&short)
        .map(|(function, slug_of_name)| {
            let shared = short.iter().filter(|other| *other == slug_of_name).count() > 1;
            let wanted = if shared {
                slug(&function.to_string())
            } else {
                slug_of_name.clone()
            };
            // The suffix keeps clear of keywords, of device names, and of crates such as `core` and `test`.
            let name = free(&wanted, "_rs", &taken);
            taken.insert(name.clone());
            name
        })
        .collect()
}

/// The name with the suffix, or the first of `name_2`, `name_3`, … that is not taken.
pub(super) fn free(name: &str, suffix: &str, taken: &BTreeSet<String>) -> String {
    let stem = name.trim_end_matches('_');
    // One more than are taken: one of them is free.
    let numbered = (2..taken.len() + 3).map(|number| format!("{stem}_{number}{suffix}"));
    std::iter::once(format!("{name}{suffix}"))
        .chain(numbered)
        .find(|name| !taken.contains(name))
        .expect("there are more numbers than names")
}

/// A name for a Rust function or variable in snake case, that stands for a Python name.
pub(super) fn rust_identifier(name: &str) -> String {
    let snake = slug(name);
    if RUST_PATH_KEYWORDS.contains(&snake.as_str()) {
        snake + "_"
    } else {
        raw(&snake)
    }
}

/// The name as Rust writes it, with `r#` where it is a keyword.
pub(super) fn raw(name: &str) -> String {
    if RUST_KEYWORDS.contains(&name) {
        format!("r#{name}")
    } else {
        name.to_owned()
    }
}

/// Whether a Rust parameter can have just this name: an ASCII identifier that Rust does not read as something else.
///
/// A capitalised word may be a type or a variant (`Some`), which a parameter can't hide.
pub(super) fn rust_can_say(name: &str) -> bool {
    let is_word = name
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    let is_capitalised =
        name.len() > 1 && name.starts_with(|first: char| first.is_ascii_uppercase());
    is_word
        && !is_capitalised
        && name.contains(|letter: char| letter.is_ascii_alphabetic())
        && !RUST_PATH_KEYWORDS.contains(&name)
}

/// Whether the extension module can export a function of this name.
pub(super) fn extension_can_export(name: &str) -> bool {
    name.is_ascii() && !is_dunder(name) && !EXTENSION_NAMES.contains(&name)
}

/// The name that the package gives to a function: its own, unless that would mean something else in a module.
pub(super) fn exported(name: &str) -> String {
    let mut exported = if is_dunder(name) {
        name.trim_matches('_').to_owned()
    } else {
        name.to_owned()
    };
    let reserved = |name: &str| PACKAGE_NAMES.contains(&name) || PYTHON_KEYWORDS.contains(&name);
    while reserved(&exported) {
        exported.push('_');
    }
    exported
}

/// The last part of a dotted name.
pub(super) fn bare(dotted: &str) -> &str {
    dotted.rsplit('.').next().unwrap_or(dotted)
}

fn is_dunder(name: &str) -> bool {
    name.len() > 4 && name.starts_with("__") && name.ends_with("__")
}

/// ASCII letters and digits in snake case, never empty, never beginning with a digit, never overlong.
fn slug(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut slug = String::new();
    for (place, letter) in letters.iter().enumerate() {
        if !letter.is_ascii_alphanumeric() {
            slug.push('_');
            continue;
        }
        if letter.is_ascii_uppercase() && begins_word(&letters, place) {
            slug.push('_');
        }
        slug.push(letter.to_ascii_lowercase());
    }
    let words: Vec<&str> = slug.split('_').filter(|word| !word.is_empty()).collect();
    let mut slug = words.join("_");
    slug.truncate(LONGEST_SLUG);
    match slug.trim_end_matches('_') {
        "" => "unnamed".to_owned(),
        digits if digits.starts_with(|first: char| first.is_ascii_digit()) => format!("n{digits}"),
        slug => slug.to_owned(),
    }
}

/// Whether a capital letter begins a word: `maxN`, `parseHTMLPage`.
fn begins_word(letters: &[char], place: usize) -> bool {
    let before = place.checked_sub(1).map(|before| letters[before]);
    let after = letters.get(place + 1);
    match before {
        None => false,
        Some(before) if before.is_ascii_uppercase() => after.is_some_and(char::is_ascii_lowercase),
        Some(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(functions: &[&str], names: &[&str]) {
        let functions: Vec<FunctionName> = functions
            .iter()
            .map(|name| {
                let (module, qualname) = name.split_once(':').expect("module:qualname");
                FunctionName {
                    module: module.to_owned(),
                    qualname: qualname.to_owned(),
                }
            })
            .collect();
        let functions: Vec<&FunctionName> = functions.iter().collect();
        assert_eq!(crate_names(&functions), names);
    }

    #[test]
    fn a_crate_is_named_after_its_function() {
        check(
            &[
                "etl:similarity",
                "grid:GridWorld.stepAll",
                "a:parseHTMLPage",
                "a:maxN",
            ],
            &[
                "similarity_rs",
                "grid_world_step_all_rs",
                "parse_html_page_rs",
                "max_n_rs",
            ],
        );
    }

    #[test]
    fn functions_of_one_name_are_told_apart_by_their_modules() {
        check(
            &["etl.load:clean", "etl.store:clean"],
            &["etl_load_clean_rs", "etl_store_clean_rs"],
        );
    }

    #[test]
    fn a_number_tells_apart_what_no_name_does() {
        check(&["m:λ", "m:μ", "m:__"], &["m_rs", "m_2_rs", "m_3_rs"]);
        check(&["m:clean", "m:Clean"], &["m_clean_rs", "m_clean_2_rs"]);
    }

    #[test]
    fn a_name_without_ascii_letters_or_with_a_digit_first_is_still_a_name() {
        check(&["m:λ", "m:_1st"], &["unnamed_rs", "n1st_rs"]);
    }

    #[test]
    fn names_of_crates_devices_and_keywords_are_kept_clear_of() {
        check(
            &["m:core", "m:con", "m:type"],
            &["core_rs", "con_rs", "type_rs"],
        );
    }

    #[test]
    fn an_overlong_name_is_cut() {
        let long = format!("m:{}", "long_".repeat(80));
        let functions = [long.as_str(), "m:other"];
        let expected = format!("{}_rs", "long_".repeat(12).trim_end_matches('_'));
        check(&functions, &[&expected, "other_rs"]);
    }

    #[test]
    fn keywords_of_rust_are_written_raw_or_changed() {
        assert_eq!(rust_identifier("type"), "r#type");
        assert_eq!(rust_identifier("self"), "self_");
        assert_eq!(rust_identifier("Self"), "self_");
        assert_eq!(rust_identifier("maxN"), "max_n");
        assert_eq!(rust_identifier("_"), "unnamed");
    }

    #[test]
    fn rust_cannot_say_paths_variants_underscores_and_other_scripts() {
        let impossible = [
            "self", "Self", "super", "crate", "_", "_1", "Some", "PyAny", "größe",
        ];
        assert!(impossible.iter().all(|name| !rust_can_say(name)));
        let possible = ["type", "maxN", "N", "_x", "x1", "written", "py"];
        assert!(possible.iter().all(|name| rust_can_say(name)));
    }

    #[test]
    fn an_export_never_changes_what_a_module_is() {
        assert_eq!(exported("step"), "step");
        assert_eq!(exported("__getattr__"), "getattr");
        assert_eq!(exported("__or__"), "or_");
        assert_eq!(exported("replacing"), "replacing_");
        assert_eq!(exported("__secret"), "__secret");
    }
}
