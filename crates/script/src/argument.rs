//! Arguments: what a host gives a script. Borrowed, so that a call copies nothing before the script's own form.

/// One argument, in the order of the script's parameters.
#[derive(Debug, Clone, Copy)]
pub enum Argument<'a> {
    /// Null.
    Null,
    /// A payload. JavaScript: an array of numbers 0..255; TBEL: a list of signed bytes.
    Bytes(&'a [u8]),
    /// A string.
    Text(&'a str),
    /// A JSON value.
    Json(&'a serde_json::Value),
    /// A JSON text, read by the language itself: the cheapest way in when the text is at hand.
    JsonText(&'a str),
    /// A map of strings, in order (message metadata).
    StringMap(&'a [(&'a str, &'a str)]),
}
