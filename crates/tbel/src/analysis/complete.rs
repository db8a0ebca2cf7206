//! What can be written at the cursor.

use std::collections::HashSet;

use super::cursor::Cursor;
use super::infer::class_of;
use super::names::KEYWORDS;
use super::{Context, visible};
use crate::library::classes::Class;
use crate::reference::{self, Entry, Kind, Owner};
use crate::span::Span;
use crate::syntax::ast::ExprKind;

/// More than this nobody reads.
const MAX_ITEMS: usize = 400;

/// What an item is, for its icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CompletionKind {
    /// A member of a map that is known from a sample or from the script.
    Field,
    /// An argument of the script.
    Argument,
    /// A variable, parameter or loop variable.
    Variable,
    /// A function: of the script, of the host or built in.
    Function,
    /// A method of a value.
    Method,
    /// A property of a value.
    Property,
    /// A constant of a class.
    Constant,
    /// A class.
    Class,
    /// A word of the language.
    Keyword,
}

/// One thing that can be written.
#[derive(Clone, Debug, PartialEq)]
pub struct Completion {
    /// The text to write.
    pub label: String,
    /// What it is.
    pub kind: CompletionKind,
    /// Signatures, one on each line, or the type.
    pub detail: String,
    /// What it does, when that is known.
    pub doc: Option<String>,
}

/// What can be written at a place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Completions {
    /// The word that an item replaces; empty when none has begun.
    pub replaces: Span,
    /// In the order to show them; empty in comments and texts.
    pub items: Vec<Completion>,
}

/// What can be written at a byte offset.
#[must_use]
pub fn completions(source: &str, offset: usize, context: &Context<'_>) -> Completions {
    if !context.accepts(source) {
        return Completions::default();
    }
    let Some(cursor) = Cursor::new(source, offset).filter(|c| !c.in_literal) else {
        return Completions::default();
    };
    let typed = source
        .get(cursor.word.start as usize..offset)
        .unwrap_or("")
        .to_ascii_lowercase();
    let mut list = List {
        typed,
        seen: HashSet::new(),
        items: Vec::new(),
    };
    list.fill(&cursor, context);
    Completions {
        replaces: cursor.word,
        items: list.items,
    }
}

struct List {
    /// What is there of the word, in lower case.
    typed: String,
    seen: HashSet<String>,
    items: Vec<Completion>,
}

impl List {
    fn fill(&mut self, cursor: &Cursor<'_>, context: &Context<'_>) {
        if let Some(receiver) = cursor.receiver() {
            return self.members(cursor, receiver, context);
        }
        match cursor.previous_word() {
            // A new name comes here.
            "var" | "function" | "def" => {}
            "new" => self.classes(|class| reference::class_member(class.name(), "new").is_some()),
            "instanceof" | "is" | "convertable_to" => self.classes(|_| true),
            _ => self.names(cursor, context),
        }
    }

    fn add(&mut self, label: &str, kind: CompletionKind, detail: String, doc: Option<&str>) {
        let fits = label.to_ascii_lowercase().starts_with(&self.typed);
        if fits && self.items.len() < MAX_ITEMS && self.seen.insert(label.to_owned()) {
            self.items.push(Completion {
                label: label.to_owned(),
                kind,
                detail,
                doc: doc.map(str::to_owned),
            });
        }
    }

    fn entry(&mut self, entry: &Entry, kind: CompletionKind) {
        self.add(entry.name, kind, signatures(entry), Some(entry.doc));
    }

    fn classes(&mut self, wanted: impl Fn(Class) -> bool) {
        for class in Class::ALL.iter().filter(|class| wanted(**class)) {
            let doc = match reference::class_member(class.name(), "new") {
                Some(entry) => entry.doc,
                None => "A class.",
            };
            self.add(
                class.name(),
                CompletionKind::Class,
                String::new(),
                Some(doc),
            );
        }
    }

