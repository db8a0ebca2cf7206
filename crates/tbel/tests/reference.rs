//! Every example of the reference gives what stands there. `TBEL_BLESS=1` writes the real results.

#![allow(missing_docs)]

#[path = "support/json.rs"]
mod json;
#[path = "support/run.rs"]
mod run;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use tbel::Severity;
use tbel::analysis::{self, Argument, Context, Kind};
use tbel::reference::{self, Owner, Stage};

#[test]
fn every_example_gives_its_result() {
    if std::env::var_os("TBEL_BLESS").is_some() {
        return bless();
    }
    let mut wrong = Vec::new();
    for entry in reference::entries() {
        for example in &entry.examples {
            let got = run::run(&example.source());
            if got != example.result {
                wrong.push(format!(
                    "{:?} {}\n  wanted {}\n  got    {got}",
                    entry.owner, example.script, example.result
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_entry_is_complete() {
    for entry in reference::entries() {
        let name = entry.name;
        assert!(entry.doc.ends_with('.'), "{name}: {}", entry.doc);
        assert!(!entry.examples.is_empty(), "{name} has no example");
        let used = match entry.owner {
            Owner::Class(_) if name == "new" => "new ",
            _ => name,
        };
        assert!(
            entry.examples.iter().any(|e| e.script.contains(used)),
            "{name} is not used in its example"
        );
    }
}

/// Writes the results into the texts.
fn bless() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/reference/text");
    for file in fs::read_dir(folder).expect("the folder of the texts") {
        let path = file.expect("a file").path();
        if path.ends_with("codes.txt") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a readable file");
        let mut out = String::new();
        for line in text.lines().filter(|l| !l.starts_with("  = ")) {
            out.push_str(line);
            out.push('\n');
            if let Some(script) = line.strip_prefix("  > ") {
                let example = reference::Example {
                    script: Box::leak(script.to_owned().into_boxed_str()),
                    result: "",
                };
                out.push_str(&format!("  = {}\n", run::run(&example.source())));
            }
        }
        fs::write(path, out).expect("a writable file");
    }
}

/// The codes of all findings, and of the failure when the script is run.
fn codes_of(script: &str) -> Vec<(Stage, String)> {
    let arguments = ["msg", "metadata", "payload"].map(|name| Argument::new(name, Kind::Any));
    let context = Context {
        arguments: &arguments,
        ..Context::default()
    };
    let mut codes: Vec<_> = analysis::diagnostics(script, &context)
        .into_iter()
        .map(|d| match d.severity {
            Severity::Error => (Stage::Error, d.code.to_owned()),
            Severity::Warning => (Stage::Warning, d.code.to_owned()),
        })
        .collect();
    if let Some(code) = run::run(script).strip_prefix("error ") {
        codes.push((Stage::Runtime, code.to_owned()));
        codes.push((Stage::Limit, code.to_owned()));
    }
    codes
}

#[test]
fn every_code_is_explained_by_an_example_that_has_it() {
    let mut wrong = Vec::new();
    for code in reference::codes() {
        assert!(code.doc.ends_with('.'), "{}: {}", code.code, code.doc);
        let wanted = (code.stage, code.code.to_owned());
        if !code.example.is_empty() && !codes_of(code.example).contains(&wanted) {
            wrong.push(format!("{}: {:?}", code.code, codes_of(code.example)));
        }
        if !code.fixed.is_empty()
            && codes_of(code.fixed)
                .iter()
                .any(|(stage, _)| *stage != Stage::Runtime && *stage != Stage::Limit)
        {
            wrong.push(format!("{} fixed: {:?}", code.code, codes_of(code.fixed)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The text of every source file but the list of codes.
fn sources() -> String {
    let mut folders = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut all = String::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                all.push_str(&fs::read_to_string(path).expect("a source"));
            }
        }
    }
    all
}

#[test]
fn every_code_of_the_sources_is_explained_and_every_explained_code_is_used() {
    let sources = sources();
    let listed: BTreeSet<&str> = reference::codes().iter().map(|c| c.code).collect();
    for code in &listed {
        assert!(
            sources.contains(&format!("\"{code}\"")),
            "'{code}' is used nowhere"
        );
    }
    for maker in [
        "Fault::runtime(",
        "Fault::limit(",
        "Finding::error(",
        "Finding::warning(",
        ".report_at(",
        ".fail(",
        ".fail_hint(",
        ".warn(",
        ".error(",
        "code: ",
    ] {
        for place in sources.split(maker).skip(1) {
            let Some(rest) = place.trim_start().strip_prefix('"') else {
                continue;
            };
            let code = rest.split('"').next().unwrap_or("");
            // Host functions of examples have codes of their own.
            assert!(listed.contains(code), "'{code}' is not explained");
        }
    }
}
