//! `millrace serve`: opens the data directory, starts everything, stops in order.

use std::{
    fs::File,
    io::{IsTerminal, Write},
    net::SocketAddr,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result, bail};
use millrace_api::{
    ApiState,
    auth::{TokenOptions, Tokens},
};
use millrace_model::entity::{Authority, User};
use millrace_platform::{
    Records,
    accounts::{Accounts, BootstrapOptions, SignInName},
    calls::CallOptions,
    changes::Changes,
    downlinks::QueueBounds,
    path::PathOptions,
    platform::{Platform, PlatformOptions, Running, Stores},
    telemetry::TelemetryOptions,
};
use millrace_store::{
    Entities, fingerprint,
    journal::JournalOptions,
    running::RunningMarks,
    secrets::SecretKey,
    sqlite::{EventOptions, SqliteEntities, SqliteEvents, SqliteJournal, SqliteValues},
};
use tokio::{net::TcpListener, signal::unix::SignalKind};
use tracing_subscriber::EnvFilter;

use crate::{
    cli::ServeArgs,
    config::{self, Config},
    directory,
    listener::{self, Service, Tls},
};

/// Longest wait for open requests at a stop.
const DRAIN: Duration = Duration::from_secs(5);

/// Largest journal commit. The engine holds two copies of it while it writes; a larger one saves no
/// syncs that count.
const MAX_COMMIT_BYTES: usize = 2 << 20;

