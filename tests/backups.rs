//! What an operator does with a data directory: copy it, bring it back, verify it.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::time::Duration;

use millrace_testbed::{MosquittoOptions, Server, ServerOptions, millrace};
use serde_json::Value;
use tokio::process::Command;

use crate::fleet::Fleet;
use crate::scene::Scene;

/// Runs the program on a directory; returns whether it succeeded and all it said.
async fn on(dir: &Path, arguments: &[&OsStr]) -> (bool, String) {
    let output = Command::new(millrace())
        .args(arguments)
        .arg("--data-dir")
        .arg(dir)
        .env_remove("MILLRACE_BIN")
        .output()
        .await
        .expect("the program runs");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).expect("text");
    (output.status.success(), said)
}

async fn backup(dir: &Path, file: &Path) -> (bool, String) {
    on(dir, &["backup".as_ref(), file.as_os_str()]).await
}

async fn restore(file: &Path, dir: &Path) -> (bool, String) {
    on(dir, &["restore".as_ref(), file.as_os_str()]).await
}

async fn check(dir: &Path) -> (bool, String) {
    on(dir, &["data".as_ref(), "check".as_ref()]).await
}

/// Every file of a directory with its content.
fn contents(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(dir)
        .expect("the directory can be read")
        .map(|entry| {
            let entry = entry.expect("an entry");
            let content = fs::read(entry.path()).expect("a file can be read");
            (entry.file_name().to_string_lossy().into_owned(), content)
        })
        .collect()
}

/// A copy made while messages come in is of one moment: what was acknowledged before is in it, and
/// of what came meanwhile everything up to some point of each device.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_a_running_server_starts_with_everything_of_its_moment() {
    // Folds and trims come often, and nothing is kept for replay: the hardest time to copy.
    let options = ServerOptions::default()
        .env("MILLRACE_TELEMETRY_FOLD_INTERVAL", "100ms")
        .env("MILLRACE_PATH_KEEP_JOURNAL", "1MiB");
    let mut scene = Scene::with(MosquittoOptions::default(), options).await;
    scene.plain_integration("site/#").await;
    let fleet = Fleet {
        devices: 10,
        messages: 12_000,
        ballast: 1000,
    };
    let first = Fleet {
        messages: 2_000,
        ..fleet
    };
    let client = scene.client().await;
    fleet.publish(&client, 0..first.messages).await;
    let within = Duration::from_secs(60);
    first.until_drained(&scene.admin, within).await;
    let place = tempfile::tempdir().expect("a temporary directory");
    let files: Vec<_> = (0..5)
        .map(|number| place.path().join(format!("copy-{number}.tar")))
        .collect();
    let sending = fleet.publish(&client, first.messages..fleet.messages);
    let copying = async {
        for file in &files {
            let (copied, said) = backup(scene.server.data_dir(), file).await;
            assert!(copied && said.contains("fingerprint"), "{said}");
        }
    };
    tokio::join!(sending, copying);
    let file = files[1].clone();
    let (again, said) = backup(scene.server.data_dir(), &file).await;
    assert!(!again && said.contains("is there already"), "{said}");
    fleet.until_drained(&scene.admin, within).await;
    fleet.verify(&scene.admin).await;
    let left = contents(place.path());
    assert_eq!(left.len(), files.len(), "only backups: {:?}", left.keys());
    scene.server.sigterm().await;
    for file in &files {
        let dir = file.with_extension("restored");
        let (restored, said) = restore(file, &dir).await;
        assert!(restored, "{said}");
        let (sound, said) = check(&dir).await;
        assert!(sound, "{said}");
    }

    let dir = place.path().join("restored");
    let (restored, said) = restore(&file, &dir).await;
    assert!(restored && said.contains("fingerprint"), "{said}");
    assert!(!dir.join("secret.key").exists(), "the key is kept apart");
    fs::copy(
        scene.server.data_dir().join("secret.key"),
        dir.join("secret.key"),
    )
    .expect("the key can be copied");
    let mut server = Server::start(ServerOptions {
        data_dir: Some(dir.clone()),
        ..ServerOptions::default()
    })
    .await;
    let admin = server.admin().await;
    let devices = admin.devices().await;
    assert_eq!(devices.len() as u64, fleet.devices);
    for device in &devices {
        let history = admin.history(device, "n", 100_000).await;
        let stored: Vec<Value> = history.into_iter().map(|point| point.value).collect();
        let whole: Vec<Value> = (0..stored.len()).map(Value::from).collect();
        assert_eq!(stored, whole, "{}: without gaps", device["name"]);
        // Messages of the copy may still be running.
        let latest = admin.latest(device, "n").await.expect("a latest value");
        let last = stored.last().and_then(Value::as_u64);
        assert!(latest.value.as_u64() >= last, "{}", device["name"]);
        assert!(
            stored.len() as u64 >= first.messages / first.devices,
            "{}: {} values",
            device["name"],
            stored.len()
        );
    }
    assert!(!server.logs().contains("the key is another one"));
    server.sigterm().await;

    // Without the key it starts, too, and says what that means.
    fs::remove_file(dir.join("secret.key")).expect("the key can be taken away");
    server.restart().await;
    assert!(server.logs().contains("the key is another one"));
    assert_eq!(server.admin().await.devices().await.len(), devices.len());
}

