//! Payloads as people read them.

use std::borrow::Cow;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::de::IgnoredAny;

/// Longest text of one member of an event (bytes).
const TEXT_MAX: usize = 128 * 1024;

/// How a payload is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentType {
    /// JSON text.
    Json,
    /// Other UTF-8 text.
    Text,
    /// Base64 of the bytes.
    Binary,
}

impl ContentType {
    /// As events write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Text => "TEXT",
            Self::Binary => "BINARY",
        }
    }
}

/// A payload as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown<'a> {
    /// What the text is.
    pub content_type: ContentType,
    /// The text.
    pub text: Cow<'a, str>,
}

impl<'a> Shown<'a> {
    /// JSON if the bytes parse, else text if they are UTF-8, else base64.
    #[must_use]
    pub fn of(payload: &'a [u8]) -> Self {
        match std::str::from_utf8(payload) {
            Ok(text) if serde_json::from_str::<IgnoredAny>(text).is_ok() => Self {
                content_type: ContentType::Json,
                text: Cow::Borrowed(text),
            },
            Ok(text) => Self {
                content_type: ContentType::Text,
                text: Cow::Borrowed(text),
            },
            Err(_) => Self {
                content_type: ContentType::Binary,
                text: Cow::Owned(STANDARD.encode(payload)),
            },
        }
    }

    /// Text that is JSON already.
    #[must_use]
    pub fn json(text: &'a str) -> Self {
        Self {
            content_type: ContentType::Json,
            text: Cow::Borrowed(text),
        }
    }
}

/// The text, cut with a note where it is longer than an event may hold.
pub(super) fn bounded(text: &str) -> Cow<'_, str> {
    if text.len() <= TEXT_MAX {
        return Cow::Borrowed(text);
    }
    let mut end = TEXT_MAX;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let (kept, rest) = text.split_at(end);
    Cow::Owned(format!("{kept}… ({} more bytes)", rest.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_show_as_json_then_text_then_base64() {
        let shown = |bytes: &'static [u8]| {
            let shown = Shown::of(bytes);
            (shown.content_type.as_str(), shown.text.into_owned())
        };
        assert_eq!(shown(b"{\"a\":1}"), ("JSON", "{\"a\":1}".to_owned()));
        assert_eq!(shown(b"not json"), ("TEXT", "not json".to_owned()));
        assert_eq!(shown(&[0xff, 0x00]), ("BINARY", "/wA=".to_owned()));
    }

    #[test]
    fn long_text_is_cut_at_a_character_and_says_how_much_is_missing() {
        let long = "é".repeat(TEXT_MAX);
        let cut = bounded(&long);
        assert!(cut.len() < TEXT_MAX + 64);
        assert!(cut.ends_with(&format!("… ({TEXT_MAX} more bytes)")));
        assert_eq!(bounded("short"), "short");
    }
}
