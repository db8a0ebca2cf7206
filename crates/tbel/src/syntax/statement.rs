//! Statements.

use super::Finding;
use super::ast::{Block, Case, Expr, ExprKind, Function, Name, Stmt, StmtKind, Target};
use super::parser::{Parse, Parser, Recover};
use super::sign::sign;
use super::token::Tok;
use super::words;
use crate::span::Span;

impl Parser<'_> {
    pub(super) fn script(&mut self) -> Block {
        let mut body = Vec::new();
        while *self.tok() != Tok::Eof {
            if self.is_sign(sign!("}")) {
                let span = self.span();
                self.report_at("unexpected-brace", span, "'}' closes nothing", None);
                self.advance();
                continue;
            }
            self.statement_or_recover(&mut body);
        }
        body
    }

    fn statement_or_recover(&mut self, body: &mut Block) {
        let before = self.position();
        match self.statement() {
            Ok(Stmt {
                kind: StmtKind::Empty,
                ..
            }) => {}
            Ok(statement) => body.push(statement),
            Err(Recover) => self.recover(before),
        }
    }

    /// `{ … }`
    pub(super) fn braced(&mut self, after: &str) -> Parse<Block> {
        let open = self.span();
        self.expect(sign!("{"), after)?;
        self.nested(|p| {
            let mut body = Vec::new();
            while !p.is_sign(sign!("}")) {
                if *p.tok() == Tok::Eof {
                    p.report_at(
                        "unclosed-block",
                        open,
                        "the block is never closed with '}'",
                        None,
                    );
                    return Ok(body);
                }
                p.statement_or_recover(&mut body);
            }
            p.advance();
            Ok(body)
        })
    }

    /// `{ … }` or a single statement.
    pub(super) fn body(&mut self) -> Parse<Block> {
        if self.is_sign(sign!("{")) {
            return self.braced("before the body");
        }
        let statement = self.nested(Self::statement)?;
        Ok(if matches!(statement.kind, StmtKind::Empty) {
            Vec::new()
        } else {
            vec![statement]
        })
    }

    fn condition(&mut self, word: &str) -> Parse<Expr> {
        let span = self.span();
        let condition = self.head(word, Self::expression)?;
        // Not understood, which is told already.
        Ok(condition.unwrap_or(Expr {
            kind: ExprKind::Bool(true),
            span,
        }))
    }

    pub(super) fn statement(&mut self) -> Parse<Stmt> {
        let start = self.span();
        if self.eat(sign!(";")) {
            return Ok(Stmt {
                kind: StmtKind::Empty,
                span: start,
            });
        }
        let (kind, closed) = self.statement_kind()?;
        let span = start.to(self.previous_span());
        if !closed && !self.forgiven_end(&kind) {
            self.end_of_statement()?;
        }
        Ok(Stmt { kind, span })
    }

    /// The statement, and whether it ends by itself (with a block).
    fn statement_kind(&mut self) -> Parse<(StmtKind, bool)> {
        let word = self.word().to_owned();
        let kind = match word.as_str() {
            "if" => self.if_statement()?,
            "for" | "foreach" => self.for_statement(&word)?,
            "while" | "until" => {
                self.advance();
                let condition = self.condition(&word)?;
                StmtKind::While {
                    condition,
                    negated: word == "until",
                    body: self.body()?,
                }
            }
            "do" => return self.do_statement().map(|k| (k, false)),
            "switch" => self.switch_statement()?,
            "function" | "def" if matches!(self.tok_at(1), Tok::Word) => self.function()?,
            "with" => self.with_statement()?,
            "var" => return self.var_statement().map(|k| (k, false)),
            "return" => {
                self.advance();
                let ends = matches!(self.tok(), Tok::Eof | Tok::Sign(sign!(";" | "}")));
                let value = if ends { None } else { Some(self.expression()?) };
                return Ok((StmtKind::Return(value), false));
            }
            "break" => {
                self.advance();
                return Ok((StmtKind::Break, false));
            }
            "assert" => {
                self.advance();
                return Ok((StmtKind::Assert(self.expression()?), false));
            }
            "import" | "import_static" => {
                let hint = "use the built-in functions and the classes that are always there";
                return self.fail_hint("import", self.span(), "imports do not exist", hint);
            }
            "else" => {
                return self.fail(
                    "stray-else",
                    self.span(),
                    "'else' without an 'if' before it",
                );
            }
            "case" | "default" => {
                let message = format!("'{word}' outside of a switch");
                return self.fail("stray-case", self.span(), message);
            }
            _ if self.is_typed_declaration() => {
                self.advance();
                return self.declaration().map(|k| (k, false));
            }
            word => {
                if let Some(foreign) = self.foreign_statement(word)? {
                    return Ok(foreign);
                }
                return Ok((StmtKind::Expr(self.expression()?), false));
            }
        };
        Ok((kind, true))
    }

    /// The reference lets `m.a = f(x)` end with the line, and published converters do.
    fn forgiven_end(&mut self, kind: &StmtKind) -> bool {
        let assigns_member = matches!(
            kind,
            StmtKind::Expr(Expr {
                kind: ExprKind::Assign {
                    target: Target::Chain { .. },
                    ..
                },
                ..
            })
        );
        let end = self.previous_span();
        let forgiven = assigns_member
            && self.text(end) == ")"
            && self.newline_before()
            && matches!(self.tok(), Tok::Word)
            && !words::is_syntax_word(self.word());
        if forgiven {
            self.report(Finding::warning(
                "missing-semicolon",
                end,
                "missing ';' at the end of the line",
            ));
        }
        forgiven
    }

    fn end_of_statement(&mut self) -> Parse<()> {
        match self.tok() {
            Tok::Sign(sign!(";")) => {
                self.advance();
                Ok(())
            }
            Tok::Sign(sign!("}")) | Tok::Eof => Ok(()),
            _ => {
                let previous = self.previous_span();
                let last = self.text(previous).chars().next_back();
                let end = previous.end as usize;
                let at = Span::new(end - last.map_or(0, char::len_utf8), end);
                let found = self.found();
                let begins = self.newline_before() || words::is_statement_word(self.word());
                let (message, hint) = match (self.word(), self.tok()) {
                    _ if self.text(self.previous_span()) == "," => return Ok(()),
                    ("in", _) => (
                        "there is no 'in' operator".into(),
                        Some("write 'list contains x'"),
                    ),
                    ("of", _) => (
                        "there is no 'of' operator".into(),
                        Some("write foreach (x : list) { … }"),
                    ),
                    _ if self.newline_before() => {
                        ("missing ';' at the end of the line".to_owned(), None)
                    }
                    _ if begins => (format!("missing ';' before {found}"), None),
                    (_, Tok::Sign(sign!(","))) => (
                        format!("expected ';', found {found}"),
                        Some("write one statement for each"),
                    ),
                    (_, Tok::Str(_)) => (
                        format!("expected ';' or an operator, found {found}"),
                        Some("join strings with '+'; a quote inside of a string is written \\'"),
                    ),
                    _ => (format!("expected ';' or an operator, found {found}"), None),
                };
                self.report_at("missing-semicolon", at, message, hint);
                // Where a statement clearly begins, reading goes on.
                if begins { Ok(()) } else { Err(Recover) }
            }
        }
    }

    pub(super) fn is_typed_declaration(&self) -> bool {
        words::is_class_word(self.word())
            && matches!(self.tok_at(1), Tok::Word)
            && matches!(
                self.tok_at(2),
                Tok::Sign(sign!("=" | ";" | ":" | ")")) | Tok::Eof
            )
    }

    pub(super) fn var_statement(&mut self) -> Parse<StmtKind> {
        self.advance();
        self.declaration()
    }

    /// What follows `var` or a type.
    pub(super) fn declaration(&mut self) -> Parse<StmtKind> {
        if matches!(self.tok(), Tok::Sign(sign!("{" | "["))) {
            return self.destructuring();
        }
        let name = self.new_name("a variable")?;
        self.type_annotation();
        match self.tok() {
            Tok::Sign(sign!("=")) => {
                let glued = self.glued_sign_after_equals();
                if let Some(sign) = glued {
                    // `var x=-5` reads as `x = x - 5`, and x does not exist yet.
                    let span = self.span().to(self.span_at(1));
                    self.advance();
                    self.expression()?;
                    let kind = ExprKind::Late {
                        code: "glued-assignment",
                        message: format!(
                            "'={sign}' subtracts from or adds to a variable that has no value yet"
                        ),
                        hint: Some(format!("write a space: {} = {sign}…", name.text)),
                    };
                    return Ok(StmtKind::Declare {
                        name,
                        value: Some(Expr { kind, span }),
                    });
                }
                self.glued_step();
                self.advance();
                let value = self.expression()?;
                if self.is_sign(sign!(",")) {
                    self.declaration_list()?;
                }
                Ok(StmtKind::Declare {
                    name,
                    value: Some(value),
                })
            }
            Tok::Sign(sign!(",")) => {
                let mut names = vec![name];
                while self.eat(sign!(",")) {
                    names.push(self.new_name("a variable")?);
                }
                if self.is_sign(sign!("=")) {
                    self.advance();
                    self.expression()?;
                    self.declaration_list()?;
                }
                Ok(StmtKind::DeclareMany(names))
            }
            Tok::Sign(sign!("-" | "+" | "*" | "/")) => {
                let span = self.span();
                while !matches!(self.tok(), Tok::Eof | Tok::Sign(sign!(";" | "}"))) {
                    self.advance();
                }
                let kind = ExprKind::Late {
                    code: "bad-variable-name",
                    message: format!(
                        "'{}' is followed by a sign that cannot be part of a name",
                        name.text
                    ),
                    hint: None,
                };
                Ok(StmtKind::Expr(Expr { kind, span }))
            }
            _ => Ok(StmtKind::Declare { name, value: None }),
        }
    }

    pub(super) fn if_statement(&mut self) -> Parse<StmtKind> {
        let mut arms = Vec::new();
        let mut otherwise = None;
        loop {
            self.advance();
            let condition = self.condition("if")?;
            arms.push((condition, self.body()?));
            if self.word() != "else" {
                break;
            }
            self.advance();
            if self.word() == "if" {
                continue;
            }
            otherwise = Some(self.body()?);
            break;
        }
        Ok(StmtKind::If { arms, otherwise })
    }

    fn do_statement(&mut self) -> Parse<StmtKind> {
        self.advance();
        let body = self.braced("after 'do'")?;
        let word = self.word().to_owned();
        if word != "while" && word != "until" {
            let message = format!(
                "expected 'while' or 'until' after the body of 'do', found {}",
                self.found()
            );
            return self.fail("expected-while", self.span(), message);
        }
        self.advance();
        let condition = self.condition(&word)?;
        Ok(StmtKind::DoWhile {
            body,
            condition,
            negated: word == "until",
        })
    }

    fn switch_statement(&mut self) -> Parse<StmtKind> {
        self.advance();
        let subject = self.condition("switch")?;
        let open = self.span();
        self.expect(sign!("{"), "before the cases")?;
        let cases = self.nested(|p| {
            let mut cases: Vec<Case> = Vec::new();
            while !p.eat(sign!("}")) {
                if *p.tok() == Tok::Eof {
                    p.report_at(
                        "unclosed-block",
                        open,
                        "the switch is never closed with '}'",
                        None,
                    );
                    break;
                }
                let before = p.position();
                match p.case() {
                    Ok(case) => cases.push(case),
                    Err(Recover) => p.recover(before),
                }
            }
            Ok(cases)
        })?;
        Ok(StmtKind::Switch { subject, cases })
    }

    fn case(&mut self) -> Parse<Case> {
        let mut case = Case {
            labels: Vec::new(),
            is_default: false,
            body: Vec::new(),
        };
        loop {
            if self.eat_word("case") {
                case.labels.push(self.expression()?);
            } else if self.eat_word("default") {
                case.is_default = true;
            } else {
                break;
            }
            if !self.eat(sign!(":")) {
                let message = format!("expected ':' after the label, found {}", self.found());
                self.report_at("expected-sign", self.span(), message, None);
            }
        }
        if case.labels.is_empty() && !case.is_default {
            let message = format!("expected 'case' or 'default', found {}", self.found());
            return self.fail("expected-case", self.span(), message);
        }
        while !matches!(self.word(), "case" | "default")
            && !self.is_sign(sign!("}"))
            && *self.tok() != Tok::Eof
        {
            // A block after a label is just its statements.
            if self.is_sign(sign!("{")) && !self.looks_like_map() {
                let inner = self.braced("after the label")?;
                case.body.extend(inner);
            } else {
                self.statement_or_recover(&mut case.body);
            }
        }
        Ok(case)
    }

    fn with_statement(&mut self) -> Parse<StmtKind> {
        self.advance();
        let object = self.condition("with")?;
        self.expect(sign!("{"), "before the assignments")?;
        let mut assignments = Vec::new();
        while !self.eat(sign!("}")) {
            let name = self.new_name("a member")?;
            self.expect(sign!("="), "after the member")?;
            assignments.push((name, self.expression()?));
            if !self.eat(sign!(",")) && !self.eat(sign!(";")) && !self.is_sign(sign!("}")) {
                let message = format!("expected ',' or '}}', found {}", self.found());
                return self.fail("expected-sign", self.span(), message);
            }
        }
        Ok(StmtKind::With {
            object,
            assignments,
        })
    }

    fn function(&mut self) -> Parse<StmtKind> {
        self.advance();
        let name = self.new_name("a function")?;
        let parameters = self.head(&name.text, Self::parameters)?.unwrap_or_default();
        self.function_depth += 1;
        let body = self.braced("before the body of the function");
        self.function_depth -= 1;
        let body = body?;
        Ok(StmtKind::Function(Function {
            name,
            parameters,
            body,
        }))
    }

    fn parameters(&mut self) -> Parse<Vec<Name>> {
        let mut parameters = Vec::new();
        while !self.is_sign(sign!(")")) {
            self.spread("pass a list instead");
            let span = self.span();
            let typed = words::is_class_word(self.word()) && matches!(self.tok_at(1), Tok::Word);
            if typed {
                let hint = "leave the type out";
                self.report_at(
                    "type-annotation",
                    span,
                    "parameters have no types",
                    Some(hint),
                );
                self.advance();
            }
            parameters.push(self.new_name("a parameter")?);
            self.type_annotation();
            if self.is_sign(sign!("=")) {
                let hint = "test for null in the body instead";
                let span = self.span();
                let message = "parameters have no default values";
                self.report_at("default-parameter", span, message, Some(hint));
                self.advance();
                self.expression()?;
            }
            if !self.eat(sign!(",")) && !self.is_sign(sign!(")")) {
                let message = format!(
                    "expected ',' or ')' after the parameter, found {}",
                    self.found()
                );
                return self.fail("expected-sign", self.span(), message);
            }
        }
        Ok(parameters)
    }
}
