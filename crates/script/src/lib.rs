//! One face for both script languages, JavaScript and TBEL: compile once, run within limits, typed arguments
//! in, a [`Value`] out. This room knows no converters, no rules and no I/O.
//!
//! What it guarantees:
//! * a run ends within its [`Limits`]: steps first (the same script and arguments end the same way on a busy
//!   machine), memory, depth, argument and result size, and a wall-clock backstop;
//! * a script sees no clock, randomness, file or network except [`HostCall`]: running again with the same host
//!   gives the same answer;
//! * one script cannot reach another: JavaScript runs in one runtime per script and [`Engine`];
//! * no input panics: every failure is a [`CompileError`] or a [`ScriptError`] with its place in the script.
//!
//! ```
//! use millrace_script::{Argument, Engine, EngineOptions, HostCall, Limits, Script, ScriptLang};
//!
//! let lang = ScriptLang::Js;
//! let source = "return { t: decodeToJson(payload).value, from: metadata.topic };";
//! let script = Script::compile(lang, source, &["payload", "metadata"], &Limits::of(lang))?;
//! let mut engine = Engine::new(EngineOptions::default());
//! let arguments = [Argument::Bytes(br#"{"value": 25.1}"#), Argument::StringMap(&[("topic", "a/b")])];
//! let value = engine.run(&script, &arguments, &HostCall::default())?;
//! assert_eq!(value.to_string(), r#"{"t":25.1,"from":"a/b"}"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod analysis;
mod argument;
mod engine;
mod error;
mod eval;
mod exact;
mod host;
mod js;
mod limits;
mod script;
mod tbel_lang;
mod value;

pub use argument::Argument;
pub use engine::{Engine, EngineOptions};
pub use error::{CompileError, Diagnostic, ErrorKind, ScriptError, Severity};
pub use eval::{EvalOptions, eval_lines};
pub use host::{HostCall, TimeZone, UnknownTimeZone};
pub use limits::Limits;
pub use millrace_model::entity::ScriptLang;
pub use script::Script;
pub use value::Value;
