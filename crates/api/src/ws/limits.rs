//! Bounds of one client.

use std::time::Duration;

/// Largest frame a client may send.
pub(super) const MAX_FRAME_BYTES: usize = 1024 * 1024;

/// Most bytes written but not yet taken by the network.
pub(super) const MAX_WRITE_BUFFER_BYTES: usize = 16 * 1024 * 1024;

/// Most clients one user may have open.
pub(super) const MAX_SESSIONS: usize = 100;

/// Most subscriptions of one client.
pub(super) const MAX_SUBSCRIPTIONS: usize = 1_000;

/// How long a client may take to sign in.
pub(super) const SIGN_IN: Duration = Duration::from_secs(10);

/// How long a client may be silent, pongs included.
pub(super) const SILENCE: Duration = Duration::from_secs(30);

/// How often a client is pinged.
pub(super) const PING: Duration = Duration::from_secs(10);

/// How long a client may take to accept one frame.
pub(super) const WRITE: Duration = Duration::from_secs(10);
