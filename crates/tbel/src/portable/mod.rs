//! What only ThingsBoard's engine refuses, or computes differently, by accident of its parser.
//!
//! Here such scripts do what they say; accidents that are the same here are findings of the compiler. Who writes
//! for both platforms wants to know: an editor shows these findings as warnings, and
//! [`crate::CompileOptions::portable`] makes errors of what is refused there.
//! Every rule was learned from scripts that were run there; what is not known is not told.

mod literal;
mod switch;

use rustc_hash::FxHashMap as HashMap;
use smol_str::SmolStr;

use crate::error::Severity;
use crate::span::Span;
use crate::syntax::Finding;
use crate::syntax::ast::{
    BinaryOp, Block, Expr, ExprKind, Function, Key, Link, LinkKind, Number, Script, Stmt, StmtKind,
    Target,
};

/// Computed there as well, with another result.
const COMPUTED: [&str; 2] = ["portable-order", "portable-break"];

/// Warnings about a script, in no order.
pub(crate) fn findings(source: &str, script: &Script) -> Vec<Finding> {
    let mut rules = Rules {
        source,
        findings: Vec::new(),
        ints: HashMap::default(),
        in_function: false,
        loops: 0,
    };
    rules.block(&script.body);
    rules.findings
}

/// The same with errors for what is refused there.
pub(crate) fn errors(source: &str, script: &Script) -> Vec<Finding> {
    let mut all = findings(source, script);
    for finding in &mut all {
        if !COMPUTED.contains(&finding.code) {
            finding.severity = Severity::Error;
        }
    }
    all
}

/// What is known about a variable of the script that began as an int.
#[derive(Clone, Copy, PartialEq)]
enum Began {
    Int,
    /// It was given something else since.
    Changed,
}

struct Rules<'s> {
    source: &'s str,
    findings: Vec<Finding>,
    ints: HashMap<SmolStr, Began>,
    in_function: bool,
    /// Loops around a place, within its function.
    loops: usize,
}

