//! A real Mosquitto on a loopback port.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::logs::Logs;
use crate::port::free_port;

const INSTALL: &str = "install it with: apt-get install mosquitto mosquitto-clients";
const READY_WITHIN: Duration = Duration::from_secs(10);
/// A CONNECT of MQTT 3.1.1 with an empty client id and a clean session. Any CONNACK, a refusal too,
/// shows that the broker is serving.
const CONNECT: [u8; 14] = [0x10, 12, 0, 4, b'M', b'Q', b'T', b'T', 4, 2, 0, 60, 0, 0];

/// How a [`Mosquitto`] is set up. The default is an anonymous broker that forgets everything when
/// it stops and queues without limit.
#[derive(Clone, Debug, Default)]
pub struct MosquittoOptions {
    /// User name and password pairs; empty = anyone may connect.
    pub users: Vec<(String, String)>,
    /// The window of unacknowledged QoS 1 and 2 messages; `None` = the broker's default of 20.
    pub max_inflight: Option<u16>,
    /// Keeps sessions and retained messages over a [`Mosquitto::stop`]. After a kill the broker is
    /// where its last save left it (it saves after every second change).
    pub persistence: bool,
    /// Subscriptions are refused except for filters under this pattern.
    pub subscribe_only: Option<String>,
    /// Further lines of `mosquitto.conf`.
    pub extra: Vec<String>,
}

/// One Mosquitto process with a configuration, port and directory of its own. Killed on drop.
pub struct Mosquitto {
    port: u16,
    directory: TempDir,
    options: MosquittoOptions,
    child: Option<Child>,
    logs: Logs,
}

impl Mosquitto {
    /// Starts an anonymous broker with default settings.
    pub async fn anonymous() -> Self {
        Self::start(MosquittoOptions::default()).await
    }

    /// Starts a broker; it accepts connections when this returns.
    ///
    /// # Panics
    /// When Mosquitto is not installed (with the command that installs it) or does not come up.
    pub async fn start(options: MosquittoOptions) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let mut broker = Self {
            port: 0,
            directory,
            options,
            child: None,
            logs: Logs::default(),
        };
        for _ in 0..5 {
            broker.port = free_port();
            if broker.try_restart().await {
                return broker;
            }
        }
        panic!("mosquitto did not start:\n{}", broker.logs.tail(40));
    }

    /// `127.0.0.1:port`.
    #[must_use]
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The port, the same for the whole life of this value.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The broker's own log, among it each connect, subscription and loss.
    #[must_use]
    pub fn logs(&self) -> &Logs {
        &self.logs
    }

    /// Ends the broker without warning, as a crash would.
    pub async fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().await.expect("mosquitto can be killed");
        }
    }

    /// Asks the broker to stop; a persistent one saves everything.
    pub async fn stop(&mut self) {
        let Some(mut child) = self.child.take() else {
            return;
        };
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        let pid = id.and_then(Pid::from_raw).expect("the broker runs");
        kill_process(pid, Signal::TERM).expect("mosquitto can be signalled");
        child.wait().await.expect("mosquitto can be waited for");
    }

    /// Starts the broker again on its port, with what it had saved.
    ///
    /// # Panics
    /// When it does not come up.
    pub async fn restart(&mut self) {
        self.kill().await;
        let up = self.try_restart().await;
        assert!(up, "mosquitto did not start again:\n{}", self.logs.tail(40));
    }

    /// Removes what a stopped broker had saved: all sessions are lost.
    pub fn forget_sessions(&mut self) {
        assert!(
            self.child.is_none(),
            "stop the broker before its memory is removed"
        );
        let saved = self.directory.path().join("mosquitto.db");
        match std::fs::remove_file(&saved) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => panic!("{} cannot be removed: {error}", saved.display()),
        }
    }

    async fn try_restart(&mut self) -> bool {
        let configuration = self.write_configuration();
        let mut child = Command::new(program("mosquitto"))
            .arg("-c")
            .arg(configuration)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("mosquitto cannot be run ({error}); {INSTALL}"));
        self.logs
            .follow(child.stderr.take().expect("stderr is piped"));
        let started = Instant::now();
        while started.elapsed() < READY_WITHIN {
            if child
                .try_wait()
                .expect("mosquitto can be waited for")
                .is_some()
            {
                return false;
            }
            if answers(self.port).await {
                self.child = Some(child);
                return true;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        false
    }

    fn write_configuration(&self) -> PathBuf {
        let directory = self.directory.path();
        let mut text = format!(
            "listener {} 127.0.0.1\nuser root\nmax_queued_messages 0\nmax_queued_bytes 0\n\
             log_type error\nlog_type warning\nlog_type notice\nlog_type information\n\
             log_type subscribe\nlog_type unsubscribe\nconnection_messages true\n",
            self.port
        );
        if self.options.users.is_empty() {
            text.push_str("allow_anonymous true\n");
        } else {
            let passwords = directory.join("passwords");
            write_passwords(&passwords, &self.options.users);
            let _ = writeln!(
                text,
                "allow_anonymous false\npassword_file {}",
                passwords.display()
            );
        }
        if let Some(window) = self.options.max_inflight {
            let _ = writeln!(text, "max_inflight_messages {window}");
        }
        if self.options.persistence {
            let _ = writeln!(
                text,
                "persistence true\npersistence_location {}/\nautosave_on_changes true\n\
                 autosave_interval 1",
                directory.display()
            );
        }
        if let Some(pattern) = &self.options.subscribe_only {
            let rules = directory.join("rules.json");
            write_subscription_rules(&rules, pattern);
            let _ = writeln!(
                text,
                "plugin {}\nplugin_opt_config_file {}",
                security_plugin().display(),
                rules.display()
            );
        }
        for line in &self.options.extra {
            let _ = writeln!(text, "{line}");
        }
        let file = directory.join("mosquitto.conf");
        std::fs::write(&file, text).expect("the broker's configuration can be written");
        file
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        self.logs.show_if_failing("mosquitto");
    }
}

