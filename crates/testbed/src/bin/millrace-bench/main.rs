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
    if let [_, only] = arguments.as_slice()
        && only == "--chain"
    {
        return chain::run().await;
    }
    idle().await;
    for case in cases() {
        throughput::run(&case).await;
    }
    latency::run().await;
    commands::run().await;
}

/// The everyday case first, then each circumstance changed alone.
fn cases() -> [throughput::Case; 4] {
    let case = |devices, window, messages, debug| throughput::Case {
        devices,
        window,
        messages,
        debug,
        yardsticks: true,
    };
    [
        case(1_000, 1_000, 200_000, false),
        case(1_000, 20, 100_000, false),
        case(1_000, 1_000, 200_000, true),
        case(50_000, 1_000, 200_000, false),
    ]
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
