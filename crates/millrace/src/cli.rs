//! The command line.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Connects MQTT brokers, understands any payload, stores what devices say.
#[derive(Parser)]
#[command(
    name = "millrace",
    version,
    about,
    after_help = "Start here:\n  millrace demo     a complete installation with a broker and two devices\n  millrace serve    the server\n\nEvery setting: millrace config"
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run the server
    Serve(ServeArgs),
    /// Run the server with a built-in broker, two simulated devices and both tutorials set up
    #[cfg(feature = "demo")]
    Demo(DemoArgs),
    /// Run a simulated device against any broker
    Simulate(SimulateArgs),
    /// Print the complete commented configuration, or check a file
    Config(ConfigArgs),
    /// Write converters, integrations, rule chains, profiles and dashboards to files
    #[command(
        after_help = "The folder holds one JSON file for each entity, scripts beside their converters, names for ids and\n${env:NAME} for secrets. Keep it under version control; `millrace apply` brings a server in line with it.\n\nExample:\n  MILLRACE_API_KEY=… millrace export configuration --server http://127.0.0.1:8080"
    )]
    Export(ExportArgs),
    /// Bring a server in line with a folder that `millrace export` wrote, or a person
    #[command(
        after_help = "Shows a plan, then carries it out: + is made, ~ is changed (and where), = stays. Nothing is ever deleted.\nA name that is neither in the folder nor on the server, or a secret without a value, stops it before\nanything is changed. A secret that is not given stays as it is on the server.\n\nExample:\n  millrace apply examples/sensor --dry-run --server http://127.0.0.1:8080"
    )]
    Apply(ApplyArgs),
    /// Copy a data directory into one file, while its server runs or not
    #[command(
        after_help = "Run it on the server's machine, as the server's user. The file is a tar archive: a manifest and the\ndatabases, all as they were at one moment. It is not compressed. While it is made, the file and the\nlargest database once more must fit on its disk. The key of stored passwords (secret.key,\nMILLRACE_SECRET_KEY) is never in it: keep a copy of it in another place.\n\nExample:\n  millrace backup /backups/millrace-$(date +%F).tar --data-dir /var/lib/millrace"
    )]
    Backup(BackupArgs),
    /// Make a data directory of a file that `millrace backup` wrote
    #[command(
        after_help = "The data directory must be empty, or not there yet. All checksums are verified before anything gets its\nplace. Then put the secret.key that the command names into the directory, or set MILLRACE_SECRET_KEY,\nand start the server. Without the key everything is there, but integrations ask for their passwords.\n\nExample:\n  millrace restore /backups/millrace-2026-05-01.tar --data-dir /var/lib/millrace\n  install -m 600 /safe/secret.key /var/lib/millrace/\n  millrace serve --data-dir /var/lib/millrace"
    )]
    Restore(RestoreArgs),
    /// Verify a data directory, or write its time series as CSV
    #[command(subcommand)]
    Data(DataCommand),
    /// Run scripts without a server
    #[command(subcommand)]
    Script(ScriptCommand),
    /// Run and test data converters without a server
    #[command(subcommand)]
    Converter(ConverterCommand),
}

#[derive(Args, Clone)]
pub(crate) struct ServeArgs {
    /// Configuration file (TOML)
    #[arg(long, env = "MILLRACE_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Address and port to listen on; port 0 takes any free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    pub(crate) http: Option<SocketAddr>,
    /// Directory of the databases [default: millrace-data]
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
}

#[cfg(feature = "demo")]
#[derive(Args)]
pub(crate) struct DemoArgs {
    #[command(flatten)]
    pub(crate) serve: ServeArgs,
    /// Port of the built-in broker; 0 takes any free one
    #[arg(long, default_value_t = 1883, value_name = "PORT")]
    pub(crate) broker_port: u16,
}

/// Which device is simulated.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DeviceKind {
    /// Publishes a temperature every second and takes commands on rx
    Sensor,
    /// Drifts towards the temperature it is told
    Thermostat,
}

#[derive(Args)]
pub(crate) struct SimulateArgs {
    /// The device
    pub(crate) device: DeviceKind,
    /// Broker to connect to
    #[arg(long, default_value = "127.0.0.1:1883", value_name = "HOST:PORT")]
    pub(crate) broker: String,
    /// Name of the device [default: SN-001 or Thermostat-A]
    #[arg(long)]
    pub(crate) name: Option<String>,
}

/// Which server: a running one, or one that is started for the moment on a data directory.
#[derive(Args)]
pub(crate) struct TargetArgs {
    /// A running server; needs an API key of a tenant administrator in MILLRACE_API_KEY
    #[arg(long, value_name = "URL")]
    pub(crate) server: Option<String>,
    /// Without --server: data directory of a server that does not run [default: millrace-data]
    #[arg(long, value_name = "DIR", conflicts_with = "server")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Without --server: configuration file of that server
    #[arg(long, env = "MILLRACE_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Without --server: email of the tenant administrator to act as [default: the first one]
    #[arg(long, value_name = "EMAIL", conflicts_with = "server")]
    pub(crate) user: Option<String>,
}

