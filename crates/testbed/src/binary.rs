//! Where the server's program is.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

static BINARY: OnceLock<PathBuf> = OnceLock::new();

/// The `millrace` program: `MILLRACE_BIN` when set (as `make test` does), else built here with the
/// points of failure that the scenarios use.
///
/// # Panics
/// When it does not build.
#[must_use]
pub fn millrace() -> PathBuf {
    BINARY
        .get_or_init(|| std::env::var_os("MILLRACE_BIN").map_or_else(build, PathBuf::from))
        .clone()
}

fn build() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let workspace = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let output = Command::new(cargo)
        .current_dir(workspace)
        .args(["build", "--quiet", "-p", "millrace", "--bin", "millrace"])
        .args([
            "--features",
            "fault-points",
            "--message-format=json-render-diagnostics",
        ])
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo can be run");
    assert!(
        output.status.success(),
        "the millrace program does not build"
    );
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["name"] == "millrace")
        .filter_map(|message| message["executable"].as_str().map(PathBuf::from))
        .next_back()
        .expect("cargo names the program it built")
}
