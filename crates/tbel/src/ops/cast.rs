//! `(T) x`, `x instanceof T`, `x convertable_to T`.

use crate::error::Fault;
use crate::library::classes::Class;
use crate::value::convert::{f64_to_i32, f64_to_i64, number};
use crate::value::{Heap, ObjectKind, Value, text, utf16};

fn bad_cast(value: &Value, class: Class) -> Fault {
    Fault::runtime(
        "cast",
        format!("a {} cannot become a {}", value.kind(), class.name()),
    )
}

pub(crate) fn cast(heap: &mut Heap, class: Class, value: &Value) -> Result<Value, Fault> {
    let bad = || bad_cast(value, class);
    if value.is_null() {
        return Ok(Value::Null);
    }
    Ok(match class {
        Class::String | Class::CharSequence => match value {
            Value::Str(text) => Value::Str(*text),
            other => {
                let text = text::of(heap, other)?;
                heap.new_str(text)
            }
        },
        Class::Object => *value,
        Class::Boolean => match value {
            Value::Bool(b) => Value::Bool(*b),
            Value::Str(s) => Value::Bool(matches!(
                heap.str(*s).to_ascii_lowercase().as_str(),
                "true" | "yes" | "on" | "1"
            )),
            other => Value::Bool(number(heap, other).ok_or_else(bad)? != 0.0),
        },
        Class::Character => match value {
            Value::Char(c) => Value::Char(*c),
            Value::Str(s) if utf16::len(heap.str(*s)) == 1 => {
                utf16::unit_at(heap.str(*s), 0).map_or(Value::Null, Value::Char)
            }
            Value::Int(n) => Value::Char(u16::try_from(*n).map_err(|_| bad())?),
            Value::Byte(n) => Value::Char(u16::try_from(*n).map_err(|_| bad())?),
            _ => return Err(bad()),
        },
        Class::Integer
        | Class::Long
        | Class::Double
        | Class::Float
        | Class::Byte
        | Class::Short => numeric(heap, class, value).ok_or_else(bad)?,
        _ => return Err(bad()),
    })
}

fn numeric(heap: &Heap, class: Class, value: &Value) -> Option<Value> {
    let x = match value {
        Value::Str(s) => heap.str(*s).trim().parse::<f64>().ok()?,
        Value::Char(c) if matches!(class, Class::Integer | Class::Long) => f64::from(*c),
        Value::Bool(b) => f64::from(u8::from(*b)),
        other => number(heap, other)?,
    };
    let exact = crate::value::convert::integer(value);
    Some(match class {
        // Narrowing keeps the low bits of integers and saturates fractions.
        Class::Integer => Value::Int(exact.map_or_else(|| f64_to_i32(x), |n| n as i32)),
        Class::Long => Value::Long(exact.unwrap_or_else(|| f64_to_i64(x))),
        Class::Byte => Value::Byte(exact.map_or_else(|| f64_to_i32(x) as i8, |n| n as i8)),
        Class::Short => match value {
            Value::Short(n) => Value::Short(*n),
            Value::Str(s) => Value::Short(heap.str(*s).trim().parse().ok()?),
            _ => return None,
        },
        Class::Float => Value::Float(x as f32),
        _ => Value::Double(x),
    })
}

pub(crate) fn instance_of(value: &Value, class: Class) -> bool {
    use Class as C;
    match value {
        Value::Null | Value::Undefined => false,
        _ if class == C::Object => true,
        Value::Bool(_) => class == C::Boolean,
        Value::Byte(_) => matches!(class, C::Byte | C::Number),
        Value::Short(_) => matches!(class, C::Short | C::Number),
        Value::Char(_) => class == C::Character,
        Value::Int(_) => matches!(class, C::Integer | C::Number),
        Value::Long(_) => matches!(class, C::Long | C::Number),
        Value::Float(_) => matches!(class, C::Float | C::Number),
        Value::Double(_) => matches!(class, C::Double | C::Number),
        Value::Big(_) => class == C::Number,
        Value::Str(_) => matches!(class, C::String | C::CharSequence),
        Value::List(_) => matches!(class, C::List | C::ArrayList | C::Collection),
        Value::Map(_) => matches!(class, C::Map | C::HashMap | C::LinkedHashMap),
        Value::Set(_) => matches!(
            class,
            C::Set | C::HashSet | C::LinkedHashSet | C::Collection
        ),
        Value::Date(_) => class == C::Date,
        Value::Object(id) => match id.kind {
            ObjectKind::Pattern => class == C::Pattern,
            ObjectKind::Exception => class == C::Exception,
            ObjectKind::Matcher => false,
        },
        Value::Array(_) | Value::Entry(_) | Value::Class(_) => false,
    }
}

/// Decided by types alone: a text that is no number is still convertible to one.
pub(crate) fn convertible(heap: &Heap, value: &Value, class: Class) -> bool {
    use Class as C;
    let numeric = matches!(
        class,
        C::Integer | C::Long | C::Double | C::Float | C::Byte | C::Short | C::Number
    );
    let scalar = numeric
        || matches!(
            class,
            C::String | C::Boolean | C::Character | C::Object | C::CharSequence
        );
    match value {
        Value::Null | Value::Undefined => false,
        Value::Str(_) | Value::Bool(_) | Value::Char(_) => scalar,
        other if number(heap, other).is_some() => scalar,
        other => matches!(class, C::String | C::Object) || instance_of(other, class),
    }
}
