//! Millrace: script.
