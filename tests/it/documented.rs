//! What the documents show is what the tool does.

use crate::tool::Workplace;
use std::fs;
use std::path::Path;

fn repository(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    fs::read_to_string(path).expect("the file is there")
}

/// `tests/cmd` has the help of each command; the `console` blocks of the README are run too.
#[test]
fn commands_answer_as_documented() {
    trycmd::TestCases::new()
        .env("XDG_CACHE_HOME", "/nowhere")
        .case("tests/cmd/*.trycmd")
        .case("README.md");
}

/// The README's first block is the end of a real run, whose profile lies in `reports/`.
#[test]
fn the_readme_shows_a_real_result() {
    let workplace = Workplace::new();
    for file in [
        "fixtures/programs/orders_etl.py",
        "reports/orders_etl/profile.json",
    ] {
        workplace.file(file, &repository(file));
    }
    let run = workplace
        .run(&["analyze", "reports/orders_etl/profile.json", "--force"])
        .expect(0);
    let readme = repository("README.md");
    let block = readme.split("```").nth(1).expect("the README has a block");
    let (_, shown) = block
        .split_once("orders_etl.py\n")
        .expect("it starts with the command");
    assert_eq!(shown.trim_end(), run.stdout.trim_end());
}
