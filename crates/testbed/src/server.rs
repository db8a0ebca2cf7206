//! The real server as a child process.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::task::JoinHandle;

use crate::actor::Actor;
use crate::binary::millrace;
use crate::logs::Logs;
use crate::metrics::Metrics;
use crate::rest::Rest;

/// The tenant administrator of every server of the bench.
pub const ADMIN_EMAIL: &str = "admin@millrace.test";
/// The administrator's password.
pub const ADMIN_PASSWORD: &str = "correct horse battery";

const READY: &str = "Millrace is at ";
const READY_WITHIN: Duration = Duration::from_secs(60);
const STOPPED_WITHIN: Duration = Duration::from_secs(15);

/// How a [`Server`] is started.
#[derive(Clone, Debug, Default)]
pub struct ServerOptions {
    /// Environment variables on top of the bench's own.
    pub env: Vec<(String, String)>,
    /// The command that serves; `None` = `serve`.
    pub command: Option<&'static str>,
    /// Further arguments of the command.
    pub args: Vec<String>,
    /// The data directory; `None` = a fresh one that is removed with the server.
    pub data_dir: Option<PathBuf>,
    /// A program with its arguments that runs the server, such as a tracer.
    pub wrapper: Vec<String>,
}

impl ServerOptions {
    /// The same with one more environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }
}

/// One `millrace serve`. Killed on drop; its last lines are shown when the test fails.
pub struct Server {
    options: ServerOptions,
    data_dir: PathBuf,
    _temporary: Option<TempDir>,
    child: Option<Child>,
    url: String,
    logs: Logs,
    /// Reads what the process prints, until it closes its ends.
    readers: Vec<JoinHandle<()>>,
}

impl Server {
    /// A server with nothing but the bench's administrator.
    pub async fn fresh() -> Self {
        Self::start(ServerOptions::default()).await
    }

    /// Starts a server; it serves when this returns.
    ///
    /// # Panics
    /// When it does not print its ready line within 60 s.
    pub async fn start(options: ServerOptions) -> Self {
        let mut server = Self::prepare(options);
        server.launch().await.unwrap_or_else(|reason| {
            panic!(
                "the server did not start: {reason}\n{}",
                server.logs.tail(60)
            )
        });
        server
    }

    /// Starts a server that is expected to refuse, and returns what it printed.
    ///
    /// # Panics
    /// When it starts serving or ends with success.
    pub async fn refused(options: ServerOptions) -> String {
        let mut server = Self::prepare(options);
        let started = server.launch().await;
        assert!(
            started.is_err(),
            "the server started although it should have refused"
        );
        let status = server.exited().await;
        assert!(
            !status.success(),
            "a refusal to start must end with a failure status"
        );
        server.logs.tail(60)
    }

    fn prepare(options: ServerOptions) -> Self {
        let temporary = options
            .data_dir
            .is_none()
            .then(|| tempfile::tempdir().expect("a temporary directory can be made"));
        let data_dir = match (&options.data_dir, &temporary) {
            (Some(path), _) => path.clone(),
            (None, Some(directory)) => directory.path().join("data"),
            (None, None) => unreachable!("one of the two is always there"),
        };
        Self {
            options,
            data_dir,
            _temporary: temporary,
            child: None,
            url: String::new(),
            logs: Logs::default(),
            readers: Vec::new(),
        }
    }

    /// `http://127.0.0.1:port` of the running process, `https` with a certificate; changes with each
    /// restart.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The directory that holds everything the server keeps.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// What the server printed, over all restarts.
    #[must_use]
    pub fn logs(&self) -> &Logs {
        &self.logs
    }

