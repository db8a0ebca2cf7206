//! Topic names and topic filters: validity and matching, as in the MQTT standard.

use crate::error::{FilterError, TopicError};

const MAX_BYTES: usize = 65_535;
const SHARE: &str = "$share/";

/// Checks a topic filter, including the form `$share/group/filter`.
pub fn validate_filter(filter: &str) -> Result<(), FilterError> {
    if filter.is_empty() {
        return Err(FilterError::Empty);
    }
    if filter.len() > MAX_BYTES {
        return Err(FilterError::TooLong);
    }
    if filter.contains('\0') {
        return Err(FilterError::NullCharacter);
    }
    let levels = match filter.strip_prefix(SHARE) {
        None if filter == "$share" => return Err(FilterError::SharedSubscription),
        None => filter,
        Some(shared) => match shared.split_once('/') {
            Some((group, rest))
                if !group.is_empty() && !rest.is_empty() && !group.contains(['+', '#']) =>
            {
                rest
            }
            _ => return Err(FilterError::SharedSubscription),
        },
    };
    let mut ended = false;
    for level in levels.split('/') {
        if ended || (level.contains('#') && level != "#") {
            return Err(FilterError::MultiLevelWildcard);
        }
        if level.contains('+') && level != "+" {
            return Err(FilterError::SingleLevelWildcard);
        }
        ended = level == "#";
    }
    Ok(())
}

/// Checks a topic a message may be published to.
pub fn validate_topic(topic: &str) -> Result<(), TopicError> {
    if topic.is_empty() {
        return Err(TopicError::Empty);
    }
    if topic.len() > MAX_BYTES {
        return Err(TopicError::TooLong);
    }
    if topic.contains('\0') {
        return Err(TopicError::NullCharacter);
    }
    if topic.contains(['+', '#']) {
        return Err(TopicError::Wildcard);
    }
    Ok(())
}

/// True when a message on `topic` belongs to a subscription of `filter`. The group of a shared
/// subscription plays no part. Wildcards at the front do not match topics that begin with `$`.
/// An invalid filter matches nothing it should not be trusted with; validate it first.
pub fn filter_matches(filter: &str, topic: &str) -> bool {
    let filter = match filter.strip_prefix(SHARE) {
        Some(shared) => match shared.split_once('/') {
            Some((_, rest)) => rest,
            None => return false,
        },
        None => filter,
    };
    if topic.starts_with('$') && filter.starts_with(['+', '#']) {
        return false;
    }
    let mut wanted = filter.split('/');
    let mut given = topic.split('/');
    loop {
        match (wanted.next(), given.next()) {
            (Some("#"), _) => return true,
            (Some("+"), Some(_)) => {}
            (Some(want), Some(have)) if want == have => {}
            (None, None) => return true,
            _ => return false,
        }
    }
}
