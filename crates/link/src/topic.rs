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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn matches_as_the_standard_says() {
        let yes = [
            ("sport/tennis/player1/#", "sport/tennis/player1"),
            (
                "sport/tennis/player1/#",
                "sport/tennis/player1/score/wimbledon",
            ),
            ("#", "a/b"),
            ("+/+", "/finance"),
            ("/+", "/finance"),
            ("+/tennis/#", "sport/tennis"),
            ("$SYS/#", "$SYS/broker/uptime"),
            ("$share/group/t/+", "t/x"),
            ("$share/group/#", "t/x"),
            ("a//b", "a//b"),
            ("a/+/b", "a//b"),
        ];
        for (filter, topic) in yes {
            assert!(filter_matches(filter, topic), "{filter} {topic}");
        }
        let no = [
            ("sport/+", "sport"),
            ("+", "/finance"),
            ("#", "$SYS/broker/uptime"),
            ("+/broker/uptime", "$SYS/broker/uptime"),
            ("$share/group/#", "$SYS/x"),
            ("a/b", "a/b/"),
            ("a", "A"),
            ("$share/group", "group"),
        ];
        for (filter, topic) in no {
            assert!(!filter_matches(filter, topic), "{filter} {topic}");
        }
    }

    #[test]
    fn invalid_filters_say_why() {
        let cases = [
            ("", FilterError::Empty),
            ("a#", FilterError::MultiLevelWildcard),
            ("#/a", FilterError::MultiLevelWildcard),
            ("a/#/b", FilterError::MultiLevelWildcard),
            ("a+/b", FilterError::SingleLevelWildcard),
            ("a\0", FilterError::NullCharacter),
            ("$share", FilterError::SharedSubscription),
            ("$share/", FilterError::SharedSubscription),
            ("$share/g", FilterError::SharedSubscription),
            ("$share/g/", FilterError::SharedSubscription),
            ("$share//t", FilterError::SharedSubscription),
            ("$share/g+/t", FilterError::SharedSubscription),
            ("$share/g/a#", FilterError::MultiLevelWildcard),
        ];
        for (filter, problem) in cases {
            assert_eq!(validate_filter(filter), Err(problem), "{filter:?}");
        }
        for filter in [
            "#",
            "+",
            "/",
            "a//b",
            "+/a/#",
            "$SYS/#",
            "$share/g/#",
            "$share/g/+/x",
            "ä/ß",
        ] {
            assert_eq!(validate_filter(filter), Ok(()), "{filter:?}");
        }
        assert_eq!(
            validate_filter(&"x".repeat(65_536)),
            Err(FilterError::TooLong)
        );
        assert_eq!(
            validate_topic(&"x".repeat(65_536)),
            Err(TopicError::TooLong)
        );
        assert_eq!(validate_topic("a/+/b"), Err(TopicError::Wildcard));
    }

    /// The standard's words, level by level, from the end.
    fn reference(filter: &[&str], topic: &[&str]) -> bool {
        match (filter.split_first(), topic.split_first()) {
            (Some((&"#", [])), _) | (None, None) => true,
            (Some((want, filter)), Some((have, topic))) => {
                (*want == "+" || want == have) && reference(filter, topic)
            }
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_reference(
            filter in prop::collection::vec(prop_oneof!["[ab]{0,1}", Just("+".to_owned())], 1..5),
            open: bool,
            topic in prop::collection::vec("[ab]{0,1}", 1..5),
        ) {
            let mut filter: Vec<&str> = filter.iter().map(String::as_str).collect();
            if open {
                filter.push("#");
            }
            let topic: Vec<&str> = topic.iter().map(String::as_str).collect();
            let (filter_text, topic_text) = (filter.join("/"), topic.join("/"));
            if !filter_text.is_empty() {
                prop_assert_eq!(validate_filter(&filter_text), Ok(()));
            }
            let expected = reference(&filter, &topic);
            prop_assert_eq!(filter_matches(&filter_text, &topic_text), expected, "{} {}", filter_text, topic_text);
            let shared = format!("$share/g/{filter_text}");
            prop_assert_eq!(filter_matches(&shared, &topic_text), expected);
        }

        #[test]
        fn any_text_is_safe(filter: String, topic: String) {
            let _ = filter_matches(&filter, &topic);
            let _ = validate_filter(&filter);
            if validate_topic(&topic).is_ok() {
                prop_assert_eq!(validate_filter(&topic).is_ok(), !topic.starts_with("$share"));
                prop_assert!(topic.starts_with("$share/") || filter_matches(&topic, &topic));
                prop_assert!(topic.starts_with('$') || filter_matches("#", &topic));
            }
        }
    }
}
