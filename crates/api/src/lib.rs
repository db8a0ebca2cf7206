//! Millrace: api.
