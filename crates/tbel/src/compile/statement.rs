//! Statements.

use super::Compiler;
use super::code::Op;
use super::types::Type;
use crate::span::Span;
use crate::syntax::ast::{BinaryOp, Block, Case, Expr, ExprKind, Name, Stmt, StmtKind};

impl Compiler<'_> {
    /// Compiles statements and leaves the value of the last one that is executed.
    pub(super) fn body_value(&mut self, body: &Block) {
        let last = body
            .iter()
            .rposition(|s| !matches!(s.kind, StmtKind::Function(_) | StmtKind::Empty));
        for (i, statement) in body.iter().enumerate() {
            if Some(i) == last {
                self.statement_value(statement);
            } else {
                self.statement(statement);
            }
        }
        if last.is_none() {
            self.emit(Op::Null, Span::default());
        }
    }

    fn body(&mut self, body: &Block) {
        for statement in body {
            self.statement(statement);
        }
    }

    fn block(&mut self, body: &Block, value: bool, span: Span) {
        self.enter();
        if value {
            self.body_value(body);
        } else {
            self.body(body);
        }
        self.leave(span);
    }

    /// A statement whose value is wanted.
    pub(super) fn statement_value(&mut self, statement: &Stmt) {
        let span = statement.span;
        match &statement.kind {
            StmtKind::Expr(expr) => {
                self.expression(expr);
            }
            StmtKind::Declare { name, value } => self.declaration(name, value.as_ref(), true, span),
            StmtKind::If { arms, otherwise } => {
                self.if_statement(arms, otherwise.as_ref(), true, span);
            }
            StmtKind::Return(_) => self.statement(statement),
            _ => {
                self.statement(statement);
                self.emit(Op::Null, span);
            }
        }
    }

    fn statement(&mut self, statement: &Stmt) {
        let span = statement.span;
        match &statement.kind {
            StmtKind::Expr(expr) => self.effect(expr),
            StmtKind::Declare { name, value } => {
                self.declaration(name, value.as_ref(), false, span);
            }
            StmtKind::DeclareMany(names) => {
                for name in names {
                    self.declaration(name, None, false, span);
                }
            }
            StmtKind::If { arms, otherwise } => {
                self.if_statement(arms, otherwise.as_ref(), false, span);
            }
            StmtKind::For {
                init,
                condition,
                step,
                body,
            } => {
                self.for_statement(init.as_deref(), condition, step.as_ref(), body, span);
            }
            StmtKind::ForEach { name, source, body } => {
                self.foreach_statement(name, source, body, span);
            }
            StmtKind::While {
                condition,
                negated,
                body,
            } => self.while_statement(condition, *negated, body, span),
            StmtKind::DoWhile {
                body,
                condition,
                negated,
            } => {
                self.begin_breakable();
                let start = self.here();
                self.block(body, false, span);
                let exit = self.condition(condition, *negated);
                self.emit(Op::Loop(start), span);
                self.land_all(exit);
                self.end_breakable();
            }
            StmtKind::Switch { subject, cases } => self.switch_statement(subject, cases, span),
            StmtKind::With {
                object,
                assignments,
            } => {
                let slot = self.frame.hidden();
                self.expression(object);
                self.emit(Op::Store(slot), span);
                for (name, value) in assignments {
                    self.emit(Op::Load(slot), name.span);
                    self.expression(value);
                    let property = self.property(&name.text);
                    self.emit(Op::SetProperty(property), name.span);
                    self.emit(Op::Pop, name.span);
                }
            }
            StmtKind::Assert(expr) => {
                self.expression(expr);
                self.emit(Op::Assert, span);
            }
            StmtKind::Break => self.break_statement(span),
            StmtKind::Return(value) => {
                match value {
                    Some(value) => {
                        self.expression(value);
                    }
                    None => self.emit(Op::Null, span),
                }
                self.emit(Op::Return, span);
            }
            StmtKind::Function(_) | StmtKind::Empty => {}
        }
    }

    fn declaration(&mut self, name: &Name, value: Option<&Expr>, wanted: bool, span: Span) {
        let kind = match value {
            Some(value) => self.assigned(value),
            None => {
                self.emit(Op::Null, span);
                Type::Null
            }
        };
        self.assign_name(name, kind, wanted);
        self.frame.declared_by_var(&name.text);
    }

    fn if_statement(
        &mut self,
        arms: &[(Expr, Block)],
        otherwise: Option<&Block>,
        value: bool,
        span: Span,
    ) {
        let mut ends = Vec::new();
        for (i, (condition, body)) in arms.iter().enumerate() {
            let next = self.condition(condition, false);
            self.block(body, value, span);
            let is_last = i + 1 == arms.len() && otherwise.is_none() && !value;
            if !is_last {
                ends.push(self.jump(Op::Jump(0), span));
            }
            self.land_all(next);
        }
        match otherwise {
            Some(body) => self.block(body, value, span),
            None if value => self.emit(Op::Null, span),
            None => {}
        }
        self.land_all(ends);
    }

    fn for_statement(
        &mut self,
        init: Option<&Stmt>,
        condition: &Expr,
        step: Option<&Expr>,
        body: &Block,
        span: Span,
    ) {
        self.enter();
        if let Some(init) = init {
            self.statement(init);
        }
        // The reference never enters a loop without a body whose condition is the word `true`.
        if !(body.is_empty() && matches!(condition.kind, ExprKind::Bool(true))) {
            self.begin_breakable();
            let start = self.here();
            let exit = self.condition(condition, false);
            self.block(body, false, span);
            if let Some(step) = step {
                self.effect(step);
            }
            self.emit(Op::Loop(start), span);
            self.land_all(exit);
            self.end_breakable();
        }
        self.leave(span);
    }

    fn foreach_statement(&mut self, name: &Name, source: &Expr, body: &Block, span: Span) {
        self.expression(source);
        let state = self.frame.hidden();
        // The index lives in the slot behind the collection.
        self.frame.hidden();
        self.emit(Op::IterInit(state), source.span);
        self.begin_breakable();
        self.enter();
        let variable = self.declare(&name.text, Type::Any, true, name.span);
        let start = self.here();
        let next = self.jump(
            Op::IterNext {
                state,
                variable,
                exit: 0,
            },
            source.span,
        );
        self.frame.foreach += 1;
        self.block(body, false, span);
        self.frame.foreach -= 1;
        self.emit(Op::Loop(start), span);
        self.land(next);
        self.leave(span);
        self.end_breakable();
    }

    fn while_statement(&mut self, condition: &Expr, negated: bool, body: &Block, span: Span) {
        self.begin_breakable();
        let start = self.here();
        let exit = self.condition(condition, negated);
        self.block(body, false, span);
        self.emit(Op::Loop(start), span);
        self.land_all(exit);
        self.end_breakable();
    }

    fn switch_statement(&mut self, subject: &Expr, cases: &[Case], span: Span) {
        let slot = self.tested(subject, cases, span);
        self.begin_breakable();
        let mut entries: Vec<Vec<usize>> = Vec::new();
        for case in cases {
            let mut jumps = Vec::new();
            for label in &case.labels {
                self.emit(Op::Load(slot), subject.span);
                self.expression(label);
                self.emit(Op::Binary(BinaryOp::Eq), label.span);
                jumps.push(self.jump(Op::JumpIfTrue(0), label.span));
            }
            entries.push(jumps);
        }
        let no_match = self.jump(Op::Jump(0), span);
        let mut has_default = false;
        for (case, jumps) in cases.iter().zip(entries) {
            self.land_all(jumps);
            if case.is_default && !has_default {
                has_default = true;
                self.land(no_match);
            }
            self.body(&case.body);
        }
        if !has_default {
            self.land(no_match);
        }
        self.end_breakable();
    }

    /// The variable of what a `switch` tests. One that no label can change needs no copy.
    fn tested(&mut self, subject: &Expr, cases: &[Case], span: Span) -> u16 {
        let start = self.frame.code.len();
        self.expression(subject);
        let mut labels = cases.iter().flat_map(|case| &case.labels).peekable();
        if let Some([Op::Load(slot)]) = self.frame.code.get(start..)
            && labels.peek().is_some()
            && labels.all(Expr::is_constant)
        {
            let slot = *slot;
            self.frame.code.truncate(start);
            self.frame.spans.truncate(start);
            return slot;
        }
        let slot = self.frame.hidden();
        self.emit(Op::Store(slot), span);
        slot
    }

    /// Compiles a condition; the jumps are taken when it does not hold.
    pub(super) fn condition(&mut self, condition: &Expr, negated: bool) -> Vec<usize> {
        match &condition.kind {
            ExprKind::Paren(inner) => return self.condition(inner, negated),
            // Each operand leaves by itself, without a value of the whole.
            ExprKind::And(all) if !negated => {
                return all
                    .iter()
                    .flat_map(|operand| self.condition(operand, false))
                    .collect();
            }
            // The first operand that holds is enough.
            ExprKind::Or(all) if !negated => {
                let Some((last, before)) = all.split_last() else {
                    return Vec::new();
                };
                let mut holds = Vec::new();
                for operand in before {
                    holds.push(self.test(operand, Op::JumpIfTrue(0)));
                }
                let exits = self.condition(last, false);
                self.land_all(holds);
                return exits;
            }
            _ => {}
        }
        let op = if negated {
            Op::JumpIfTrue(0)
        } else {
            Op::JumpIfFalse(0)
        };
        vec![self.test(condition, op)]
    }

    fn test(&mut self, condition: &Expr, jump: Op) -> usize {
        let kind = self.expression(condition);
        if kind.is_no_bool() {
            let hint = "compare it, e.g. x != null or x > 0";
            self.error(
                "condition-type",
                condition.span,
                "the condition is not a boolean",
                Some(hint),
            );
        }
        self.jump(jump, condition.span)
    }

    /// An expression whose value nobody wants.
    pub(super) fn effect(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Assign { target, op, value } => {
                self.assign(target, *op, value, false, expr.span);
            }
            ExprKind::Step { target, delta, .. } => self.step(target, *delta, None, expr.span),
            ExprKind::Statement(statement) => self.statement(statement),
            _ => {
                self.expression(expr);
                self.emit(Op::Pop, expr.span);
            }
        }
    }
}