    /// The process id.
    ///
    /// # Panics
    /// When the server is stopped.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child
            .as_ref()
            .and_then(Child::id)
            .expect("the server runs")
    }

    /// A client without credentials.
    #[must_use]
    pub fn anonymous(&self) -> Rest {
        Rest::new(&self.url)
    }

    /// The tenant administrator, logged in.
    pub async fn admin(&self) -> Actor {
        Actor::new(self.anonymous().login(ADMIN_EMAIL, ADMIN_PASSWORD).await)
    }

    /// The counters as `/metrics` shows them now.
    pub async fn metrics(&self) -> Metrics {
        let reply = self.anonymous().request("GET", "/metrics", None).await;
        assert_eq!(reply.status, 200, "/metrics: {}", reply.text);
        Metrics::parse(&reply.text)
    }

    /// Resident memory in bytes.
    #[must_use]
    pub fn resident(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid()))
            .expect("the kernel tells about a running process");
        let kib = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.split_whitespace().next())
            .and_then(|number| number.parse::<u64>().ok())
            .expect("VmRSS is listed");
        kib * 1024
    }

    /// Ends the server without warning.
    pub async fn kill9(&mut self) {
        let mut child = self.child.take().expect("the server runs");
        child.kill().await.expect("the server can be killed");
    }

    /// Asks the server to stop and waits until it has.
    ///
    /// # Panics
    /// When it takes longer than 15 s.
    pub async fn sigterm(&mut self) -> ExitStatus {
        self.signal(Signal::TERM);
        self.exited().await
    }

    /// Asks the server to read its certificate again.
    pub fn hangup(&self) {
        self.signal(Signal::HUP);
    }

    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.pid())
            .ok()
            .and_then(Pid::from_raw)
            .expect("a process id");
        kill_process(pid, signal).expect("the server can be signalled");
    }

    /// Waits until the process has ended by itself.
    ///
    /// # Panics
    /// When it takes longer than 15 s.
    pub async fn exited(&mut self) -> ExitStatus {
        self.exited_within(STOPPED_WITHIN).await
    }

    /// [`Server::exited`] with a deadline of its own.
    ///
    /// # Panics
    /// When it takes longer.
    pub async fn exited_within(&mut self, deadline: Duration) -> ExitStatus {
        let mut child = self.child.take().expect("the server was started");
        let status = tokio::time::timeout(deadline, child.wait())
            .await
            .unwrap_or_else(|_| panic!("the server still runs after {deadline:?}"))
            .expect("the server can be waited for");
        for reader in self.readers.drain(..) {
            reader.await.expect("what it printed can be read");
        }
        status
    }

    /// Replaces an environment variable for the next start; `None` removes it.
    pub fn set_env(&mut self, name: &str, value: Option<&str>) {
        self.options.env.retain(|(known, _)| known != name);
        if let Some(value) = value {
            self.options.env.push((name.into(), value.into()));
        }
    }

    /// Starts a stopped or killed server again on the same data.
    ///
    /// # Panics
    /// When it does not come up.
    pub async fn restart(&mut self) {
        self.launch().await.unwrap_or_else(|reason| {
            panic!(
                "the server did not start again: {reason}\n{}",
                self.logs.tail(60)
            )
        });
    }

    /// Starts the process without waiting until it serves: for servers that are to end on the way.
    pub fn spawn(&mut self) -> ChildStdout {
        assert!(self.child.is_none(), "the server runs already");
        let mut command = self.command();
        let mut child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let stderr = child.stderr.take().expect("stderr is piped");
        self.readers.push(self.logs.follow(stderr));
        let stdout = child.stdout.take().expect("stdout is piped");
        self.child = Some(child);
        stdout
    }

    fn command(&self) -> Command {
        let binary = millrace();
        let mut words = self
            .options
            .wrapper
            .iter()
            .map(PathBuf::from)
            .chain([binary]);
        let mut command = Command::new(words.next().expect("the program itself is there"));
        // Settings are for the server, not for its tests: it refuses what it does not know.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("MILLRACE_") {
                command.env_remove(name);
            }
        }
        command
            .args(words)
            .arg(self.options.command.unwrap_or("serve"))
            .args(self.http())
            .arg("--data-dir")
            .arg(&self.data_dir)
            .args(&self.options.args)
            .env("MILLRACE_ADMIN_EMAIL", ADMIN_EMAIL)
            .env("MILLRACE_ADMIN_PASSWORD", ADMIN_PASSWORD)
            .envs(self.options.env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Any free port, unless the options name one.
    fn http(&self) -> &'static [&'static str] {
        if self.options.args.iter().any(|word| word == "--http") {
            &[]
        } else {
            &["--http", "127.0.0.1:0"]
        }
    }

    async fn launch(&mut self) -> Result<(), String> {
        let stdout = self.spawn();
        // Not before: the first start of a test may have had to build the program.
        let started = Instant::now();
        let mut lines = BufReader::new(stdout).lines();
        loop {
            let left = READY_WITHIN.saturating_sub(started.elapsed());
            let line = tokio::time::timeout(left, lines.next_line())
                .await
                .map_err(|_| format!("no line \"{READY}…\" within {READY_WITHIN:?}"))?
                .map_err(|error| error.to_string())?
                .ok_or("it ended without the ready line")?;
            self.logs.push(line.clone());
            if let Some(url) = line.strip_prefix(READY) {
                self.url = url.trim().trim_end_matches('/').to_owned();
                break;
            }
        }
        self.readers.push(self.logs.follow(lines.into_inner()));
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.logs.show_if_failing("millrace");
    }
}
