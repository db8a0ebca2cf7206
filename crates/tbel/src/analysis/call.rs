//! Which parameter the cursor stands at.

use super::cursor::Cursor;
use super::infer::class_of;
use super::{Context, visible};
use crate::reference::{self, Entry};
use crate::syntax::ast::ExprKind;
use crate::syntax::{Tok, sign};

/// The call around the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureHelp {
    /// The ways to call it.
    pub signatures: Vec<String>,
    /// What it does.
    pub doc: String,
    /// The parameter at the cursor, from 0.
    pub parameter: usize,
}

/// The innermost call around a byte offset; nothing when there is none or it is not known.
#[must_use]
pub fn signature_help(source: &str, offset: usize, context: &Context<'_>) -> Option<SignatureHelp> {
    if !context.accepts(source) {
        return None;
    }
    let cursor = Cursor::new(source, offset)?;
    let (open, parameter) = opening(&cursor)?;
    let name = open.checked_sub(1).and_then(|i| cursor.tokens.get(i))?;
    if name.tok != Tok::Word {
        return None;
    }
    let word = cursor.text(name.span);
    let before = |back: usize| open.checked_sub(back).and_then(|i| cursor.tokens.get(i));
    let visible = visible::at(source, cursor.word, context);
    let dotted = before(2).is_some_and(|t| matches!(t.tok, Tok::Sign(sign!("." | ".?"))));
    let found = |entry: &Entry| SignatureHelp {
        signatures: entry.signatures.iter().map(|s| s.text.to_owned()).collect(),
        doc: entry.doc.to_owned(),
        parameter,
    };
    if dotted {
        let receiver = cursor.operand_before(open - 2);
        let expr = visible::expression_of(receiver)?;
        let (base, links) = match &expr.kind {
            ExprKind::Chain { base, links } => (&**base, links.as_slice()),
            _ => (&expr, &[][..]),
        };
        if let Some((class, used)) = class_of(base, links)
            && used == links.len()
        {
            return reference::class_member(class.name(), word).map(found);
        }
        let owner = visible.names.kind(&expr).owner()?;
        return reference::member(owner, word).map(found);
    }
    if let Some(entry) = reference::function(word) {
        return Some(found(entry));
    }
    let own = visible.functions.iter().find(|(name, _)| name == word);
    if let Some((name, parameters)) = own {
        return Some(SignatureHelp {
            signatures: vec![format!("{name}({})", parameters.join(", "))],
            doc: "A function of this script.".into(),
            parameter,
        });
    }
    let host = context.functions.iter().find(|f| f.name == word)?;
    Some(SignatureHelp {
        signatures: vec![host.signature.to_owned()],
        doc: host.doc.to_owned(),
        parameter,
    })
}

/// The token that opens the arguments around the cursor, and how many commas lie between.
fn opening(cursor: &Cursor<'_>) -> Option<(usize, usize)> {
    let mut closed = 0usize;
    let mut commas = 0;
    for at in (0..cursor.before).rev() {
        match cursor.tokens.get(at).map(|t| &t.tok) {
            Some(Tok::Sign(sign!(")" | "]" | "}"))) => closed += 1,
            Some(Tok::Sign(sign!("("))) if closed == 0 => return Some((at, commas)),
            // In a literal, or behind a statement: no call around.
            Some(Tok::Sign(sign!("[" | "{" | ";"))) if closed == 0 => return None,
            Some(Tok::Sign(sign!("(" | "[" | "{"))) => closed -= 1,
            Some(Tok::Sign(sign!(","))) if closed == 0 => commas += 1,
            _ => {}
        }
    }
    None
}
