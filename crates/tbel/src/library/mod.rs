//! The standard library: one file for each type or topic, each with its own table of names.
//!
//! Tables are searched while compiling only; at run time a call is an index.

pub(crate) mod array;
mod base64;
mod binary;
mod bytes;
mod call;
pub(crate) mod classes;
mod collections;
pub(crate) mod date;
mod entry;
mod exception;
mod flat_map;
mod format;
mod geography;
mod hex;
mod host;
mod integer;
pub(crate) mod json;
mod list;
mod map;
mod math;
mod md5;
mod number;
mod parse;
mod pattern;
mod regex;
mod replace;
mod round;
mod scalar;
mod set;
mod sort;
pub(crate) mod string;
mod text;
mod uri;
mod uuid;

use smol_str::SmolStr;

use crate::error::Fault;
use crate::value::{ObjectKind, Text, Value, marks};
use classes::Class;

pub(crate) use call::{Call, Random};
pub(crate) use host::HostFunction;
pub use host::HostFunctions;
pub(crate) use regex::{Regexes, full_match};

/// A function of the library. For methods the receiver is the first argument.
pub(crate) type NativeFn = fn(&mut Call<'_>) -> Result<Value, Fault>;

/// Names and functions of one file.
pub(crate) type Table = &'static [(&'static str, NativeFn)];

fn find(table: Table, name: &str) -> Option<NativeFn> {
    table.iter().find(|(n, _)| *n == name).map(|(_, f)| *f)
}

const BUILTINS: &[Table] = &[
    text::BUILTINS,
    base64::BUILTINS,
    hex::BUILTINS,
    bytes::BUILTINS,
    binary::BUILTINS,
    parse::BUILTINS,
    round::BUILTINS,
    flat_map::BUILTINS,
    collections::BUILTINS,
    geography::BUILTINS,
    json::BUILTINS,
    uri::BUILTINS,
];

/// A function that is called by its bare name.
pub(crate) fn builtin(name: &str) -> Option<NativeFn> {
    BUILTINS.iter().find_map(|table| find(table, name))
}

/// The names of all functions that are called by their bare name, for editors.
#[must_use]
pub fn builtin_names() -> Vec<&'static str> {
    BUILTINS
        .iter()
        .flat_map(|table| table.iter().map(|(name, _)| *name))
        .collect()
}

/// A member of a class.
pub(crate) enum Static {
    Value(Value),
    Function(NativeFn),
}

/// Constants of a class.
pub(crate) type Constants = &'static [(&'static str, Value)];

/// The constants and functions of a class.
pub(crate) fn statics(class: Class) -> (Constants, Table) {
    match class {
        Class::Math => (math::CONSTANTS, math::STATICS),
        Class::Integer => (integer::INT_CONSTANTS, integer::INT_STATICS),
        Class::Long => (integer::LONG_CONSTANTS, integer::LONG_STATICS),
        Class::Short => (integer::SHORT_CONSTANTS, integer::SHORT_STATICS),
        Class::Byte => (integer::BYTE_CONSTANTS, integer::BYTE_STATICS),
        Class::Double => (number::DOUBLE_CONSTANTS, number::DOUBLE_STATICS),
        Class::Float => (number::FLOAT_CONSTANTS, number::FLOAT_STATICS),
        Class::Boolean => (scalar::BOOLEAN_CONSTANTS, scalar::BOOLEAN_STATICS),
        Class::Character => (scalar::CHARACTER_CONSTANTS, scalar::CHARACTER_STATICS),
        Class::String => (&[], string::STATICS),
        Class::Json => (&[], json::STATICS),
        Class::Date => (&[], date::STATICS),
        Class::Arrays => (&[], array::STATICS),
        Class::Collections => (&[], collections::STATICS),
        Class::Objects => (&[], collections::OBJECTS_STATICS),
        Class::Base64 => (&[], base64::STATICS),
        Class::Pattern => (pattern::CONSTANTS, pattern::STATICS),
        Class::Uuid => (&[], uuid::STATICS),
        _ => (&[], &[]),
    }
}

pub(crate) fn static_member(class: Class, name: &str) -> Option<Static> {
    let (constants, functions) = statics(class);
    match constants.iter().find(|(known, _)| *known == name) {
        Some((_, value)) => Some(Static::Value(*value)),
        None => find(functions, name).map(Static::Function),
    }
}

pub(crate) fn constructor(class: Class) -> Option<NativeFn> {
    Some(match class {
        Class::Date => date::construct,
        Class::UtilDate => date::construct_plain,
        Class::Integer => integer::construct_int,
        Class::Long => integer::construct_long,
        Class::Double => number::parse_double,
        Class::Float => number::parse_float,
        Class::Boolean => scalar::parse_boolean,
        Class::String => string::construct,
        Class::ArrayList => list::construct,
        Class::HashMap | Class::LinkedHashMap => map::construct,
        Class::HashSet | Class::LinkedHashSet => set::construct,
        Class::Random => math::construct_random,
        Class::Exception => exception::construct,
        _ => return None,
    })
}

