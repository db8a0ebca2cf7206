//! Slow and full disks, without a disk of one's own: a tracer bends the server's system calls.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// A fault that lasts until [`DiskFault::lift`] or drop.
pub struct DiskFault {
    tracer: Child,
}

impl DiskFault {
    /// Every sync of the process takes `delay` longer.
    pub async fn slow_syncs(pid: u32, delay: Duration) -> Self {
        let inject = format!("inject=fsync,fdatasync:delay_exit={}", delay.as_micros());
        Self::attach(pid, &["-e", "trace=fsync,fdatasync", "-e", &inject]).await
    }

    /// Writes into `files` fail as on a full disk.
    pub async fn full(pid: u32, files: &[&Path]) -> Self {
        let calls = "pwrite64,write,pwritev,ftruncate,fallocate";
        let trace = format!("trace={calls}");
        let inject = format!("inject={calls}:error=ENOSPC");
        let mut arguments = vec!["-e", trace.as_str(), "-e", inject.as_str()];
        let files: Vec<&str> = files
            .iter()
            .map(|file| file.to_str().expect("a temporary path is UTF-8"))
            .collect();
        for file in &files {
            arguments.extend(["-P", *file]);
        }
        Self::attach(pid, &arguments).await
    }

    /// Ends the fault; the process goes on undisturbed.
    pub async fn lift(mut self) {
        if let Some(pid) = self.tracer.id().and_then(|id| i32::try_from(id).ok()) {
            let pid = Pid::from_raw(pid).expect("a process id is not zero");
            kill_process(pid, Signal::TERM).expect("the tracer can be signalled");
        }
        self.tracer
            .wait()
            .await
            .expect("the tracer can be waited for");
    }

    async fn attach(pid: u32, arguments: &[&str]) -> Self {
        let mut tracer = Command::new("strace")
            .args(["-f", "-o", "/dev/null", "-p", &pid.to_string()])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| {
                panic!("strace cannot be run ({error}); install it with: apt-get install strace")
            });
        let mut lines = BufReader::new(tracer.stderr.take().expect("stderr is piped")).lines();
        let mut seen = String::new();
        loop {
            let line = lines.next_line().await.expect("the tracer can be read");
            let Some(line) = line else {
                panic!("strace did not attach: {seen}")
            };
            if line.contains("attached") {
                break;
            }
            seen.push_str(&line);
        }
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { tracer }
    }
}
