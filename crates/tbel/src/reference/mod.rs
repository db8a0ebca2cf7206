//! The table of everything the library offers: signatures, a sentence, and examples with their results.
//!
//! Written in plain text files, one for each type or topic, so that writing an entry is writing
//! documentation. Editors, the manual and checks of calls read it. Tests prove that it and the library name
//! the same things in both directions, and that every example gives what stands there.
//!
//! A file holds sections and entries:
//!
//! ```text
//! @ type list                                  whose members follow
//!
//! indexOf(value: any, from: int = 0): int      signatures, a property without parentheses
//!   The first index of a value, or -1.         what it does
//!   > [5, 6, 5].indexOf(5, 1)                  an example: an expression or a script
//!   = 2                                        its result as JSON, or `error` and its code
//! ```

#[cfg(test)]
mod agreement;
mod codes;
mod kind;
mod read;

use std::collections::HashMap;
use std::sync::LazyLock;

pub use codes::{Code, Stage, codes};
pub use kind::Kind;

/// Who has a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// Called by its bare name; the text is the topic.
    Function(&'static str),
    /// A member of values of a type: `list`, `map`, `string`, `number`, `any`…
    Type(&'static str),
    /// A constant or function of a class, or its constructor under the name `new`.
    Class(&'static str),
}

/// One thing the library offers.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Whose it is.
    pub owner: Owner,
    /// Its name; `new` for constructors.
    pub name: &'static str,
    /// The ways to use it, at least one.
    pub signatures: Vec<Signature>,
    /// What it does.
    pub doc: &'static str,
    /// At least one.
    pub examples: Vec<Example>,
}

/// One way to use an entry.
#[derive(Clone, Debug)]
pub struct Signature {
    /// As written, e.g. `indexOf(value: any, from: int = 0): int`.
    pub text: &'static str,
    /// The parameters; none at all for a property or constant.
    pub parameters: Option<Vec<Parameter>>,
    /// The type of the result, e.g. `list<byte>`.
    pub result: &'static str,
}

/// One parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name in the documentation.
    pub name: &'static str,
    /// Its type.
    pub kind: &'static str,
    /// The value when it is left out, as text.
    pub default: Option<&'static str>,
    /// May be left out.
    pub optional: bool,
    /// Stands for any number of arguments.
    pub repeated: bool,
}

/// A script and what it gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Example {
    /// An expression, or statements when it holds a semicolon.
    pub script: &'static str,
    /// The result as JSON, or `error` and its code.
    pub result: &'static str,
}

impl Example {
    /// The whole script.
    #[must_use]
    pub fn source(&self) -> String {
        if self.script.contains(';') {
            self.script.to_owned()
        } else {
            format!("return {};", self.script)
        }
    }
}

impl Signature {
    /// How many arguments it takes: at least, and at most unless there is no bound.
    #[must_use]
    pub fn arity(&self) -> Option<(usize, Option<usize>)> {
        let parameters = self.parameters.as_ref()?;
        let needed = parameters.iter().filter(|p| !p.optional && !p.repeated);
        let most = (!parameters.iter().any(|p| p.repeated)).then_some(parameters.len());
        Some((needed.count(), most))
    }
}

impl Entry {
    /// Whether it can be read without a call.
    #[must_use]
    pub fn is_property(&self) -> bool {
        self.signatures.iter().any(|s| s.parameters.is_none())
    }

    /// Whether it can be called.
    #[must_use]
    pub fn is_callable(&self) -> bool {
        self.signatures.iter().any(|s| s.parameters.is_some())
    }

    /// The type of the result.
    #[must_use]
    pub fn result(&self) -> Kind {
        self.signatures
            .first()
            .map_or(Kind::Any, |s| Kind::named(s.result))
    }
}

const TEXTS: &[&str] = &[
    include_str!("text/functions_text.txt"),
    include_str!("text/functions_numbers.txt"),
    include_str!("text/functions_other.txt"),
    include_str!("text/string.txt"),
    include_str!("text/list.txt"),
    include_str!("text/map.txt"),
    include_str!("text/date.txt"),
    include_str!("text/math.txt"),
    include_str!("text/numbers.txt"),
    include_str!("text/classes.txt"),
];

struct Table {
    entries: Vec<Entry>,
    functions: HashMap<&'static str, usize>,
    members: HashMap<(&'static str, &'static str), usize>,
    statics: HashMap<(&'static str, &'static str), usize>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let entries: Vec<Entry> = TEXTS.iter().flat_map(|text| read::entries(text)).collect();
    let mut table = Table {
        functions: HashMap::new(),
        members: HashMap::new(),
        statics: HashMap::new(),
        entries: Vec::new(),
    };
    for (at, entry) in entries.iter().enumerate() {
        match entry.owner {
            Owner::Function(_) => table.functions.insert(entry.name, at),
            Owner::Type(name) => table.members.insert((name, entry.name), at),
            Owner::Class(name) => table.statics.insert((name, entry.name), at),
        };
    }
    table.entries = entries;
    table
});

/// Everything, in the order of the manual.
#[must_use]
pub fn entries() -> &'static [Entry] {
    &TABLE.entries
}

/// A function that is called by its bare name.
#[must_use]
pub fn function(name: &str) -> Option<&'static Entry> {
    TABLE.functions.get(name).and_then(|at| entries().get(*at))
}

/// A constant, function or constructor (`new`) of a class, by the name that error texts use for the class.
#[must_use]
pub fn class_member(class: &str, name: &str) -> Option<&'static Entry> {
    TABLE
        .statics
        .get(&(class, name))
        .and_then(|at| entries().get(*at))
}

/// A member of values of a type; the ones that every value has included.
#[must_use]
pub fn member(owner: &str, name: &str) -> Option<&'static Entry> {
    TABLE
        .members
        .get(&(owner, name))
        .or_else(|| TABLE.members.get(&("any", name)))
        .and_then(|at| entries().get(*at))
}

/// The types that have a member of this name.
pub fn types_with(name: &str) -> impl Iterator<Item = &'static Entry> {
    entries()
        .iter()
        .filter(move |e| e.name == name && matches!(e.owner, Owner::Type(_)))
}
