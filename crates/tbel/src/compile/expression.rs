//! Expressions. Each compiles to code that leaves its value, and reports its static type.

use super::Compiler;
use super::code::Op;
use super::types::{self, Type};
use crate::error::Fault;
use crate::hints;
use crate::library::classes::Class;
use crate::library::{self, classes};
use crate::span::Span;
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, Name, TypeName};
use crate::value::{ElementKind, Value};

/// The reference's limit for calls of library functions.
pub(super) const MAX_ARGUMENTS: usize = 10;

impl Compiler<'_> {
    pub(super) fn expression(&mut self, expr: &Expr) -> Type {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Null => {
                self.emit(Op::Null, span);
                Type::Null
            }
            ExprKind::Bool(b) => {
                self.emit(Op::Bool(*b), span);
                Type::Bool
            }
            ExprKind::Number(number) => self.number(number, span),
            ExprKind::Str(text) => {
                self.text_constant(text, span);
                Type::Str
            }
            // Left of a comparison it is a text that equals nothing; `x == empty` is compiled there.
            ExprKind::Empty => {
                self.emit(Op::Null, span);
                Type::Any
            }
            ExprKind::Name(name) => self.name(name, span),
            ExprKind::Element => {
                match self.frame.elements.last().copied() {
                    Some(slot) => self.emit(Op::Load(slot), span),
                    None => self.raise(
                        Fault::runtime("unknown-name", "'$' is only defined in a projection"),
                        span,
                    ),
                }
                Type::Any
            }
            ExprKind::List(items) => self.list(items, span),
            ExprKind::Map(entries) => self.map(entries, span),
            ExprKind::Chain { base, links } => self.chain(base, links, span),
            ExprKind::Call { name, args } => self.call(name, args, span),
            ExprKind::Paren(inner) => self.expression(inner),
            ExprKind::Negate(inner) => {
                let kind = self.expression(inner);
                self.emit(Op::Negate, span);
                kind
            }
            ExprKind::Not(inner) => {
                self.boolean(inner);
                self.emit(Op::Not, span);
                Type::Bool
            }
            ExprKind::Complement(inner) => {
                let kind = self.expression(inner);
                self.emit(Op::Complement, span);
                kind
            }
            ExprKind::Binary { first, rest } => self.binary(first, rest),
            ExprKind::And(all) => self.logic(all, Op::JumpIfFalseOrPop(0)),
            ExprKind::Or(all) => self.logic(all, Op::JumpIfTrueOrPop(0)),
            ExprKind::Default(all) => self.default(all),
            ExprKind::InstanceOf(inner, class) => {
                self.expression(inner);
                self.typed(class, Op::InstanceOf);
                Type::Bool
            }
            ExprKind::ConvertableTo(inner, class) => {
                self.expression(inner);
                self.typed(class, Op::ConvertableTo);
                Type::Bool
            }
            ExprKind::IsDefined(name) => self.is_defined(name, span),
            ExprKind::Ternary { arms, otherwise } => self.ternary(arms, otherwise.as_deref(), span),
            ExprKind::Assign { target, op, value } => {
                self.assign(target, *op, value, true, span);
                Type::Any
            }
            ExprKind::Step {
                target,
                delta,
                postfix,
            } => {
                self.step(target, *delta, Some(*postfix), span);
                Type::Any
            }
            ExprKind::Cast(class, inner) => {
                self.expression(inner);
                self.typed(class, Op::Cast);
                Type::Any
            }
            ExprKind::New { class, args } => self.new_object(class, args, span),
            ExprKind::NewArray { element, sizes } => self.new_array(element, sizes, span),
            ExprKind::Projection {
                body,
                source,
                condition,
            } => self.projection(body, source, condition.as_deref(), span),
            ExprKind::Statement(statement) => {
                self.statement_value(statement);
                Type::Any
            }
            ExprKind::Late {
                code,
                message,
                hint,
            } => {
                let mut fault = Fault::runtime(code, message.clone());
                if let Some(hint) = hint {
                    fault = fault.hint(hint.clone());
                }
                self.warn(code, span, message.clone(), hint.clone());
                self.raise(fault, span);
                Type::Any
            }
        }
    }

    fn name(&mut self, name: &smol_str::SmolStr, span: Span) -> Type {
        if let Some(class) = Class::find(name)
            && !name.contains('.')
        {
            self.constant(Value::Class(class), span);
            return Type::Any;
        }
        if self.frame.visible(name).is_none()
            && !self.main_slots.contains_key(name)
            && let Some(slot) = self.frame.elements.last().copied()
        {
            self.emit(Op::Load(slot), span);
            let property = self.property(name);
            self.emit(Op::GetProperty(property), span);
            return Type::Any;
        }
        self.load(name, span)
    }

    fn boolean(&mut self, expr: &Expr) {
        let kind = self.expression(expr);
        if kind.is_no_bool() {
            let hint = "compare it, e.g. x != null or x > 0";
            self.error(
                "condition-type",
                expr.span,
                "the operand is not a boolean",
                Some(hint),
            );
        }
    }

    fn binary(&mut self, first: &Expr, rest: &[(BinaryOp, Expr)]) -> Type {
        if let Some(kind) = self.negated_difference(first, rest) {
            return kind;
        }
        let mut left = self.expression(first);
        let mut constant = first.is_constant();
        let start = first.span;
        for (op, operand) in rest {
            let span = start.to(operand.span);
            if matches!(operand.kind, ExprKind::Empty) && matches!(op, BinaryOp::Eq | BinaryOp::Ne)
            {
                self.emit(Op::IsEmpty, span);
                if *op == BinaryOp::Ne {
                    self.emit(Op::Not, span);
                }
                left = Type::Bool;
                continue;
            }
            if *op == BinaryOp::Rem
                && constant
                && left == Type::Int
                && matches!(
                    operand.kind,
                    ExprKind::Number(crate::syntax::ast::Number::Int(0))
                )
            {
                self.error("division-by-zero", span, "division by zero", None);
            }
            let right = self.expression(operand);
            if *op == BinaryOp::Div && left == Type::Long && matches!(right, Type::Int) {
                self.warn_truncation(span, "a long by an int");
            }
            let both_int = left == Type::Int && right == Type::Int;
            let both_constant = constant && operand.is_constant();
            let divides = matches!(op, BinaryOp::Div | BinaryOp::Mul);
            let sums = matches!(op, BinaryOp::Add | BinaryOp::Sub);
            if sums
                && matches!(self.last_constant_field, Some(at) if at == first.span && rest.len() == 1)
            {
                self.emit(Op::ConstantField(*op), span);
            } else if both_int && divides && !both_constant {
                if *op == BinaryOp::Div {
                    self.warn_truncation(span, "two ints");
                }
                self.emit(Op::StaticInt(*op), span);
            } else {
                self.emit(Op::Binary(*op), span);
            }
            left = result_type(*op, left, right, both_constant);
            constant = both_constant;
        }
        left
    }

    fn warn_truncation(&mut self, span: Span, operands: &str) {
        let message = format!("dividing {operands} cuts the fraction off");
        let hint = "divide by a double to keep it: x / 10.0";
        self.warn("integer-division", span, message, Some(hint.to_owned()));
    }

    /// `-a - b - c` of int variables at the top level is `-(a - b - c)` for the reference.
    fn negated_difference(&mut self, first: &Expr, rest: &[(BinaryOp, Expr)]) -> Option<Type> {
        let is_int = |e: &Expr| match &e.kind {
            ExprKind::Name(name) => {
                self.frame.is_main
                    && self
                        .frame
                        .visible(name)
                        .is_some_and(|v| v.kind == Type::Int)
            }
            _ => false,
        };
        let ExprKind::Negate(inner) = &first.kind else {
            return None;
        };
        let all_ints =
            is_int(inner) && rest.iter().all(|(op, e)| *op == BinaryOp::Sub && is_int(e));
        if rest.len() < 2 || !all_ints {
            return None;
        }
        let kind = self.binary(inner, rest);
        self.emit(Op::Negate, first.span);
        Some(kind)
    }

    fn logic(&mut self, all: &[Expr], jump: Op) -> Type {
        let mut ends = Vec::new();
        for (i, operand) in all.iter().enumerate() {
            self.boolean(operand);
            if i + 1 == all.len() {
                self.emit(Op::CheckBool, operand.span);
            } else {
                ends.push(self.jump(jump, operand.span));
            }
        }
        self.land_all(ends);
        Type::Bool
    }

    fn default(&mut self, all: &[Expr]) -> Type {
        let mut ends = Vec::new();
        for (i, operand) in all.iter().enumerate() {
            self.expression(operand);
            if i + 1 < all.len() {
                ends.push(self.jump(Op::JumpIfPresentOrPop(0), operand.span));
            }
        }
        self.land_all(ends);
        Type::Any
    }

    fn ternary(&mut self, arms: &[(Expr, Expr)], otherwise: Option<&Expr>, span: Span) -> Type {
        let mut ends = Vec::new();
        let mut kinds = Vec::new();
        for (condition, value) in arms {
            let next = self.condition(condition, false);
            kinds.push(self.expression(value));
            ends.push(self.jump(Op::Jump(0), span));
            self.land_all(next);
        }
        match otherwise {
            Some(value) => kinds.push(self.expression(value)),
            None => {
                self.emit(Op::Null, span);
                kinds.push(Type::Any);
            }
        }
        self.land_all(ends);
        match kinds.first() {
            Some(first) if kinds.iter().all(|k| k == first) => *first,
            _ => Type::Any,
        }
    }

    fn typed(&mut self, name: &TypeName, op: fn(Class) -> Op) {
        match Class::find(&name.text) {
            Some(class) => self.emit(op(class), name.span),
            None => self.unknown_class(name),
        }
    }

    fn unknown_class(&mut self, name: &TypeName) {
        let message = format!("there is no class '{}'", name.text);
        let hint = match name.text.as_str() {
            "ArrayList" | "List" | "HashMap" | "Map" | "Array" => {
                Some("use the literals [] and {}")
            }
            _ => None,
        };
        let mut fault = Fault::runtime("unknown-class", message.clone());
        if let Some(hint) = hint {
            fault = fault.hint(hint);
        }
        self.warn("unknown-class", name.span, message, hint.map(str::to_owned));
        self.raise(fault, name.span);
    }

    fn is_defined(&mut self, name: &Name, span: Span) -> Type {
        use super::assign::Place;
        match self.place(&name.text) {
            Place::Local(slot, _) => self.emit(Op::IsDefined(slot), span),
            Place::Shared(_) => self.emit(Op::Bool(true), span),
            Place::Nowhere => {
                let known = self.function_index.contains_key(&name.text)
                    || classes::Class::find(&name.text).is_some();
                self.emit(Op::Bool(known), span);
            }
        }
        Type::Bool
    }

    fn new_object(&mut self, class: &TypeName, args: &[Expr], span: Span) -> Type {
        let constructor = Class::find(&class.text).and_then(library::constructor);
        match constructor {
            Some(function) => {
                for arg in args {
                    self.expression(arg);
                }
                self.native_call(&format!("new {}", class.text), function, args.len(), span);
            }
            None => self.unknown_class(class),
        }
        Type::Any
    }

    fn new_array(&mut self, element: &TypeName, sizes: &[Expr], span: Span) -> Type {
        let kind = match element.text.as_str() {
            "byte" => ElementKind::Byte,
            "boolean" => ElementKind::Bool,
            "char" => ElementKind::Char,
            "short" => ElementKind::Short,
            "int" => ElementKind::Int,
            "long" => ElementKind::Long,
            "float" => ElementKind::Float,
            "double" => ElementKind::Double,
            _ => {
                self.unknown_class(element);
                return Type::Any;
            }
        };
        for size in sizes {
            self.expression(size);
        }
        let dimensions = u8::try_from(sizes.len()).unwrap_or(u8::MAX);
        self.emit(Op::NewArray { kind, dimensions }, span);
        Type::Any
    }

    fn projection(
        &mut self,
        body: &Expr,
        source: &Expr,
        condition: Option<&Expr>,
        span: Span,
    ) -> Type {
        let result = self.frame.hidden();
        let state = self.frame.hidden();
        self.frame.hidden();
        let element = self.frame.hidden();
        self.emit(Op::MakeList(0), span);
        self.emit(Op::Store(result), span);
        self.expression(source);
        self.emit(Op::IterInit(state), source.span);
        self.frame.elements.push(element);
        let start = self.here();
        let next = self.jump(
            Op::IterNext {
                state,
                variable: element,
                exit: 0,
            },
            source.span,
        );
        let skip = condition.map(|condition| self.condition(condition, false));
        self.expression(body);
        self.emit(Op::Append(result), span);
        if let Some(skip) = skip {
            self.land_all(skip);
        }
        self.emit(Op::Loop(start), span);
        self.land(next);
        self.frame.elements.pop();
        self.emit(Op::Load(result), span);
        Type::List
    }

    fn call(&mut self, name: &Name, args: &[Expr], span: Span) -> Type {
        // A function of the script never replaces a built-in of the same name.
        if let Some(function) = library::builtin(&name.text) {
            let kinds: Vec<Type> = args.iter().map(|arg| self.expression(arg)).collect();
            if name.text == "stringToBytes"
                && matches!(args.first().map(|a| &a.kind), Some(ExprKind::Str(_)))
            {
                let fault = Fault::runtime(
                    "argument-type",
                    "'stringToBytes' does not take a text literal",
                )
                .hint("assign the text to a variable first");
                self.raise(fault, span);
                return Type::Any;
            }
            self.native_call(&name.text, function, args.len(), span);
            return types::of_builtin(&name.text).of_call(&kinds);
        }
        if let Some(function) = self.function_index.get(&name.text).copied() {
            let Ok(argc) = u8::try_from(args.len()) else {
                self.error(
                    "too-many-arguments",
                    span,
                    "a call has at most 255 arguments",
                    None,
                );
                return Type::Any;
            };
            for arg in args {
                self.expression(arg);
            }
            self.emit(Op::Call { function, argc }, span);
            return Type::Any;
        }
        if let Some(function) = self.options.functions.position(&name.text) {
            for arg in args {
                self.expression(arg);
            }
            let argc = u8::try_from(args.len()).unwrap_or(u8::MAX);
            self.emit(
                Op::Host {
                    function: super::index(function),
                    argc,
                },
                span,
            );
            return Type::Any;
        }
        if let Some(slot) = self.frame.elements.last().copied() {
            self.emit(Op::Load(slot), span);
            self.method(&name.text, args, span);
            return Type::Any;
        }
        let hint = hints::function(&name.text);
        let message = format!("there is no function '{}'", name.text);
        let mut fault = Fault::runtime("unknown-function", message.clone());
        if let Some(hint) = hint {
            fault = fault.hint(hint);
        }
        self.warn(
            "unknown-function",
            name.span,
            message,
            hint.map(str::to_owned),
        );
        self.raise(fault, span);
        Type::Any
    }

    pub(super) fn native_call(
        &mut self,
        key: &str,
        function: library::NativeFn,
        argc: usize,
        span: Span,
    ) {
        if argc > MAX_ARGUMENTS {
            let message =
                format!("a call of a library function has at most {MAX_ARGUMENTS} arguments");
            self.raise(Fault::runtime("too-many-arguments", message), span);
            return;
        }
        let function = self.native(key, function);
        self.emit(
            Op::Native {
                function,
                argc: u8::try_from(argc).unwrap_or(u8::MAX),
            },
            span,
        );
    }
}

fn result_type(op: BinaryOp, left: Type, right: Type, constant: bool) -> Type {
    use BinaryOp as B;
    match op {
        B::Eq
        | B::Ne
        | B::Lt
        | B::Gt
        | B::Le
        | B::Ge
        | B::Contains
        | B::Matches
        | B::SoundsLike => Type::Bool,
        B::Add if left == Type::Str || right == Type::Str => Type::Str,
        B::Div if constant && left == Type::Int && right == Type::Int => Type::Double,
        B::Pow => Type::Any,
        _ if left == Type::Int && right == Type::Int => Type::Int,
        B::Add | B::Sub | B::Mul | B::Div | B::Rem
            if left == Type::Double && right == Type::Double =>
        {
            Type::Double
        }
        _ => Type::Any,
    }
}
