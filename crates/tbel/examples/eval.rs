//! Evaluates a script given as the first argument: `cargo run -p tbel --example eval -- 'return 1 + 1;'`
#![allow(clippy::print_stdout)]

use tbel::{CompileOptions, Host, Limits, Vm, compile};

fn main() {
    let script = std::env::args().nth(1).unwrap_or_default();
    match compile(&script, &[], &CompileOptions::default()) {
        Ok(program) => {
            for warning in program.warnings() {
                println!("warning: {warning}");
            }
            match Vm::new(Limits::default()).run(&program, &[], &Host::default()) {
                Ok(output) => println!("{output:?}"),
                Err(error) => println!("{}", error.render(&script)),
            }
        }
        Err(error) => error
            .diagnostics
            .iter()
            .for_each(|d| println!("{}", d.render(&script))),
    }
}
