//! Millrace: tbel.
