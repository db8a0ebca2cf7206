//! Millrace: link.
