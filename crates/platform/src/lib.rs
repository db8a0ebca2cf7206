//! Millrace: platform.
