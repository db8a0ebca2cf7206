//! What a converter's script and its result mean.
//!
//! Running a script and reading its result are apart: [`UplinkScript::run`] gives the script's
//! value, [`read_result`] turns it into devices, attributes and telemetry with errors that name
//! the member. [`DownlinkScript::run`] and [`read_downlinks`] do the same on the way down.

mod downlink;
mod downlink_result;
mod result;
mod test_call;
mod uplink;

pub use downlink::{DownlinkInput, DownlinkScript};
pub use downlink_result::{Downlink, DownlinkRules, read_downlinks};
pub use result::{EntityKind, ResultError, RpcAnswer, UplinkEntity, read_result};
pub use test_call::{DownlinkTest, TestOutcome, UplinkTest, test_downlink, test_uplink};
pub use uplink::UplinkScript;
