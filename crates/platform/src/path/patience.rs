//! Names nodes that keep messages waiting. Other messages go on meanwhile, so nobody else would.

use std::{future::Future, pin::pin, sync::Arc, time::Duration};

use super::start::Path;
use crate::rules::walk::Position;

/// Waits for `wait` to the end; after the time that a node may take it says so, once.
pub(super) async fn awaited<T>(
    path: &Arc<Path>,
    at: &Position,
    wait: impl Future<Output = T>,
) -> T {
    let patience = path.options().node_patience;
    watched(wait, patience, || {
        if let Some(node) = at.node() {
            path.seen().node_late(
                at.chain.tenant,
                node,
                &format!("a message waits in it for more than {patience:?}; others go on"),
            );
        }
    })
    .await
}

async fn watched<T>(wait: impl Future<Output = T>, patience: Duration, late: impl FnOnce()) -> T {
    let mut wait = pin!(wait);
    if let Ok(done) = tokio::time::timeout(patience, wait.as_mut()).await {
        return done;
    }
    late();
    wait.await
}

#[cfg(test)]
mod tests {
    use tokio::{runtime::Builder, sync::oneshot};

    use super::*;

    #[test]
    fn a_long_wait_is_told_once_and_still_ends() {
        let runtime = Builder::new_current_thread().enable_time().build().unwrap();
        let patience = Duration::from_millis(5);
        let (told, tell) = oneshot::channel();
        let (end, ended) = oneshot::channel::<u8>();
        let found = runtime.block_on(async {
            let watch = watched(ended, patience, || told.send(()).unwrap());
            // The end is given only after the word was: nothing else can bring it.
            let other = async {
                tell.await.unwrap();
                end.send(7).unwrap();
            };
            let both = futures_util::future::join(watch, other).await;
            both.0.unwrap()
        });
        assert_eq!(found, 7);
    }

    #[test]
    fn a_short_wait_is_not_told() {
        let runtime = Builder::new_current_thread().enable_time().build().unwrap();
        let late = || panic!("it was short");
        let found = runtime.block_on(watched(async { 7 }, Duration::from_secs(60), late));
        assert_eq!(found, 7);
    }
}
