//! From tree to code: names become slots, static types are inferred, everything that can be looked up by
//! name is looked up here and never at run time.

mod arms;
mod assign;
mod chain;
pub(crate) mod code;
mod expression;
mod fuse;
mod literal;
mod scope;
mod statement;
mod types;
mod update;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use smol_str::{SmolStr, format_smolstr};

use crate::error::{CompileError, Diagnostic, Fault, Severity};
use crate::library::{HostFunctions, MethodSet, NativeFn, Property};
use crate::portable;
use crate::span::{Places, Span};
use crate::syntax::ast::{Block, Function as FunctionNode, Name, Stmt, StmtKind};
use crate::syntax::{self, Finding};
use crate::value::{OrderedMap, Text, Texts, Value};

pub use code::Program;
use code::{Function, Op, Shared, Unit};
use scope::{Breakable, Frame, Scope};
use types::Type;

/// How to compile.
#[derive(Clone, Debug)]
pub struct CompileOptions {
    /// Longest accepted script in characters.
    pub max_source_chars: usize,
    /// Deepest accepted nesting of brackets and blocks.
    pub max_nesting: usize,
    /// Functions of the host that scripts can call.
    pub functions: HostFunctions,
    /// Turns frequent sequences of instructions into single ones. The results are the same without.
    pub optimise: bool,
    /// Refuses what only the reference engine refuses, by accident (the warnings of an editor whose codes begin
    /// with `portable-`), for scripts that must run on both.
    pub portable: bool,
}

impl Default for CompileOptions {
    fn default() -> Self {
        Self {
            max_source_chars: 50_000,
            max_nesting: 100,
            functions: HostFunctions::default(),
            optimise: true,
            portable: false,
        }
    }
}

/// Compiles a script whose parameters are variables of its top level.
///
/// # Errors
/// Everything that is wrong with the script's text, in order of position.
pub fn compile(
    source: &str,
    parameters: &[&str],
    options: &CompileOptions,
) -> Result<Program, CompileError> {
    // Characters are counted only where bytes do not tell.
    let chars = if source.len() <= options.max_source_chars {
        source.len()
    } else {
        source.chars().count()
    };
    if chars > options.max_source_chars {
        let message = format!(
            "the script has {chars} characters, {} are allowed",
            options.max_source_chars
        );
        return Err(failed(
            source,
            vec![Finding::error("script-too-long", Span::default(), message)],
        ));
    }
    let (script, mut findings) = syntax::parse(source, options.max_nesting);
    if options.portable {
        findings.extend(portable::errors(source, &script));
    }
    let mut compiler = Compiler::new(source, options, script.function_words);
    compiler.hoist(&script.body);
    let main = compiler.main(&script.body, parameters);
    let mut functions = vec![main];
    for function in compiler.declared.clone() {
        functions.push(compiler.function(function));
    }
    if !findings.is_empty() {
        // Of a name in a part that was not understood, nothing is known.
        compiler
            .findings
            .retain(|f| !script.lost.contains(named(source, f.span)));
        compiler.findings.extend(findings);
    }
    if compiler
        .findings
        .iter()
        .any(|f| f.severity == Severity::Error)
    {
        return Err(failed(source, compiler.findings));
    }
    let read = parameters_read(parameters.len(), functions.first(), &compiler.shared);
    if options.optimise {
        for function in &mut functions {
            fuse::fuse(function, &compiler.shared);
            arms::tables(function);
        }
    }
    let warnings = diagnostics(source, compiler.findings);
    Ok(Program(Arc::new(Unit {
        source: source.to_owned(),
        parameters: read,
        functions,
        id: NEXT.fetch_add(1, Ordering::Relaxed),
        texts: compiler.texts.into_characters(),
        constants: compiler.constants,
        shapes: compiler.shapes,
        literals: compiler.literals,
        lists: compiler.lists,
        properties: compiler.properties,
        methods: compiler.methods,
        natives: compiler.natives,
        hosts: options.functions.entries().to_vec(),
        shared: compiler.shared,
        faults: compiler.faults,
        warnings,
    })))
}

