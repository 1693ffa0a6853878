//! The tree is the pipeline: a stage imports only from stages above it.

use std::fs;
use std::path::Path;

/// Whether a line of code names a stage, on its own or in a list of imports.
fn names(line: &str, stage: &str) -> bool {
    let path = format!("crate::{stage}");
    let mut ends = line
        .match_indices(&path)
        .map(|(place, _)| &line[place + path.len()..]);
    let is_word =
        |rest: &str| !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_');
    ends.any(is_word) || line.contains("use crate::{")
}

/// The stages, in order.
const STAGES: [&str; 11] = [
    "profile",
    "observation",
    "formats",
    "record",
    "analysis",
    "source",
    "plan",
    "generate",
    "doctor",
    "calibrate",
    "report",
];

#[test]
fn a_stage_imports_only_from_stages_above_it() {
    let mut checked = 0;
    for (place, stage) in STAGES.iter().enumerate() {
        for file in rust_files(
            &Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("src")
                .join(stage),
        ) {
            let text = fs::read_to_string(&file).expect("a source file is text");
            for (number, line) in text.lines().enumerate() {
                for below in &STAGES[place + 1..] {
                    let imports = names(line, below);
                    assert!(
                        !imports,
                        "{}:{} imports {below}",
                        file.display(),
                        number + 1
                    );
                }
            }
            checked += 1;
        }
    }
    assert!(
        checked > STAGES.len(),
        "only {checked} files were looked at"
    );
}

#[test]
fn every_folder_of_the_library_is_a_stage() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders: Vec<String> = fs::read_dir(source)
        .expect("src is a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir() && !path.ends_with("bin"))
        .map(|path| {
            path.file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    folders.sort_unstable();
    let mut stages = STAGES.to_vec();
    stages.sort_unstable();
    assert_eq!(folders, stages);
}

fn rust_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a stage is a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            files.push(path);
        }
    }
    files
}
