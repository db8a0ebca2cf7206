//! Saving, reading, deleting and checking integrations.

use std::sync::Arc;

use millrace_link::LinkConfig;
use millrace_model::{
    DebugSettings, PageData, PageLink, TenantId,
    entity::{Converter, ConverterType, Integration, IntegrationType, SECRET_MASK},
    id::IntegrationId,
};
use millrace_outbound::AddressRules;
use millrace_store::{
    entities::{Change, EntityFilter},
    secrets::SecretKey,
};
use serde::Serialize;
use serde_json::Value as Json;
use tokio::sync::Semaphore;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    configuration::read_mqtt,
    listen::Listening,
    secrets::{Secrets, put_back, seal, take_out, unseal},
    status::StatusReport,
    supervisor::{Supervisor, stable_client_id},
};
use crate::{
    PlatformError, Records, Result, Scope, access, clock::now_ms, debug_rule, records::check_name,
};

const WHAT: &str = "Integration";

/// People who listen to brokers at once, for all tenants together.
const MOST_LISTENERS: usize = 8;

/// Name of the document that holds the sealed credentials.
pub(super) const SECRETS: &str = "secrets";

/// An integration in a list: without its configuration, with its status.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct IntegrationInfo {
    pub id: Option<IntegrationId>,
    pub created_time: Option<i64>,
    pub tenant_id: Option<TenantId>,
    pub name: String,
    #[serde(rename = "type")]
    pub integration_type: Option<IntegrationType>,
    pub debug_mode: bool,
    pub debug_settings: Option<DebugSettings>,
    pub enabled: bool,
    pub remote: bool,
    pub allow_create_devices_or_assets: bool,
    pub edge_template: bool,
    pub version: Option<i64>,
    /// Absent while the first connection is pending.
    pub status: Option<ListStatus>,
    /// Recent message counts.
    pub stats: Vec<u64>,
}

/// Status in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListStatus {
    /// Whether the session is up and every filter granted.
    pub success: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// The integrations of a tenant. Only its administrators reach them.
#[derive(Clone)]
pub struct Integrations {
    records: Records,
    key: Arc<SecretKey>,
    supervisor: Arc<Supervisor>,
    addresses: AddressRules,
    listeners: Arc<Semaphore>,
}

impl Integrations {
    /// Integrations kept in `records`, run by `supervisor`.
    #[must_use]
    pub fn new(records: Records, key: Arc<SecretKey>, supervisor: Arc<Supervisor>) -> Self {
        Self {
            records,
            key,
            supervisor,
            addresses: AddressRules::default(),
            listeners: Arc::new(Semaphore::new(MOST_LISTENERS)),
        }
    }

    /// The same with other rules about the addresses that *check connection* may try.
    #[must_use]
    pub fn with_addresses(mut self, addresses: AddressRules) -> Self {
        self.addresses = addresses;
        self
    }

    /// Creates (without id) or updates an integration; it connects or reconnects by itself.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] with the member that is wrong; a duplicate name; an old version.
    pub fn save(&self, scope: &Scope, mut integration: Integration) -> Result<Integration> {
        access::require_admin(scope)?;
        let stored: Option<Integration> = self.records.prepare(scope, WHAT, &mut integration)?;
        check_name("name", WHAT, &mut integration.name)?;
        require_mqtt(&integration)?;
        self.check_converters(scope, &integration)?;
        let known = match &stored {
            Some(stored) => self.secrets_of(scope, stored)?,
            None => Secrets::new(),
        };
        let before = stored
            .as_ref()
            .map(|stored| (&stored.configuration, &known));
        let secrets = take_out(&mut integration.configuration, before)?;
        read_mqtt(&put_back(&integration.configuration, &secrets))?;
        let now = now_ms();
        integration.debug_settings = Some(debug_rule::settings_to_store(
            integration.debug_mode,
            integration.debug_settings,
            stored.as_ref().and_then(|stored| stored.debug_settings),
            debug_rule::EVERYTHING,
            now,
            debug_rule::STATION_PERIOD_MS,
        ));
        integration.debug_mode = false;
        integration.enabled.get_or_insert(true);
        integration
            .allow_create_devices_or_assets
            .get_or_insert(true);
        fill_keys(&mut integration, stored.as_ref());
        let id = integration.id.unwrap_or_default();
        let document = Change::PutDocument {
            tenant: scope.tenant,
            entity: id.into(),
            name: SECRETS.to_owned(),
            lookup: None,
            body: seal(&self.key, &secrets),
        };
        self.records
            .commit(scope, integration, stored.is_none(), vec![document])
    }