impl Rules<'_> {
    fn warn(&mut self, code: &'static str, span: Span, message: &str, hint: &str) {
        self.findings
            .push(Finding::warning(code, span, message).hint(hint));
    }

    /// The text from a place on.
    fn behind(&self, at: u32) -> &str {
        self.source.get(at as usize..).unwrap_or("")
    }

    fn text(&self, span: Span) -> &str {
        self.source
            .get(span.start as usize..span.end as usize)
            .unwrap_or("")
    }

    // --- statements -----------------------------------------------------------------------------------

    fn block(&mut self, block: &Block) {
        for statement in block {
            self.statement(statement);
        }
    }

    fn repeated(&mut self, block: &Block) {
        self.loops += 1;
        self.block(block);
        self.loops -= 1;
    }

    fn statement(&mut self, statement: &Stmt) {
        match &statement.kind {
            StmtKind::Expr(expr) => self.expression(expr),
            StmtKind::Declare { name, value } => {
                if let Some(value) = value {
                    self.expression(value);
                    self.assigned(&name.text, None, value);
                }
            }
            StmtKind::If { arms, otherwise } => {
                for (condition, body) in arms {
                    self.expression(condition);
                    self.block(body);
                }
                otherwise.iter().for_each(|body| self.block(body));
            }
            StmtKind::For {
                init,
                condition,
                step,
                body,
            } => {
                init.iter().for_each(|init| self.statement(init));
                self.expression(condition);
                self.repeated(body);
                step.iter().for_each(|step| self.expression(step));
            }
            StmtKind::ForEach { source, body, .. } => {
                self.expression(source);
                self.repeated(body);
            }
            StmtKind::While {
                condition, body, ..
            }
            | StmtKind::DoWhile {
                condition, body, ..
            } => {
                self.expression(condition);
                self.repeated(body);
            }
            StmtKind::Switch { subject, cases } => {
                self.expression(subject);
                for case in cases {
                    self.all(&case.labels);
                    self.block(&case.body);
                }
                self.switch(cases, statement.span);
            }
            StmtKind::With {
                object,
                assignments,
            } => {
                self.expression(object);
                self.all(assignments.iter().map(|(_, value)| value));
            }
            StmtKind::Assert(expr) => self.expression(expr),
            StmtKind::Return(value) => self.all(value),
            StmtKind::Function(function) => self.function(function),
            StmtKind::DeclareMany(_) | StmtKind::Break | StmtKind::Empty => {}
        }
    }

    fn function(&mut self, function: &Function) {
        let outside = (self.in_function, self.loops);
        self.in_function = true;
        self.loops = 0;
        self.block(&function.body);
        (self.in_function, self.loops) = outside;
    }

    /// Outside of functions a variable keeps the type of its first value.
    fn assigned(&mut self, name: &SmolStr, op: Option<BinaryOp>, value: &Expr) {
        if self.in_function {
            return;
        }
        match self.ints.get(name) {
            None if op.is_none() && matches!(value.kind, ExprKind::Number(Number::Int(_))) => {
                self.ints.insert(name.clone(), Began::Int);
            }
            Some(Began::Int) if is_no_int(value) => {
                self.ints.insert(name.clone(), Began::Changed);
            }
            _ => {}
        }
    }

    // --- expressions ----------------------------------------------------------------------------------

    fn all<'e>(&mut self, all: impl IntoIterator<Item = &'e Expr>) {
        all.into_iter().for_each(|e| self.expression(e));
    }

    fn expression(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::List(items) => {
                self.all(items);
                self.nested_literals(items.iter());
            }
            ExprKind::Map(entries) => {
                for (key, value) in entries {
                    if let Key::Computed(key) = key {
                        self.expression(key);
                    }
                    self.expression(value);
                }
                self.nested_literals(entries.iter().map(|(_, value)| value));
            }
            ExprKind::Chain { base, links } => {
                self.expression(base);
                self.links(links);
            }
            ExprKind::Call { args, .. } | ExprKind::New { args, .. } => self.all(args),
            ExprKind::NewArray { sizes, .. } => self.all(sizes),
            ExprKind::Paren(inner)
            | ExprKind::Complement(inner)
            | ExprKind::Negate(inner)
            | ExprKind::Not(inner)
            | ExprKind::InstanceOf(inner, _)
            | ExprKind::ConvertableTo(inner, _)
            | ExprKind::Cast(_, inner) => self.expression(inner),
            ExprKind::And(all) | ExprKind::Or(all) | ExprKind::Default(all) => self.all(all),
            ExprKind::Binary { first, rest } => {
                self.expression(first);
                self.all(rest.iter().map(|(_, e)| e));
                self.changed_int(first, rest);
                self.literal_order(expr, rest);
            }
            ExprKind::Ternary { arms, otherwise } => {
                for (condition, value) in arms {
                    self.expression(condition);
                    self.expression(value);
                }
                self.all(otherwise.as_deref());
            }
            ExprKind::Assign { target, op, value } => {
                self.target(target);
                self.expression(value);
                if let Target::Name(name) = target {
                    self.assigned(&name.text, *op, value);
                }
            }
            ExprKind::Step { target, .. } => self.target(target),
            ExprKind::Projection {
                body,
                source,
                condition,
            } => {
                self.expression(source);
                self.expression(body);
                self.all(condition.as_deref());
            }
            ExprKind::Statement(statement) => self.statement(statement),
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::Str(_)
            | ExprKind::Name(_)
            | ExprKind::Empty
            | ExprKind::Element
            | ExprKind::IsDefined(_)
            | ExprKind::Late { .. } => {}
        }
    }

    fn target(&mut self, target: &Target) {
        if let Target::Chain { base, links, last } = target {
            self.expression(base);
            self.links(links);
            self.links(std::slice::from_ref(last));
        }
    }

    fn links(&mut self, links: &[Link]) {
        for link in links {
            match &link.kind {
                LinkKind::Property(_) => {}
                LinkKind::Method(_, args) => self.all(args),
                LinkKind::Index(at) => {
                    self.expression(at);
                    if has_bracket(self.text(at.span)) {
                        self.warn(
                            "portable-index",
                            at.span,
                            "ThingsBoard mixes up brackets inside of brackets",
                            "put the index into a variable first",
                        );
                    }
                }
            }
        }
    }

    fn changed_int(&mut self, first: &Expr, rest: &[(BinaryOp, Expr)]) {
        use BinaryOp as B;
        let computes = |op: &BinaryOp| matches!(op, B::Add | B::Sub | B::Mul | B::Div);
        let used = rest
            .iter()
            .filter(|(op, _)| computes(op))
            .map(|(_, e)| e)
            .chain(rest.first().filter(|(op, _)| computes(op)).map(|_| first));
        let changed: Vec<Span> = used
            .filter(|operand| match &operand.kind {
                ExprKind::Name(name) => {
                    !self.in_function && self.ints.get(name) == Some(&Began::Changed)
                }
                _ => false,
            })
            .map(|operand| operand.span)
            .collect();
        for span in changed {
            self.warn(
                "portable-int",
                span,
                "ThingsBoard still computes with an int here and fails",
                "give the variable its final type at once: var x = 20.0",
            );
        }
    }
}

/// Known to be something else than an int.
fn is_no_int(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Number(number) => matches!(number, Number::Double(_) | Number::Float(_)),
        ExprKind::Str(_) => true,
        ExprKind::Paren(inner) | ExprKind::Negate(inner) => is_no_int(inner),
        _ => false,
    }
}

/// An opening bracket that is not in a text.
fn has_bracket(text: &str) -> bool {
    let mut quote = None;
    let mut escaped = false;
    for c in text.chars() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == '\'' || c == '"' => quote = Some(c),
            None if c == '[' => return true,
            None => {}
        }
    }
    false
}