    fn names(&mut self, cursor: &Cursor<'_>, context: &Context<'_>) {
        let visible = visible::at(cursor.source, cursor.word, context);
        let is_argument = |name: &str| context.arguments.iter().any(|a| a.name == name);
        for argument in context.arguments {
            let kind = argument.kind.to_string();
            self.add(argument.name, CompletionKind::Argument, kind, None);
        }
        let mut variables: Vec<_> = visible.names.kinds.iter().collect();
        variables.sort_by_key(|(name, _)| (*name).clone());
        for (name, kind) in variables {
            if !is_argument(name) {
                self.add(name, CompletionKind::Variable, kind.to_string(), None);
            }
        }
        for (name, parameters) in &visible.functions {
            let detail = format!("{name}({})", parameters.join(", "));
            self.add(
                name,
                CompletionKind::Function,
                detail,
                Some("A function of this script."),
            );
        }
        for function in context.functions {
            let detail = function.signature.to_owned();
            self.add(
                function.name,
                CompletionKind::Function,
                detail,
                Some(function.doc),
            );
        }
        for entry in reference::entries() {
            if matches!(entry.owner, Owner::Function(_)) {
                self.entry(entry, CompletionKind::Function);
            }
        }
        for (word, doc) in KEYWORDS {
            self.add(word, CompletionKind::Keyword, String::new(), Some(doc));
        }
        for class in Class::ALL.iter().filter(|c| !c.name().contains('.')) {
            self.add(class.name(), CompletionKind::Class, String::new(), None);
        }
    }

    fn members(&mut self, cursor: &Cursor<'_>, receiver: &str, context: &Context<'_>) {
        let Some(expr) = visible::expression_of(receiver) else {
            return;
        };
        let (base, links) = match &expr.kind {
            ExprKind::Chain { base, links } => (&**base, links.as_slice()),
            _ => (&expr, &[][..]),
        };
        let visible = visible::at(cursor.source, cursor.word, context);
        let hidden = matches!(&base.kind, ExprKind::Name(n) if visible.names.kinds.contains_key(n));
        if !hidden
            && let Some((class, used)) = class_of(base, links)
            && used == links.len()
        {
            return self.statics(class);
        }
        if matches!(&base.kind, ExprKind::Name(name) if name == "java") && !hidden {
            return self.packages(receiver);
        }
        let kind = visible.names.kind(&expr);
        self.of_kind(&kind);
    }

    fn statics(&mut self, class: Class) {
        for entry in reference::entries() {
            if entry.owner == Owner::Class(class.name()) && entry.name != "new" {
                let kind = if entry.is_property() {
                    CompletionKind::Constant
                } else {
                    CompletionKind::Function
                };
                self.entry(entry, kind);
            }
        }
    }

    /// What follows `java` or `java.util`.
    fn packages(&mut self, receiver: &str) {
        for class in Class::ALL {
            let rest = class.name().strip_prefix(receiver);
            let Some(rest) = rest.and_then(|rest| rest.strip_prefix('.')) else {
                continue;
            };
            let part = rest.split('.').next().unwrap_or(rest);
            self.add(part, CompletionKind::Class, String::new(), None);
        }
    }

    fn of_kind(&mut self, kind: &Kind) {
        if let Kind::Map(members) = kind {
            for (name, kind) in members.iter().filter(|(name, _)| is_name(name)) {
                self.add(name, CompletionKind::Field, kind.to_string(), None);
            }
        }
        let owner = kind.owner();
        if matches!(kind, Kind::Null) {
            return;
        }
        let (common, own): (Vec<&Entry>, Vec<&Entry>) = reference::entries()
            .iter()
            .partition(|entry| entry.owner == Owner::Type("any"));
        for entry in own.into_iter().chain(common) {
            let Owner::Type(of) = entry.owner else {
                continue;
            };
            // Of something that is not known, anything may be there.
            let usual = ["map", "list", "string", "number", "date", "any"].contains(&of);
            if owner.map_or(usual, |owner| of == owner || of == "any") {
                let kind = if entry.is_callable() {
                    CompletionKind::Method
                } else {
                    CompletionKind::Property
                };
                self.entry(entry, kind);
            }
        }
    }
}

/// Whether a key can be written behind a point.
fn is_name(key: &str) -> bool {
    let mut chars = key.chars();
    chars
        .next()
        .is_some_and(|c| c.is_alphabetic() || c == '_' || c == '$')
        && chars.all(|c| c.is_alphanumeric() || c == '_' || c == '$')
}

/// The ways to use an entry, one on each line.
pub(super) fn signatures(entry: &Entry) -> String {
    let texts: Vec<&str> = entry.signatures.iter().map(|s| s.text).collect();
    texts.join("\n")
}