    fn check_converters(&self, scope: &Scope, integration: &Integration) -> Result<()> {
        let uplink = integration.default_converter_id.ok_or_else(|| {
            PlatformError::invalid(
                "defaultConverterId",
                "defaultConverterId is required: the id of an uplink converter",
            )
        })?;
        self.check_converter(scope, "defaultConverterId", uplink.0, ConverterType::Uplink)?;
        match integration.downlink_converter_id.filter(|id| !id.is_null()) {
            Some(downlink) => self.check_converter(
                scope,
                "downlinkConverterId",
                downlink.0,
                ConverterType::Downlink,
            ),
            None => Ok(()),
        }
    }

    fn check_converter(
        &self,
        scope: &Scope,
        field: &str,
        id: Uuid,
        direction: ConverterType,
    ) -> Result<()> {
        let converter: Option<Converter> = self.records.table().get(scope.tenant, id)?;
        match converter.map(|converter| converter.converter_type) {
            Some(Some(actual)) if actual == direction => Ok(()),
            Some(_) => Err(PlatformError::invalid(
                field,
                format!("{field} must be a converter of type {}", direction.as_str()),
            )),
            None => Err(PlatformError::invalid(
                field,
                format!("{field}: there is no converter with id [{id}]"),
            )),
        }
    }

    fn secrets_of(&self, scope: &Scope, integration: &Integration) -> Result<Secrets> {
        let Some(id) = integration.id else {
            return Ok(Secrets::new());
        };
        unseal(
            &self.key,
            self.records
                .store()
                .document(scope.tenant, id.into(), SECRETS)?
                .as_ref(),
        )
    }

    /// An integration; secrets are masked.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`].
    pub fn get(&self, scope: &Scope, id: IntegrationId) -> Result<Integration> {
        access::require_admin(scope)?;
        self.records.get(scope, WHAT, id.0)
    }

    /// The integration with this key.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`].
    pub fn by_routing_key(&self, scope: &Scope, routing_key: &str) -> Result<Integration> {
        access::require_admin(scope)?;
        let filter = EntityFilter {
            body_equals: vec![(
                "routingKey".to_owned(),
                Json::String(routing_key.to_owned()),
            )],
            ..EntityFilter::default()
        };
        let page: PageData<Integration> =
            self.records
                .table()
                .page(scope.tenant, &filter, &PageLink::first(1))?;
        page.data
            .into_iter()
            .next()
            .ok_or_else(|| PlatformError::not_found(WHAT, routing_key))
    }

