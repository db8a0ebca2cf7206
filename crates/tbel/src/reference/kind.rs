//! What is known about a value's type while a script is written.

use std::fmt;
use std::sync::Arc;

/// The type of a value, as far as an editor knows it. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub enum Kind {
    /// Nothing is known.
    #[default]
    Any,
    /// Null, or no result at all.
    Null,
    /// `true` or `false`.
    Boolean,
    /// Signed 8 bits, an element of a payload.
    Byte,
    /// One character.
    Char,
    /// Signed 32 bits.
    Int,
    /// Signed 64 bits.
    Long,
    /// 32 bits.
    Float,
    /// 64 bits.
    Double,
    /// Some number.
    Number,
    /// A text.
    String,
    /// A list of such elements.
    List(Arc<Kind>),
    /// A map; the members that are known.
    Map(Arc<[(Box<str>, Kind)]>),
    /// A set of such elements.
    Set(Arc<Kind>),
    /// A fixed-size array of such elements.
    Array(Arc<Kind>),
    /// An instant.
    Date,
    /// Key and value of a map.
    Entry,
    /// A generator of random numbers.
    Random,
    /// `java.util.Base64`'s encoder or decoder.
    Coder,
    /// A compiled `java.util.regex.Pattern`.
    Pattern,
    /// The search for a pattern in a text.
    Matcher,
    /// An exception as an object.
    Exception,
}

impl Kind {
    /// A list of elements of a kind.
    #[must_use]
    pub fn list(element: Self) -> Self {
        Self::List(Arc::new(element))
    }

    /// A map with these members.
    pub fn map(members: impl IntoIterator<Item = (Box<str>, Self)>) -> Self {
        Self::Map(members.into_iter().collect())
    }

    /// By the name that signatures use, e.g. `list<byte>`.
    #[must_use]
    pub fn named(text: &str) -> Self {
        let (name, element) = match text.split_once('<') {
            Some((name, rest)) => (name, Self::named(rest.trim_end_matches('>'))),
            None => (text, Self::Any),
        };
        match name {
            "nothing" => Self::Null,
            "boolean" => Self::Boolean,
            "byte" => Self::Byte,
            "char" => Self::Char,
            "int" => Self::Int,
            "long" => Self::Long,
            "float" => Self::Float,
            "double" => Self::Double,
            "number" => Self::Number,
            "string" => Self::String,
            "list" => Self::list(element),
            "set" => Self::Set(Arc::new(element)),
            "array" => Self::Array(Arc::new(element)),
            "map" => Self::map([]),
            "date" => Self::Date,
            "entry" => Self::Entry,
            "random" => Self::Random,
            "coder" => Self::Coder,
            "pattern" => Self::Pattern,
            "matcher" => Self::Matcher,
            "exception" => Self::Exception,
            _ => Self::Any,
        }
    }

    /// Under which name the table lists the members of such values.
    #[must_use]
    pub fn owner(&self) -> Option<&'static str> {
        Some(match self {
            Self::Any | Self::Null => return None,
            Self::Boolean | Self::Char => "scalar",
            Self::Byte | Self::Int | Self::Long | Self::Float | Self::Double | Self::Number => {
                "number"
            }
            Self::String => "string",
            Self::List(_) => "list",
            Self::Map(_) => "map",
            Self::Set(_) => "set",
            Self::Array(_) => "array",
            Self::Date => "date",
            Self::Entry => "entry",
            Self::Random => "random",
            Self::Coder => "coder",
            Self::Pattern => "pattern",
            Self::Matcher => "matcher",
            Self::Exception => "exception",
        })
    }

    /// What an index, or a loop, gives.
    #[must_use]
    pub fn element(&self) -> Self {
        match self {
            Self::List(element) | Self::Set(element) | Self::Array(element) => (**element).clone(),
            Self::Map(_) => Self::Entry,
            Self::String => Self::Char,
            Self::Int => Self::Int,
            _ => Self::Any,
        }
    }

    /// A member of a map whose members are known.
    #[must_use]
    pub fn known_member(&self, name: &str) -> Option<Self> {
        match self {
            Self::Map(members) => members
                .iter()
                .find(|(known, _)| **known == *name)
                .map(|(_, kind)| kind.clone()),
            _ => None,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, element) = match self {
            Self::Any => ("any", None),
            Self::Null => ("null", None),
            Self::Boolean => ("boolean", None),
            Self::Byte => ("byte", None),
            Self::Char => ("char", None),
            Self::Int => ("int", None),
            Self::Long => ("long", None),
            Self::Float => ("float", None),
            Self::Double => ("double", None),
            Self::Number => ("number", None),
            Self::String => ("string", None),
            Self::List(element) => ("list", Some(element)),
            Self::Map(_) => ("map", None),
            Self::Set(element) => ("set", Some(element)),
            Self::Array(element) => ("array", Some(element)),
            Self::Date => ("date", None),
            Self::Entry => ("entry", None),
            Self::Random => ("random", None),
            Self::Coder => ("coder", None),
            Self::Pattern => ("pattern", None),
            Self::Matcher => ("matcher", None),
            Self::Exception => ("exception", None),
        };
        f.write_str(name)?;
        match element.map(Arc::as_ref) {
            // One level tells enough, and a text of a hostile script stays short.
            Some(element) if !matches!(element, Self::Any) => {
                let name = match element {
                    Self::List(_) => "list",
                    Self::Set(_) => "set",
                    Self::Array(_) => "array",
                    plain => return write!(f, "<{plain}>"),
                };
                write!(f, "<{name}>")
            }
            _ => Ok(()),
        }
    }
}
