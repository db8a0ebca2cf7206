//! The tutorials under `docs/tutorials`, done by a shell as a reader would.
//!
//! Blocks marked `sh` run one after the other in one shell. A block marked `json` is what the
//! block before it must have printed: members that it names are there with these values, items of
//! its lists are in the printed list. A block that only reads is repeated until it fits, as a
//! person would look again.

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use millrace_testbed::{Mosquitto, Server, millrace};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

const END: &str = "--- end of block ---";

/// How long a reader looks again.
const PATIENCE: Duration = Duration::from_secs(30);

struct Block {
    script: String,
    expected: Option<Value>,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open: Option<(&str, String)> = None;
    for line in page.lines() {
        match &mut open {
            None => {
                if let Some(language) = line.strip_prefix("```") {
                    open = Some((language, String::new()));
                }
            }
            Some((language, text)) if line == "```" => {
                match *language {
                    "sh" => blocks.push(Block {
                        script: std::mem::take(text),
                        expected: None,
                    }),
                    "json" => {
                        let expected = serde_json::from_str(text)
                            .unwrap_or_else(|error| panic!("{error} in\n{text}"));
                        let block = blocks.last_mut().expect("an answer follows a command");
                        block.expected = Some(expected);
                    }
                    other => panic!("nobody checks a block of \"{other}\""),
                }
                open = None;
            }
            Some((_, text)) => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    blocks
}

struct Shell {
    _process: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Shell {
    fn start(server: &Server, broker: &Mosquitto) -> Self {
        let mut process = Command::new("bash")
            .arg("-u")
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
            .env("MILLRACE", server.url())
            .env("BROKER_PORT", broker.port().to_string())
            .env("EMAIL", millrace_testbed::ADMIN_EMAIL)
            .env("PASSWORD", millrace_testbed::ADMIN_PASSWORD)
            .env("MILLRACE_PROGRAM", millrace())
            .env_remove("MILLRACE_BIN")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("bash is there");
        let input = process.stdin.take().expect("stdin is piped");
        let output = process.stdout.take().expect("stdout is piped");
        Self {
            _process: process,
            input,
            output: BufReader::new(output).lines(),
        }
    }

    /// Runs a block; returns what it printed and its status.
    async fn run(&mut self, script: &str) -> (String, String) {
        // Standard input belongs to the shell, not to what it runs.
        let text = format!("{{\n{script}}} < /dev/null\nprintf '\\n%s %s\\n' '{END}' $?\n");
        self.input
            .write_all(text.as_bytes())
            .await
            .expect("the shell reads");
        let mut printed = String::new();
        loop {
            let line = self.output.next_line().await.expect("the shell writes");
            let line = line.unwrap_or_else(|| panic!("the shell ended in\n{script}"));
            match line.strip_prefix(END) {
                Some(status) => return (printed, status.trim().to_owned()),
                None => {
                    printed.push_str(&line);
                    printed.push('\n');
                }
            }
        }
    }
}

/// Whether `found` says what `expected` says.
fn fits(expected: &Value, found: &Value) -> bool {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => expected
            .iter()
            .all(|(key, value)| found.get(key).is_some_and(|found| fits(value, found))),
        (Value::Array(expected), Value::Array(found)) => expected
            .iter()
            .all(|value| found.iter().any(|found| fits(value, found))),
        _ => expected == found,
    }
}

async fn read(page: &str) {
    let (server, broker) = (Server::fresh().await, Mosquitto::anonymous().await);
    let mut shell = Shell::start(&server, &broker);
    for block in blocks(page) {
        let begun = Instant::now();
        let reads_only = !["-d ", "&\n", "wait ", "kill "]
            .iter()
            .any(|sign| block.script.contains(sign));
        loop {
            let (printed, status) = shell.run(&block.script).await;
            let found = serde_json::from_str::<Value>(printed.trim()).ok();
            let fits = block
                .expected
                .as_ref()
                .is_none_or(|expected| found.as_ref().is_some_and(|found| fits(expected, found)));
            if status == "0" && fits {
                break;
            }
            assert!(
                reads_only && begun.elapsed() < PATIENCE,
                "status {status} of\n{}\nprinted\n{printed}\nexpected {:?}",
                block.script,
                block.expected
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

#[tokio::test]
async fn the_sensor_tutorial_holds() {
    read(include_str!("../docs/tutorials/sensor.md")).await;
}

#[tokio::test]
async fn the_thermostat_tutorial_holds() {
    read(include_str!("../docs/tutorials/thermostat.md")).await;
}
