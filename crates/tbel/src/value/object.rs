//! What lives on the heap beside lists and maps.

use smol_str::SmolStr;

use super::{List, Value};

/// What a fixed-size array holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ElementKind {
    Byte,
    Bool,
    Char,
    Short,
    Int,
    Long,
    Float,
    Double,
    Object,
}

impl ElementKind {
    /// Accounted bytes of one element.
    pub(crate) fn size(self) -> usize {
        match self {
            Self::Byte => 1,
            // Kept as whole values.
            Self::Bool | Self::Char | Self::Short | Self::Int | Self::Float => 4,
            Self::Long | Self::Double | Self::Object => 8,
        }
    }
}

/// A fixed-size array.
#[derive(Clone, Debug)]
pub(crate) struct Array {
    pub(crate) kind: ElementKind,
    pub(crate) items: List,
}

impl Default for Array {
    fn default() -> Self {
        Self {
            kind: ElementKind::Object,
            items: List::default(),
        }
    }
}

/// A mutable instant.
#[derive(Clone, Debug, Default)]
pub(crate) struct Date {
    /// Since 1970.
    pub(crate) at: jiff::SignedDuration,
    /// Made as `java.util.Date`: its JSON form is the number of milliseconds.
    pub(crate) plain: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: Value,
    pub(crate) value: Value,
}

impl Default for Entry {
    fn default() -> Self {
        Self {
            key: Value::Null,
            value: Value::Null,
        }
    }
}

/// Which object a handle names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ObjectKind {
    Pattern,
    Matcher,
    Exception,
}

/// The handle of an object of Java's library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ObjectId {
    pub(crate) kind: ObjectKind,
    pub(super) at: u32,
}

/// An object of Java's library.
#[derive(Clone, Debug)]
pub(crate) enum Object {
    Pattern(Pattern),
    Matcher(Matcher),
    /// With its message.
    Exception(Option<SmolStr>),
}

/// A regular expression as it was written, with Java's flags.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    pub(crate) text: SmolStr,
    pub(crate) flags: i32,
}

/// A search for a pattern in a text.
#[derive(Clone, Debug)]
pub(crate) struct Matcher {
    pub(crate) pattern: Pattern,
    pub(crate) text: SmolStr,
    /// Byte ranges of the last match and its groups; empty when there is none.
    pub(crate) found: Vec<Option<(usize, usize)>>,
    /// Where the next search begins, in bytes; behind the text when there is nothing left.
    pub(crate) next: usize,
}

impl Object {
    pub(super) fn kind(&self) -> ObjectKind {
        match self {
            Self::Pattern(_) => ObjectKind::Pattern,
            Self::Matcher(_) => ObjectKind::Matcher,
            Self::Exception(_) => ObjectKind::Exception,
        }
    }

    /// Accounted bytes.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Pattern(pattern) => pattern.text.len(),
            // The text is shared with the script's, but may be the last one that holds it.
            Self::Matcher(m) => m.pattern.text.len() + m.text.len() + m.found.len() * 16,
            Self::Exception(message) => message.as_ref().map_or(0, SmolStr::len),
        }
    }
}

impl Default for Object {
    fn default() -> Self {
        Self::Exception(None)
    }
}
