//! Millrace: store.
