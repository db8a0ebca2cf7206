//! Every example of the reference gives what stands there. `TBEL_BLESS=1` writes the real results.

#![allow(missing_docs)]

#[path = "support/json.rs"]
mod json;
#[path = "support/run.rs"]
mod run;

use std::fs;
use std::path::PathBuf;

use tbel::reference::{self, Owner};

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
