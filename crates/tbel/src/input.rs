//! Arguments: what a host gives a script.

/// One argument. Objects become maps (members that are null vanish), arrays become lists.
#[derive(Clone, Debug)]
pub enum Input<'a> {
    /// Null.
    Null,
    /// A boolean.
    Bool(bool),
    /// An int when it fits 32 bits, else a long.
    Int(i64),
    /// A double.
    Double(f64),
    /// An integer beyond 64 bits, as decimal text.
    BigInt(&'a str),
    /// A string.
    Str(&'a str),
    /// A payload: arrives as a list of signed bytes.
    Bytes(&'a [u8]),
    /// A JSON text that the engine reads straight into its own values; the cheapest way in.
    Json(&'a str),
    /// A list.
    List(Vec<Input<'a>>),
    /// An object, in order.
    Map(Vec<(&'a str, Input<'a>)>),
}
