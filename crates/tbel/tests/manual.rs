//! The manual in `docs/tbel` is what the engine and its table say today.

#![allow(missing_docs)]

#[path = "support/json.rs"]
mod json;
#[path = "../examples/manual/pages.rs"]
mod pages;
#[path = "support/run.rs"]
mod run;

use std::collections::BTreeSet;
use std::fs;

#[test]
fn the_manual_is_up_to_date() {
    let folder = pages::folder();
    let there: BTreeSet<String> = fs::read_dir(&folder)
        .expect("the folder of the manual")
        .map(|f| {
            f.expect("a file")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    let pages = pages::pages();
    let wanted: BTreeSet<String> = pages.iter().map(|(name, _)| name.clone()).collect();
    assert_eq!(there, wanted, "run: cargo run -p tbel --example manual");
    for (name, text) in pages {
        let written = fs::read_to_string(folder.join(&name)).expect("a page");
        let differs = written.lines().zip(text.lines()).find(|(a, b)| a != b);
        assert!(
            written == text,
            "docs/tbel/{name} is not up to date, run: cargo run -p tbel --example manual\n{differs:?}"
        );
    }
}

#[test]
fn links_between_pages_lead_somewhere() {
    let pages = pages::pages();
    for (name, text) in &pages {
        for link in text.split("](").skip(1).filter_map(|t| t.split(')').next()) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            if file.starts_with("../") || file.starts_with("http") {
                continue;
            }
            let target = pages.iter().find(|(page, _)| page == file);
            let Some((_, target)) = target else {
                panic!("{name} links to {link}");
            };
            let heading = format!("### {anchor}\n");
            assert!(
                anchor.is_empty() || target.contains(&heading),
                "{name} links to {link}"
            );
        }
    }
}
