//! Packages whose maintainers moved code to Rust, and what they moved.

/// A package before and after.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) package: &'static str,
    /// The file in `jobs` that uses it, without its ending.
    pub(crate) job: &'static str,
    pub(crate) before: Release,
    pub(crate) after: Release,
    /// The modules whose functions moved.
    pub(crate) moved: &'static [&'static str],
}

/// What pip installs, and what the job's environment has to say.
#[derive(Debug)]
pub(crate) struct Release {
    pub(crate) requirements: &'static [&'static str],
    pub(crate) environment: Option<(&'static str, &'static str)>,
}

pub(crate) const CASES: [Case; 3] = [
    // Changelog, 0.11.0: all algorithms in Rust; 1.0 has no C any more.
    Case {
        package: "jellyfish",
        job: "names",
        before: Release {
            requirements: &["jellyfish==0.10.0"],
            environment: Some(("MODULE", "jellyfish._jellyfish")),
        },
        after: Release {
            requirements: &["jellyfish==1.0.4"],
            environment: Some(("MODULE", "jellyfish")),
        },
        moved: &["jellyfish._jellyfish"],
    },
    // github.com/tobymao/sqlglot/pull/2641: the tokenizer.
    Case {
        package: "sqlglot",
        job: "queries",
        before: Release {
            requirements: &["sqlglot==20.1.0"],
            environment: None,
        },
        after: Release {
            requirements: &["sqlglot==20.4.0", "sqlglotrs==0.1.0"],
            environment: None,
        },
        moved: &["sqlglot.tokens"],
    },
    // Changelog, 0.4.0: tokenizer and parser in Rust, beside those in Python. Its nodes stayed Python.
    Case {
        package: "libcst",
        job: "modules",
        before: Release {
            requirements: &["libcst==0.4.1"],
            environment: Some(("LIBCST_PARSER_TYPE", "pure")),
        },
        after: Release {
            requirements: &["libcst==0.4.1"],
            environment: Some(("LIBCST_PARSER_TYPE", "native")),
        },
        moved: &["libcst._parser"],
    },
];
