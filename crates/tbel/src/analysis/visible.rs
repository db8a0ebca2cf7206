//! Which names exist at a place, and what they are.

use smol_str::SmolStr;

use super::infer::Names;
use super::{Context, max_nesting};
use crate::reference::Kind;
use crate::syntax;
use crate::syntax::ast::{Block, Expr, ExprKind, Function, LinkKind, Stmt, StmtKind, Target};

/// The names at a place.
pub(super) struct Visible {
    pub(super) names: Names,
    /// Functions of the script: name, parameters, as written.
    pub(super) functions: Vec<(SmolStr, Vec<SmolStr>)>,
}

/// The word at a place of an unfinished text is replaced by a name, so that what follows still reads.
pub(super) fn at(source: &str, word: crate::span::Span, context: &Context<'_>) -> Visible {
    let (before, behind) = (
        source.get(..word.start as usize).unwrap_or(""),
        source.get(word.end as usize..).unwrap_or(""),
    );
    let filled = format!("{before}x{behind}");
    let (script, _) = syntax::parse(&filled, max_nesting());
    let mut walk = Walk {
        offset: word.start,
        visible: Visible {
            names: Names::of_arguments(context),
            functions: Vec::new(),
        },
        arguments: Names::of_arguments(context),
    };
    walk.hoist(&script.body);
    walk.block(&script.body);
    walk.visible
}

/// An expression given as text.
pub(super) fn expression_of(text: &str) -> Option<Expr> {
    // A literal at the start of a statement would be taken for a block.
    let (script, _) = syntax::parse(&format!("return {text}"), max_nesting());
    match script.body.into_iter().next().map(|s| s.kind) {
        Some(StmtKind::Return(value)) => value,
        _ => None,
    }
}

struct Walk {
    offset: u32,
    visible: Visible,
    /// What is known before anything is assigned.
    arguments: Names,
}

impl Walk {
    fn contains(&self, statement: &Stmt) -> bool {
        statement.span.start <= self.offset && self.offset <= statement.span.end
    }

    fn hoist(&mut self, block: &Block) {
        for statement in block {
            if let StmtKind::Function(function) = &statement.kind {
                let parameters = function.parameters.iter().map(|p| p.text.clone());
                self.visible
                    .functions
                    .push((function.name.text.clone(), parameters.collect()));
                let result = self.result_of(function);
                let name = function.name.text.clone();
                self.visible.names.results.insert(name, result);
            }
        }
    }

    /// The kind of the first result of a function that says something.
    fn result_of(&self, function: &Function) -> Kind {
        let mut inner = Self {
            offset: u32::MAX,
            visible: Visible {
                names: self.arguments.clone(),
                functions: Vec::new(),
            },
            arguments: Names::default(),
        };
        let mut result = Kind::Any;
        inner.everything(&function.body, &mut result);
        result
    }

    /// Goes through all of a function, whatever the place.
    fn everything(&mut self, block: &Block, result: &mut Kind) {
        for statement in block {
            match &statement.kind {
                StmtKind::If { arms, otherwise } => {
                    for body in arms.iter().map(|(_, body)| body).chain(otherwise) {
                        self.everything(body, result);
                    }
                }
                StmtKind::For { body, .. }
                | StmtKind::ForEach { body, .. }
                | StmtKind::While { body, .. }
                | StmtKind::DoWhile { body, .. } => self.everything(body, result),
                StmtKind::Switch { cases, .. } => {
                    for case in cases {
                        self.everything(&case.body, result);
                    }
                }
                StmtKind::Return(Some(value)) => {
                    if matches!(result, Kind::Any | Kind::Null) {
                        *result = self.visible.names.kind(value);
                    }
                }
                _ => self.statement(statement),
            }
        }
    }

    fn block(&mut self, block: &Block) {
        // A function sees the variables of the script wherever they are assigned.
        let inside = block.iter().find_map(|s| match &s.kind {
            StmtKind::Function(function) if self.contains(s) => Some(function),
            _ => None,
        });
        for statement in block {
            if inside.is_some() || statement.span.start < self.offset {
                self.statement(statement);
            }
        }
        if let Some(function) = inside {
            self.function(function);
        }
    }

    fn function(&mut self, function: &Function) {
        for parameter in &function.parameters {
            self.visible
                .names
                .kinds
                .insert(parameter.text.clone(), Kind::Any);
        }
        self.hoist(&function.body);
        self.block(&function.body);
    }

    fn statement(&mut self, statement: &Stmt) {
        let inside = self.contains(statement);
        match &statement.kind {
            StmtKind::Declare { name, value } => {
                let kind = value.as_ref().map_or(Kind::Null, |v| self.assigned(v));
                self.visible.names.assign(&name.text, kind);
            }
            StmtKind::DeclareMany(names) => {
                for name in names {
                    self.visible.names.assign(&name.text, Kind::Null);
                }
            }
            StmtKind::Expr(expr) => self.expression(expr),
            StmtKind::If { arms, otherwise } if inside => {
                for body in arms.iter().map(|(_, body)| body).chain(otherwise) {
                    self.block_around(body);
                }
            }
            StmtKind::For { init, body, .. } if inside => {
                init.iter().for_each(|init| self.statement(init));
                self.block_around(body);
            }
            StmtKind::ForEach { name, source, body } if inside => {
                let element = self.visible.names.kind(source).element();
                self.visible.names.kinds.insert(name.text.clone(), element);
                self.block_around(body);
            }
            StmtKind::While { body, .. } | StmtKind::DoWhile { body, .. } if inside => {
                self.block_around(body);
            }
            StmtKind::Switch { cases, .. } if inside => {
                cases.iter().for_each(|case| self.block_around(&case.body));
            }
            _ => {}
        }
    }

    /// A block of a statement that is around the place, if it is the one.
    fn block_around(&mut self, block: &Block) {
        let begins = block.first().is_some_and(|s| s.span.start <= self.offset);
        let ends = block.last().is_some_and(|s| self.offset <= s.span.end + 2);
        if begins && ends {
            self.block(block);
        }
    }

    fn expression(&mut self, expr: &Expr) {
        let ExprKind::Assign {
            target,
            op: None,
            value,
        } = &expr.kind
        else {
            return;
        };
        match target {
            Target::Name(name) => {
                let kind = self.assigned(value);
                self.visible.names.assign(&name.text, kind);
            }
            Target::Chain { base, links, last } if links.is_empty() => {
                let ExprKind::Name(name) = &base.kind else {
                    return;
                };
                let member = match &last.kind {
                    LinkKind::Property(member) => member.clone(),
                    LinkKind::Index(at) => match &at.kind {
                        ExprKind::Str(member) => member.clone(),
                        _ => return,
                    },
                    LinkKind::Method(..) => return,
                };
                let kind = self.visible.names.kind(value);
                self.visible.names.assign_member(name, &member, kind);
            }
            Target::Chain { .. } => {}
        }
    }

    /// Arrays of texts become lists when they are assigned.
    fn assigned(&self, value: &Expr) -> Kind {
        match self.visible.names.kind(value) {
            Kind::Array(element) if matches!(*element, Kind::String) => Kind::List(element),
            kind => kind,
        }
    }
}
