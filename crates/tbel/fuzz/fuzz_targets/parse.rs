#![no_main]

#[path = "../src/check.rs"]
#[allow(dead_code)]
mod check;

libfuzzer_sys::fuzz_target!(|script: &str| check::compiles_or_is_refused(script));
