//! The command `lead` itself, for tests that run it.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::OnceLock;

/// The folder of the project.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// The command, built once in the profile and target folder of this test. All targets: with the features of the
/// development dependencies, so that nothing outside is built a second time. `LEAD_BINARY` names another one instead, such as
/// that of a release.
pub fn lead() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        if let Some(path) = std::env::var_os("LEAD_BINARY") {
            return PathBuf::from(path);
        }
        let test = std::env::current_exe().unwrap();
        let folder = test.parent().and_then(Path::parent).unwrap();
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--package", "lead-cli", "--all-targets"]).current_dir(root());
        build.arg("--target-dir").arg(folder.parent().unwrap());
        if folder.ends_with("release") {
            build.arg("--release");
        }
        assert!(build.status().unwrap().success(), "the command does not build");
        folder.join(format!("lead{}", std::env::consts::EXE_SUFFIX))
    })
}

/// How a program ends: well; with 1 if what it looked at is not as it should be; with 2 and the reason if it could not look.
#[allow(clippy::print_stderr)]
pub fn ended(result: Result<bool, String>) -> ExitCode {
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}

/// The command for a program of this package, which stands beside it.
pub fn lead_beside() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--package", "lead-cli", "--all-targets"]).current_dir(root());
    assert!(build.status().unwrap().success(), "the command does not build");
    own.with_file_name(format!("lead{}", std::env::consts::EXE_SUFFIX))
}