#[tokio::test]
async fn what_is_no_whole_backup_is_refused_and_leaves_nothing() {
    let mut server = Server::fresh().await;
    server.sigterm().await;
    let place = tempfile::tempdir().expect("a temporary directory");
    let (file, dir) = (place.path().join("copy.tar"), place.path().join("restored"));
    let (copied, said) = backup(server.data_dir(), &file).await;
    assert!(copied, "of a stopped server: {said}");
    let whole = fs::read(&file).expect("the backup can be read");
    let mut flipped = whole.clone();
    let middle = whole.len() / 2;
    flipped[middle] ^= 1;
    for (bytes, reason) in [
        (flipped, "checksum"),
        (whole[..middle].to_vec(), "cut short"),
        (b"no archive at all".to_vec(), "no backup"),
    ] {
        let damaged = place.path().join("damaged.tar");
        fs::write(&damaged, bytes).expect("the file can be written");
        let (restored, said) = restore(&damaged, &dir).await;
        assert!(!restored && said.contains(reason), "{reason}: {said}");
        assert!(!dir.exists(), "{reason}");
    }
    let (restored, said) = restore(&file, server.data_dir()).await;
    assert!(!restored && said.contains("is not empty"), "{said}");
    let (restored, said) = restore(&file, &dir).await;
    assert!(restored, "{said}");
}

#[tokio::test]
async fn a_data_directory_is_verified_and_damage_is_named() {
    let mut scene = Scene::open().await;
    scene.plain_integration("site/#").await;
    let fleet = Fleet {
        devices: 2,
        messages: 20,
        ballast: 100,
    };
    fleet
        .publish(&scene.client().await, 0..fleet.messages)
        .await;
    let within = Duration::from_secs(30);
    fleet.until_drained(&scene.admin, within).await;
    let dir = scene.server.data_dir().to_owned();
    let (sound, said) = check(&dir).await;
    let process = format!("process {}", scene.server.pid());
    assert!(!sound && said.contains(&process), "{said}");
    scene.server.sigterm().await;

    let before = contents(&dir);
    let (sound, said) = check(&dir).await;
    assert!(sound && said.ends_with("sound\n"), "{said}");
    assert!(contents(&dir) == before, "nothing was changed");

    // One bit of one message in the journal.
    let journal = dir.join("journal.db");
    let mut bytes = before["journal.db"].clone();
    let topic = b"site/fleet/d1";
    let at = bytes
        .windows(topic.len())
        .position(|part| part == topic)
        .expect("the journal keeps messages for replay");
    bytes[at] ^= 1;
    fs::write(&journal, bytes).expect("journal.db can be written");
    let (sound, said) = check(&dir).await;
    assert!(
        !sound && said.contains("problem: journal.db") && said.contains("checksum"),
        "{said}"
    );

    // A page of the value tables.
    fs::write(&journal, &before["journal.db"]).expect("journal.db can be written");
    let mut bytes = before["values.db"].clone();
    for byte in bytes.iter_mut().skip(4096).take(4096) {
        *byte ^= 0x5a;
    }
    fs::write(dir.join("values.db"), bytes).expect("values.db can be written");
    let (sound, said) = check(&dir).await;
    assert!(!sound && said.contains("problem: values.db"), "{said}");

    let nothing = tempfile::tempdir().expect("a temporary directory");
    let (sound, said) = check(nothing.path()).await;
    assert!(!sound && said.contains("is no data directory"), "{said}");
}