/// Debian keeps the broker in a folder that is not on every user's path.
fn program(name: &str) -> PathBuf {
    let sbin = Path::new("/usr/sbin").join(name);
    if sbin.exists() {
        sbin
    } else {
        PathBuf::from(name)
    }
}

async fn answers(port: u16) -> bool {
    let attempt = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.write_all(&CONNECT).await?;
        let mut reply = [0u8; 4];
        stream.read_exact(&mut reply).await?;
        Ok::<_, std::io::Error>(reply[0] == 0x20)
    };
    matches!(
        tokio::time::timeout(Duration::from_secs(1), attempt).await,
        Ok(Ok(true))
    )
}

fn write_passwords(file: &Path, users: &[(String, String)]) {
    std::fs::write(file, "").expect("the password file can be written");
    for (name, password) in users {
        let done = std::process::Command::new("mosquitto_passwd")
            .arg("-b")
            .arg(file)
            .args([name, password])
            .status()
            .unwrap_or_else(|error| panic!("mosquitto_passwd cannot be run ({error}); {INSTALL}"));
        assert!(done.success(), "mosquitto_passwd failed");
    }
}

/// Only the security plugin can refuse a subscription; access lists answer yes and deliver nothing.
fn write_subscription_rules(file: &Path, pattern: &str) {
    let rules = serde_json::json!({
        "defaultACLAccess": {
            "publishClientSend": true, "publishClientReceive": true,
            "subscribe": false, "unsubscribe": true
        },
        "anonymousGroup": "anyone",
        "groups": [{"groupname": "anyone", "roles": [{"rolename": "reader"}]}],
        "roles": [{"rolename": "reader", "acls": [
            {"acltype": "subscribePattern", "topic": pattern, "allow": true, "priority": 0}
        ]}],
        "clients": []
    });
    std::fs::write(file, rules.to_string()).expect("the broker's rules can be written");
}

fn security_plugin() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib")
        .into_iter()
        .flatten()
        .flatten();
    folders
        .map(|folder| folder.path().join("mosquitto_dynamic_security.so"))
        .find(|file| file.exists())
        .unwrap_or_else(|| panic!("mosquitto_dynamic_security.so not found; {INSTALL}"))
}
