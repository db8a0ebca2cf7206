//! Own publishes: what waits for PUBACK, and what is sent again after a reconnect.

use bytes::Bytes;
use tokio::sync::oneshot;

use crate::config::QoS;
use crate::error::PublishError;
use crate::link::PublishReceipt;
use crate::message::PublishProperties;

/// A publish on its way from a caller to the connection.
#[derive(Debug)]
pub(crate) struct PublishRequest {
    pub(crate) topic: String,
    pub(crate) payload: Bytes,
    pub(crate) qos: QoS,
    pub(crate) retain: bool,
    pub(crate) properties: Option<PublishProperties>,
    pub(crate) done: oneshot::Sender<Result<PublishReceipt, PublishError>>,
}
