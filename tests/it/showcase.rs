//! `reports/` shows what rustbound says about programs of `fixtures/programs`, today.

use crate::tool::{Workplace, plan};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const SHOWN: [&str; 2] = ["orders_etl", "traffic_simulation"];

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A workplace with the programs and the recorded profiles, as they lie in the repository.
fn workplace() -> Workplace {
    let workplace = Workplace::new();
    for name in SHOWN {
        for file in [
            format!("fixtures/programs/{name}.py"),
            format!("reports/{name}/profile.json"),
        ] {
            let text = fs::read_to_string(repository().join(&file)).expect("the showcase is there");
            workplace.file(file, &text);
        }
    }
    workplace
}

/// All files below a folder by their paths in it.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("it lies below").to_owned();
                found.insert(name, fs::read(path).expect("a file"));
            }
        }
    }
    found
}

/// Reports anew on the recorded profiles, in a workplace, and gives the files of each report.
fn report_anew() -> Vec<(&'static str, BTreeMap<PathBuf, Vec<u8>>)> {
    let workplace = workplace();
    let report = |name| {
        let profile = format!("reports/{name}/profile.json");
        workplace.run(&["analyze", &profile, "--force"]).expect(0);
        (name, files(&workplace.path().join("reports").join(name)))
    };
    SHOWN.into_iter().map(report).collect()
}

#[test]
fn the_showcase_is_what_rustbound_says_today() {
    for (name, fresh) in report_anew() {
        let shown = files(&repository().join("reports").join(name));
        let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&fresh), names(&shown), "{name}: {REFRESH}");
        for (file, bytes) in fresh {
            assert!(
                bytes == shown[&file],
                "{name}: {} has changed: {REFRESH}",
                file.display()
            );
        }
    }
}

/// Look at what changed before you commit it.
#[test]
#[ignore = "writes the showcase from the recorded profiles, by name only"]
fn write_the_showcase() {
    for (name, files) in report_anew() {
        let shown = repository().join("reports").join(name);
        fs::remove_dir_all(&shown).expect("it is there");
        for (file, bytes) in files {
            let path = shown.join(file);
            fs::create_dir_all(path.parent().expect("it lies below")).expect("a folder is made");
            fs::write(path, bytes).expect("a file is written");
        }
    }
}

const REFRESH: &str = "`cargo test --test it -- --ignored write_the_showcase` writes it anew";

#[test]
fn the_showcase_names_no_path_of_one_machine() {
    for name in SHOWN {
        for (file, bytes) in files(&repository().join("reports").join(name)) {
            let text = String::from_utf8_lossy(&bytes);
            let home = std::env::home_dir().expect("there is a home");
            let own = [home, std::env::temp_dir(), repository().to_owned()];
            let own = own.map(|folder| format!("{}/", folder.display()));
            for place in own.iter().map(String::as_str).chain(["/home/", "/Users/"]) {
                assert!(
                    !text.contains(place),
                    "{name}: {} names {place}",
                    file.display()
                );
            }
        }
    }
}

/// Runs the programs for real, and keeps their profiles without the paths of this machine. Build with
/// `--release` for it, and write the showcase afterwards.
#[test]
#[ignore = "records the showcase's profiles, by name only"]
fn record_the_showcase() {
    for name in SHOWN {
        let workplace = Workplace::new();
        let program = format!("fixtures/programs/{name}.py");
        let text = fs::read_to_string(repository().join(&program)).expect("the program is there");
        workplace.file(&program, &text);
        workplace.run(&["run", "--rate", "500", &program]).expect(0);
        let recorded = workplace.path().join("reports").join(name);
        let profile = fs::read_to_string(recorded.join("profile.json")).expect("it is there");
        let place = plan(&recorded)["program"]["python"]
            .as_str()
            .map(library)
            .expect("it is known");
        let kept = repository().join("reports").join(name).join("profile.json");
        fs::write(kept, portable(&profile, workplace.path(), &place)).expect("it is written");
    }
}

/// `lib/python3.11/` of a version `3.11.7`.
fn library(version: &str) -> String {
    let minor = version
        .rsplit_once('.')
        .expect("a version has three parts")
        .0;
    format!("/lib/python{minor}/")
}

/// The profile with paths as seen from the folder of the run, and Python where Debian has it.
fn portable(profile: &str, folder: &Path, library: &str) -> String {
    let mut document: Value = serde_json::from_str(profile).expect("a profile is JSON");
    let below = format!("{}/", folder.canonicalize().expect("it is there").display());
    let shorten = |text: &mut Value| {
        if let Some(path) = text.as_str() {
            let path = path.strip_prefix(&below).unwrap_or(path);
            let in_library = path
                .find(library)
                .map(|place| format!("/usr{}", &path[place..]));
            *text = Value::from(in_library.unwrap_or_else(|| path.to_owned()));
        }
    };
    document["strings"]
        .as_array_mut()
        .expect("a list")
        .iter_mut()
        .for_each(shorten);
    for function in document["observation"].as_array_mut().into_iter().flatten() {
        shorten(&mut function["file"]);
        let callers = function.pointer_mut("/conduct/callers");
        for caller in callers.and_then(Value::as_array_mut).into_iter().flatten() {
            shorten(&mut caller["file"]);
        }
    }
    let run = &mut document["run"];
    shorten(&mut run["script"]);
    run["working_directory"] = Value::Null;
    run["source_roots"] = Value::from(vec!["fixtures/programs"]);
    document.to_string()
}
