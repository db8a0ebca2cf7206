//! Static types at the top level of a script.
//!
//! Outside of functions the reference infers types from initialisers, and two statically known ints divide
//! and multiply as 32-bit integers. Only what that rule and the check of conditions need is inferred.

use crate::syntax::ast::Number;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Any,
    Null,
    Bool,
    Int,
    /// An int by the declared result of a call whose arguments are not known: a variable that is
    /// initialised with it is an int, the call itself is not treated as one.
    IntWhenStored,
    Long,
    Float,
    Double,
    Str,
    List,
}

impl Type {
    pub(crate) fn of_number(number: &Number) -> Self {
        match number {
            Number::Int(_) => Self::Int,
            Number::Long(_) => Self::Long,
            Number::Float(_) => Self::Float,
            Number::Double(_) => Self::Double,
            Number::Big { .. } => Self::Any,
        }
    }

    /// The type a variable takes from this initialiser.
    pub(crate) fn stored(self) -> Self {
        if self == Self::IntWhenStored {
            Self::Int
        } else {
            self
        }
    }

    /// The declared type of a call, weakened when an argument's type is not known.
    pub(crate) fn of_call(self, args: &[Self]) -> Self {
        if args
            .iter()
            .all(|a| !matches!(a, Self::Any | Self::IntWhenStored))
        {
            self
        } else if self == Self::Int {
            Self::IntWhenStored
        } else {
            Self::Any
        }
    }

    /// Known to be something that is no condition.
    pub(crate) fn is_no_bool(self) -> bool {
        matches!(
            self,
            Self::Int | Self::Long | Self::Float | Self::Double | Self::Str
        )
    }
}

/// The declared result of a built-in function.
pub(crate) fn of_builtin(name: &str) -> Type {
    match name {
        "parseInt"
        | "parseBytesToInt"
        | "parseHexToInt"
        | "parseBigEndianHexToInt"
        | "parseLittleEndianHexToInt"
        | "parseBinaryArrayToInt"
        | "toInt"
        | "isDecimal"
        | "isHexadecimal"
        | "isBinary"
        | "isOctal" => Type::Int,
        "parseLong" | "parseBytesToLong" | "parseHexToLong" => Type::Long,
        "isNaN" | "isMap" | "isList" | "isArray" | "isSet" => Type::Bool,
        _ => Type::Any,
    }
}

/// The declared result of a static method of a class.
pub(crate) fn of_static(class: &str, method: &str, args: &[Type]) -> Type {
    let all = |t| !args.is_empty() && args.iter().all(|a| *a == t);
    match (class, method) {
        (
            "Integer" | "int",
            "parseInt" | "valueOf" | "compare" | "bitCount" | "reverse" | "signum" | "sum" | "max"
            | "min",
        ) => Type::Int,
        ("Long" | "long", "parseLong" | "valueOf") => Type::Long,
        (
            "Math",
            "abs" | "max" | "min" | "addExact" | "multiplyExact" | "subtractExact" | "floorDiv"
            | "floorMod",
        ) if all(Type::Int) => Type::Int,
        ("Math", "round") if all(Type::Double) => Type::Long,
        ("Math", "floor" | "ceil" | "sqrt" | "pow" | "log" | "log10" | "exp" | "random") => {
            Type::Double
        }
        ("Boolean", "parseBoolean") => Type::Bool,
        _ => Type::Any,
    }
}

/// The declared result of a method or property of something whose type is known.
pub(crate) fn of_member(receiver: Type, name: &str) -> Type {
    match (receiver, name) {
        (
            Type::Str,
            "length" | "indexOf" | "lastIndexOf" | "compareTo" | "hashCode" | "codePointAt",
        )
        | (Type::List, "size" | "length" | "indexOf" | "lastIndexOf") => Type::Int,
        (
            Type::Str,
            "substring" | "trim" | "toUpperCase" | "toLowerCase" | "replace" | "replaceAll"
            | "replaceFirst" | "concat" | "repeat" | "strip" | "toString",
        ) => Type::Str,
        (
            Type::Str | Type::List,
            "isEmpty" | "contains" | "startsWith" | "endsWith" | "equals" | "matches" | "empty",
        ) => Type::Bool,
        _ => Type::Any,
    }
}