/// The number of the next program.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// Which parameters the script reads: the others need not be made into values.
fn parameters_read(count: usize, main: Option<&Function>, shared: &[Shared]) -> Vec<bool> {
    let mut read = vec![false; count];
    let code = main.map(|f| f.code.as_slice()).unwrap_or_default();
    let slots = code.iter().filter_map(|op| match op {
        Op::Load(slot) | Op::IsDefined(slot) | Op::Step { slot, .. } => Some(slot),
        _ => None,
    });
    for slot in slots.chain(shared.iter().flat_map(|s| &s.outer)) {
        if let Some(read) = read.get_mut(usize::from(*slot)) {
            *read = true;
        }
    }
    read
}

fn failed(source: &str, findings: Vec<Finding>) -> CompileError {
    CompileError {
        diagnostics: diagnostics(source, findings),
    }
}

/// The text of a place.
fn named(source: &str, span: Span) -> &str {
    source
        .get(span.start as usize..span.end as usize)
        .unwrap_or("")
}

/// More findings than this help nobody.
const MAX_FINDINGS: usize = 200;

/// In order of position; of very many the errors and the first warnings.
pub(crate) fn diagnostics(source: &str, mut findings: Vec<Finding>) -> Vec<Diagnostic> {
    findings.sort_by_key(|f| (f.severity != Severity::Error, f.span.start));
    // One place has one error; the first one found explains it best.
    findings.dedup_by(|b, a| {
        a.severity == Severity::Error && b.severity == a.severity && b.span.start == a.span.start
    });
    findings.truncate(MAX_FINDINGS);
    findings.sort_by_key(|f| f.span.start);
    let mut places = Places::new(source);
    findings
        .into_iter()
        .map(|f| {
            let (line, column) = places.next(f.span.start);
            Diagnostic {
                severity: f.severity,
                code: f.code,
                message: f.message,
                hint: f.hint,
                span: f.span,
                line,
                column,
            }
        })
        .collect()
}

struct Compiler<'o> {
    source: &'o str,
    options: &'o CompileOptions,
    findings: Vec<Finding>,
    /// Every name that occurs in the body of a function.
    function_words: HashSet<SmolStr>,
    declared: Vec<&'o FunctionNode>,
    function_index: HashMap<SmolStr, u32>,
    /// Slots of the main script by name with the place of their declaration, in order.
    main_slots: HashMap<SmolStr, Vec<(u16, u32)>>,
    /// Names of int variables of the main script.
    main_ints: HashSet<SmolStr>,
    constants: Vec<Value>,
    /// The characters of all constants.
    texts: Texts,
    text_index: HashMap<SmolStr, Text>,
    /// Constants that are texts.
    strings: HashMap<SmolStr, u32>,
    shapes: Vec<Vec<(Value, u8)>>,
    literals: Vec<OrderedMap>,
    lists: Vec<Vec<Value>>,
    properties: Vec<Property>,
    property_index: HashMap<SmolStr, u32>,
    methods: Vec<MethodSet>,
    method_index: HashMap<SmolStr, u32>,
    natives: Vec<NativeFn>,
    native_index: HashMap<SmolStr, u32>,
    shared: Vec<Shared>,
    faults: Vec<Fault>,
    frame: Frame,
    /// Where the last constant of a class was read.
    last_constant_field: Option<Span>,
}

