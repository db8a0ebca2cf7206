//! `docs/tbel-differences.md` names exactly the vectors that this engine answers differently.
//!
//! Without the folder of vectors only the form of the document is checked.

#![allow(clippy::print_stdout, missing_docs)]

mod vectors;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use vectors::Verdict;

/// The ids in the tables of the document: the first cell of each row.
fn listed() -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/tbel-differences.md");
    let text = fs::read_to_string(path).expect("the list of differences");
    let rows: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .collect();
    let sum = format!("{} differ", rows.len());
    assert!(text.contains(&sum), "the text does not say '{sum}'");
    let mut ids = BTreeSet::new();
    for row in rows {
        let cells = row.split('|').next().unwrap_or("");
        for id in cells.split('`').step_by(2) {
            assert!(
                id.contains('-') && ids.insert(id.to_owned()),
                "'{id}' is listed twice or is no id"
            );
        }
    }
    ids
}

#[test]
fn every_difference_is_listed_and_every_listed_one_is_real() {
    let listed = listed();
    assert!(!listed.is_empty());
    let Some(files) = vectors::files() else {
        println!("no conformance vectors here, skipped");
        return;
    };
    let mut differing = BTreeSet::new();
    let mut shown = String::new();
    for (name, cases) in &files {
        for case in cases {
            if let Verdict::Differs(got) = case.run(name) {
                differing.insert(case.id.clone());
                if !listed.contains(&case.id) {
                    shown.push_str(&format!(
                        "{} ({name}, {}) {}\n    reference {}\n    here      {got}\n",
                        case.id,
                        if case.quirk { "quirk" } else { "gating" },
                        case.script.replace('\n', "⏎"),
                        case.wanted()
                    ));
                }
            }
        }
    }
    let gone: Vec<&String> = listed.difference(&differing).collect();
    assert!(shown.is_empty(), "not listed:\n{shown}");
    assert!(
        gone.is_empty(),
        "listed, but the same as the reference: {gone:?}"
    );
}
