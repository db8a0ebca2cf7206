//! The pages of the manual: chapters written by hand whose examples are run, and the library from its table.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use tbel::reference::{self, Entry, Owner, Stage};

use crate::run::run;

/// Chapters in the order of the table of contents: file and title.
const CHAPTERS: &[(&str, &str)] = &[
    ("from-javascript", "What writers of JavaScript get wrong"),
    ("literals", "Literals and values"),
    ("operators", "Operators"),
    ("control-flow", "Variables, branches and loops"),
    ("functions", "Functions"),
    ("strings", "Texts"),
    ("numbers", "Numbers and static types"),
    ("collections", "Lists, maps and sets"),
    ("dates", "Dates"),
    ("json-and-bytes", "JSON and bytes"),
    ("limits", "Limits"),
];

/// Where the manual lies.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/tbel")
}

/// Every page: name of the file and text.
pub(crate) fn pages() -> Vec<(String, String)> {
    let mut pages = vec![("README.md".to_owned(), contents())];
    for (file, title) in CHAPTERS {
        let path = format!("{}/manual/{file}.md.in", env!("CARGO_MANIFEST_DIR"));
        let template = fs::read_to_string(&path).expect("a chapter");
        pages.push((
            format!("{file}.md"),
            format!("# {title}\n\n{}", with_results(&template)),
        ));
    }
    pages.push(("library-functions.md".into(), functions()));
    pages.push(("library-types.md".into(), types()));
    pages.push(("library-classes.md".into(), classes()));
    pages.push(("errors.md".into(), errors()));
    pages
}

fn contents() -> String {
    let mut out = String::from(
        "# TBEL\n\nThe expression language of converters and rules. This manual is generated with\n\
         `cargo run -p tbel --example manual`; every result in it was printed by the engine.\n\n\
         In the examples `msg` is `{\"temperature\": 25.5, \"humidity\": 60, \"name\": \"SN-001\", \"samples\": [1, 2, 3], \"on\": true}`,\n\
         `metadata` is `{\"deviceName\": \"SN-001\", \"deviceType\": \"sensor\"}` and `payload` holds the bytes of `{\"t\": 215}`.\n\n\
         ## The language\n\n",
    );
    for (file, title) in CHAPTERS {
        let _ = writeln!(out, "* [{title}]({file}.md)");
    }
    out.push_str(
        "\n## The library\n\n\
         * [Functions](library-functions.md)\n\
         * [Members of values](library-types.md)\n\
         * [Classes](library-classes.md)\n\n\
         ## When something is wrong\n\n\
         * [Codes of errors and warnings](errors.md)\n\
         * [Differences from the reference engine](../tbel-differences.md)\n",
    );
    out
}

/// A chapter with what each of its examples gives.
fn with_results(template: &str) -> String {
    let mut out = String::new();
    let mut script: Option<String> = None;
    for line in template.lines() {
        out.push_str(line);
        out.push('\n');
        match &mut script {
            None if line == "```tbel" => script = Some(String::new()),
            None => {}
            Some(text) if line == "```" => {
                let _ = writeln!(out, "→ {}", shown(&run(text)));
                script = None;
            }
            Some(text) => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    out
}

fn shown(result: &str) -> String {
    match result.strip_prefix("error ") {
        Some(code) => format!("error [`{code}`](errors.md#{code})"),
        None => format!("`{result}`"),
    }
}

fn entry(out: &mut String, entry: &Entry) {
    let _ = writeln!(out, "### `{}`\n", entry.name);
    for signature in &entry.signatures {
        let _ = writeln!(out, "    {}", signature.text);
    }
    let _ = writeln!(out, "\n{}\n", entry.doc);
    for example in &entry.examples {
        let _ = writeln!(out, "* `{}` → {}", example.script, shown(example.result));
    }
    out.push('\n');
}

fn list(out: &mut String, wanted: impl Fn(&Entry) -> bool) {
    for found in reference::entries().iter().filter(|e| wanted(e)) {
        entry(out, found);
    }
}

/// The sections of a page in the order of the table.
fn sections(pick: impl Fn(Owner) -> Option<&'static str>) -> Vec<&'static str> {
    let mut names: Vec<&str> = Vec::new();
    for name in reference::entries().iter().filter_map(|e| pick(e.owner)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn functions() -> String {
    let mut out = String::from(
        "# Functions\n\nThey are called by their bare name. A parameter with `?` or a value behind `=` may be left out;\n\
         `bytes` is a list or an array of bytes.\n\n",
    );
    for topic in sections(|o| match o {
        Owner::Function(topic) => Some(topic),
        _ => None,
    }) {
        let _ = writeln!(out, "## {topic}\n");
        list(&mut out, |e| e.owner == Owner::Function(topic));
    }
    out
}

/// How the manual calls the types of the table.
fn type_title(name: &str) -> &str {
    match name {
        "list" => "Lists",
        "map" => "Maps",
        "set" => "Sets",
        "array" => "Arrays",
        "string" => "Texts",
        "date" => "Dates",
        "entry" => "Entries of maps",
        "number" => "Numbers",
        "scalar" => "Booleans and characters",
        "random" => "Generators of random numbers",
        "coder" => "Encoders and decoders of Base64",
        "pattern" => "Compiled patterns",
        "matcher" => "Searches for a pattern",
        "exception" => "Exceptions",
        _ => "Every value",
    }
}

fn types() -> String {
    let mut out = String::from(
        "# Members of values\n\nMethods are called with parentheses, properties are read without.\n\n",
    );
    for name in sections(|o| match o {
        Owner::Type(name) => Some(name),
        _ => None,
    }) {
        let _ = writeln!(out, "## {}\n", type_title(name));
        list(&mut out, |e| e.owner == Owner::Type(name));
    }
    out
}

fn classes() -> String {
    let mut out = String::from(
        "# Classes\n\nConstants and functions of classes, and what `new` makes of them.\n\n",
    );
    for name in sections(|o| match o {
        Owner::Class(name) => Some(name),
        _ => None,
    }) {
        let _ = writeln!(out, "## {name}\n");
        list(&mut out, |e| e.owner == Owner::Class(name));
    }
    out
}

fn errors() -> String {
    let mut out = String::from(
        "# Codes of errors and warnings\n\nThe codes are stable; the texts may change. `✗` is a script that has the code, `✓` the same as it\nshould be.\n\n",
    );
    for (stage, title) in [
        (Stage::Error, "Errors: the script does not compile"),
        (Stage::Warning, "Warnings: the script compiles"),
        (Stage::Runtime, "Runtime errors: the run fails"),
        (Stage::Limit, "Limits: the run uses up what the host allows"),
    ] {
        let _ = writeln!(out, "## {title}\n");
        for code in reference::codes().iter().filter(|c| c.stage == stage) {
            let _ = writeln!(out, "### {}\n\n{}\n", code.code, code.doc);
            if !code.example.is_empty() {
                let _ = writeln!(out, "* ✗ `` {} ``", code.example);
            }
            if !code.fixed.is_empty() {
                let _ = writeln!(out, "* ✓ `` {} ``", code.fixed);
            }
            if !code.example.is_empty() {
                out.push('\n');
            }
        }
    }
    out
}
