//! The server's configuration: defaults, a TOML file, the environment, flags; later ones win.
//!
//! Every setting has an environment variable: `MILLRACE_` and the path of the setting in upper
//! case with `_` for `.` (`http.addr` is `MILLRACE_HTTP_ADDR`). Unknown settings are errors that
//! name them: a typing error must not pass for a default.

mod documented;
mod environment;
mod http;
mod units;

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use ipnet::IpNet;
use millrace_platform::outbound::{AddressRules, OutboundOptions};
use serde::{Deserialize, Serialize};

pub(crate) use documented::COMMENTED;
pub(crate) use http::{Http, TlsConfig};
pub(crate) use units::{ByteSize, Span};

/// All settings of a server.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) http: Http,
    pub(crate) data: Data,
    pub(crate) admin: Account,
    pub(crate) sysadmin: Account,
    pub(crate) auth: Auth,
    pub(crate) path: PathConfig,
    pub(crate) telemetry: TelemetryConfig,
    pub(crate) rpc: RpcConfig,
    pub(crate) downlinks: DownlinksConfig,
    pub(crate) events: EventsConfig,
    pub(crate) outbound: OutboundConfig,
    pub(crate) log: Log,
}

/// Where the server keeps its files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Data {
    pub(crate) dir: PathBuf,
}

/// An account made at the first start.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Account {
    pub(crate) email: String,
    pub(crate) password: String,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account")
            .field("email", &self.email)
            .finish_non_exhaustive()
    }
}

/// Sign-in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Auth {
    pub(crate) access_token: Span,
    pub(crate) refresh_token: Span,
}

/// The message path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PathConfig {
    pub(crate) lanes: usize,
    pub(crate) unfinished: ByteSize,
    pub(crate) keep_journal: ByteSize,
    pub(crate) inactivity: Span,
}

/// Telemetry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TelemetryConfig {
    pub(crate) fold_size: ByteSize,
    pub(crate) fold_interval: Span,
    pub(crate) memory: ByteSize,
    pub(crate) cache_entities: usize,
}

/// Commands to devices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RpcConfig {
    pub(crate) most_open: usize,
    pub(crate) most_open_of_device: usize,
    pub(crate) reference_outcomes: bool,
    pub(crate) keep: Span,
}

/// Publishes that wait for a broker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DownlinksConfig {
    pub(crate) messages: usize,
    pub(crate) size: ByteSize,
    pub(crate) expiry: Span,
}

/// Events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct EventsConfig {
    pub(crate) ring: ByteSize,
}

/// What rule nodes send to other systems.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct OutboundConfig {
    pub(crate) timeout: Span,
    pub(crate) connect_timeout: Span,
    pub(crate) parallel: usize,
    pub(crate) waiting: usize,
    pub(crate) answer: ByteSize,
    pub(crate) deny_private: bool,
    pub(crate) deny: String,
    pub(crate) allow: String,
}

/// The server's log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Log {
    pub(crate) filter: String,
    pub(crate) json: bool,
}

impl Default for Data {
    fn default() -> Self {
        Self {
            dir: PathBuf::from("millrace-data"),
        }
    }
}

impl Default for Auth {
    fn default() -> Self {
        Self {
            access_token: Span::seconds(9_000),
            refresh_token: Span::seconds(604_800),
        }
    }
}

impl Default for PathConfig {
    fn default() -> Self {
        Self {
            lanes: 0,
            unfinished: ByteSize::mebibytes(8),
            keep_journal: ByteSize::mebibytes(64),
            inactivity: Span::seconds(600),
        }
    }
}

impl Default for TelemetryConfig {
    fn default() -> Self {
        Self {
            fold_size: ByteSize::mebibytes(4),
            fold_interval: Span::seconds(2),
            memory: ByteSize::mebibytes(24),
            cache_entities: 200_000,
        }
    }
}

impl Default for RpcConfig {
    fn default() -> Self {
        Self {
            most_open: 10_000,
            most_open_of_device: 1_000,
            reference_outcomes: false,
            keep: Span::seconds(2_592_000),
        }
    }
}

impl Default for DownlinksConfig {
    fn default() -> Self {
        Self {
            messages: 1_000,
            size: ByteSize::mebibytes(8),
            expiry: Span::seconds(60),
        }
    }
}

impl Default for EventsConfig {
    fn default() -> Self {
        Self {
            ring: ByteSize::mebibytes(1),
        }
    }
}

impl Default for OutboundConfig {
    fn default() -> Self {
        Self {
            timeout: Span::seconds(30),
            connect_timeout: Span::seconds(10),
            parallel: 32,
            waiting: 1_000,
            answer: ByteSize::mebibytes(1),
            deny_private: false,
            deny: String::new(),
            allow: String::new(),
        }
    }
}

impl OutboundConfig {
    /// As the senders take it.
    pub(crate) fn options(&self) -> Result<OutboundOptions> {
        Ok(OutboundOptions {
            addresses: AddressRules {
                deny_private: self.deny_private,
                denied: networks("outbound.deny", &self.deny)?,
                allowed: networks("outbound.allow", &self.allow)?,
            },
            timeout: self.timeout.0,
            connect_timeout: self.connect_timeout.0,
            parallel: self.parallel,
            waiting: self.waiting,
            answer_bytes: self.answer.as_usize(),
        })
    }
}

