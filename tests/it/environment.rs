//! The Python of the end-to-end tests: a virtual environment below the target folder, made on first use.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// Requirement files, relative to the package; each package's version is pinned in one of them.
const REQUIREMENTS: [&str; 2] = [
    "tests/it/requirements.txt",
    "fixtures/programs/requirements.txt",
];

/// The build of Python that an environment is made from: its version, and where it is installed.
const IDENTIFY: &str = "import sys; print(sys.version, sys.base_prefix)";

/// How a Python installs packages.
const PIP: [&str; 7] = [
    "-I",
    "-m",
    "pip",
    "install",
    "--quiet",
    "--no-input",
    "--disable-pip-version-check",
];

/// Why there is no environment.
#[derive(Debug, thiserror::Error)]
enum EnvironmentError {
    #[error("the end-to-end tests need `python3` (3.11 or later) on the PATH: {0}")]
    NoPython(String),
    #[error(
        "`python3 -m venv` failed; on Debian and Ubuntu it needs the package python3-venv: {0}"
    )]
    NoVenv(String),
    #[error("pip couldn't install what the end-to-end tests need; is PyPI reachable? {0}")]
    NoPackages(String),
    #[error("can't write {}: {source}", path.display())]
    NotWritable { path: PathBuf, source: io::Error },
}

/// The interpreter that has everything the end-to-end tests import or run.
///
/// Panics with one sentence if the machine has no Python, no `venv`, or can't reach PyPI.
pub(crate) fn python() -> PathBuf {
    static PYTHON: OnceLock<Result<PathBuf, EnvironmentError>> = OnceLock::new();
    match PYTHON.get_or_init(|| prepare(&target_folder())) {
        Ok(python) => python.clone(),
        Err(error) => panic!("{error}"),
    }
}

/// A folder that holds coverage.py for a Python 3.N, to be put on its path; made on first use.
///
/// Panics with one sentence if it can't be installed.
pub(crate) fn coverage(minor: u32) -> PathBuf {
    let installer = python();
    match install_coverage(&installer, minor, &target_folder()) {
        Ok(folder) => folder,
        Err(error) => panic!("{error}"),
    }
}

/// What is built for another Python than that of the environment is only unpacked: that one needs neither pip nor venv.
fn install_coverage(
    installer: &Path,
    minor: u32,
    target: &Path,
) -> Result<PathBuf, EnvironmentError> {
    let folder = target.join(format!("coverage-3.{minor}"));
    let _lock = lock(&target.join("coverage.lock"))?;
    let file = package_path("tests/it/coverage.txt");
    let stamp = fs::read_to_string(&file).expect("the requirements are part of the package");
    let stamp_file = folder.join("stamp.txt");
    if fs::read_to_string(&stamp_file).is_ok_and(|found| found == stamp) {
        return Ok(folder);
    }
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(not_writable(&folder))?;
    }
    let version = format!("3.{minor}");
    let options = ["--only-binary=:all:", "--python-version", &version];
    let words = PIP.iter().chain(&options).map(|&word| OsStr::new(word));
    let words = words.chain(["-r".as_ref(), file.as_os_str(), "--target".as_ref()]);
    run(installer, words.chain([folder.as_os_str()])).map_err(EnvironmentError::NoPackages)?;
    fs::write(&stamp_file, stamp).map_err(not_writable(&stamp_file))?;
    Ok(folder)
}

fn target_folder() -> PathBuf {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    scratch
        .parent()
        .expect("cargo's scratch folder is below the target folder")
        .to_owned()
}

/// Makes the environment unless a finished one is there. The lock keeps other processes waiting
/// meanwhile, and the stamp, written last, tells a finished environment from an interrupted one.
fn prepare(target: &Path) -> Result<PathBuf, EnvironmentError> {
    let environment = target.join("test-env");
    let python = environment.join("bin/python");
    let _lock = lock(&target.join("test-env.lock"))?;
    let stamp = stamp()?;
    let stamp_file = environment.join("stamp.txt");
    if fs::read_to_string(&stamp_file).is_ok_and(|found| found == stamp) {
        return Ok(python);
    }
    create(&environment)?;
    install(&python)?;
    fs::write(&stamp_file, stamp).map_err(not_writable(&stamp_file))?;
    Ok(python)
}

/// An exclusive lock, held until the file is dropped.
fn lock(path: &Path) -> Result<File, EnvironmentError> {
    let file = File::create(path).map_err(not_writable(path))?;
    file.lock().map_err(not_writable(path))?;
    Ok(file)
}

/// What an environment depends on: another stamp means another environment.
fn stamp() -> Result<String, EnvironmentError> {
    let identity = run("python3", ["-I", "-c", IDENTIFY]).map_err(EnvironmentError::NoPython)?;
    let requirements = REQUIREMENTS.map(|path| {
        fs::read_to_string(package_path(path)).expect("the requirements are part of the package")
    });
    Ok(format!(
        "{}{}",
        String::from_utf8_lossy(&identity.stdout),
        requirements.concat()
    ))
}

fn create(environment: &Path) -> Result<(), EnvironmentError> {
    let options = ["-I", "-m", "venv", "--clear"].map(OsStr::new);
    run(
        "python3",
        options.into_iter().chain([environment.as_os_str()]),
    )
    .map_err(EnvironmentError::NoVenv)?;
    Ok(())
}

fn install(python: &Path) -> Result<(), EnvironmentError> {
    let files = REQUIREMENTS
        .iter()
        .flat_map(|path| ["-r".into(), package_path(path).into_os_string()]);
    run(python, PIP.iter().map(Into::into).chain(files)).map_err(EnvironmentError::NoPackages)?;
    Ok(())
}

fn package_path(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Runs a command to its end; what went wrong, in its own words, if it didn't succeed.
fn run<A: AsRef<OsStr>>(
    program: impl AsRef<OsStr>,
    arguments: impl IntoIterator<Item = A>,
) -> Result<Output, String> {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(output);
    }
    let said = [output.stdout, output.stderr].concat();
    Err(format!(
        "{}\n{}",
        output.status,
        String::from_utf8_lossy(&said).trim()
    ))
}

fn not_writable(path: &Path) -> impl FnOnce(io::Error) -> EnvironmentError {
    let path = path.to_owned();
    |source| EnvironmentError::NotWritable { path, source }
}

#[test]
fn the_environment_has_every_pinned_version() {
    let pinned = REQUIREMENTS
        .map(|path| fs::read_to_string(package_path(path)).expect("a requirements file"))
        .concat();
    let listed = run(python(), ["-I", "-m", "pip", "freeze"]).expect("pip lists what is installed");
    let listed = String::from_utf8(listed.stdout).expect("package names are ASCII");
    for pin in pinned.lines().filter(|line| !line.starts_with('#')) {
        assert!(
            listed.lines().any(|line| line == pin),
            "{pin} is missing from:\n{listed}"
        );
    }
}
