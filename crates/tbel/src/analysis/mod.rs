//! What an editor wants to know about a script while it is written: findings, completions, explanations.
//!
//! Pure functions of the text, the cursor and what the host knows about the arguments; nothing runs. Scripts
//! that are not finished are the usual case. No text makes them panic, and the work is bounded: a text longer
//! than [`Context::max_source_chars`] gets one finding and nothing else, nesting is bounded by the parser.
//!
//! ```
//! use tbel::analysis::{self, Argument, Context, Kind};
//!
//! let message = Kind::map([("temperature".into(), Kind::Double)]);
//! let arguments = [Argument::new("msg", message)];
//! let context = Context { arguments: &arguments, ..Context::default() };
//! let found = analysis::completions("return msg.temp", 15, &context);
//! assert_eq!(found.items[0].label, "temperature");
//! ```

mod call;
mod complete;
mod cursor;
mod hover;
mod infer;
mod lint;
mod names;
mod visible;

use crate::compile::{self, CompileOptions};
use crate::error::Diagnostic;
use crate::library::HostFunctions;
use crate::output::Output;
use crate::portable;
use crate::span::Span;
use crate::syntax;

pub use crate::reference::Kind;
pub use call::{SignatureHelp, signature_help};
pub use complete::{Completion, CompletionKind, Completions, completions};
pub use hover::{Hover, hover};

/// What the host knows about a script.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The arguments in order.
    pub arguments: &'a [Argument<'a>],
    /// Functions of the host.
    pub functions: &'a [HostFunction<'a>],
    /// Longest text that is looked at, in characters.
    pub max_source_chars: usize,
}

impl Default for Context<'_> {
    fn default() -> Self {
        Self {
            arguments: &[],
            functions: &[],
            max_source_chars: CompileOptions::default().max_source_chars,
        }
    }
}

/// An argument of the script.
#[derive(Clone, Debug)]
pub struct Argument<'a> {
    /// Its name in the script.
    pub name: &'a str,
    /// What is known about it, e.g. from a sample.
    pub kind: Kind,
    /// What `decodeToJson` makes of it, when a sample of a payload is at hand.
    pub decoded: Option<Kind>,
}

impl<'a> Argument<'a> {
    /// An argument of a kind.
    #[must_use]
    pub fn new(name: &'a str, kind: Kind) -> Self {
        Self {
            name,
            kind,
            decoded: None,
        }
    }
}

/// A function that the host adds.
#[derive(Clone, Copy, Debug)]
pub struct HostFunction<'a> {
    /// Its name.
    pub name: &'a str,
    /// How it is called, e.g. `lookup(key: string): any`.
    pub signature: &'a str,
    /// What it does.
    pub doc: &'a str,
}

impl Context<'_> {
    fn accepts(&self, source: &str) -> bool {
        source.len() <= self.max_source_chars || source.chars().count() <= self.max_source_chars
    }
}

/// How deep sources may nest here, as for compiling.
fn max_nesting() -> usize {
    CompileOptions::default().max_nesting
}

/// Everything that is wrong or doubtful, in order of position: errors, what will fail when it is reached,
/// and what compiles but is probably not meant.
#[must_use]
pub fn diagnostics(source: &str, context: &Context<'_>) -> Vec<Diagnostic> {
    let functions = context
        .functions
        .iter()
        .fold(HostFunctions::default(), |all, f| {
            all.with(f.name, |_| Ok(Output::Null))
        });
    let options = CompileOptions {
        max_source_chars: context.max_source_chars,
        functions,
        ..CompileOptions::default()
    };
    let parameters: Vec<&str> = context.arguments.iter().map(|a| a.name).collect();
    let mut all = match compile::compile(source, &parameters, &options) {
        Ok(program) => program.warnings().to_vec(),
        Err(error) => error.diagnostics,
    };
    if !context.accepts(source) {
        return all;
    }
    let (script, _) = syntax::parse(source, max_nesting());
    let mut doubts = lint::doubts(&script, context);
    doubts.extend(portable::findings(source, &script));
    let places: Vec<u32> = all.iter().map(|d| d.span.start).collect();
    all.extend(
        compile::diagnostics(source, doubts)
            .into_iter()
            // What is an error already is no doubt as well.
            .filter(|d| d.code.starts_with("portable-") || !places.contains(&d.span.start)),
    );
    all.sort_by_key(|d| d.span.start);
    all
}

/// Byte offset of a line and column (both from 1, columns in UTF-16 units, as editors count). Places behind
/// the end of a line are the end of the line.
#[must_use]
pub fn offset_at(source: &str, line: u32, column: u32) -> usize {
    let mut start = 0;
    let mut lines = source.split_inclusive('\n');
    for _ in 1..line {
        match lines.next() {
            Some(text) => start += text.len(),
            None => return source.len(),
        }
    }
    let text = lines.next().unwrap_or("").trim_end_matches(['\n', '\r']);
    let mut units = 1;
    for (at, c) in text.char_indices() {
        if units >= column {
            return start + at;
        }
        units += u32::try_from(c.len_utf16()).unwrap_or(1);
    }
    start + text.len()
}

/// Line and column (both from 1, columns in UTF-16 units) of the start and the end of a place.
#[must_use]
pub fn range_of(source: &str, span: Span) -> [(u32, u32); 2] {
    [span.start, span.end].map(|offset| {
        let before = source
            .char_indices()
            .take_while(|(at, _)| *at < offset as usize);
        before.fold((1, 1), |(line, column), (_, c)| match c {
            '\n' => (line + 1, 1),
            c => (line, column + u32::try_from(c.len_utf16()).unwrap_or(1)),
        })
    })
}
