//! What the word at the cursor is.

use super::complete::signatures;
use super::cursor::Cursor;
use super::infer::class_of;
use super::names::keyword;
use super::{Context, visible};
use crate::library::classes::Class;
use crate::reference::{self, Entry};
use crate::span::Span;
use crate::syntax::ast::ExprKind;

/// An explanation of a word.
#[derive(Clone, Debug, PartialEq)]
pub struct Hover {
    /// The word.
    pub span: Span,
    /// Signatures, one on each line, or the name with its type.
    pub title: String,
    /// What it is.
    pub text: String,
    /// A script and its result.
    pub example: Option<(String, String)>,
}

/// What the word at a byte offset is; nothing when it is not known.
#[must_use]
pub fn hover(source: &str, offset: usize, context: &Context<'_>) -> Option<Hover> {
    if !context.accepts(source) {
        return None;
    }
    // The first character of a word is part of it.
    let next = source.get(offset..)?.chars().next();
    let inside = next.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$');
    let cursor = Cursor::new(
        source,
        offset + usize::from(inside) * next.map_or(0, char::len_utf8),
    )?;
    let word = cursor.text(cursor.word);
    if word.is_empty() {
        return None;
    }
    let plain = |title: String, text: &str| Hover {
        span: cursor.word,
        title,
        text: text.to_owned(),
        example: None,
    };
    let of_entry = |entry: &Entry| Hover {
        span: cursor.word,
        title: signatures(entry),
        text: entry.doc.to_owned(),
        example: entry
            .examples
            .first()
            .map(|e| (e.script.to_owned(), e.result.to_owned())),
    };
    let visible = visible::at(source, cursor.word, context);
    if let Some(receiver) = cursor.receiver() {
        let expr = visible::expression_of(receiver)?;
        let (base, links) = match &expr.kind {
            ExprKind::Chain { base, links } => (&**base, links.as_slice()),
            _ => (&expr, &[][..]),
        };
        if let Some((class, used)) = class_of(base, links)
            && used == links.len()
        {
            return reference::class_member(class.name(), word).map(of_entry);
        }
        let kind = visible.names.kind(&expr);
        let member = kind
            .owner()
            .and_then(|owner| reference::member(owner, word));
        if let Some(entry) = member {
            return Some(of_entry(entry));
        }
        let known = kind.known_member(word)?;
        return Some(plain(format!("{word}: {known}"), "A member of the map."));
    }
    if cursor.previous_word() == "new"
        && let Some(entry) =
            Class::find(word).and_then(|c| reference::class_member(c.name(), "new"))
    {
        return Some(of_entry(entry));
    }
    if let Some(kind) = visible.names.kinds.get(word) {
        let text = if context.arguments.iter().any(|a| a.name == word) {
            "An argument of the script."
        } else {
            "A variable."
        };
        return Some(plain(format!("{word}: {kind}"), text));
    }
    if let Some(entry) = reference::function(word) {
        return Some(of_entry(entry));
    }
    if let Some((name, parameters)) = visible.functions.iter().find(|(name, _)| name == word) {
        let title = format!("function {name}({})", parameters.join(", "));
        return Some(plain(title, "A function of this script."));
    }
    if let Some(function) = context.functions.iter().find(|f| f.name == word) {
        return Some(plain(function.signature.to_owned(), function.doc));
    }
    if let Some(doc) = keyword(word) {
        return Some(plain(word.to_owned(), doc));
    }
    Class::find(word).map(|class| plain(class.name().to_owned(), "A class."))
}
