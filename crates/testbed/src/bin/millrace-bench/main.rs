//! Measures the server that `MILLRACE_BIN` names against a real broker on this machine, and prints
//! one line a measurement. Figures depend on the machine and its neighbours: compare only what one
//! run printed.

mod chain;
mod commands;
mod latency;
mod process;
mod throughput;
mod yardstick;

use millrace_testbed::Server;

use crate::process::Usage;

/// One printed line.
fn row(what: &str, figures: &str) {
    println!("{what:<58} {figures}");
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, flag, kind, port, messages] = arguments.as_slice()
        && flag == "--yardstick"
    {
        let kind = yardstick::Kind::named(kind).expect("a yardstick");
        let port = port.parse().expect("a port");
        return yardstick::play(kind, port, messages.parse().expect("a number")).await;
    }
    let chosen = match parts_named(arguments.get(1..).unwrap_or_default()) {
        Ok(Some(chosen)) => chosen,
        Ok(None) => return println!("{}", help()),
        Err(problem) => {
            println!("{problem}\n\n{}", help());
            std::process::exit(2);
        }
    };
    for part in chosen {
        match part {
            "idle" => idle().await,
            "uplink" => throughput::run(&case(1_000, 1_000, 200_000, false)).await,
            "window" => throughput::run(&case(1_000, 20, 100_000, false)).await,
            "debug" => throughput::run(&case(1_000, 1_000, 200_000, true)).await,
            "fleet" => throughput::run(&case(50_000, 1_000, 200_000, false)).await,
            "latency" => latency::run().await,
            "commands" => commands::run().await,
            _ => chain::run().await,
        }
    }
}

/// What can be measured, in the order of a whole run: the everyday case first, then each
/// circumstance changed alone.
const PARTS: [(&str, &str); 8] = [
    (
        "idle",
        "start-up, memory and CPU of a server with nothing to do",
    ),
    (
        "uplink",
        "messages/s from the broker to stored values, beside the yardsticks",
    ),
    ("window", "the same with the broker's default window of 20"),
    (
        "debug",
        "the same with debug as a fresh installation has it",
    ),
    ("fleet", "the same with 50 000 devices"),
    ("latency", "publish to live update at 1 000 messages/s"),
    (
        "commands",
        "RPC call to PUBLISH and to the answer, at rest and under 10 000 uplinks/s",
    ),
    (
        "chain",
        "a rule chain of ten nodes against the default chain",
    ),
];

fn help() -> String {
    let parts = PARTS.map(|(name, what)| format!("  {name:<10} {what}"));
    format!(
        "usage: MILLRACE_BIN=<server> millrace-bench [PART]...\n\nWithout a part, all of them:\n{}",
        parts.join("\n")
    )
}

/// The parts that the arguments name, all when there are none; `None` when help was asked for.
fn parts_named(arguments: &[String]) -> Result<Option<Vec<&'static str>>, String> {
    if arguments.is_empty() {
        return Ok(Some(PARTS.map(|(name, _)| name).to_vec()));
    }
    if arguments
        .iter()
        .any(|it| matches!(it.as_str(), "-h" | "--help" | "help"))
    {
        return Ok(None);
    }
    let named = |argument: &String| {
        let part = PARTS.iter().find(|(name, _)| name == argument);
        part.map(|(name, _)| *name)
            .ok_or_else(|| format!("nothing to measure is called '{argument}'"))
    };
    arguments
        .iter()
        .map(named)
        .collect::<Result<_, _>>()
        .map(Some)
}

fn case(devices: u64, window: u16, messages: u64, debug: bool) -> throughput::Case {
    throughput::Case {
        devices,
        window,
        messages,
        debug,
    }
}

/// A server with nothing to do.
async fn idle() {
    let began = std::time::Instant::now();
    let server = Server::fresh().await;
    let started = began.elapsed();
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let before = Usage::of(server.pid());
    let seconds = 5;
    tokio::time::sleep(std::time::Duration::from_secs(seconds)).await;
    let busy = Usage::of(server.pid()).cpu - before.cpu;
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    let percent = busy.as_secs_f64() / seconds as f64 * 100.0;
    let resident = server.resident() / 1024 / 1024;
    row(
        "idle",
        &format!("first start {started:.0?}, {resident} MiB resident, {percent:.2} % of a core"),
    );
}
