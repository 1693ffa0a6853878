//! Every `CPython` that is on this machine: names, lines and the hot function are the same.

use crate::tool::{Workplace, candidates, plan, skipped};
use std::path::{Path, PathBuf};
use std::process::Command;

const MINORS: std::ops::RangeInclusive<u32> = 8..=15;

/// `python3.N` from the path or from pyenv, if it is there and runs.
pub(crate) fn interpreter(minor: u32) -> Option<PathBuf> {
    let on_path = PathBuf::from(format!("python3.{minor}"));
    let runs = |python: &Path| {
        let answer = Command::new(python)
            .args(["-c", "import sys; print(sys.executable)"])
            .output();
        let answer = answer.ok().filter(|answer| answer.status.success())?;
        Some(PathBuf::from(
            String::from_utf8_lossy(&answer.stdout).trim(),
        ))
    };
    runs(&on_path).or_else(|| {
        let versions = Path::new(&std::env::var_os("PYENV_ROOT")?).join("versions");
        let prefix = format!("3.{minor}.");
        let entries = std::fs::read_dir(versions).ok()?.filter_map(Result::ok);
        let mut found = entries.filter(|it| it.file_name().to_string_lossy().starts_with(&prefix));
        runs(&found.next()?.path().join("bin/python"))
    })
}

#[test]
fn methods_have_their_qualified_names_on_every_version() {
    let program =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/programs/traffic_simulation.py");
    for minor in MINORS {
        let Some(python) = interpreter(minor) else {
            skipped(&format!("there is no Python 3.{minor} on this machine"));
            continue;
        };
        let workplace = Workplace::new();
        let arguments = ["run", "--output", "report", "--python"].map(AsRef::as_ref);
        let rest = [python.as_os_str(), program.as_os_str(), "600".as_ref()];
        workplace.run(&[&arguments[..], &rest].concat()).expect(0);
        let plan = plan(&workplace.path().join("report"));
        assert_eq!(
            candidates(&plan)[0],
            "traffic_simulation.Lane.advance",
            "3.{minor}"
        );
        assert_eq!(plan["candidates"][0]["line"], 71, "3.{minor}");
        let version = plan["program"]["python"].as_str().expect("it is known");
        assert!(version.starts_with(&format!("3.{minor}.")), "{version}");
    }
}
