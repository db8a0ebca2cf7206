//! List and map literals.

use smol_str::SmolStr;

use super::Finding;
use super::ast::{Expr, ExprKind, Key, LinkKind, Number};
use super::parser::{Parse, Parser};
use super::sign::{Sign, sign};
use super::token::Tok;
use crate::span::Span;

/// The kind of the first nested literal decides what later *empty* nested literals of the same parent are.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    List,
    Map,
}

/// A computed key longer than this is not recognised as one.
const COMPUTED_KEY_TOKENS: usize = 20;

impl Parser<'_> {
    /// Whether the `{` here opens a map literal rather than a block.
    pub(super) fn looks_like_map(&self) -> bool {
        self.is_sign_at(1, sign!("}")) || self.is_sign_at(2, sign!(":"))
    }

    /// `[…]`
    pub(super) fn bracket_literal(&mut self) -> Parse<Expr> {
        let open = self.span();
        self.advance();
        if self.is_sign(sign!(":")) && self.is_sign_at(1, sign!("]")) {
            self.advance();
            self.advance();
            return Ok(Expr {
                kind: ExprKind::Map(Vec::new()),
                span: open.to(self.previous_span()),
            });
        }
        self.nested(|p| p.items(open, sign!("]"), Kind::List))
    }

    /// `{…}`
    pub(super) fn brace_literal(&mut self) -> Parse<Expr> {
        let open = self.span();
        self.advance();
        self.nested(|p| p.items(open, sign!("}"), Kind::Map))
    }

    fn items(&mut self, open: Span, close: Sign, empty: Kind) -> Parse<Expr> {
        let mut list = Vec::new();
        let mut map = Vec::new();
        let mut first_nested = None;
        loop {
            if self.eat(close) {
                break;
            }
            if self.is_sign(sign!(",")) {
                // A hole in a list is null; a map just ignores it.
                if map.is_empty() {
                    list.push(Expr {
                        kind: ExprKind::Null,
                        span: self.span(),
                    });
                }
                self.advance();
                continue;
            }
            let spread = self.spread(if empty == Kind::Map {
                "copy the entries: var copy = {}; copy.putAll(m);"
            } else {
                "join lists with 'a + b' or a.addAll(b)"
            });
            let key = if spread && close == sign!("}") {
                Some(Key::Bool(false))
            } else if list.is_empty() {
                self.key().or_else(|| self.foreign_key(close))
            } else {
                None
            };
            let value = self.item(&mut first_nested)?;
            match (key, value.kind) {
                (
                    Some(_),
                    ExprKind::Ternary {
                        arms,
                        otherwise: Some(otherwise),
                    },
                ) => {
                    self.warn_choice(value.span);
                    map.push(split_choice(arms, *otherwise, value.span));
                }
                (Some(key), kind) => map.push((
                    key,
                    Expr {
                        kind,
                        span: value.span,
                    },
                )),
                (None, kind) if map.is_empty() => list.push(Expr {
                    kind,
                    span: value.span,
                }),
                (None, _) => {
                    let hint = "write the key also when a variable has its name: { a: a }";
                    let message = "a map entry needs a key and ':'";
                    self.report_at("missing-key", value.span, message, Some(hint));
                }
            }
            if self.is_sign(sign!(",")) {
                self.advance();
            } else if self.is_sign(sign!(":")) && close == sign!("}") && map.is_empty() {
                // `{a, b: 1}`: what came before are entries without a value.
                let span = list.first().map_or(open, |e| e.span);
                let hint = "write the key also when a variable has its name: { a: a }";
                let message = "a map entry needs a key and ':'";
                self.report_at("missing-key", span, message, Some(hint));
                self.advance();
                list.clear();
                let value = self.item(&mut first_nested)?;
                map.push((Key::Bool(false), value));
                self.eat(sign!(","));
            } else if !self.is_sign(close) && !self.separator_is_wrong(close) {
                return self.unclosed(open, close, map.is_empty());
            }
        }
        if !list.is_empty() && map.is_empty() && list.iter().all(is_choice) {
            map = self.split_choices(std::mem::take(&mut list));
        }
        let is_map = !map.is_empty() || (list.is_empty() && empty == Kind::Map);
        let kind = if is_map {
            ExprKind::Map(map)
        } else {
            ExprKind::List(list)
        };
        Ok(Expr {
            kind,
            span: open.to(self.previous_span()),
        })
    }

    /// A literal of nothing but choices becomes a map.
    fn split_choices(&mut self, list: Vec<Expr>) -> Vec<(Key, Expr)> {
        let mut map = Vec::with_capacity(list.len());
        for item in list {
            if let ExprKind::Ternary {
                arms,
                otherwise: Some(otherwise),
            } = item.kind
            {
                self.warn_choice(item.span);
                map.push(split_choice(arms, *otherwise, item.span));
            }
        }
        map
    }

    /// The reference takes the brackets behind a call in a literal for a list of their own.
    fn warn_indexed_call(&mut self, value: &Expr) {
        let ExprKind::Chain { base, links } = &value.kind else {
            return;
        };
        let mut after_call = matches!(base.kind, ExprKind::Call { .. });
        for link in links {
            if after_call && matches!(link.kind, LinkKind::Index(_)) {
                let message =
                    "other engines of this language misread an index behind a call in a literal";
                let hint = "assign the result of the call to a variable first";
                self.report(Finding::warning("index-behind-call", link.span, message).hint(hint));
                return;
            }
            after_call = matches!(link.kind, LinkKind::Method(..));
        }
    }

    fn warn_choice(&mut self, span: Span) {
        let message =
            "a choice in a literal is split at its colon: the entry becomes 'value : other value'";
        let hint = "put the choice in parentheses: { key: (c ? x : y) }";
        self.report(Finding::warning("choice-in-literal", span, message).hint(hint));
    }

    /// `[k]:` and `'k' =` are no keys.
    fn foreign_key(&mut self, close: Sign) -> Option<Key> {
        let span = self.span();
        if close != sign!("}") {
            return None;
        }
        if matches!(self.tok(), Tok::Str(_)) && self.is_sign_at(1, sign!("=")) {
            let span = self.span_at(1);
            self.report_at(
                "expected-sign",
                span,
                "expected ':' after the key, found '='",
                None,
            );
            self.advance();
            self.advance();
            return Some(Key::Bool(false));
        }
        let close = (1..COMPUTED_KEY_TOKENS).find(|at| self.is_sign_at(*at, sign!("]")))?;
        if !self.is_sign(sign!("[")) || !self.is_sign_at(close + 1, sign!(":")) {
            return None;
        }
        let hint = "assign the entry behind the literal: m[k] = v";
        self.report_at(
            "computed-key",
            span,
            "keys of literals are not computed",
            Some(hint),
        );
        for _ in 0..close + 2 {
            self.advance();
        }
        Some(Key::Bool(false))
    }

    /// A missing comma or another sign in its place, where the next entry clearly begins.
    fn separator_is_wrong(&mut self, close: Sign) -> bool {
        let semicolon = usize::from(self.is_sign(sign!(";")));
        let entry = matches!(self.tok_at(semicolon), Tok::Word | Tok::Str(_))
            && self.is_sign_at(semicolon + 1, sign!(":"));
        let last = semicolon == 1 && matches!(self.tok_at(1), Tok::Sign(sign) if *sign == close);
        let value = close == sign!("]")
            && semicolon == 0
            && !self.newline_before()
            && matches!(self.tok(), Tok::Str(_) | Tok::Number { .. });
        if !(close == sign!("}") && (entry || last) || value) {
            return false;
        }
        let message = format!("expected ',' or '{close}', found {}", self.found());
        let span = self.span();
        self.report_at(
            "unclosed-literal",
            span,
            message,
            Some("separate entries with ','"),
        );
        if semicolon == 1 {
            self.advance();
        }
        true
    }

    fn unclosed<T>(&mut self, open: Span, close: Sign, keyless: bool) -> Parse<T> {
        let message = format!("expected ',' or '{close}', found {}", self.found());
        if *self.tok() == Tok::Eof {
            return self.fail("unclosed-literal", open, message);
        }
        if close == sign!("}") && keyless && self.is_sign(sign!(";")) {
            let hint = "a block needs 'if', 'for', 'while' or 'function' before it";
            return self.fail_hint("unclosed-literal", self.span(), &message, hint);
        }
        self.fail("unclosed-literal", self.span(), message)
    }

    fn item(&mut self, first_nested: &mut Option<Kind>) -> Parse<Expr> {
        let nested = matches!(self.tok(), Tok::Sign(sign!("[" | "{")));
        let mut value = self.expression()?;
        self.warn_indexed_call(&value);
        if nested {
            match (&mut value.kind, *first_nested) {
                (ExprKind::List(items), Some(Kind::Map)) if items.is_empty() => {
                    value.kind = ExprKind::Map(Vec::new());
                }
                (ExprKind::Map(items), Some(Kind::List)) if items.is_empty() => {
                    value.kind = ExprKind::List(Vec::new());
                }
                (ExprKind::List(_), None) => *first_nested = Some(Kind::List),
                (ExprKind::Map(_), None) => *first_nested = Some(Kind::Map),
                _ => {}
            }
        }
        Ok(value)
    }

    /// `key :`, if that is what stands here. An unquoted key is its own text, also in parentheses.
    fn key(&mut self) -> Option<Key> {
        let (skip, at) = if self.is_sign(sign!("(")) && self.is_sign_at(2, sign!(")")) {
            (3, 1)
        } else if self.is_sign(sign!("-")) && matches!(self.tok_at(1), Tok::Number { .. }) {
            (2, 1)
        } else {
            (1, 0)
        };
        if !self.is_sign_at(skip, sign!(":")) {
            return None;
        }
        let negative = skip == 2;
        let key = match self.tok_at(at) {
            Tok::Word if self.word_at(at) == "true" => Key::Bool(true),
            Tok::Word if self.word_at(at) == "false" => Key::Bool(false),
            Tok::Word => Key::Str(SmolStr::new(self.word_at(at))),
            Tok::Str(text) => Key::Str(text.clone()),
            Tok::Sign(sign!("$")) => Key::Str(SmolStr::new("$")),
            Tok::Number { value, .. } => Key::Number(match value {
                Number::Int(n) if negative => Number::Int(n.wrapping_neg()),
                Number::Long(n) if negative => Number::Long(n.wrapping_neg()),
                Number::Double(n) if negative => Number::Double(-n),
                other => other.clone(),
            }),
            _ => return None,
        };
        for _ in 0..=skip {
            self.advance();
        }
        Some(key)
    }
}

fn is_choice(item: &Expr) -> bool {
    matches!(
        item.kind,
        ExprKind::Ternary {
            otherwise: Some(_),
            ..
        }
    )
}

/// The reference splits `key: c ? x : y` at the last colon: the entry becomes `(c ? x): y`, and its key is
/// null when the condition does not hold. Published converters rely on the result, so it is the same here.
fn split_choice(mut arms: Vec<(Expr, Expr)>, otherwise: Expr, span: Span) -> (Key, Expr) {
    let arms = arms.split_off(arms.len().saturating_sub(1));
    let key = Expr {
        kind: ExprKind::Ternary {
            arms,
            otherwise: None,
        },
        span,
    };
    (Key::Computed(Box::new(key)), otherwise)
}
