//! What calls do, by the name of what is called: work that a rewrite removes, or work that stays.

use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// What a call does beside running Python.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Work {
    /// A function or class of the program's own: what is left is the interpreter's way there.
    Python,
    /// Little: `append`, `len`. A rewrite removes it.
    Light,
    /// C that Rust would do no faster: sorting, hashing, JSON.
    Native,
    /// A regular expression: native, but another engine may be faster.
    Regex,
    /// The kernel's work: files, sockets.
    System,
    /// Collecting garbage.
    Gc,
    /// The source does not tell.
    Unknown,
}

/// A line for each name, `json.loads native`.
const WORK: &str = include_str!("work.txt");

static TABLE: LazyLock<FxHashMap<&str, Work>> = LazyLock::new(|| {
    let lines = WORK.lines().filter(|line| !line.starts_with('#'));
    lines.map(entry).collect()
});

fn entry(line: &'static str) -> (&'static str, Work) {
    let (name, word) = line.split_once(' ').expect("a word follows the name");
    let work = match word {
        "light" => Work::Light,
        "native" => Work::Native,
        "regex" => Work::Regex,
        "system" => Work::System,
        "gc" => Work::Gc,
        "python" => Work::Python,
        _ => Work::Unknown,
    };
    (name, work)
}

/// What calling this name does: the longest beginning that the table knows decides, and for objects of unknown type
/// the method.
pub(super) fn work_of(name: &str) -> Work {
    if let Some(work) = TABLE.get(name) {
        return *work;
    }
    let beginnings = name.match_indices('.').rev();
    let mut known = beginnings.map(|(at, _)| format!("{}.*", &name[..at]));
    if let Some(work) = known.find_map(|it| TABLE.get(&*it)) {
        return *work;
    }
    let method = name.rsplit_once('.').map(|(_, last)| format!("?.{last}"));
    let work = method.and_then(|method| TABLE.get(&*method));
    work.copied().unwrap_or(Work::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_has_only_known_words() {
        let lines = WORK.lines().filter(|line| !line.starts_with('#'));
        let lines: Vec<&str> = lines.collect();
        assert!(lines.is_sorted());
        for line in lines {
            let (_, word) = line.split_once(' ').expect("two words");
            let words = [
                "light", "native", "regex", "system", "gc", "python", "unknown",
            ];
            assert!(words.contains(&word), "{line}");
        }
    }

    #[test]
    fn the_longest_known_beginning_decides() {
        assert_eq!(work_of("os.read"), Work::System);
        assert_eq!(work_of("os.path.join"), Work::Light);
        assert_eq!(work_of("hashlib.sha256().update"), Work::Native);
        assert_eq!(work_of("re.compile().match"), Work::Regex);
        assert_eq!(work_of("a.b().append"), Work::Light);
        assert_eq!(work_of("a.b().engage"), Work::Unknown);
    }
}
