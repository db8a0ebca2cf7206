//! The order of things on the way to an acknowledgement, as the kernel saw it.

use std::time::Duration;

use millrace_testbed::{MosquittoOptions, MqttClient, ServerOptions, acknowledgements, eventually};

use crate::fleet::Fleet;
use crate::scene::Scene;

/// For each PUBACK that leaves for the broker: after its message had been read, the journal was
/// written and a sync of it, begun after that write, had completed.
#[tokio::test]
async fn every_acknowledgement_follows_a_completed_sync_of_the_journal() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let trace = directory.path().join("trace");
    let calls = "trace=fsync,fdatasync,pwrite64,pwritev,write,writev,sendto,sendmsg,\
                 read,readv,recvfrom,recvmsg";
    let wrapper = [
        "strace", "-D", "-f", "-yy", "-xx", "-s", "1000000", "-e", calls, "-o",
    ];
    let mut wrapper: Vec<String> = wrapper.into_iter().map(str::to_owned).collect();
    wrapper.push(
        trace
            .to_str()
            .expect("a temporary path is UTF-8")
            .to_owned(),
    );
    let options = ServerOptions {
        wrapper,
        ..ServerOptions::default()
    };
    let mut scene = Scene::with(MosquittoOptions::default(), options).await;
    scene.plain_integration("site/#").await;
    let fleet = Fleet {
        devices: 5,
        messages: 300,
        ballast: 0,
    };
    let client = MqttClient::connect(scene.broker.port()).await;
    fleet.publish(&client, 0..fleet.messages).await;
    fleet
        .until_drained(&scene.admin, Duration::from_secs(60))
        .await;
    scene.server.sigterm().await;
    let port = scene.broker.port();
    let found = eventually("the trace holds every acknowledgement", || async {
        let text = std::fs::read_to_string(&trace).unwrap_or_default();
        let found = acknowledgements(&text, port, "journal.db-wal");
        if found.len() as u64 >= fleet.messages {
            Ok(found)
        } else {
            Err(found.len())
        }
    })
    .await;
    let early: Vec<_> = found
        .iter()
        .filter(|acknowledgement| !acknowledgement.durable)
        .collect();
    assert!(
        early.is_empty(),
        "{} of {} came too early: {early:?}",
        early.len(),
        found.len()
    );
}
