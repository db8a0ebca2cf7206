//! Values and the heap they live on.
//!
//! Scalars live inside [`Value`]; texts and collections live on the [`Heap`] and are named by handles. So values
//! are copied like numbers, cycles cannot leak, and dropping deep structures never recurses.

mod collect;
pub(crate) mod compare;
pub(crate) mod convert;
mod heap;
mod list;
pub(crate) mod marks;
pub(crate) mod number;
mod object;
mod ordered;
pub(crate) mod text;
mod texts;
pub(crate) mod utf16;

pub(crate) use heap::{ArrayId, DateId, EntryId, Heap, ListId, MapId, SetId};
pub(crate) use list::List;
pub(crate) use object::{Array, Date, ElementKind, Matcher, Object, ObjectId, ObjectKind, Pattern};
pub(crate) use ordered::OrderedMap;
pub(crate) use texts::{Text, Texts};

use crate::library::classes::Class;

#[derive(Clone, Copy, Debug)]
#[repr(u32)]
pub(crate) enum Value {
    /// A variable that does not exist (yet); never reaches an operator.
    Undefined,
    Null,
    Bool(bool),
    Byte(i8),
    Short(i16),
    Char(u16),
    Int(i32),
    Long(i64),
    Float(f32),
    Double(f64),
    Big(Big),
    Str(Text),
    List(ListId),
    Map(MapId),
    Set(SetId),
    Array(ArrayId),
    Date(DateId),
    Entry(EntryId),
    Object(ObjectId),
    Class(Class),
}

/// A number beyond 64 bits, or one written with the suffix I or B.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Big {
    /// Decimal text, valid as a JSON number.
    pub(crate) text: Text,
    pub(crate) decimal: bool,
}

impl Value {
    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// An int when it fits, else a long.
    pub(crate) fn integer(n: i64) -> Self {
        i32::try_from(n).map_or(Self::Long(n), Self::Int)
    }

    /// The length of something as an int.
    pub(crate) fn size(n: usize) -> Self {
        Self::Int(i32::try_from(n).unwrap_or(i32::MAX))
    }

    /// The kind of value, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Undefined => "undefined",
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Byte(_) => "byte",
            Self::Short(_) => "short",
            Self::Char(_) => "char",
            Self::Int(_) => "int",
            Self::Long(_) => "long",
            Self::Float(_) => "float",
            Self::Double(_) => "double",
            Self::Big(_) => "big number",
            Self::Str(_) => "string",
            Self::List(_) => "list",
            Self::Map(_) => "map",
            Self::Set(_) => "set",
            Self::Array(_) => "array",
            Self::Date(_) => "date",
            Self::Entry(_) => "map entry",
            Self::Object(id) => match id.kind {
                ObjectKind::Pattern => "pattern",
                ObjectKind::Matcher => "matcher",
                ObjectKind::Exception => "exception",
            },
            Self::Class(_) => "class",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_small_and_can_be_shared() {
        fn shared<T: Send + Sync>() {}
        shared::<Value>();
        assert_eq!(std::mem::size_of::<Value>(), 16);
    }
}
