//! The rules of the house that a program can check.

use std::fs;
use std::path::{Path, PathBuf};

/// Longest file of code.
const LONGEST: usize = 600;
const NAMELESS: [&str; 5] = ["utils", "util", "common", "helpers", "misc"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// All files of the project with one of these endings, without what tools make.
fn files(endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            let made = ["target", "node_modules", "dist"].contains(&name.as_str());
            if path.is_dir() && !made && !name.starts_with('.') {
                folders.push(path);
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(path);
            }
        }
    }
    assert!(!found.is_empty(), "no files with {endings:?}");
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn none(what: &str, offenders: &[String]) {
    assert!(offenders.is_empty(), "{what}:\n{}", offenders.join("\n"));
}

#[test]
fn no_file_of_code_is_too_long() {
    let code = files(&[".rs", ".ts", ".tsx"]);
    let long: Vec<String> = code
        .iter()
        .map(|path| (path, read(path).lines().count()))
        .filter(|(_, lines)| *lines > LONGEST)
        .map(|(path, lines)| format!("{}: {lines} lines", path.display()))
        .collect();
    none("files above 600 lines", &long);
}

#[test]
fn every_folder_says_what_lives_in_it() {
    let code = files(&[".rs", ".ts", ".tsx"]);
    let nameless = |path: &&PathBuf| {
        path.components().any(|part| {
            let part = part.as_os_str().to_string_lossy();
            NAMELESS.contains(&part.split('.').next().unwrap_or_default())
        })
    };
    let offenders: Vec<String> = code
        .iter()
        .filter(nameless)
        .map(|path| path.display().to_string())
        .collect();
    none("named for nothing", &offenders);
}

/// What each room must never know shows in what it depends on.
#[test]
fn walls_stand_in_the_manifests() {
    let walls: [(&str, &[&str]); 5] = [
        ("rusqlite", &["store", "testbed"]),
        ("axum", &["api", "millrace"]),
        ("mqtt-protocol-core", &["link"]),
        ("rquickjs", &["script"]),
        (
            "tokio",
            &[
                "api", "link", "millrace", "outbound", "platform", "testbed", "tests",
            ],
        ),
    ];
    let mut offenders = Vec::new();
    for manifest in files(&["Cargo.toml"]) {
        let folder = manifest
            .parent()
            .and_then(Path::file_name)
            .unwrap_or_default();
        let folder = folder.to_string_lossy().into_owned();
        let text = read(&manifest);
        let used = text.split("[dev-dependencies]").next().unwrap_or_default();
        if !used.contains("[package]") || folder == "fuzz" {
            continue;
        }
        for (dependency, allowed) in walls {
            let line = |line: &str| {
                line.starts_with(&format!("{dependency}."))
                    || line.starts_with(&format!("{dependency} "))
            };
            if used.lines().any(line) && !allowed.contains(&folder.as_str()) {
                offenders.push(format!("{folder} depends on {dependency}"));
            }
        }
    }
    none("walls broken", &offenders);
}

#[test]
fn links_in_the_documentation_lead_somewhere() {
    let mut offenders = Vec::new();
    for page in files(&[".md"]) {
        let folder = page.parent().unwrap_or(Path::new("."));
        for target in read(&page)
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let file = target.split('#').next().unwrap_or_default();
            let outside = file.is_empty() || file.contains("://") || file.contains(' ');
            if !outside && !folder.join(file).exists() {
                offenders.push(format!("{}: {target}", page.display()));
            }
        }
    }
    none("dead links", &offenders);
}
