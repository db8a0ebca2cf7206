//! The conformance vectors of TBEL through the `script eval` door, when their folder is there.

use std::path::PathBuf;

use millrace_script::{EvalOptions, ScriptLang, TimeZone, eval_lines};
use serde_json::{Value as Json, json};

/// The vectors with the name of their file.
fn vectors() -> Option<Vec<(String, Json)>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/tbel-vectors");
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).ok()? {
        let path = entry.ok()?.path();
        if path.extension().is_some_and(|e| e == "jsonl") {
            let name = path.file_stem()?.to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).ok()?;
            let lines = text.lines().filter_map(|l| serde_json::from_str(l).ok());
            all.extend(lines.map(|case| (name.clone(), case)));
        }
    }
    Some(all)
}

/// Numbers by value, but a fraction is none without; of a float seven digits count.
fn same(wanted: &Json, got: &Json, float: bool) -> bool {
    match (wanted, got) {
        (Json::Number(a), Json::Number(b)) => {
            let whole = |n: &serde_json::Number| !n.to_string().contains(['.', 'e', 'E']);
            let (Some(x), Some(y)) = (a.as_f64(), b.as_f64()) else {
                return a == b;
            };
            let close = (x - y).abs() <= x.abs().max(y.abs()) * 1e-6;
            let same_float = float && (x as f32).to_bits() == (y as f32).to_bits();
            whole(a) == whole(b) && (close || same_float)
        }
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(x, y)| same(x, y, float))
        }
        (Json::Object(a), Json::Object(b)) => {
            let member = |key: &String, x| b.get(key).is_some_and(|y| same(x, y, float));
            a.len() == b.len() && a.iter().all(|(key, x)| member(key, x))
        }
        _ => wanted == got,
    }
}

fn passes(file: &str, case: &Json, answer: &Json) -> bool {
    let kind = answer.pointer("/error/kind").and_then(Json::as_str);
    if case.get("error").is_none() {
        let wanted = case.get("ok").unwrap_or(&Json::Null);
        let float = case.get("type").and_then(Json::as_str) == Some("float");
        return answer.get("ok").is_some_and(|got| same(wanted, got, float));
    }
    match case.get("errorKind").and_then(Json::as_str) {
        Some("limit") => kind == Some("limit"),
        wanted if matches!(file, "errors" | "literals") => kind == wanted,
        _ => kind.is_some_and(|kind| kind != "limit"),
    }
}

#[test]
fn every_vector_that_counts_passes_through_the_door() {
    let Some(vectors) = vectors() else {
        println!("no conformance vectors here, skipped");
        return;
    };
    let mut requests = String::new();
    for (_, case) in &vectors {
        let args = case.get("args").cloned().unwrap_or(json!({}));
        let request = json!({"id": case["id"], "script": case["script"], "args": args});
        requests += &format!("{request}\n");
    }
    let options = EvalOptions {
        lang: ScriptLang::Tbel,
        parameters: None,
        time_zone: &TimeZone::default(),
        portable: false,
    };
    let mut out = Vec::new();
    eval_lines(requests.as_bytes(), &mut out, options).expect("memory does not fail");
    let answers: Vec<Json> = out
        .split(|b| *b == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect();
    assert_eq!(answers.len(), vectors.len());
    let (mut accidents, mut followed) = (0, 0);
    let mut failed = Vec::new();
    for ((file, case), answer) in vectors.iter().zip(&answers) {
        let passed = passes(file, case, answer);
        if case.get("quirk").is_some() {
            accidents += 1;
            followed += usize::from(passed);
        } else if !passed {
            failed.push(format!("{} {answer}", case["script"]));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(
        followed * 100 >= accidents * 80,
        "{followed} of {accidents}"
    );
}
