//! What compiles but is probably not meant.

use std::collections::{HashMap, HashSet};

use smol_str::SmolStr;

use super::{Context, infer};
use crate::hints;
use crate::reference::{self, Entry};
use crate::span::Span;
use crate::syntax::Finding;
use crate::syntax::ast::{
    Block, Expr, ExprKind, Function, Key, Link, LinkKind, Name, Script, Stmt, StmtKind, Target,
};

/// Doubts about a script; none about what was not understood.
pub(super) fn doubts(script: &Script, context: &Context<'_>) -> Vec<Finding> {
    let mut lint = Lint {
        findings: Vec::new(),
        scopes: vec![HashMap::new()],
        functions: HashMap::new(),
        reads: script.lost.iter().cloned().collect(),
        declared: Vec::new(),
        in_projection: 0,
    };
    for argument in context.arguments {
        lint.declare(argument.name, Span::default());
    }
    lint.hoist(&script.body);
    lint.block(&script.body);
    let mut findings = lint.unused();
    findings.extend(lint.findings);
    findings
}

struct Lint {
    findings: Vec<Finding>,
    /// Visible names with their place, innermost scope last.
    scopes: Vec<HashMap<SmolStr, Span>>,
    /// Functions of the script with the number of their parameters.
    functions: HashMap<SmolStr, usize>,
    reads: HashSet<SmolStr>,
    declared: Vec<Name>,
    in_projection: usize,
}

impl Lint {
    fn warn(&mut self, code: &'static str, span: Span, message: String, hint: &str) {
        self.findings
            .push(Finding::warning(code, span, message).hint(hint));
    }

