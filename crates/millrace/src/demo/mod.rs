//! `millrace demo`: a complete installation to look at.

mod broker;
mod tutorials;

use std::{io::Write, net::SocketAddr, path::PathBuf, process::ExitCode, sync::Arc};

use anyhow::Result;

use crate::{
    cli::{DemoArgs, DeviceKind},
    config::TlsConfig,
    serve::{Server, read_config, runtime, start_log},
    simulate::Device,
    transfer::Door,
};

/// Who signs in to a demonstration. It is reachable from this machine only.
const EMAIL: &str = "demo@localhost";
const PASSWORD: &str = "demo";

/// `millrace demo`.
pub(crate) fn run(args: &DemoArgs) -> Result<ExitCode> {
    let mut config = read_config(&args.serve)?;
    anyhow::ensure!(
        config.http.addr.ip().is_loopback(),
        "a demonstration has a known password and listens on this machine only: use \"millrace serve\" for {}",
        config.http.addr
    );
    anyhow::ensure!(
        config.http.tls == TlsConfig::default(),
        "a demonstration speaks plain HTTP: leave out http.tls, or use \"millrace serve\""
    );
    if args.serve.data_dir.is_none() && args.serve.config.is_none() {
        config.data.dir = PathBuf::from("millrace-demo");
    }
    (config.admin.email, config.admin.password) = (EMAIL.to_owned(), PASSWORD.to_owned());
    // The built-in broker is not what people came to read about.
    config.log.filter.push_str(",rumqttd=off");
    start_log(&config)?;
    runtime()?.block_on(async {
        let port = broker::start(args.broker_port)?;
        let server = Server::start(config).await?;
        for kind in [DeviceKind::Sensor, DeviceKind::Thermostat] {
            let device = Device::new(kind, None, "127.0.0.1", port);
            tokio::spawn(async move {
                device
                    .run(&|line| tracing::info!(target: "device", "{line}"))
                    .await;
            });
        }
        let token = server.administrator_token(Some(EMAIL))?;
        let door = Door::new(
            &format!("http://{}", server.address),
            format!("Bearer {token}"),
        )?;
        let (platform, address) = (Arc::clone(&server.platform), server.address);
        server.announce()?;
        // Through the door that people use, so while it is open.
        let set_up = async {
            tutorials::set_up(&platform, &door, port).await?;
            welcome(address, port)
        };
        let running = server.run_until_stopped();
        tokio::pin!(running);
        tokio::select! {
            biased;
            stopped = &mut running => return stopped,
            done = set_up => done?,
        }
        running.await
    })?;
    Ok(ExitCode::SUCCESS)
}

fn welcome(address: SocketAddr, port: u16) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "\n  Open          http://{address}/          sign in as {EMAIL} with the password {PASSWORD}\n  \
         The API       http://{address}/api/docs\n  \
         The broker    mqtt://127.0.0.1:{port}     try: mosquitto_sub -p {port} -t '#' -v\n  \
         Two devices are publishing: SN-001 and Thermostat-A. Stop with Ctrl-C.\n"
    )?;
    out.flush()?;
    Ok(())
}