fn networks(setting: &str, list: &str) -> Result<Vec<IpNet>> {
    list.split(',')
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(|text| {
            let address = || text.parse::<IpAddr>().map(IpNet::from).ok();
            text.parse().ok().or_else(address).with_context(|| {
                format!("{setting}: \"{text}\" is no network such as 10.0.0.0/8 and no address")
            })
        })
        .collect()
}

impl Default for Log {
    fn default() -> Self {
        Self {
            filter: "info".to_owned(),
            json: false,
        }
    }
}

/// Reads the configuration: the file (when there is one) over the defaults, the environment over
/// the file.
pub(crate) fn read(file: Option<&Path>) -> Result<Config> {
    let text = match file {
        Some(path) => std::fs::read_to_string(path)
            .with_context(|| format!("the configuration file {} cannot be read", path.display()))?,
        None => String::new(),
    };
    let name = file.map_or_else(
        || "the configuration".to_owned(),
        |path| path.display().to_string(),
    );
    from_parts(&text, &name, std::env::vars())
}

fn from_parts(
    text: &str,
    name: &str,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Config> {
    // Read once as it is, so that an error points at the line of the file.
    toml::from_str::<Config>(text).with_context(|| format!("{name} is not valid"))?;
    let mut table: toml::Table =
        toml::from_str(text).with_context(|| format!("{name} is not valid"))?;
    let defaults = toml::Table::try_from(Config::default())
        .context("the defaults cannot be written as TOML")?;
    environment::overlay(&mut table, &defaults, environment)?;
    let config: Config = table
        .try_into()
        .context("the configuration with the environment's settings is not valid")?;
    config.validate()?;
    Ok(config)
}

impl Config {
    fn validate(&self) -> Result<()> {
        let positive = [
            ("auth.access_token", self.auth.access_token.0.as_secs()),
            ("auth.refresh_token", self.auth.refresh_token.0.as_secs()),
            ("path.unfinished", self.path.unfinished.0),
            ("telemetry.memory", self.telemetry.memory.0),
            ("telemetry.fold_size", self.telemetry.fold_size.0),
            ("events.ring", self.events.ring.0),
            ("outbound.timeout", self.outbound.timeout.0.as_secs()),
            (
                "outbound.connect_timeout",
                self.outbound.connect_timeout.0.as_secs(),
            ),
            ("outbound.parallel", self.outbound.parallel as u64),
            ("outbound.answer", self.outbound.answer.0),
            ("rpc.most_open", self.rpc.most_open as u64),
            (
                "rpc.most_open_of_device",
                self.rpc.most_open_of_device as u64,
            ),
            ("downlinks.messages", self.downlinks.messages as u64),
            ("downlinks.size", self.downlinks.size.0),
            ("downlinks.expiry", self.downlinks.expiry.0.as_secs()),
        ];
        for (setting, value) in positive {
            anyhow::ensure!(value > 0, "{setting} must be more than 0");
        }
        self.http.validate()?;
        self.outbound.options()?;
        anyhow::ensure!(
            self.path.lanes <= 64,
            "path.lanes must be at most 64; 0 means one for each core"
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, environment: &[(&str, &str)]) -> Result<Config> {
        let environment = environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        from_parts(text, "millrace.toml", environment)
    }

    #[test]
    fn the_commented_configuration_is_the_default_one() {
        assert_eq!(read(COMMENTED, &[]).unwrap(), Config::default());
        let defaults = toml::Table::try_from(Config::default()).unwrap();
        let documented: toml::Table = toml::from_str(COMMENTED).unwrap();
        assert_eq!(
            documented, defaults,
            "every setting is in the commented configuration"
        );
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let config = read(
            "[http]\naddr = \"0.0.0.0:1\"\n[telemetry]\nfold_interval = \"5s\"",
            &[
                ("MILLRACE_HTTP_ADDR", "127.0.0.1:9"),
                ("MILLRACE_PATH_UNFINISHED", "32MiB"),
                ("MILLRACE_LOG_JSON", "true"),
            ],
        )
        .unwrap();
        assert_eq!(config.http.addr.port(), 9);
        assert_eq!(config.path.unfinished, ByteSize::mebibytes(32));
        assert_eq!(config.telemetry.fold_interval, Span::seconds(5));
        assert!(config.log.json);
    }

    #[test]
    fn mistakes_are_named() {
        let error = |text: &str, environment: &[(&str, &str)]| {
            format!("{:#}", read(text, environment).unwrap_err())
        };
        assert!(error("[http]\nport = 1", &[]).contains("unknown field `port`"));
        assert!(error("colour = 1", &[]).contains("unknown field `colour`"));
        assert!(error("[path]\nunfinished = \"12 potatoes\"", &[]).contains("12 potatoes"));
        assert!(error("", &[("MILLRACE_HTTP_PORT", "1")]).contains("MILLRACE_HTTP_PORT"));
        assert!(error("", &[("MILLRACE_PATH_LANES", "many")]).contains("MILLRACE_PATH_LANES"));
        assert!(
            error("[outbound]\ndeny = \"10.0.0.0/8, here\"", &[])
                .contains("outbound.deny: \"here\"")
        );
        assert!(
            error("[path]\nunfinished = \"0\"", &[])
                .contains("path.unfinished must be more than 0")
        );
        assert!(
            error("[http]\nheader_timeout = \"0s\"", &[])
                .contains("http.header_timeout must be more than 0")
        );
        assert!(error("[http]\nconnections = 0", &[]).contains("http.connections"));
    }
}
