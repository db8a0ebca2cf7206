//! Built-ins on collections; `java.util.Collections` and `java.util.Objects`.

use super::Table;
use super::call::Call;
use super::set::from_values;
use super::sort::sorted;
use crate::error::Fault;
use crate::value::{Value, compare, text};

pub(super) const BUILTINS: Table = &[
    ("isMap", |c| {
        Ok(Value::Bool(matches!(c.arg(0), Value::Map(_))))
    }),
    ("isList", |c| {
        Ok(Value::Bool(matches!(c.arg(0), Value::List(_))))
    }),
    ("isArray", |c| {
        Ok(Value::Bool(matches!(c.arg(0), Value::Array(_))))
    }),
    ("isSet", |c| {
        Ok(Value::Bool(matches!(c.arg(0), Value::Set(_))))
    }),
    ("newSet", |c| Ok(from_values(c.heap, Vec::new()))),
    ("toSet", |c| {
        let values = c.elements(0)?;
        Ok(from_values(c.heap, values))
    }),
];

pub(super) const STATICS: Table = &[
    ("max", |c| extreme(c, true)),
    ("min", |c| extreme(c, false)),
    ("sort", sort),
    ("reverse", reverse),
    ("emptyList", |c| Ok(c.heap.new_list(Vec::new()))),
    ("frequency", frequency),
];

pub(super) const OBJECTS_STATICS: Table = &[
    ("equals", |c| {
        compare::strictly_equal(c.heap, c.arg(0), c.arg(1)).map(Value::Bool)
    }),
    ("hash", super::scalar::hash_all),
    ("hashCode", |c| {
        c.expect(1, 1)?;
        super::scalar::hash_of(c.heap, c.arg(0), 0).map(Value::Int)
    }),
    ("isNull", |c| Ok(Value::Bool(c.arg(0).is_null()))),
    ("nonNull", |c| Ok(Value::Bool(!c.arg(0).is_null()))),
    ("toString", |c| {
        let text = text::of(c.heap, c.arg(0))?;
        c.new_str(text)
    }),
    ("requireNonNullElse", |c| {
        Ok(if c.arg(0).is_null() {
            *c.arg(1)
        } else {
            *c.arg(0)
        })
    }),
];

fn extreme(call: &mut Call<'_>, most: bool) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    let mut best: Option<Value> = None;
    for value in call.elements(0)? {
        let better = match &best {
            None => true,
            Some(old) => match compare::order(call.heap, &value, old)? {
                Some(order) => {
                    if most {
                        order.is_gt()
                    } else {
                        order.is_lt()
                    }
                }
                None => return Err(call.bad(0, "a collection of comparable values")),
            },
        };
        if better {
            best = Some(value);
        }
    }
    best.ok_or_else(|| Fault::runtime("empty-collection", "an empty collection has no extreme"))
}

fn sort(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    let id = call.list(0)?;
    let values = sorted(call.heap, call.heap.list(id).to_values(), true)?;
    call.heap.spend(values.len());
    *call.heap.list_mut(id)?.values_mut() = values;
    Ok(Value::Null)
}

fn reverse(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(1, 1)?;
    let id = call.list(0)?;
    call.heap.list_mut(id)?.values_mut().reverse();
    Ok(Value::Null)
}

fn frequency(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(2, 2)?;
    let mut n = 0;
    for value in call.elements(0)? {
        n += usize::from(compare::strictly_equal(call.heap, &value, call.arg(1))?);
    }
    Ok(Value::size(n))
}