/// `millrace serve`.
pub(crate) fn run(args: &ServeArgs) -> Result<ExitCode> {
    let config = read_config(args)?;
    start_log(&config)?;
    runtime()?.block_on(async {
        let server = Server::start(config).await?;
        server.announce()?;
        server.run_until_stopped().await
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The configuration with the flags over it.
pub(crate) fn read_config(args: &ServeArgs) -> Result<Config> {
    let mut config = config::read(args.config.as_deref())?;
    if let Some(addr) = args.http {
        config.http.addr = addr;
    }
    if let Some(dir) = &args.data_dir {
        config.data.dir.clone_from(dir);
    }
    Ok(config)
}

/// The runtime of sockets and timers. Scripts and disks have threads of their own.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("io")
        .enable_all()
        .build()
        .context("the runtime cannot be started")
}

/// Log lines go to standard error: standard output has the one line that scripts wait for.
pub(crate) fn start_log(config: &Config) -> Result<()> {
    let filter = EnvFilter::try_new(&config.log.filter)
        .with_context(|| format!("log.filter \"{}\" is not valid", config.log.filter))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    let started = if config.log.json {
        log.json().try_init()
    } else {
        log.try_init()
    };
    started.map_err(|error| anyhow::anyhow!("the log cannot be started: {error}"))
}

/// A running server.
pub(crate) struct Server {
    pub(crate) platform: Arc<Platform>,
    pub(crate) address: SocketAddr,
    /// What a person signs in with after a first start.
    pub(crate) first_sign_in: Option<(String, String)>,
    listener: TcpListener,
    service: Service,
    ready: Arc<AtomicBool>,
    tokens: Tokens,
    _lock: File,
}

impl Server {
    /// Opens everything; nothing is served yet.
    pub(crate) async fn start(config: Config) -> Result<Self> {
        let dir = config.data.dir.clone();
        let lock = directory::lock(&dir)?;
        let bounds = config.http.bounds();
        listener::make_room(bounds.connections);
        let tls = config.http.tls.files()?.map(Tls::start).transpose()?;
        let listener = listen(config.http.addr).await?;
        let address = listener
            .local_addr()
            .context("the address of the listener is not known")?;
        let ready = Arc::new(AtomicBool::new(false));
        let metrics = metrics_exporter_prometheus::PrometheusBuilder::new()
            .install_recorder()
            .context("the metrics cannot be started")?;
        let runtime = tokio::runtime::Handle::current();
        let opened = {
            let config = config.clone();
            tokio::task::spawn_blocking(move || open(&config, runtime))
                .await
                .context("the start was broken off")??
        };
        let Opened {
            platform,
            first_sign_in,
            token_secret,
        } = opened;
        let own_tokens = tokens(&config, token_secret.clone())?;
        let state = api_state(&platform, &config, metrics, &ready, token_secret)?;
        Ok(Self {
            service: Service {
                router: crate::home::around(&millrace_api::router(state)),
                bounds,
                tls,
            },
            platform,
            address,
            first_sign_in,
            listener,
            ready,
            tokens: own_tokens,
            _lock: lock,
        })
    }

    /// What this process signs in to itself with: an access token of a tenant administrator, the
    /// first one or the one with this email.
    pub(crate) fn administrator_token(&self, email: Option<&str>) -> Result<String> {
        let users = self.platform.records.table::<User>().all()?;
        let user = users
            .iter()
            .filter(|user| user.authority == Authority::TenantAdmin)
            .find(|user| email.is_none_or(|email| user.email.eq_ignore_ascii_case(email)))
            .with_context(|| match email {
                Some(email) => format!("{email} is no tenant administrator of this data directory"),
                None => "this data directory has no tenant administrator".to_owned(),
            })?;
        let issued = self.tokens.issue(user, uuid::Uuid::now_v7());
        Ok(issued
            .map_err(|error| anyhow::anyhow!("no token can be made: {error:?}"))?
            .token)
    }

    /// Serves for as long as `work` takes, then stops in order. Links stay as they are.
    pub(crate) async fn while_serving<T>(self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let serving = tokio::spawn(listener::serve(
            self.listener,
            self.service,
            std::future::pending(),
        ));
        let done = work.await;
        serving.abort();
        self.platform.stop().await;
        done
    }

    /// The line that says where to go.
    pub(crate) fn announce(&self) -> Result<()> {
        let mut out = std::io::stdout().lock();
        if let Some((email, password)) = &self.first_sign_in {
            writeln!(
                out,
                "First start: sign in as {email} with the password {password} (shown only now)"
            )?;
        }
        let scheme = if self.service.tls.is_some() {
            "https"
        } else {
            "http"
        };
        writeln!(out, "Millrace is at {scheme}://{}", self.address)?;
        out.flush()?;
        Ok(())
    }

    /// Serves until SIGTERM or Ctrl-C, then stops in order.
    pub(crate) async fn run_until_stopped(self) -> Result<()> {
        self.platform.connect()?;
        self.ready.store(true, Ordering::Release);
        let (stop, mut stopped) = tokio::sync::watch::channel(false);
        let until = async move {
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        let serving = listener::serve(self.listener, self.service, until);
        let serving = tokio::spawn(serving);
        wait_for_signal().await?;
        tracing::info!("stopping: no new messages are accepted");
        self.ready.store(false, Ordering::Release);
        let _ = stop.send(true);
        self.platform.stop().await;
        if tokio::time::timeout(DRAIN, serving).await.is_err() {
            tracing::debug!("open connections were cut at the stop");
        }
        self.platform.tidy().await;
        tracing::info!("stopped; everything acknowledged is on disk");
        Ok(())
    }
}

/// What the doors stand on.
fn api_state(
    platform: &Arc<Platform>,
    config: &Config,
    metrics: metrics_exporter_prometheus::PrometheusHandle,
    ready: &Arc<AtomicBool>,
    token_secret: Vec<u8>,
) -> Result<ApiState> {
    let tokens = tokens(config, token_secret)?;
    let ready = Arc::clone(ready);
    Ok(ApiState {
        platform: Arc::clone(platform),
        tokens,
        metrics,
        ready: Box::new(move || ready.load(Ordering::Acquire)),
    })
}

fn tokens(config: &Config, secret: Vec<u8>) -> Result<Tokens> {
    let seconds = |span: config::Span| i64::try_from(span.0.as_secs()).unwrap_or(i64::MAX);
    Ok(Tokens::new(&TokenOptions {
        secret,
        access_seconds: seconds(config.auth.access_token),
        refresh_seconds: seconds(config.auth.refresh_token),
    })?)
}

/// Makes the first tenant and its administrator; returns what a person must be told once.
fn bootstrap(accounts: &Accounts, config: &Config) -> Result<Option<(String, String)>> {
    let given = |text: &String| (!text.is_empty()).then(|| text.clone());
    let system_administrator = match (
        given(&config.sysadmin.email),
        given(&config.sysadmin.password),
    ) {
        (Some(email), Some(password)) => Some(SignInName { email, password }),
        (None, None) => None,
        _ => bail!("sysadmin.email and sysadmin.password go together: give both or none"),
    };
    let defaults = BootstrapOptions::default();
    let options = BootstrapOptions {
        admin_email: given(&config.admin.email).unwrap_or_else(|| defaults.admin_email.clone()),
        admin_password: given(&config.admin.password),
        system_administrator,
        ..defaults
    };
    let made = accounts.bootstrap(&options)?;
    Ok(made.generated.map(|name| (name.email, name.password)))
}

/// What opening a data directory gives.
struct Opened {
    platform: Arc<Platform>,
    /// What a person signs in with after a first start.
    first_sign_in: Option<(String, String)>,
    token_secret: Vec<u8>,
}

/// Opens the stores and the platform.
fn open(config: &Config, runtime: tokio::runtime::Handle) -> Result<Opened> {
    let dir = &config.data.dir;
    let key = SecretKey::load(dir, std::env::var("MILLRACE_SECRET_KEY").ok().as_deref())?;
    fingerprint::keep(dir, &key)?;
    let entities: Arc<dyn Entities> = Arc::new(SqliteEntities::open(dir)?);
    let events = Arc::new(SqliteEvents::open(
        dir,
        EventOptions {
            ring_bytes: config.events.ring.0,
            ..EventOptions::default()
        },
    )?);
    let values = Arc::new(SqliteValues::open(dir)?);
    let journal = SqliteJournal::open(JournalOptions {
        dir: dir.clone(),
        max_commit_bytes: MAX_COMMIT_BYTES,
    })?;
    // Before anything runs: the first start makes the chain that messages go through.
    let records = Records::new(Arc::clone(&entities), Changes::default());
    let first = bootstrap(&Accounts::new(records), config)?;
    let stores = Stores {
        journal,
        values,
        entities,
        events,
        key: Arc::new(key),
    };
    let defaults = PathOptions::default();
    let options = PlatformOptions {
        path: PathOptions {
            lanes: if config.path.lanes == 0 {
                defaults.lanes
            } else {
                config.path.lanes
            },
            unfinished_bytes: config.path.unfinished.as_usize(),
            keep_journal_bytes: config.path.keep_journal.0,
            inactivity_ms: i64::try_from(config.path.inactivity.0.as_millis()).unwrap_or(i64::MAX),
            ..defaults
        },
        outbound: config.outbound.options()?,
        telemetry: TelemetryOptions {
            fold_bytes: config.telemetry.fold_size.as_usize(),
            fold_interval: config.telemetry.fold_interval.0,
            memory_bytes: config.telemetry.memory.as_usize(),
            cache_entities: config.telemetry.cache_entities,
            ..TelemetryOptions::default()
        },
        calls: CallOptions {
            most_open: config.rpc.most_open,
            most_open_of_device: config.rpc.most_open_of_device,
            reference_outcomes: config.rpc.reference_outcomes,
            keep: config.rpc.keep.0,
        },
        downlinks: QueueBounds {
            messages: config.downlinks.messages,
            bytes: config.downlinks.size.as_usize(),
            expiry: config.downlinks.expiry.0,
        },
        ..PlatformOptions::default()
    };
    let token_secret = stores.key.derive(b"token signed");
    let (marks, left) = RunningMarks::open(dir)?;
    let platform = Platform::start(stores, Running { marks, left }, options, runtime)?;
    Ok(Opened {
        platform,
        first_sign_in: first,
        token_secret,
    })
}

async fn listen(addr: SocketAddr) -> Result<TcpListener> {
    match TcpListener::bind(addr).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            bail!(
                "{addr} is in use: choose another address with --http, for example --http 127.0.0.1:0 for any free port"
            )
        }
        Err(error) => Err(error).with_context(|| format!("cannot listen on {addr} (--http)")),
    }
}

async fn wait_for_signal() -> Result<()> {
    let mut terminate = tokio::signal::unix::signal(SignalKind::terminate())
        .context("signals cannot be watched")?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        pressed = tokio::signal::ctrl_c() => pressed.context("Ctrl-C cannot be watched"),
    }
}