/// An index that is checked when the code is used.
fn index(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

impl<'o> Compiler<'o> {
    fn new(source: &'o str, options: &'o CompileOptions, function_words: HashSet<SmolStr>) -> Self {
        Self {
            source,
            options,
            findings: Vec::new(),
            function_words,
            declared: Vec::new(),
            function_index: HashMap::default(),
            main_slots: HashMap::default(),
            main_ints: HashSet::default(),
            constants: Vec::new(),
            texts: Texts::default(),
            text_index: HashMap::default(),
            strings: HashMap::default(),
            shapes: Vec::new(),
            literals: Vec::new(),
            lists: Vec::new(),
            properties: Vec::new(),
            property_index: HashMap::default(),
            methods: Vec::new(),
            method_index: HashMap::default(),
            natives: Vec::new(),
            native_index: HashMap::default(),
            shared: Vec::new(),
            faults: Vec::new(),
            frame: Frame::new(true),
            last_constant_field: None,
        }
    }

    /// Functions can be called before their text, wherever they are declared.
    fn hoist(&mut self, block: &'o Block) {
        for statement in block {
            match &statement.kind {
                StmtKind::Function(function) => {
                    // The script itself is function 0.
                    self.function_index
                        .insert(function.name.text.clone(), index(self.declared.len() + 1));
                    self.declared.push(function);
                    self.hoist(&function.body);
                }
                StmtKind::If { arms, otherwise } => {
                    arms.iter().for_each(|(_, body)| self.hoist(body));
                    otherwise.iter().for_each(|body| self.hoist(body));
                }
                StmtKind::For { body, .. }
                | StmtKind::ForEach { body, .. }
                | StmtKind::While { body, .. }
                | StmtKind::DoWhile { body, .. } => self.hoist(body),
                StmtKind::Switch { cases, .. } => cases.iter().for_each(|c| self.hoist(&c.body)),
                _ => {}
            }
        }
    }

    fn main(&mut self, body: &Block, parameters: &[&str]) -> Function {
        for name in parameters {
            self.declare(&SmolStr::new(name), Type::Any, false, Span::default());
        }
        let ends_with_function = matches!(
            body.last(),
            Some(Stmt {
                kind: StmtKind::Function(_),
                ..
            })
        );
        self.body_value(body);
        let end = body.last().map_or(Span::default(), |s| s.span);
        if ends_with_function && !matches!(self.frame.code.last(), Some(Op::Return)) {
            self.emit(Op::Pop, end);
            let fault = Fault::runtime(
                "no-result",
                "the script ends with a function and returns nothing",
            )
            .hint("write a return statement");
            self.raise(fault, end);
        }
        self.emit(Op::Return, end);
        self.finish(SmolStr::new_static(""), parameters.len())
    }

    fn function(&mut self, node: &FunctionNode) -> Function {
        self.frame = Frame::new(false);
        self.frame.declared_at = node.name.span.start;
        for parameter in &node.parameters {
            let name = self.parameter_name(parameter);
            self.frame.declare(&name, Type::Any, true);
        }
        self.body_value(&node.body);
        self.emit(Op::Return, node.name.span);
        self.finish(node.name.text.clone(), node.parameters.len())
    }

    /// A space between a parameter and its comma belongs to the name, which nothing can say then.
    fn parameter_name(&mut self, parameter: &Name) -> SmolStr {
        let behind = self.source.get(parameter.span.end as usize..).unwrap_or("");
        let rest = behind.trim_start();
        if rest.len() == behind.len() || !rest.starts_with(',') {
            return parameter.text.clone();
        }
        let name = &parameter.text;
        let message = format!("with a space behind it, the parameter is not named '{name}'");
        let hint = "put the comma directly behind the name".to_owned();
        self.warn("parameter-space", parameter.span, message, Some(hint));
        format_smolstr!("{name} ")
    }

    fn finish(&mut self, name: SmolStr, parameters: usize) -> Function {
        let frame = std::mem::replace(&mut self.frame, Frame::new(false));
        if frame.overflow {
            self.findings.push(Finding::error(
                "too-many-variables",
                Span::default(),
                "the script has too many variables",
            ));
        }
        Function {
            name,
            parameters,
            locals: frame.named.saturating_sub(parameters),
            slots: frame.slot_names.len(),
            code: frame.code,
            spans: frame.spans,
            reads: Vec::new(),
            arms: Vec::new(),
            slot_names: frame.slot_names,
        }
    }

    // --- code -----------------------------------------------------------------------------------------

    fn emit(&mut self, op: Op, span: Span) {
        self.frame.code.push(op);
        self.frame.spans.push(span);
    }

    fn here(&self) -> u32 {
        index(self.frame.code.len())
    }

    /// Emits a jump whose target is set later.
    fn jump(&mut self, op: Op, span: Span) -> usize {
        self.emit(op, span);
        self.frame.code.len() - 1
    }

    /// Makes a jump land here.
    fn land(&mut self, jump: usize) {
        let here = self.here();
        if let Some(target) = self.frame.code.get_mut(jump).and_then(Op::target) {
            *target = here;
        }
    }

    fn land_all(&mut self, jumps: Vec<usize>) {
        for jump in jumps {
            self.land(jump);
        }
    }

    fn raise(&mut self, fault: Fault, span: Span) {
        let at = index(self.faults.len());
        self.faults.push(fault);
        self.emit(Op::Raise(at), span);
    }

    /// What compiles and fails when it is reached: a warning for who writes it, an error when it runs.
    fn fails(&mut self, code: &'static str, message: String, hint: String, span: Span) {
        self.warn(code, span, message.clone(), Some(hint.clone()));
        self.raise(Fault::runtime(code, message).hint(hint), span);
    }

    fn text(&self, span: Span) -> &'o str {
        named(self.source, span)
    }

    fn constant(&mut self, value: Value, span: Span) {
        self.constants.push(value);
        self.emit(Op::Const(index(self.constants.len() - 1)), span);
    }

    fn text_constant(&mut self, text: &SmolStr, span: Span) {
        let at = self.string(text);
        self.emit(Op::Const(at), span);
    }

    /// The place of a text among those of the script, where it is once.
    fn interned(&mut self, text: &SmolStr) -> Text {
        if let Some(known) = self.text_index.get(text) {
            return *known;
        }
        let new = self.texts.add(text);
        self.text_index.insert(text.clone(), new);
        new
    }

    fn string(&mut self, text: &SmolStr) -> u32 {
        if let Some(at) = self.strings.get(text) {
            return *at;
        }
        let at = index(self.constants.len());
        let value = Value::Str(self.interned(text));
        self.constants.push(value);
        self.strings.insert(text.clone(), at);
        at
    }

    fn property(&mut self, name: &SmolStr) -> u32 {
        if let Some(at) = self.property_index.get(name) {
            return *at;
        }
        let at = index(self.properties.len());
        let key = self.interned(name);
        self.properties.push(Property::find(name, key));
        self.property_index.insert(name.clone(), at);
        at
    }

    fn method_set(&mut self, name: &SmolStr) -> u32 {
        if let Some(at) = self.method_index.get(name) {
            return *at;
        }
        let at = index(self.methods.len());
        self.methods.push(MethodSet::find(name));
        self.method_index.insert(name.clone(), at);
        at
    }

    /// `key` names the function for reuse of its index.
    fn native(&mut self, key: &str, function: NativeFn) -> u32 {
        if let Some(at) = self.native_index.get(key) {
            return *at;
        }
        let at = index(self.natives.len());
        self.natives.push(function);
        self.native_index.insert(SmolStr::new(key), at);
        at
    }

    // --- findings -------------------------------------------------------------------------------------

    fn error(
        &mut self,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
        hint: Option<&str>,
    ) {
        let mut finding = Finding::error(code, span, message);
        finding.hint = hint.map(str::to_owned);
        self.findings.push(finding);
    }

    fn warn(
        &mut self,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
        hint: Option<String>,
    ) {
        let mut finding = Finding::warning(code, span, message);
        finding.hint = hint;
        self.findings.push(finding);
    }

    // --- scopes ---------------------------------------------------------------------------------------

    fn declare(&mut self, name: &SmolStr, kind: Type, hides: bool, at: Span) -> u16 {
        let slot = self.frame.declare(name, kind, hides);
        if self.frame.is_main {
            self.main_slots
                .entry(name.clone())
                .or_default()
                .push((slot, at.start));
            if kind.stored() == Type::Int {
                self.main_ints.insert(name.clone());
            }
        }
        slot
    }

    fn enter(&mut self) {
        self.frame.scopes.push(Scope::default());
    }

    fn leave(&mut self, span: Span) {
        if let Some(scope) = self.frame.scopes.pop() {
            self.clear(&scope, span);
        }
    }

    /// Functions must not see the variables of a block that is over.
    fn clear(&mut self, scope: &Scope, span: Span) {
        if !self.frame.is_main {
            return;
        }
        for variable in &scope.variables {
            if self.function_words.contains(&variable.name) {
                self.emit(Op::Clear(variable.slot), span);
            }
        }
    }

    fn begin_breakable(&mut self) {
        let scopes = self.frame.scopes.len();
        self.frame.breakables.push(Breakable {
            jumps: Vec::new(),
            scopes,
        });
    }

    fn end_breakable(&mut self) {
        if let Some(breakable) = self.frame.breakables.pop() {
            self.land_all(breakable.jumps);
        }
    }

    fn break_statement(&mut self, span: Span) {
        let Some(depth) = self.frame.breakables.last().map(|b| b.scopes) else {
            // Outside of a loop the reference just ends the function.
            self.emit(Op::Null, span);
            self.emit(Op::Return, span);
            return;
        };
        let left = self.frame.scopes.split_off(depth);
        for scope in left.iter().rev() {
            self.clear(scope, span);
        }
        self.frame.scopes.extend(left);
        let jump = self.jump(Op::Jump(0), span);
        if let Some(breakable) = self.frame.breakables.last_mut() {
            breakable.jumps.push(jump);
        }
    }
}
