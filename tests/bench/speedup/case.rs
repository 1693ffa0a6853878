//! The functions that are measured.

/// A function that is there in Python and in Rust.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Case {
    /// The file in `fixtures/programs/speedups`, and the function in it.
    pub(crate) program: &'static str,
    /// The function in Rust.
    pub(crate) native: &'static str,
    /// A class that is in Rust too: its objects are what the function is given.
    pub(crate) class: Option<&'static str>,
    /// What moved with it, by qualified name.
    pub(crate) with: &'static [&'static str],
    /// What it is an example of.
    pub(crate) about: &'static str,
}

pub(crate) const CASES: [Case; 15] = [
    same("garch", "scalar loop over floats"),
    same("collatz", "scalar loop over integers"),
    same("knapsack", "list elements by number"),
    same("tokens", "string scan by character"),
    same("edit_distance", "characters and a row of numbers"),
    same("fields", "methods of str"),
    same("word_count", "dict and set work"),
    same("grouping", "dict of lists"),
    same("merge_sort", "list work, recursion"),
    same("tree", "object graph, left in Python"),
    same("particles", "small objects, left in Python"),
    Case {
        program: "particles",
        native: "particles_of_class",
        class: Some("Particle"),
        with: &[],
        about: "small objects, the class in Rust",
    },
    same("pairs", "allocation of what is returned"),
    same("sums", "allocation of tuples that are dropped"),
    Case {
        with: &["join", "Box.__init__"],
        ..same("boxes", "allocation of objects that are dropped")
    },
];

const fn same(name: &'static str, about: &'static str) -> Case {
    Case {
        program: name,
        native: name,
        class: None,
        with: &[],
        about,
    }
}
