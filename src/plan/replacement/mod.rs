//! What is faster than library code that is known to be slow: two tables, one of installed packages, one of the standard
//! library.

use super::FunctionName;
use crate::source::Origin;
use std::sync::LazyLock;

/// A row of a table: what code under this name can be replaced by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// The module, class or function that it is for: `yaml`, `csv.DictReader`.
    pub of: &'static str,
    /// What kind of change it takes.
    pub kind: ReplacementKind,
    /// What to write or install.
    pub name: &'static str,
    /// Why that is faster, and where it isn't the same.
    pub why: &'static str,
}

/// What kind of change a replacement takes, from the smallest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplacementKind {
    /// A switch, an argument or an extra of the same package.
    Option,
    /// Another version of the same package, or of Python.
    NewerVersion,
    /// A compiled package that is called in the same way.
    SameInterface,
    /// Other functions that come with Python.
    StandardLibrary,
    /// A compiled package that is called in another way.
    OtherInterface,
    /// A few lines of the program's own.
    OwnCode,
}

impl ReplacementKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Option,
        Self::NewerVersion,
        Self::SameInterface,
        Self::StandardLibrary,
        Self::OtherInterface,
        Self::OwnCode,
    ];

    /// The word in `plan.json`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Option => "option",
            Self::NewerVersion => "newer_version",
            Self::SameInterface => "same_interface",
            Self::StandardLibrary => "standard_library",
            Self::OtherInterface => "other_interface",
            Self::OwnCode => "own_code",
        }
    }

    /// For people.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Option => "an option of its own",
            Self::NewerVersion => "a newer version",
            Self::SameInterface => "a compiled package with the same interface",
            Self::StandardLibrary => "the standard library",
            Self::OtherInterface => "a compiled package with another interface",
            Self::OwnCode => "a few lines of your own",
        }
    }
}

impl Replacement {
    /// `an option of its own: CSafeLoader and CSafeDumper`.
    pub fn phrase(&self) -> String {
        format!("{}: {}", self.kind.phrase(), self.name)
    }
}

/// Sorted by what they are for. A line is `name | kind | what to write or install | why`; the names are those of
/// imports, the kinds the words of [`ReplacementKind::word`] with spaces.
static DEPENDENCIES: LazyLock<Vec<Replacement>> =
    LazyLock::new(|| table(include_str!("dependencies.txt")));

static STANDARD_LIBRARY: LazyLock<Vec<Replacement>> =
    LazyLock::new(|| table(include_str!("standard_library.txt")));

/// What library code can be replaced by: the rows of the longest name that its own begins with. None for the program's
/// own code, and for code that the tables don't know.
pub(super) fn replacements_of(name: &FunctionName, origin: Origin) -> &'static [Replacement] {
    match origin {
        Origin::ThirdParty => rows_for(&DEPENDENCIES, &name.to_string()),
        Origin::Stdlib => rows_for(&STANDARD_LIBRARY, &name.to_string()),
        Origin::FirstParty | Origin::Builtin => &[],
    }
}

fn rows_for(table: &'static [Replacement], name: &str) -> &'static [Replacement] {
    let mut rest = Some(name);
    while let Some(prefix) = rest {
        let first = table.partition_point(|row| row.of < prefix);
        let rows = &table[first..];
        let count = rows.iter().take_while(|row| row.of == prefix).count();
        if count > 0 {
            return &rows[..count];
        }
        rest = prefix.rsplit_once('.').map(|(before, _)| before);
    }
    &[]
}

fn table(text: &'static str) -> Vec<Replacement> {
    text.lines().map(row).collect()
}

fn row(line: &'static str) -> Replacement {
    let mut parts = line.splitn(4, " | ");
    let mut part = || parts.next().expect("a row has four parts");
    let (of, word, name, why) = (part(), part(), part(), part());
    let mut kinds = ReplacementKind::ALL.into_iter();
    let kind = kinds.find(|kind| kind.word().replace('_', " ") == word);
    Replacement {
        of,
        kind: kind.expect("a row names its kind"),
        name,
        why,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables() -> [&'static [Replacement]; 2] {
        [&DEPENDENCIES, &STANDARD_LIBRARY]
    }

    /// Checks what the first row for a function says.
    #[track_caller]
    fn check(origin: Origin, module: &str, qualname: &str, expected: Option<&str>) {
        let name = FunctionName {
            module: module.to_owned(),
            qualname: qualname.to_owned(),
        };
        let first = replacements_of(&name, origin).first();
        assert_eq!(first.map(|row| row.of), expected, "{name}");
    }

    #[test]
    fn the_tables_are_sorted_and_say_nothing_twice() {
        for table in tables() {
            assert!(table.is_sorted_by(|one, next| one.of <= next.of));
            for (place, row) in table.iter().enumerate() {
                let again = table[..place].iter();
                let again = again.filter(|it| (it.of, it.name) == (row.of, row.name));
                assert_eq!(again.count(), 0, "{row:?}");
            }
        }
    }

    #[test]
    fn each_row_says_what_and_why_and_none_replaces_a_package_by_itself() {
        for row in tables().into_iter().flatten() {
            assert!(
                !row.name.trim().is_empty() && !row.why.trim().is_empty(),
                "{row:?}"
            );
            assert!(!row.why.ends_with('.'), "{row:?}");
            let stays = matches!(
                row.kind,
                ReplacementKind::Option | ReplacementKind::NewerVersion
            );
            assert!(stays || row.name != row.of, "{row:?}");
        }
    }

    #[test]
    fn smaller_changes_stand_before_larger_ones_of_a_package() {
        let rank = |row: &Replacement| ReplacementKind::ALL.iter().position(|it| *it == row.kind);
        for pair in DEPENDENCIES
            .windows(2)
            .filter(|pair| pair[0].of == pair[1].of)
        {
            assert!(rank(&pair[0]) <= rank(&pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn what_is_in_the_standard_library_is_of_its_modules() {
        let modules = include_str!("../../source/stdlib_modules.txt");
        for row in STANDARD_LIBRARY.iter() {
            let module = row.of.split('.').next();
            assert!(modules.lines().any(|it| Some(it) == module), "{row:?}");
        }
    }

    #[test]
    fn the_longest_name_counts_and_only_whole_parts_of_it() {
        use Origin::{FirstParty, Stdlib, ThirdParty};
        check(
            ThirdParty,
            "yaml.scanner",
            "Scanner.peek_token",
            Some("yaml"),
        );
        check(ThirdParty, "yamllint.rules", "check", None);
        check(ThirdParty, "msgpack", "packb", None);
        check(
            ThirdParty,
            "msgpack.fallback",
            "Packer._pack",
            Some("msgpack.fallback"),
        );
        check(Stdlib, "csv", "DictReader.__next__", Some("csv.DictReader"));
        check(Stdlib, "csv", "register_dialect", None);
        let nested = "_make_iterencode.<locals>._iterencode";
        check(
            Stdlib,
            "json.encoder",
            nested,
            Some("json.encoder._make_iterencode"),
        );
        check(
            Stdlib,
            "json.encoder",
            "JSONEncoder.encode",
            Some("json.encoder"),
        );
        check(ThirdParty, "csv", "DictReader", None);
        check(FirstParty, "yaml", "load", None);
    }
}
