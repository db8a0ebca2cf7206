//! Scenarios: what users and operators do, through the doors they use. One module per theme.
//!
//! Every scenario has its own broker and server and knows nothing of the product's code.

mod accidents;
mod answers;
mod backups;
mod calls;
mod chain_nodes;
mod command_line;
mod configuration;
mod configuration_files;
mod crashes;
mod durability;
mod encrypted_door;
mod fleet;
mod hostile_payloads;
mod hostile_scripts;
mod listen;
mod live_updates;
mod many_calls;
mod overload;
mod persistent_calls;
mod provisioning;
mod replay;
mod repository;
mod scene;
mod sensor_tutorial;
mod series_export;
mod slow_clients;
mod thermostat_tutorial;
mod tutorials;
mod versions;
