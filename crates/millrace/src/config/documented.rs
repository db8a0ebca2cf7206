//! The complete configuration with its comments. A test keeps it equal to the defaults.

/// What `millrace config` prints.
pub(crate) const COMMENTED: &str = r#"# Millrace configuration. Every setting is shown with its default.
# Each one is also an environment variable: MILLRACE_ and its path, for example
# MILLRACE_HTTP_ADDR for http.addr. Flags win over the environment, the environment over this file.

[http]
# Address and port the server listens on. Port 0 takes any free one. The default is reachable
# from this machine only.
addr = "127.0.0.1:8080"
# Connections of clients at once, WebSockets included. More wait until one ends.
connections = 1024
# Longest time from the first byte of a request to the end of its headers, and of a connection's
# silence before its first request. After it the connection is closed.
header_timeout = "10s"
# Longest time between two requests of one connection.
idle_timeout = "75s"
# Longest standstill of a request's body, which ends with 408 when less than 1 KiB comes meanwhile,
# and of an answer that its client does not take.
stall_timeout = "30s"

[http.tls]
# Both given: the server speaks HTTPS only. PEM files: the certificate with those that vouch for it,
# the server's own first, and its private key, not encrypted. Changed files are taken within a
# minute, or at once on SIGHUP.
certificate = ""
key = ""

[data]
# Directory of the databases. One process at a time; copy it only while the server is stopped.
dir = "millrace-data"

[admin]
# The tenant administrator made at the first start. Empty: admin@localhost and a random password,
# printed once.
email = ""
password = ""

[sysadmin]
# A system administrator, made at the first start only when both are given.
email = ""
password = ""

[auth]
# How long a sign-in lasts without a new one.
access_token = "150m"
refresh_token = "7d"

[path]
# Threads that run converters and rule chains. 0: one for each core.
lanes = 0
# Accepted messages that may be unfinished at once. At this bound nothing more is accepted, and
# the brokers hold the rest.
unfinished = "8MiB"
# Recent messages kept for replay through an edited script.
keep_journal = "64MiB"
# Silence after which a device counts as inactive.
inactivity = "10m"

[telemetry]
# New values are written to their tables when so much has gathered, or after this time.
fold_size = "4MiB"
fold_interval = "2s"
# Values that may wait in memory when the tables cannot be written as fast as they come.
memory = "24MiB"
# Entities whose latest values and attributes stay in memory.
cache_entities = 200000

[rpc]
# Commands to devices that may be open at once, in all and for one device.
most_open = 10000
most_open_of_device = 1000
# End commands as the reference platform does: no early success for one-way commands, no early
# failure for those that nothing carries; 504 when the time is up.
reference_outcomes = false
# How long stored commands are kept after their end.
keep = "30d"

[downlinks]
# What may wait for the broker of one integration: messages, their bytes, and how long a message
# waits that no command limits.
messages = 1000
size = "8MiB"
expiry = "1m"

[events]
# Bytes of events kept for each station and kind; the oldest go first.
ring = "1MiB"

[outbound]
# Longest time of a request that a rule node sends, and of that until the connection stands.
timeout = "30s"
connect_timeout = "10s"
# Requests of one node under way at once, and those that may wait; more fail at once.
parallel = 32
waiting = 1000
# Largest answer.
answer = "1MiB"
# Nothing is ever sent to link-local addresses and the metadata services of clouds. Private
# addresses and this machine: denied as well when true.
deny_private = false
# More networks that are denied, and networks that are allowed whatever else says no, with commas
# between them: "10.0.0.0/8, 192.168.1.7".
deny = ""
allow = ""

[log]
# What is logged: error, warn, info, debug or trace, also by module (info,millrace_link=debug).
filter = "info"
# One JSON object a line.
json = false
"#;
