//! Integrations: their settings, their life, their links.
//!
//! | file | holds |
//! |---|---|
//! | `configuration` | the JSON of an MQTT integration, read with errors that name the field |
//! | `secrets` | what is masked when read and kept when sent back unchanged |
//! | `service` | saving, reading, deleting, checking |
//! | `observer` | what a link says, written where people see it |
//! | `supervisor` | one running link for each enabled integration |
//! | `end_session` | ends a broker session that nothing runs for any more |
//! | `status` | what is true now, for lists and the status endpoint |
//! | `totals` | counts over all links |

mod configuration;
mod end_session;
mod listen;
mod observer;
mod secrets;
mod service;
mod status;
mod supervisor;
mod totals;

pub use configuration::{MqttSettings, read_mqtt};
pub use listen::{HeardTopic, ListenUpdate, Listening};
pub use service::{IntegrationInfo, Integrations, ListStatus};
pub use status::{FilterReport, StatusReport};
pub use supervisor::Supervisor;
pub use totals::LinkTotals;
