//! The bench itself: a broker that can be stopped and restarted, clients of both protocol versions.
#![allow(missing_docs)]

use millrace_testbed::{
    DiskFault, Mosquitto, MosquittoOptions, MqttClient, MqttOptions, MqttVersion,
};

#[tokio::test]
async fn both_versions_exchange_messages() {
    let broker = Mosquitto::anonymous().await;
    for version in [MqttVersion::V4, MqttVersion::V5] {
        let options = MqttOptions {
            version,
            ..MqttOptions::default()
        };
        let mut listener = MqttClient::connect_with(broker.port(), options.clone()).await;
        listener.subscribe("greetings/#", 1).await;
        let speaker = MqttClient::connect_with(broker.port(), options).await;
        for number in 0..500 {
            speaker
                .publish("greetings/world", number.to_string(), 1)
                .await;
        }
        speaker.flush().await;
        for number in 0..500 {
            let message = listener.next().await;
            assert_eq!((message.text(), message.qos), (number.to_string(), 1));
        }
    }
}

#[tokio::test]
async fn a_persistent_broker_keeps_retained_messages_over_a_stop() {
    let options = MosquittoOptions {
        persistence: true,
        ..MosquittoOptions::default()
    };
    let mut broker = Mosquitto::start(options).await;
    let port = broker.port();
    let speaker = MqttClient::connect(port).await;
    speaker.retain("state", "on", 1).await;
    speaker.flush().await;
    broker.stop().await;
    broker.restart().await;
    let mut listener = MqttClient::connect(port).await;
    listener.subscribe("state", 1).await;
    assert_eq!(listener.next().await.text(), "on");
}

#[tokio::test]
#[should_panic(expected = "CONNACK")]
async fn a_wrong_password_is_refused() {
    let users = vec![("device".into(), "right".into())];
    let broker = Mosquitto::start(MosquittoOptions {
        users,
        ..MosquittoOptions::default()
    })
    .await;
    let credentials = Some(("device".into(), "wrong".into()));
    let options = MqttOptions {
        credentials,
        ..MqttOptions::default()
    };
    MqttClient::connect_with(broker.port(), options).await;
}

/// A process that appends a line again and again and tells how it went.
#[tokio::test]
async fn a_full_disk_fails_writes_until_it_is_lifted() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join("file");
    std::fs::write(&file, "").expect("the file can be written");
    // One process that starts no others: a tracer that meets a shell in the middle of a start
    // waits for it, and it for the tracer.
    let script = r"
import os, sys, time
file = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND)
while True:
    time.sleep(0.02)
    try:
        os.write(file, b'line\n')
        print('ok')
    except OSError:
        print('failed')
";
    let mut writer = tokio::process::Command::new("python3")
        .args(["-u", "-c", script])
        .arg(&file)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("a shell");
    let stdout = writer.stdout.take().expect("stdout is piped");
    let mut lines = tokio::io::AsyncBufReadExt::lines(tokio::io::BufReader::new(stdout));
    let pid = writer.id().expect("it runs");
    let mut until = async |wanted: &str| {
        while lines
            .next_line()
            .await
            .expect("readable")
            .expect("still running")
            != wanted
        {}
    };
    until("ok").await;
    let full = DiskFault::full(pid, &[&file]).await;
    until("failed").await;
    full.lift().await;
    until("ok").await;
}
