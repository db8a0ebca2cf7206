//! What a converter's script and its result mean.
//!
//! Running a script and reading its result are apart: [`UplinkScript::run`] gives the script's
//! value, [`read_result`] turns it into devices, attributes and telemetry with errors that name
//! the member.

mod result;
mod test_call;
mod uplink;

pub use result::{EntityKind, ResultError, UplinkEntity, read_result};
pub use test_call::{TestOutcome, UplinkTest, test_uplink};
pub use uplink::UplinkScript;
