//! "Check connection" names what is wrong, and the broker.

use std::time::Duration;

use millrace_link::{CheckError, Credentials, MqttVersion, Secret, check};
use millrace_testbed::{Mosquitto, MosquittoOptions};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::owner::{Owned, config};

const BOTH: [MqttVersion; 2] = [MqttVersion::V3_1_1, MqttVersion::V5];

/// Says these bytes to whoever connects; `None` = hangs up at once.
async fn stranger(words: Option<&'static [u8]>) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback");
    let port = listener.local_addr().expect("address").port();
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            if let Some(words) = words {
                let _ = stream.write_all(words).await;
                kept.push(stream);
            }
        }
    });
    port
}

async fn problem(port: u16, version: MqttVersion) -> (CheckError, String) {
    let mut cfg = config(port, "checked", &[]);
    cfg.version = version;
    cfg.connect_timeout = Duration::from_millis(500);
    let error = check(&cfg).await.expect_err("does not work");
    let text = error.to_string();
    assert!(text.starts_with(&format!("127.0.0.1:{port}: ")), "{text}");
    (error, text)
}

#[tokio::test]
async fn a_working_connection_does_not_disturb_the_real_one() {
    let broker = Mosquitto::anonymous().await;
    for version in BOTH {
        let mut cfg = config(broker.port(), "checked", &[]);
        cfg.version = version;
        let owned = Owned::start(cfg.clone()).await;
        let report = check(&cfg).await.expect("works");
        assert_eq!(report.address, format!("127.0.0.1:{}", broker.port()));
        assert!(report.client_id.contains("-check-"), "{report:?}");
        assert_eq!(owned.link.status().generation, 1);
    }
}

#[tokio::test]
async fn each_failure_says_its_own_reason() {
    for version in BOTH {
        let free = {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback");
            listener.local_addr().expect("address").port()
        };
        assert!(matches!(
            problem(free, version).await.0,
            CheckError::Refused { .. }
        ));

        let silent = stranger(Some(b"")).await;
        let (error, text) = problem(silent, version).await;
        assert!(matches!(error, CheckError::NoAnswer { .. }), "{text}");

        let web = stranger(Some(b"HTTP/1.1 400 Bad Request\r\n\r\n")).await;
        let (error, text) = problem(web, version).await;
        assert!(matches!(error, CheckError::NotMqtt { .. }), "{text}");

        let closes = stranger(None).await;
        let (error, text) = problem(closes, version).await;
        assert!(matches!(error, CheckError::Closed { .. }), "{text}");

        let old = stranger(Some(&[0x20, 2, 0, 1])).await;
        let (error, text) = problem(old, version).await;
        assert!(
            matches!(error, CheckError::UnsupportedVersion { code: 1, .. }),
            "{text}"
        );
        assert!(text.contains("does not support MQTT"), "{text}");
    }
    let id = stranger(Some(&[0x20, 2, 0, 2])).await;
    let (error, text) = problem(id, MqttVersion::V3_1_1).await;
    assert!(
        matches!(error, CheckError::IdRejected { code: 2, .. }),
        "{text}"
    );
    // CONNACK 0x86 with reason string "who?".
    let words = &[0x20, 10, 0, 0x86, 7, 0x1f, 0, 4, b'w', b'h', b'o', b'?'];
    let credentials = stranger(Some(words)).await;
    let (error, text) = problem(credentials, MqttVersion::V5).await;
    assert!(
        matches!(error, CheckError::BadCredentials { code: 0x86, .. }),
        "{text}"
    );
    assert!(text.contains("the broker says: who?"), "{text}");
}

#[tokio::test]
async fn an_unknown_host_is_named() {
    let mut cfg = config(1883, "checked", &[]);
    cfg.host = "no-such-host.invalid".to_owned();
    let error = check(&cfg).await.expect_err("does not work");
    assert!(matches!(error, CheckError::HostNotFound { .. }), "{error}");
    assert!(
        error
            .to_string()
            .starts_with("no-such-host.invalid:1883: host not found"),
        "{error}"
    );
}

#[tokio::test]
async fn wrong_credentials_are_not_authorised() {
    let broker = Mosquitto::start(MosquittoOptions {
        users: vec![("plant".to_owned(), "right".to_owned())],
        ..Default::default()
    })
    .await;
    for version in BOTH {
        let mut cfg = config(broker.port(), "checked", &[]);
        cfg.version = version;
        cfg.credentials = Credentials::Basic {
            username: "plant".to_owned(),
            password: Secret::new("wrong"),
        };
        let error = check(&cfg).await.expect_err("refused");
        assert!(matches!(error, CheckError::NotAuthorized { .. }), "{error}");
        assert_eq!(
            error.code(),
            Some(if version == MqttVersion::V5 { 0x87 } else { 5 })
        );
        cfg.credentials = Credentials::Basic {
            username: "plant".to_owned(),
            password: Secret::new("right"),
        };
        check(&cfg).await.expect("works");
    }
}
