//! Runs the conformance vectors when their folder is there, and prints a table by file.
//!
//! `TBEL_SHOW=file` (or `TBEL_SHOW=all`) prints every case that differs.

#![allow(clippy::print_stdout, missing_docs)]

mod vectors;

use tbel::CompileOptions;
use vectors::{Case, Verdict};

/// Files whose vectors are not all required: accidents of the reference engine.
const QUIRKS: &str = "quirks";

/// Per cent of the accidents that scripts meet here as well, in all files and in that one.
const SHARE: usize = 80;

#[test]
fn every_gating_vector_passes() {
    let Some(files) = vectors::files() else {
        println!("no conformance vectors here, skipped");
        return;
    };
    let show = std::env::var("TBEL_SHOW").unwrap_or_default();
    let mut failed = 0;
    let mut sums = [0usize; 4];
    let mut rows = Vec::new();
    for (name, cases) in &files {
        let mut tally = [0usize; 4];
        for case in cases {
            let verdict = case.run(name);
            let passed = matches!(verdict, Verdict::Pass);
            tally[usize::from(case.quirk) * 2] += 1;
            tally[usize::from(case.quirk) * 2 + 1] += usize::from(passed);
            failed += usize::from(!passed && !case.quirk);
            if let Verdict::Differs(got) = verdict
                && (show == *name || show == "all" && !case.quirk)
            {
                print_difference(case, &got);
            }
        }
        for (sum, n) in sums.iter_mut().zip(tally) {
            *sum += n;
        }
        rows.push((name.as_str(), tally));
    }
    let [.., accidents, followed] = rows
        .iter()
        .find(|(name, _)| *name == QUIRKS)
        .map_or([0; 4], |(_, tally)| *tally);
    rows.push(("all", sums));
    println!("{:<24} {:>13} {:>13}", "file", "gating", "quirks");
    for (name, [gating, gating_ok, quirks, quirks_ok]) in rows {
        let quirk_column = if quirks > 0 {
            format!("{quirks_ok}/{quirks}")
        } else {
            String::new()
        };
        println!(
            "{name:<24} {:>13} {quirk_column:>13}",
            format!("{gating_ok}/{gating}")
        );
    }
    assert!(accidents > 0, "the quirks file is missing");
    assert_eq!(failed, 0, "{failed} gating vectors differ");
    let [.., quirks, same] = sums;
    assert!(
        same * 100 >= quirks * SHARE,
        "{same} of {quirks} accidents are the same"
    );
    assert!(
        followed * 100 >= accidents * SHARE,
        "{followed} of {accidents} in '{QUIRKS}' are the same"
    );
}

/// With the option for portable scripts nearly all accidents are refused here as well, and nothing that the
/// reference runs is refused.
#[test]
fn portable_scripts_are_those_that_the_reference_runs() {
    let Some(files) = vectors::files() else {
        println!("no conformance vectors here, skipped");
        return;
    };
    let portable = CompileOptions {
        portable: true,
        ..CompileOptions::default()
    };
    let mut refused = Vec::new();
    let (mut quirks, mut same) = (0, 0);
    for (name, cases) in &files {
        for case in cases {
            let verdict = case.run_with(name, &portable);
            if name == QUIRKS {
                quirks += 1;
                same += usize::from(matches!(verdict, Verdict::Pass));
            }
            if let Verdict::Differs(got) = verdict
                && !case.wanted().ends_with(" error")
                && got.starts_with("compile error")
            {
                refused.push(format!("{} {} {got}", case.id, case.script));
            }
        }
    }
    println!("portable: {same} of {quirks} quirks are the same");
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    assert!(same * 10 >= quirks * 8, "{same} of {quirks}");
}

/// Taking back what a script no longer reaches changes nothing: with little memory it happens often, or the
/// script is stopped.
#[test]
fn results_do_not_depend_on_the_memory() {
    let Some(files) = vectors::files() else {
        println!("no conformance vectors here, skipped");
        return;
    };
    let options = CompileOptions::default();
    let mut finished = 0;
    for (name, cases) in &files {
        for case in cases
            .iter()
            .filter(|case| !case.wanted().ends_with("error"))
        {
            if !matches!(case.run(name), Verdict::Pass) {
                continue;
            }
            for memory in [300, 600, 1_200, 2_400, 4_800] {
                match case.run_within(name, &options, memory) {
                    Verdict::Pass => finished += 1,
                    Verdict::Differs(got) => {
                        assert!(got.starts_with("limit"), "{} {got}", case.id);
                    }
                }
            }
        }
    }
    assert!(finished > 5_000, "only {finished} runs came to their end");
}

fn print_difference(case: &Case, got: &str) {
    println!(
        "{} {}\n    wanted {}\n    got    {got}",
        case.id,
        case.script.replace('\n', "⏎"),
        case.wanted()
    );
}