    fn declare(&mut self, name: &str, span: Span) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.entry(SmolStr::new(name)).or_insert(span);
        }
    }

    fn hoist(&mut self, block: &Block) {
        for statement in block {
            if let StmtKind::Function(function) = &statement.kind {
                self.functions
                    .insert(function.name.text.clone(), function.parameters.len());
                self.hoist(&function.body);
            }
        }
    }

    fn unused(&self) -> Vec<Finding> {
        let unused = self
            .declared
            .iter()
            .filter(|name| !self.reads.contains(&name.text));
        unused
            .map(|name| {
                let message = format!("the value of '{}' is never used", name.text);
                Finding::warning("unused-variable", name.span, message)
                    .hint("remove the variable, or use it")
            })
            .collect()
    }

    // --- statements -----------------------------------------------------------------------------------

    /// The statements of a script or function: the last one is also its result.
    fn block(&mut self, block: &Block) {
        for (i, statement) in block.iter().enumerate() {
            self.statement(statement, i + 1 == block.len());
        }
        let ends = |s: &Stmt| matches!(s.kind, StmtKind::Return(_) | StmtKind::Break);
        let is_code = |s: &&Stmt| !matches!(s.kind, StmtKind::Function(_) | StmtKind::Empty);
        if let Some(end) = block.iter().position(ends)
            && let Some(next) = block.iter().skip(end + 1).find(is_code)
        {
            let message = "this is never reached".to_owned();
            self.warn(
                "unreachable-code",
                next.span,
                message,
                "remove it, or the 'return' or 'break' before it",
            );
        }
    }

    fn scope(&mut self, block: &Block) {
        self.scopes.push(HashMap::new());
        self.block(block);
        self.scopes.pop();
    }

    fn statement(&mut self, statement: &Stmt, last: bool) {
        match &statement.kind {
            StmtKind::Expr(expr) => self.effect(expr),
            StmtKind::Declare { name, value } => {
                if let Some(value) = value {
                    self.expression(value);
                }
                self.variable(name, last);
            }
            StmtKind::DeclareMany(names) => names.iter().for_each(|name| self.variable(name, last)),
            StmtKind::If { arms, otherwise } => {
                for (condition, body) in arms {
                    self.condition(condition);
                    self.scope(body);
                }
                otherwise.iter().for_each(|body| self.scope(body));
            }
            StmtKind::For {
                init,
                condition,
                step,
                body,
            } => {
                self.scopes.push(HashMap::new());
                init.iter().for_each(|init| self.statement(init, false));
                self.condition(condition);
                step.iter().for_each(|step| self.effect(step));
                self.scope(body);
                self.scopes.pop();
            }
            StmtKind::ForEach { name, source, body } => {
                self.expression(source);
                self.scopes.push(HashMap::new());
                self.declare(&name.text, name.span);
                self.scope(body);
                self.scopes.pop();
            }
            StmtKind::While {
                condition, body, ..
            }
            | StmtKind::DoWhile {
                condition, body, ..
            } => {
                self.condition(condition);
                self.scope(body);
            }
            StmtKind::Switch { subject, cases } => {
                self.expression(subject);
                for case in cases {
                    case.labels.iter().for_each(|label| self.expression(label));
                    self.scope(&case.body);
                }
            }
            StmtKind::With {
                object,
                assignments,
            } => {
                self.expression(object);
                assignments
                    .iter()
                    .for_each(|(_, value)| self.expression(value));
            }
            StmtKind::Assert(expr) => self.condition(expr),
            StmtKind::Return(value) => value.iter().for_each(|value| self.expression(value)),
            StmtKind::Function(function) => self.function(function),
            StmtKind::Break | StmtKind::Empty => {}
        }
    }

    fn function(&mut self, function: &Function) {
        self.scopes.push(HashMap::new());
        for parameter in &function.parameters {
            self.declare(&parameter.text, parameter.span);
        }
        self.block(&function.body);
        self.scopes.pop();
    }

    fn variable(&mut self, name: &Name, last: bool) {
        let outer = self.scopes.len() - 1;
        let seen = self
            .scopes
            .iter()
            .take(outer)
            .any(|scope| scope.contains_key(&name.text));
        if seen {
            let message = format!(
                "'var' makes no new '{}': it assigns the one outside of this block",
                name.text
            );
            self.warn(
                "outer-variable",
                name.span,
                message,
                "take another name, or leave 'var' out",
            );
        }
        self.declare(&name.text, name.span);
        if !last && !seen {
            self.declared.push(name.clone());
        }
    }

    // --- expressions ----------------------------------------------------------------------------------

    fn condition(&mut self, condition: &Expr) {
        let mut inner = condition;
        while let ExprKind::Paren(deeper) = &inner.kind {
            inner = deeper;
        }
        if let ExprKind::Assign { op: None, .. } = &inner.kind {
            let message = "this assigns instead of comparing".to_owned();
            self.warn(
                "assignment-in-condition",
                inner.span,
                message,
                "write '==' to compare",
            );
        }
        self.expression(condition);
    }

    /// An expression whose value nobody wants: assigning and stepping is no use of a variable.
    fn effect(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Assign { target, value, .. } => {
                self.target(target);
                self.expression(value);
            }
            ExprKind::Step { target, .. } => self.target(target),
            _ => self.expression(expr),
        }
    }

    fn target(&mut self, target: &Target) {
        match target {
            Target::Name(name) => self.declare(&name.text, name.span),
            Target::Chain { base, links, last } => {
                self.expression(base);
                self.links(links);
                self.links(std::slice::from_ref(last));
            }
        }
    }

    fn all<'e>(&mut self, all: impl IntoIterator<Item = &'e Expr>) {
        all.into_iter().for_each(|e| self.expression(e));
    }

    fn expression(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Name(name) => {
                self.reads.insert(name.clone());
            }
            ExprKind::IsDefined(name) => {
                self.reads.insert(name.text.clone());
            }
            ExprKind::List(items) => self.all(items),
            ExprKind::Map(entries) => self.map(entries),
            ExprKind::Chain { base, links } => self.chain(base, links),
            ExprKind::Call { name, args } => {
                self.all(args);
                self.call(name, args.len(), expr.span);
            }
            ExprKind::Paren(inner)
            | ExprKind::Negate(inner)
            | ExprKind::Complement(inner)
            | ExprKind::InstanceOf(inner, _)
            | ExprKind::ConvertableTo(inner, _)
            | ExprKind::Cast(_, inner) => self.expression(inner),
            ExprKind::Not(inner) => self.condition(inner),
            ExprKind::And(all) | ExprKind::Or(all) => {
                all.iter().for_each(|operand| self.condition(operand));
            }
            ExprKind::Default(all) => self.all(all),
            ExprKind::Binary { first, rest } => {
                self.expression(first);
                self.all(rest.iter().map(|(_, e)| e));
            }
            ExprKind::Ternary { arms, otherwise } => {
                for (condition, value) in arms {
                    self.condition(condition);
                    self.expression(value);
                }
                self.all(otherwise.as_deref());
            }
            ExprKind::Assign { target, value, .. } => {
                if let Target::Name(name) = target {
                    self.reads.insert(name.text.clone());
                }
                self.target(target);
                self.expression(value);
            }
            ExprKind::Step { target, .. } => {
                if let Target::Name(name) = target {
                    self.reads.insert(name.text.clone());
                }
                self.target(target);
            }
            ExprKind::New { args, .. } => self.all(args),
            ExprKind::NewArray { sizes, .. } => self.all(sizes),
            ExprKind::Projection {
                body,
                source,
                condition,
            } => {
                self.expression(source);
                self.in_projection += 1;
                self.expression(body);
                self.all(condition.as_deref());
                self.in_projection -= 1;
            }
            ExprKind::Statement(statement) => self.statement(statement, true),
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::Str(_)
            | ExprKind::Empty
            | ExprKind::Element
            | ExprKind::Late { .. } => {}
        }
    }

    fn map(&mut self, entries: &[(Key, Expr)]) {
        let mut seen = HashSet::new();
        for (key, value) in entries {
            match key {
                Key::Str(key) if !seen.insert(key.clone()) => {
                    let message = format!("the key '{key}' is there twice; the last value stays");
                    self.warn(
                        "duplicate-key",
                        value.span,
                        message,
                        "remove one of the entries",
                    );
                }
                Key::Computed(key) => self.expression(key),
                _ => {}
            }
            self.expression(value);
        }
    }

    fn chain(&mut self, base: &Expr, links: &[Link]) {
        let visible = |name: &SmolStr| self.scopes.iter().any(|s| s.contains_key(name));
        let own = matches!(&base.kind, ExprKind::Name(name) if visible(name));
        let class = if own {
            None
        } else {
            infer::class_of(base, links)
        };
        let Some((class, used)) = class else {
            self.expression(base);
            return self.links(links);
        };
        let rest = links.get(used..).unwrap_or_default();
        if let Some(Link {
            kind: LinkKind::Method(name, args),
            span,
            ..
        }) = rest.first()
        {
            self.all(args);
            if let Some(entry) = reference::class_member(class.name(), name) {
                self.check_arity(&[entry], name, args.len(), *span);
            }
            return self.links(rest.get(1..).unwrap_or_default());
        }
        self.links(rest);
    }

    fn links(&mut self, links: &[Link]) {
        for link in links {
            match &link.kind {
                LinkKind::Index(at) => self.expression(at),
                LinkKind::Property(_) => {}
                LinkKind::Method(name, args) => {
                    self.all(args);
                    let entries: Vec<&Entry> = reference::types_with(name)
                        .filter(|e| e.is_callable())
                        .collect();
                    if entries.is_empty() {
                        let message = format!("nothing has a method '{name}'");
                        let mut finding = Finding::warning("unknown-method", link.span, message);
                        finding.hint = hints::method(name).map(str::to_owned);
                        self.findings.push(finding);
                    } else {
                        self.check_arity(&entries, name, args.len(), link.span);
                    }
                }
            }
        }
    }

    fn call(&mut self, name: &Name, count: usize, span: Span) {
        if let Some(entry) = reference::function(&name.text) {
            return self.check_arity(&[entry], &name.text, count, span);
        }
        if let Some(parameters) = self.functions.get(&name.text).copied()
            && parameters != count
        {
            let message = format!(
                "'{}' takes {}, got {count}",
                name.text,
                arguments(parameters)
            );
            self.warn(
                "argument-count",
                span,
                message,
                "a parameter without a value cannot be read",
            );
        }
    }

    /// Some way to use the name must take so many arguments.
    fn check_arity(&mut self, entries: &[&Entry], name: &str, count: usize, span: Span) {
        let mut arities = entries
            .iter()
            .flat_map(|entry| &entry.signatures)
            .filter_map(reference::Signature::arity);
        let fits = arities.any(|(least, most)| count >= least && most.is_none_or(|m| count <= m));
        if fits || self.in_projection > 0 {
            return;
        }
        let signature = entries
            .iter()
            .flat_map(|e| &e.signatures)
            .find(|s| s.parameters.is_some());
        let hint = signature.map_or(String::new(), |s| s.text.to_owned());
        let message = format!("'{name}' does not take {}", arguments(count));
        self.warn("argument-count", span, message, &hint);
    }
}

fn arguments(n: usize) -> String {
    match n {
        0 => "no argument".into(),
        1 => "one argument".into(),
        n => format!("{n} arguments"),
    }
}
