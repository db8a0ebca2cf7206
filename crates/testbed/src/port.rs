//! Free loopback ports, for programs that cannot choose one themselves.

use std::net::TcpListener;

/// A port that was free a moment ago. Another process may take it before its user does, so whoever
/// starts a program on it tries again with a new one when the program ends at once.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .expect("a loopback port can be bound")
        .port()
}