    /// The integrations with these ids, in this order; unknown ones are left out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn list(&self, scope: &Scope, ids: &[Uuid]) -> Result<Vec<Integration>> {
        access::require_admin(scope)?;
        self.records.list(scope, ids, None)
    }

    /// A page of integrations.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn page(
        &self,
        scope: &Scope,
        edge_template: bool,
        link: &PageLink,
    ) -> Result<PageData<Integration>> {
        access::require_admin(scope)?;
        let filter = EntityFilter {
            body_equals: vec![("edgeTemplate".to_owned(), Json::Bool(edge_template))],
            ..EntityFilter::default()
        };
        Ok(self.records.table().page(scope.tenant, &filter, link)?)
    }

    /// A page of integrations with their status.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn infos(
        &self,
        scope: &Scope,
        edge_template: bool,
        link: &PageLink,
    ) -> Result<PageData<IntegrationInfo>> {
        Ok(self
            .page(scope, edge_template, link)?
            .map(|integration| self.info(integration)))
    }

    fn info(&self, integration: Integration) -> IntegrationInfo {
        let enabled = integration.enabled.unwrap_or(true);
        let report = self
            .supervisor
            .status(integration.id.unwrap_or_default(), enabled);
        let status = match report.state {
            "ACTIVE" => Some(ListStatus {
                success: true,
                error: None,
            }),
            "FAILED" => Some(ListStatus {
                success: false,
                error: report.reason,
            }),
            _ => None,
        };
        IntegrationInfo {
            id: integration.id,
            created_time: integration.created_time,
            tenant_id: integration.tenant_id,
            name: integration.name,
            integration_type: integration.integration_type,
            debug_mode: false,
            debug_settings: integration.debug_settings,
            enabled,
            remote: integration.remote,
            allow_create_devices_or_assets: integration
                .allow_create_devices_or_assets
                .unwrap_or(true),
            edge_template: integration.edge_template,
            version: integration.version,
            status,
            stats: Vec::new(),
        }
    }

    /// What is true about an integration now.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`].
    pub fn status(&self, scope: &Scope, id: IntegrationId) -> Result<StatusReport> {
        let integration = self.get(scope, id)?;
        Ok(self
            .supervisor
            .status(id, integration.enabled.unwrap_or(true)))
    }

    /// Deletes an integration and ends its session at the broker.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`].
    pub fn delete(&self, scope: &Scope, id: IntegrationId) -> Result<()> {
        let integration = self.get(scope, id)?;
        if !self.supervisor.is_running(id)
            && let Ok(settings) = read_mqtt(&put_back(
                &integration.configuration,
                &self.secrets_of(scope, &integration)?,
            ))
        {
            let mut config = settings.link;
            if config.client_id.is_empty() {
                config.client_id = stable_client_id(id);
            }
            self.supervisor.end_session_of(config);
        }
        self.records.delete(scope, id.into(), Vec::new())
    }

    /// Tries the connection that `integration` describes, with a throw-away client id.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] with the member that is wrong; [`PlatformError::Refused`] with the
    /// broker's own reason and what to do about it.
    pub async fn check(&self, scope: &Scope, integration: Integration) -> Result<()> {
        let config = self.connection(scope, integration).await?;
        millrace_link::check(&config)
            .await
            .map(|_| ())
            .map_err(|error| PlatformError::Refused(error.to_string()))
    }

    /// Listens on the broker that `integration` describes, on a connection of its own.
    ///
    /// # Errors
    /// As [`Self::check`]; [`PlatformError::Throttled`] when too many listen.
    pub async fn listen(
        &self,
        scope: &Scope,
        integration: Integration,
        filter: &str,
    ) -> Result<Listening> {
        let place = Arc::clone(&self.listeners)
            .try_acquire_owned()
            .map_err(|_| {
                PlatformError::Throttled(format!(
                    "{MOST_LISTENERS} people listen to brokers already: try again when one has stopped"
                ))
            })?;
        let config = self.connection(scope, integration).await?;
        Listening::start(config, filter, place)
    }

    /// The connection that `integration` describes, saved or not, when its address may be tried.
    async fn connection(&self, scope: &Scope, mut integration: Integration) -> Result<LinkConfig> {
        access::require_admin(scope)?;
        require_mqtt(&integration)?;
        let stored: Option<Integration> = match integration.id {
            Some(id) => self.records.table().get(scope.tenant, id.0)?,
            None => None,
        };
        let known = match &stored {
            Some(stored) => self.secrets_of(scope, stored)?,
            None => Secrets::new(),
        };
        let before = stored
            .as_ref()
            .map(|stored| (&stored.configuration, &known));
        let secrets = take_out(&mut integration.configuration, before)?;
        let mut config = read_mqtt(&put_back(&integration.configuration, &secrets))?.link;
        if config.client_id.is_empty() {
            config.client_id = "millrace".to_owned();
        }
        let resolved = self.addresses.resolve(&config.host, config.port).await;
        if let Err(error) = resolved
            && error.kind() == std::io::ErrorKind::PermissionDenied
        {
            return Err(PlatformError::Refused(error.to_string()));
        }
        Ok(config)
    }
}

fn require_mqtt(integration: &Integration) -> Result<()> {
    match integration.integration_type {
        Some(IntegrationType::Mqtt) => Ok(()),
        Some(other) => Err(PlatformError::invalid(
            "type",
            format!("type {} is not available: use MQTT", other.as_str()),
        )),
        None => Err(PlatformError::invalid(
            "type",
            "Integration type should be specified: use MQTT",
        )),
    }
}

/// Key and secret are made when absent; a masked secret is the stored one.
fn fill_keys(integration: &mut Integration, stored: Option<&Integration>) {
    if integration
        .routing_key
        .as_deref()
        .unwrap_or_default()
        .is_empty()
    {
        let before = stored.and_then(|stored| stored.routing_key.clone());
        integration.routing_key = Some(before.unwrap_or_else(|| Uuid::now_v7().to_string()));
    }
    // MQTT needs no secret of its own; one that an import brings is not kept in clear.
    if integration
        .secret
        .as_deref()
        .is_some_and(|secret| !secret.is_empty())
    {
        integration.secret = Some(SECRET_MASK.to_owned());
    }
}
