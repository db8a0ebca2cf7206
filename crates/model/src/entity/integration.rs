//! Integrations: connections to external systems.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::{
    DebugSettings, Millis, TenantId,
    id::{ConverterId, IntegrationId},
};

use super::{Entity, entity_fields};

/// An integration with one external system.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Integration {
    /// Id; absent on create.
    pub id: Option<IntegrationId>,
    /// When it was made.
    pub created_time: Option<Millis>,
    /// Whose it is.
    pub tenant_id: Option<TenantId>,
    /// Unique name within the tenant.
    pub name: String,
    /// Kind of system; required.
    #[serde(rename = "type")]
    pub integration_type: Option<IntegrationType>,
    /// Deprecated form of `debugSettings`; always false when read back.
    pub debug_mode: bool,
    /// What is recorded.
    pub debug_settings: Option<DebugSettings>,
    /// Off: not connected, configuration kept.
    pub enabled: Option<bool>,
    /// Executed by a separate process; kept.
    pub remote: bool,
    /// Off: uplinks for unknown names are refused.
    pub allow_create_devices_or_assets: Option<bool>,
    /// Only for edge; kept.
    pub edge_template: bool,
    /// The uplink converter; required.
    pub default_converter_id: Option<ConverterId>,
    /// The downlink converter.
    pub downlink_converter_id: Option<ConverterId>,
    /// Integration key; made when absent.
    pub routing_key: Option<String>,
    /// Integration secret; reads back masked.
    pub secret: Option<String>,
    /// Settings by type; unknown members are kept.
    #[schema(value_type = Object)]
    pub configuration: Json,
    /// Free JSON, returned as it came.
    #[schema(value_type = Object)]
    pub additional_info: Option<Json>,
    /// Counter of saves; an older one in a save is a conflict.
    pub version: Option<i64>,
}

impl Entity for Integration {
    entity_fields!(IntegrationId, name);

    fn subtype(&self) -> Option<&str> {
        self.integration_type.map(IntegrationType::as_str)
    }
}

/// What a secret reads back as, and what means "unchanged" when it is sent.
pub const SECRET_MASK: &str = "********";

/// Kind of external system.
#[allow(missing_docs)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum IntegrationType {
    #[serde(rename = "OCEANCONNECT")]
    Oceanconnect,
    #[serde(rename = "SIGFOX")]
    Sigfox,
    #[serde(rename = "THINGPARK")]
    Thingpark,
    #[serde(rename = "TPE")]
    Tpe,
    #[serde(rename = "CHIRPSTACK")]
    Chirpstack,
    #[serde(rename = "PARTICLE")]
    Particle,
    #[serde(rename = "TMOBILE_IOT_CDP")]
    TmobileIotCdp,
    #[serde(rename = "HTTP")]
    Http,
    #[serde(rename = "MQTT")]
    Mqtt,
    #[serde(rename = "PUB_SUB")]
    PubSub,
    #[serde(rename = "AWS_IOT")]
    AwsIot,
    #[serde(rename = "AWS_SQS")]
    AwsSqs,
    #[serde(rename = "AWS_KINESIS")]
    AwsKinesis,
    #[serde(rename = "TTN")]
    Ttn,
    #[serde(rename = "TTI")]
    Tti,
    #[serde(rename = "AZURE_EVENT_HUB")]
    AzureEventHub,
    #[serde(rename = "OPC_UA")]
    OpcUa,
    #[serde(rename = "CUSTOM")]
    Custom,
    #[serde(rename = "UDP")]
    Udp,
    #[serde(rename = "TCP")]
    Tcp,
    #[serde(rename = "KAFKA")]
    Kafka,
    #[serde(rename = "AZURE_IOT_HUB")]
    AzureIotHub,
    #[serde(rename = "APACHE_PULSAR")]
    ApachePulsar,
    #[serde(rename = "RABBITMQ")]
    Rabbitmq,
    #[serde(rename = "LORIOT")]
    Loriot,
    #[serde(rename = "COAP")]
    Coap,
    #[serde(rename = "TUYA")]
    Tuya,
    #[serde(rename = "AZURE_SERVICE_BUS")]
    AzureServiceBus,
    #[serde(rename = "KPN")]
    Kpn,
    #[serde(rename = "IBM_WATSON_IOT")]
    IbmWatsonIot,
}

impl IntegrationType {
    /// The JSON spelling.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Oceanconnect => "OCEANCONNECT",
            Self::Sigfox => "SIGFOX",
            Self::Thingpark => "THINGPARK",
            Self::Tpe => "TPE",
            Self::Chirpstack => "CHIRPSTACK",
            Self::Particle => "PARTICLE",
            Self::TmobileIotCdp => "TMOBILE_IOT_CDP",
            Self::Http => "HTTP",
            Self::Mqtt => "MQTT",
            Self::PubSub => "PUB_SUB",
            Self::AwsIot => "AWS_IOT",
            Self::AwsSqs => "AWS_SQS",
            Self::AwsKinesis => "AWS_KINESIS",
            Self::Ttn => "TTN",
            Self::Tti => "TTI",
            Self::AzureEventHub => "AZURE_EVENT_HUB",
            Self::OpcUa => "OPC_UA",
            Self::Custom => "CUSTOM",
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Kafka => "KAFKA",
            Self::AzureIotHub => "AZURE_IOT_HUB",
            Self::ApachePulsar => "APACHE_PULSAR",
            Self::Rabbitmq => "RABBITMQ",
            Self::Loriot => "LORIOT",
            Self::Coap => "COAP",
            Self::Tuya => "TUYA",
            Self::AzureServiceBus => "AZURE_SERVICE_BUS",
            Self::Kpn => "KPN",
            Self::IbmWatsonIot => "IBM_WATSON_IOT",
        }
    }
}