#[derive(Args)]
pub(crate) struct ExportArgs {
    /// Folder to write to; files of earlier exports are replaced
    pub(crate) dir: PathBuf,
    #[command(flatten)]
    pub(crate) target: TargetArgs,
}

#[derive(Args)]
pub(crate) struct ApplyArgs {
    /// Folder to read
    pub(crate) dir: PathBuf,
    /// Show the plan and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) target: TargetArgs,
}

/// Which data directory.
#[derive(Args)]
pub(crate) struct DataArgs {
    /// Directory of the databases [default: millrace-data]
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Configuration file of its server
    #[arg(long, env = "MILLRACE_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct BackupArgs {
    /// File to write; must not be there
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) data: DataArgs,
}

#[derive(Args)]
pub(crate) struct RestoreArgs {
    /// File to read
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) data: DataArgs,
}

#[derive(Subcommand)]
pub(crate) enum DataCommand {
    /// Read everything in a data directory and name what is damaged; changes nothing
    #[command(
        after_help = "The server must be stopped. Looks at the structure and schema version of each database, at the checksum\nand the records of every commit in the journal, and at what the files say about each other. The exit\ncode is 1 when something is wrong.\n\nA running server is verified by way of a copy:\n  millrace backup copy.tar && millrace restore copy.tar --data-dir copy && millrace data check --data-dir copy"
    )]
    Check(DataArgs),
    /// Write time series as CSV: entity type, entity name, key, ts, value
    #[command(
        after_help = "One line a point, ts in milliseconds since 1970, oldest first in each series. Texts are as they are, JSON\nvalues as JSON. From a running server (--server) or from the data directory of one that does not run.\n\nExamples:\n  MILLRACE_API_KEY=… millrace data export all.csv --server http://127.0.0.1:8080\n  millrace data export --device SN-001 --key temperature --from 2026-05-01 --to 2026-06-01 --data-dir ./data | gzip > may.csv.gz"
    )]
    Export(DataExportArgs),
}

#[derive(Args)]
pub(crate) struct DataExportArgs {
    /// File to write; must not be there [default: standard output]
    pub(crate) file: Option<PathBuf>,
    /// Name of a device; may be given several times [default: all devices and assets]
    #[arg(long, value_name = "NAME")]
    pub(crate) device: Vec<String>,
    /// Name of an asset; may be given several times
    #[arg(long, value_name = "NAME")]
    pub(crate) asset: Vec<String>,
    /// A key; may be given several times [default: all]
    #[arg(long, value_name = "KEY")]
    pub(crate) key: Vec<String>,
    /// Points from this time on: 2026-05-01 (UTC), RFC 3339 or milliseconds
    #[arg(long, value_name = "TIME", value_parser = crate::series::instant, allow_hyphen_values = true)]
    pub(crate) from: Option<i64>,
    /// Points before this time
    #[arg(long, value_name = "TIME", value_parser = crate::series::instant, allow_hyphen_values = true)]
    pub(crate) to: Option<i64>,
    #[command(flatten)]
    pub(crate) target: TargetArgs,
}

#[derive(Args)]
pub(crate) struct ConfigArgs {
    /// Check this file instead of printing the defaults
    #[arg(long, value_name = "FILE")]
    pub(crate) check: Option<PathBuf>,
}

/// Language of a script.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// TBEL
    Tbel,
    /// JavaScript
    Js,
}

#[derive(Subcommand)]
pub(crate) enum ScriptCommand {
    /// Run one script for each JSON line on standard input: {"id","script","args":{…}}
    #[command(
        after_help = "Example:\n  echo '{\"id\":1,\"script\":\"return a + 1;\",\"args\":{\"a\":41}}' | millrace script eval --lang tbel\n\nBytes are written {\"$bytes\":\"<base64>\"}. Each answer is {\"id\",\"ok\"} or {\"id\",\"error\":{kind,message,line,column}}."
    )]
    Eval {
        /// Language of the scripts
        #[arg(long)]
        lang: Lang,
        /// Names of the parameters, in order [default: the members of args]
        #[arg(long, value_delimiter = ',')]
        args: Option<Vec<String>>,
        /// Time zone of dates without one
        #[arg(long, default_value = "UTC")]
        tz: String,
        /// Refuse TBEL that only ThingsBoard refuses, by accident of its parser
        #[arg(long)]
        portable: bool,
    },
}

#[derive(Subcommand)]
pub(crate) enum ConverterCommand {
    /// Run converters with their cases and print each difference
    #[command(
        after_help = "A case is a folder with converter.json, metadata.json, payload*.json|txt|base64 and\nresult*.json beside each other; folders are walked. The exit code is 1 when a case fails."
    )]
    Test {
        /// Folders to walk
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// Run one converter on one payload and print the result
    Run {
        /// The converter's JSON, as exported
        file: PathBuf,
        /// File with the payload
        #[arg(long)]
        payload: PathBuf,
        /// File with the metadata as a JSON object
        #[arg(long)]
        metadata: Option<PathBuf>,
    },
}
