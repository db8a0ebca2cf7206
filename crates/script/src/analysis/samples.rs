//! Kinds of values from samples.

use serde_json::Value as Json;
use tbel::analysis::Kind;

/// Deeper members of a sample are not looked at.
const MAX_DEPTH: usize = 16;

/// Members and elements of a sample that are looked at.
const MAX_MEMBERS: usize = 200;

/// What a value of this sample's form is.
pub(super) fn kind_of(sample: &Json) -> Kind {
    at_depth(sample, MAX_DEPTH)
}

fn at_depth(sample: &Json, depth: usize) -> Kind {
    let Some(deeper) = depth.checked_sub(1) else {
        return Kind::Any;
    };
    match sample {
        Json::Null => Kind::Any,
        Json::Bool(_) => Kind::Boolean,
        Json::Number(n) => match n.as_i64() {
            Some(n) if i32::try_from(n).is_ok() => Kind::Int,
            Some(_) => Kind::Long,
            None => Kind::Double,
        },
        Json::String(_) => Kind::String,
        Json::Array(items) => Kind::list(
            items
                .first()
                .map_or(Kind::Any, |item| at_depth(item, deeper)),
        ),
        Json::Object(members) => Kind::map(
            members
                .iter()
                .take(MAX_MEMBERS)
                .map(|(name, value)| (name.as_str().into(), at_depth(value, deeper))),
        ),
    }
}