/// Properties and methods by the name that the reference has for the type.
#[cfg(test)]
pub(crate) const MEMBERS: &[(&str, Table, Table)] = &[
    ("list", list::PROPERTIES, list::METHODS),
    ("map", map::PROPERTIES, map::METHODS),
    ("set", set::PROPERTIES, set::METHODS),
    ("array", array::PROPERTIES, array::METHODS),
    ("string", string::PROPERTIES, string::METHODS),
    ("date", &[], date::METHODS),
    ("entry", entry::PROPERTIES, entry::METHODS),
    ("number", &[], number::METHODS),
    ("scalar", &[], scalar::METHODS),
    ("random", &[], math::RANDOM_METHODS),
    ("coder", &[], base64::CODER_METHODS),
    ("pattern", &[], pattern::METHODS),
    ("matcher", &[], pattern::MATCHER_METHODS),
    ("exception", exception::PROPERTIES, exception::METHODS),
    ("any", &[], scalar::ANY_METHODS),
];

/// What a method name means for each type of receiver.
#[derive(Debug)]
pub(crate) struct MethodSet {
    pub(crate) name: SmolStr,
    list: Option<NativeFn>,
    map: Option<NativeFn>,
    set: Option<NativeFn>,
    array: Option<NativeFn>,
    string: Option<NativeFn>,
    date: Option<NativeFn>,
    entry: Option<NativeFn>,
    number: Option<NativeFn>,
    scalar: Option<NativeFn>,
    class: Option<NativeFn>,
    pattern: Option<NativeFn>,
    matcher: Option<NativeFn>,
    exception: Option<NativeFn>,
    any: Option<NativeFn>,
}

impl MethodSet {
    pub(crate) fn find(name: &SmolStr) -> Self {
        let shown = if name == string::SPLIT_TO_LIST {
            SmolStr::new_static("split")
        } else {
            name.clone()
        };
        Self {
            name: shown,
            list: find(list::METHODS, name),
            map: find(map::METHODS, name),
            set: find(set::METHODS, name),
            array: find(array::METHODS, name),
            string: find(string::METHODS, name),
            date: find(date::METHODS, name),
            entry: find(entry::METHODS, name),
            number: find(number::METHODS, name),
            scalar: find(scalar::METHODS, name),
            class: find(base64::CODER_METHODS, name).or_else(|| find(math::RANDOM_METHODS, name)),
            pattern: find(pattern::METHODS, name),
            matcher: find(pattern::MATCHER_METHODS, name),
            exception: find(exception::METHODS, name),
            any: find(scalar::ANY_METHODS, name),
        }
    }

    /// The function for a receiver.
    pub(crate) fn of(&self, receiver: &Value) -> Option<NativeFn> {
        let own = match receiver {
            Value::List(_) => self.list,
            Value::Map(_) => self.map,
            Value::Set(_) => self.set,
            Value::Array(_) => self.array,
            Value::Str(_) => self.string,
            Value::Date(_) => self.date,
            Value::Entry(_) => self.entry,
            Value::Byte(_)
            | Value::Short(_)
            | Value::Int(_)
            | Value::Long(_)
            | Value::Float(_)
            | Value::Double(_)
            | Value::Big(_) => self.number,
            Value::Bool(_) | Value::Char(_) => self.scalar,
            Value::Class(_) => self.class,
            Value::Object(id) => match id.kind {
                ObjectKind::Pattern => self.pattern,
                ObjectKind::Matcher => self.matcher,
                ObjectKind::Exception => self.exception,
            },
            Value::Null | Value::Undefined => return None,
        };
        own.or(self.any)
    }
}

/// What a property name means for each type of receiver.
#[derive(Debug)]
pub(crate) struct Property {
    pub(crate) name: SmolStr,
    /// The name among the constants of the script.
    pub(crate) key: Text,
    /// Of the name among the keys of a map.
    pub(crate) mark: u8,
    pub(crate) map: Option<NativeFn>,
    /// On a list it is the number of elements.
    pub(crate) is_size: bool,
    /// On a string it is the number of units.
    pub(crate) is_length: bool,
    /// The key or the value of an entry.
    pub(crate) is_of_entry: bool,
    list: Option<NativeFn>,
    set: Option<NativeFn>,
    array: Option<NativeFn>,
    string: Option<NativeFn>,
    date: Option<NativeFn>,
    entry: Option<NativeFn>,
    exception: Option<NativeFn>,
}

impl Property {
    pub(crate) fn find(name: &SmolStr, key: Text) -> Self {
        Self {
            name: name.clone(),
            key,
            mark: marks::of_text(name),
            map: find(map::PROPERTIES, name),
            is_size: matches!(name.as_str(), "size" | "length"),
            is_length: name == "length",
            is_of_entry: matches!(name.as_str(), "key" | "value"),
            list: find(list::PROPERTIES, name),
            set: find(set::PROPERTIES, name),
            array: find(array::PROPERTIES, name),
            string: find(string::PROPERTIES, name),
            date: date::property(name),
            entry: find(entry::PROPERTIES, name),
            exception: find(exception::PROPERTIES, name),
        }
    }

    pub(crate) fn of(&self, receiver: &Value) -> Option<NativeFn> {
        match receiver {
            Value::List(_) => self.list,
            Value::Set(_) => self.set,
            Value::Array(_) => self.array,
            Value::Str(_) => self.string,
            Value::Date(_) => self.date,
            Value::Entry(_) => self.entry,
            Value::Object(id) if id.kind == ObjectKind::Exception => self.exception,
            _ => None,
        }
    }
}
