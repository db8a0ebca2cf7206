//! The signs of the language: operators, brackets, separators.
//!
//! A sign is a number, so that the parser compares no texts; `sign!("(")` is its pattern and its value, so that
//! the grammar is read as it is written in scripts.

use std::fmt;

macro_rules! signs {
    ($($name:ident: $text:literal,)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Sign { $($name,)* }

        /// Longest first, so that the first match is the right one.
        pub(super) const SIGNS: &[Sign] = &[$(Sign::$name,)*];

        impl Sign {
            /// As it is written.
            pub(crate) const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

signs! {
    UshrAssign: ">>>=",
    Ellipsis: "...",
    ShlLong: "<<<",
    Ushr: ">>>",
    ShlAssign: "<<=",
    ShrAssign: ">>=",
    Same: "===",
    NotSame: "!==",
    Power: "**",
    Equal: "==",
    NotEqual: "!=",
    AtMost: "<=",
    AtLeast: ">=",
    Unequal: "<>",
    And: "&&",
    Or: "||",
    Increment: "++",
    Decrement: "--",
    AddAssign: "+=",
    SubAssign: "-=",
    MulAssign: "*=",
    DivAssign: "/=",
    RemAssign: "%=",
    AndAssign: "&=",
    OrAssign: "|=",
    XorAssign: "^=",
    Shl: "<<",
    Shr: ">>",
    Arrow: "->",
    FatArrow: "=>",
    NullSafe: ".?",
    OptionalChain: "?.",
    Coalesce: "??",
    Matches: "~=",
    OpenRound: "(",
    CloseRound: ")",
    OpenSquare: "[",
    CloseSquare: "]",
    OpenBrace: "{",
    CloseBrace: "}",
    Semicolon: ";",
    Comma: ",",
    Point: ".",
    Colon: ":",
    Question: "?",
    Assign: "=",
    Less: "<",
    Greater: ">",
    Plus: "+",
    Minus: "-",
    Star: "*",
    Slash: "/",
    Percent: "%",
    Ampersand: "&",
    Bar: "|",
    Caret: "^",
    Tilde: "~",
    Not: "!",
    Hash: "#",
    Dollar: "$",
    At: "@",
    Backtick: "`",
    Backslash: "\\",
}

impl fmt::Display for Sign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// The sign of a text, or a pattern of several: `sign!("+")`, `sign!("(" | "[")`.
macro_rules! sign {
    (">>>=") => { $crate::syntax::Sign::UshrAssign };
    ("...") => { $crate::syntax::Sign::Ellipsis };
    ("<<<") => { $crate::syntax::Sign::ShlLong };
    (">>>") => { $crate::syntax::Sign::Ushr };
    ("<<=") => { $crate::syntax::Sign::ShlAssign };
    (">>=") => { $crate::syntax::Sign::ShrAssign };
    ("===") => { $crate::syntax::Sign::Same };
    ("!==") => { $crate::syntax::Sign::NotSame };
    ("**") => { $crate::syntax::Sign::Power };
    ("==") => { $crate::syntax::Sign::Equal };
    ("!=") => { $crate::syntax::Sign::NotEqual };
    ("<=") => { $crate::syntax::Sign::AtMost };
    (">=") => { $crate::syntax::Sign::AtLeast };
    ("<>") => { $crate::syntax::Sign::Unequal };
    ("&&") => { $crate::syntax::Sign::And };
    ("||") => { $crate::syntax::Sign::Or };
    ("++") => { $crate::syntax::Sign::Increment };
    ("--") => { $crate::syntax::Sign::Decrement };
    ("+=") => { $crate::syntax::Sign::AddAssign };
    ("-=") => { $crate::syntax::Sign::SubAssign };
    ("*=") => { $crate::syntax::Sign::MulAssign };
    ("/=") => { $crate::syntax::Sign::DivAssign };
    ("%=") => { $crate::syntax::Sign::RemAssign };
    ("&=") => { $crate::syntax::Sign::AndAssign };
    ("|=") => { $crate::syntax::Sign::OrAssign };
    ("^=") => { $crate::syntax::Sign::XorAssign };
    ("<<") => { $crate::syntax::Sign::Shl };
    (">>") => { $crate::syntax::Sign::Shr };
    ("->") => { $crate::syntax::Sign::Arrow };
    ("=>") => { $crate::syntax::Sign::FatArrow };
    (".?") => { $crate::syntax::Sign::NullSafe };
    ("?.") => { $crate::syntax::Sign::OptionalChain };
    ("??") => { $crate::syntax::Sign::Coalesce };
    ("~=") => { $crate::syntax::Sign::Matches };
    ("(") => { $crate::syntax::Sign::OpenRound };
    (")") => { $crate::syntax::Sign::CloseRound };
    ("[") => { $crate::syntax::Sign::OpenSquare };
    ("]") => { $crate::syntax::Sign::CloseSquare };
    ("{") => { $crate::syntax::Sign::OpenBrace };
    ("}") => { $crate::syntax::Sign::CloseBrace };
    (";") => { $crate::syntax::Sign::Semicolon };
    (",") => { $crate::syntax::Sign::Comma };
    (".") => { $crate::syntax::Sign::Point };
    (":") => { $crate::syntax::Sign::Colon };
    ("?") => { $crate::syntax::Sign::Question };
    ("=") => { $crate::syntax::Sign::Assign };
    ("<") => { $crate::syntax::Sign::Less };
    (">") => { $crate::syntax::Sign::Greater };
    ("+") => { $crate::syntax::Sign::Plus };
    ("-") => { $crate::syntax::Sign::Minus };
    ("*") => { $crate::syntax::Sign::Star };
    ("/") => { $crate::syntax::Sign::Slash };
    ("%") => { $crate::syntax::Sign::Percent };
    ("&") => { $crate::syntax::Sign::Ampersand };
    ("|") => { $crate::syntax::Sign::Bar };
    ("^") => { $crate::syntax::Sign::Caret };
    ("~") => { $crate::syntax::Sign::Tilde };
    ("!") => { $crate::syntax::Sign::Not };
    ("#") => { $crate::syntax::Sign::Hash };
    ("$") => { $crate::syntax::Sign::Dollar };
    ("@") => { $crate::syntax::Sign::At };
    ("`") => { $crate::syntax::Sign::Backtick };
    ("\\") => { $crate::syntax::Sign::Backslash };
    ($first:tt $(| $other:tt)+) => { sign!($first) $(| sign!($other))+ };
}
pub(crate) use sign;
