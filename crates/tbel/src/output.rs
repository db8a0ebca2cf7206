//! Results: what a script gives back.

/// Text of results. Dereferences to `str`; short ones live inline.
pub type Str = smol_str::SmolStr;

/// A result: an owned plain tree, never deeper than [`crate::Limits::value_depth`].
///
/// Bytes and shorts come back as `Int`, characters and dates as `Str`, sets and arrays as `List`;
/// NaN and the infinities come back as the strings `NaN`, `Infinity` and `-Infinity`.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Null.
    Null,
    /// A boolean.
    Bool(bool),
    /// A 32-bit integer.
    Int(i32),
    /// A 64-bit integer.
    Long(i64),
    /// A 32-bit floating-point number, always finite.
    Float(f32),
    /// A 64-bit floating-point number, always finite.
    Double(f64),
    /// A number beyond 64 bits, as JSON number text.
    Big(Str),
    /// A string.
    Str(Str),
    /// A list.
    List(Vec<Output>),
    /// An object in order; keys are unique and values never null unless inside a list.
    Map(Vec<(Str, Output)>),
}
