#![no_main]

#[path = "../src/check.rs"]
#[allow(dead_code)]
mod check;

libfuzzer_sys::fuzz_target!(|script: &str| {
    check::same_with_and_without_optimiser(script);
    check::same_with_little_memory(script);
});
