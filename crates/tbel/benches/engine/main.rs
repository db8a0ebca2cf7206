//! How many scripts a second of CPU time runs: this engine, QuickJS with the same script in JavaScript,
//! and the same work written by hand in Rust.
//!
//! `cargo bench -p tbel`; a word filters by name. Real converters are measured when their folder is there.
#![allow(clippy::print_stdout, missing_docs)]

mod clock;
mod javascript;
mod native;
mod published;
mod scripts;

use std::hint::black_box;

use javascript::JavaScript;
use scripts::{Argument, SCRIPTS, Script};
use tbel::{CompileOptions, Host, Input, Limits, Vm, compile};

/// The allocator of the server.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // Test runners start every target.
    if words.iter().any(|w| w == "--test" || w == "--list") {
        return;
    }
    let wanted = |name: &str| {
        words
            .iter()
            .filter(|w| !w.starts_with('-'))
            .all(|w| name.contains(w.as_str()))
    };
    heading();
    for script in SCRIPTS.iter().filter(|s| wanted(s.name)) {
        row(script);
    }
    published::print(&wanted);
}

fn heading() {
    println!(
        "{:<44} {:>11} {:>11} {:>8} {:>11} {:>8} {:>11} {:>8}",
        "", "µs a run", "runs/CPU-s", "original", "QuickJS", "ratio", "by hand", "ratio"
    );
}

/// A line of the table; figures are runs a CPU second.
pub(crate) fn line(
    name: &str,
    seconds: f64,
    original: Option<(f64, f64)>,
    js: Option<f64>,
    hand: Option<f64>,
) {
    let rate = |s: Option<f64>| s.map_or_else(|| "-".into(), |s| format!("{:.0}", 1.0 / s));
    let ratio = |s: Option<f64>| s.map_or_else(|| "-".into(), |s| format!("{:.2}x", s / seconds));
    let against = original.map_or_else(
        || "-".into(),
        |(low, high)| format!("{:.0}-{:.0}x", 1.0 / seconds / high, 1.0 / seconds / low),
    );
    println!(
        "{name:<44} {:>11.2} {:>11.0} {against:>8} {:>11} {:>8} {:>11} {:>8}",
        seconds * 1e6,
        1.0 / seconds,
        rate(js),
        ratio(js),
        rate(hand),
        ratio(hand),
    );
}

fn row(script: &Script) {
    let parameters: Vec<&str> = script.arguments.iter().map(|(name, _)| *name).collect();
    let program = compile(script.tbel, &parameters, &CompileOptions::default()).expect("compiles");
    let mut vm = Vm::new(Limits::default());
    let host = Host::default();
    let inputs: Vec<Input<'_>> = script.arguments.iter().map(|(_, a)| input(a)).collect();
    vm.run(&program, &inputs, &host).expect("runs");
    let own = clock::seconds(&mut || {
        let _ = black_box(vm.run(black_box(&program), black_box(&inputs), &host));
    });
    let texts: Vec<String> = script.arguments.iter().map(|(_, a)| text(a)).collect();
    let js = JavaScript::compile(script.js, &parameters).expect("compiles as JavaScript");
    js.run(&texts).expect("runs as JavaScript");
    let js = clock::seconds(&mut || {
        let _ = black_box(js.run(black_box(&texts)));
    });
    let raw: Vec<String> = script.arguments.iter().map(|(_, a)| raw(a)).collect();
    let hand = native::of(script.name).map(|work| {
        work(&raw).expect("gives a result");
        clock::seconds(&mut || {
            let _ = black_box(work(black_box(&raw)));
        })
    });
    line(script.name, own, script.original, Some(js), hand);
}

fn input(argument: &Argument) -> Input<'static> {
    match argument {
        Argument::Bytes(text) => Input::Bytes(text.as_bytes()),
        Argument::Json(text) => Input::Json(text),
        Argument::Text(text) => Input::Str(text),
    }
}

/// As JSON, a payload as an array of its bytes.
fn text(argument: &Argument) -> String {
    match argument {
        Argument::Bytes(text) => serde_json::json!(text.as_bytes()).to_string(),
        Argument::Json(text) => (*text).to_owned(),
        Argument::Text(text) => serde_json::json!(text).to_string(),
    }
}

fn raw(argument: &Argument) -> String {
    match argument {
        Argument::Bytes(text) | Argument::Json(text) | Argument::Text(text) => (*text).to_owned(),
    }
}
