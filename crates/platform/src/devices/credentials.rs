//! How devices prove themselves: one set of credentials for each device.

use millrace_model::{
    Millis, TenantId,
    entity::{CredentialsType, DeviceCredentials},
    id::DeviceId,
};
use millrace_store::{StoreError, entities::Change};
use rand::distr::{Alphanumeric, SampleString};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Devices;
use crate::{PlatformError, Result, Scope, access, changes::ChangeKind, clock::now_ms};

/// Name of the document that holds a device's credentials.
pub const CREDENTIALS: &str = "credentials";

/// Length of an access token that is made here (characters).
const TOKEN_LENGTH: usize = 20;
/// Longest access token or other credentials id (characters).
const ID_MAX: usize = 255;
/// Longest certificate or other value (bytes).
const VALUE_MAX: usize = 32 * 1024;

/// Credentials as a client sends them along with a new device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct CredentialsInput {
    /// Their kind.
    pub credentials_type: CredentialsType,
    /// The access token, or what identifies the other kinds; made when absent.
    pub credentials_id: Option<String>,
    /// Certificate or basic credentials.
    pub credentials_value: Option<String>,
}

impl Devices {
    /// The credentials of a device.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`] for the device.
    pub fn credentials(&self, scope: &Scope, device: DeviceId) -> Result<DeviceCredentials> {
        self.get(scope, device)?;
        self.stored_credentials(scope, device)?.ok_or_else(|| {
            PlatformError::Internal(format!("device {device} has no credentials: save new ones"))
        })
    }

    /// Replaces the credentials of a device.
    ///
    /// # Errors
    /// [`PlatformError::Invalid`] for an access token that is blank or taken; a conflict for an
    /// old version; [`PlatformError::NotFound`] for the device.
    pub fn save_credentials(
        &self,
        scope: &Scope,
        sent: DeviceCredentials,
    ) -> Result<DeviceCredentials> {
        access::require_admin(scope)?;
        let device = sent.device_id;
        self.get(scope, device)?;
        let stored = self.stored_credentials(scope, device)?;
        if let (Some(expected), Some(version)) = (
            sent.version,
            stored.as_ref().and_then(|stored| stored.version),
        ) && expected != version
        {
            return Err(PlatformError::Store(StoreError::Conflict {
                what: "Device credentials".to_owned(),
                expected,
                stored: version,
            }));
        }
        let input = CredentialsInput {
            credentials_type: sent.credentials_type,
            credentials_id: sent.credentials_id,
            credentials_value: sent.credentials_value,
        };
        let mut credentials = checked(device, input, now_ms())?;
        if let Some(stored) = stored {
            credentials.id = stored.id;
            credentials.created_time = stored.created_time;
            credentials.version = Some(stored.version.unwrap_or(1).saturating_add(1));
        }
        self.require_free(&credentials)?;
        self.records()
            .store()
            .apply(&[change(scope.tenant, &credentials)?])?;
        self.records()
            .publish(scope, device.into(), ChangeKind::Updated);
        Ok(credentials)
    }

    /// The device with this access token, over all tenants; for devices that sign in themselves.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn by_access_token(&self, token: &str) -> Result<Option<(TenantId, DeviceId)>> {
        let found = self
            .records()
            .store()
            .document_by_lookup(CREDENTIALS, token)?;
        Ok(found.map(|(tenant, entity, _)| (tenant, DeviceId(entity.id))))
    }

    /// Credentials for a device that is about to be saved, checked, with their change.
    pub(super) fn credentials_change(
        &self,
        tenant: TenantId,
        device: DeviceId,
        input: CredentialsInput,
    ) -> Result<Change> {
        let credentials = checked(device, input, now_ms())?;
        self.require_free(&credentials)?;
        change(tenant, &credentials)
    }

    fn stored_credentials(
        &self,
        scope: &Scope,
        device: DeviceId,
    ) -> Result<Option<DeviceCredentials>> {
        let document = self
            .records()
            .store()
            .document(scope.tenant, device.into(), CREDENTIALS)?;
        document
            .map(serde_json::from_value)
            .transpose()
            .map_err(|error| {
                PlatformError::Internal(format!(
                    "credentials of device {device} are damaged: {error}"
                ))
            })
    }

    fn require_free(&self, credentials: &DeviceCredentials) -> Result<()> {
        let Some(lookup) = lookup(credentials) else {
            return Ok(());
        };
        let holder = self
            .records()
            .store()
            .document_by_lookup(CREDENTIALS, &lookup)?;
        match holder {
            Some((_, entity, _)) if entity != credentials.device_id.into() => {
                Err(PlatformError::invalid(
                    "credentialsId",
                    "credentialsId is used by another device: choose another token or leave it out",
                ))
            }
            _ => Ok(()),
        }
    }
}

/// A new access token.
#[must_use]
pub fn new_token() -> String {
    Alphanumeric.sample_string(&mut rand::rng(), TOKEN_LENGTH)
}

/// The change that gives a new device an access token of its own.
///
/// # Errors
/// When the credentials cannot be written as JSON.
pub fn new_credentials(tenant: TenantId, device: DeviceId, now: Millis) -> Result<Change> {
    let credentials = checked(device, CredentialsInput::default(), now)?;
    change(tenant, &credentials)
}

fn checked(device: DeviceId, input: CredentialsInput, now: Millis) -> Result<DeviceCredentials> {
    let CredentialsInput {
        credentials_type,
        credentials_id,
        credentials_value,
    } = input;
    if let Some(id) = &credentials_id
        && (id.trim().is_empty() && !id.is_empty() || id.chars().count() > ID_MAX)
    {
        return Err(PlatformError::invalid(
            "credentialsId",
            format!("credentialsId should have 1 to {ID_MAX} characters and not be blank"),
        ));
    }
    if credentials_value
        .as_ref()
        .is_some_and(|value| value.len() > VALUE_MAX)
    {
        return Err(PlatformError::invalid(
            "credentialsValue",
            format!("credentialsValue is too long: use at most {VALUE_MAX} bytes"),
        ));
    }
    Ok(DeviceCredentials {
        id: Some(json!({ "id": Uuid::now_v7() })),
        created_time: now,
        device_id: device,
        credentials_type,
        credentials_id: Some(
            credentials_id
                .filter(|id| !id.is_empty())
                .unwrap_or_else(new_token),
        ),
        credentials_value,
        version: Some(1),
    })
}

/// What finds these credentials. Kinds other than tokens carry their kind, so that a
/// certificate's fingerprint never passes as somebody's token.
fn lookup(credentials: &DeviceCredentials) -> Option<String> {
    let id = credentials.credentials_id.as_deref()?;
    Some(match credentials.credentials_type {
        CredentialsType::AccessToken => id.to_owned(),
        CredentialsType::X509Certificate => format!("x509 {id}"),
        CredentialsType::MqttBasic => format!("basic {id}"),
        CredentialsType::Lwm2mCredentials => format!("lwm2m {id}"),
    })
}

fn change(tenant: TenantId, credentials: &DeviceCredentials) -> Result<Change> {
    let body = serde_json::to_value(credentials).map_err(|error| {
        PlatformError::Internal(format!("credentials cannot be written: {error}"))
    })?;
    Ok(Change::PutDocument {
        tenant,
        entity: credentials.device_id.into(),
        name: CREDENTIALS.to_owned(),
        lookup: lookup(credentials),
        body,
    })
}
