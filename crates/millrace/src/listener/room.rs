//! Descriptors for connections: each one takes one, and the databases and brokers need theirs.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// For files, brokers and what rule nodes call.
const OTHERS: u64 = 512;

/// Raises this process's own limit of open files as far as the system allows; says so in the log when
/// that is not enough for so many connections.
pub(crate) fn make_room(connections: usize) {
    let wanted = u64::try_from(connections)
        .unwrap_or(u64::MAX)
        .saturating_add(OTHERS);
    let limit = getrlimit(Resource::Nofile);
    let lacks = |limit: Option<u64>| limit.is_some_and(|limit| limit < wanted);
    if !lacks(limit.current) {
        return;
    }
    let current = limit.maximum.map_or(wanted, |most| most.min(wanted));
    let raised = Rlimit {
        current: Some(current),
        maximum: limit.maximum,
    };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "the limit of open files cannot be raised");
    }
    if lacks(getrlimit(Resource::Nofile).current) {
        tracing::warn!(
            wanted,
            "the limit of open files is too low for http.connections: raise it (ulimit -Hn, LimitNOFILE) or lower the setting"
        );
    }
}
