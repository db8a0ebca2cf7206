//! TBEL, the expression language of IoT converters and rules (an MVEL dialect), as an embeddable engine.
//!
//! A script is compiled once and run many times. It sees its arguments, a library of functions, and the
//! clock, time zone and randomness the host hands over: no files, no network, no threads. The same script
//! with the same arguments and the same [`Host`] always gives the same answer.
//!
//! ```
//! use tbel::{CompileOptions, Host, Input, Limits, Output, Vm, compile};
//!
//! let script = "var body = decodeToJson(payload); return { celsius: body.t / 10.0 };";
//! let program = compile(script, &["payload"], &CompileOptions::default())?;
//! let mut vm = Vm::new(Limits::default());
//! let result = vm.run(&program, &[Input::Bytes(br#"{"t":215}"#)], &Host::default())?;
//! assert_eq!(result, Output::Map(vec![("celsius".into(), Output::Double(21.5))]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Functions of the host
//!
//! ```
//! use tbel::{CompileOptions, Host, HostFunctions, Limits, Output, Vm, compile};
//!
//! let functions = HostFunctions::default().with("answer", |_args| Ok(Output::Int(42)));
//! let options = CompileOptions { functions, ..CompileOptions::default() };
//! let program = compile("return answer() + 1;", &[], &options)?;
//! assert_eq!(Vm::new(Limits::default()).run(&program, &[], &Host::default())?, Output::Int(43));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Guarantees
//!
//! * No script, argument or value makes the engine panic or overflow the native stack.
//! * Every run ends within its [`Limits`]: instructions first (they do not depend on how busy the machine
//!   is), then memory, call depth, sizes of arguments and results, and time as a backstop.
//! * Mistakes are told with line, column, a stable code and, where it is known, what to write instead;
//!   [`CompileError`] holds all of them, not only the first.
//! * A call of an unknown function is a failure only when it is reached; [`Program::warnings`] knows it before.
//!
//! # Layers
//!
//! `syntax` (text to tree) → `compile` (tree to code: slots, static types) → `vm` (runs it) with `ops` (what
//! operators do), `library` (one file for each type or topic) and `value` (values and their heap).

pub mod analysis;
mod compile;
mod error;
mod hints;
mod host;
mod input;
mod library;
mod limits;
mod ops;
mod output;
mod portable;
pub mod reference;
mod span;
mod syntax;
mod value;
mod vm;

pub use compile::{CompileOptions, Program, compile};
pub use error::{CompileError, Diagnostic, ErrorKind, Fault, RunError, Severity};
pub use host::{Host, TimeZone};
pub use input::Input;
pub use library::{HostFunctions, builtin_names};
pub use limits::Limits;
pub use output::{Output, Str};
pub use span::{Span, excerpt};
pub use vm::Vm;
