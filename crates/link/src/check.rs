//! "Check connection": one throw-away connection that says why it works or why it does not.

use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;

use crate::codec::encode_disconnect;
use crate::config::{LinkConfig, MAX_CLIENT_ID_BYTES};
use crate::connect::{Identity, open};
use crate::error::CheckError;

/// What every broker has to accept.
const SHORT_CLIENT_ID_BYTES: usize = 23;

/// A connection that worked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckReport {
    /// `host:port`.
    pub address: String,
    /// Client id that was used: the configured one with a random suffix.
    pub client_id: String,
    /// From the start of the lookup to CONNACK.
    pub took: Duration,
}

/// Connects once with a throw-away client id and a clean session, and disconnects. Does not touch
/// the session of the real client id. Bounded by [`LinkConfig::connect_timeout`].
pub async fn check(cfg: &LinkConfig) -> Result<CheckReport, CheckError> {
    cfg.validate()?;
    let started = Instant::now();
    let client_id = throw_away_id(&cfg.client_id);
    let who = Identity {
        client_id: &client_id,
        clean: true,
        session_expiry_secs: 0,
    };
    let mut opened = open(cfg, who).await?;
    let took = started.elapsed();
    if let Ok(disconnect) = encode_disconnect(cfg.version, false) {
        // The answer is known; how the broker takes the goodbye does not matter.
        let _ = opened.stream.write_all(&disconnect).await;
        let _ = opened.stream.shutdown().await;
    }
    Ok(CheckReport {
        address: cfg.address(),
        client_id,
        took,
    })
}

/// Some brokers take no client id above 23 characters: one that fits goes on fitting.
fn throw_away_id(client_id: &str) -> String {
    let suffix = format!("-check-{:08x}", rand::random::<u32>());
    let most = if client_id.len() <= SHORT_CLIENT_ID_BYTES {
        SHORT_CLIENT_ID_BYTES
    } else {
        MAX_CLIENT_ID_BYTES
    };
    let mut room = client_id.len().min(most - suffix.len());
    while !client_id.is_char_boundary(room) {
        room -= 1;
    }
    let kept = client_id.get(..room).unwrap_or_default();
    format!("{kept}{suffix}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_throw_away_id_fits_where_the_real_one_fits() {
        for (real, longest) in [
            ("", 23),
            ("mill", 23),
            (&"ü".repeat(11), 23),
            (&"ü".repeat(128), 256),
        ] {
            let id = throw_away_id(real);
            assert!(id.len() <= longest && id.contains("-check-"), "{id}");
            assert_ne!(id, throw_away_id(real));
        }
        assert!(throw_away_id("mill").starts_with("mill-check-"));
    }
}
