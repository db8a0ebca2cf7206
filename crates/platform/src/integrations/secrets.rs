//! Secrets of an integration: stored sealed beside it, masked in everything that is read.

use millrace_model::entity::SECRET_MASK;
use millrace_store::secrets::SecretKey;
use serde_json::{Map, Value as Json};

use crate::error::{PlatformError, Result};

/// Members that are secrets, as JSON pointers into `configuration`.
const POINTERS: [&str; 4] = [
    "/clientConfiguration/credentials/password",
    "/clientConfiguration/credentials/privateKey",
    "/clientConfiguration/credentials/privateKeyPassword",
    "/clientConfiguration/credentials/token",
];

/// What a secret is good for only: sent back unchanged it is kept only while these are the same.
const TARGET: [&str; 4] = [
    "/clientConfiguration/host",
    "/clientConfiguration/port",
    "/clientConfiguration/ssl",
    "/clientConfiguration/credentials/username",
];

/// Secrets in clear, by pointer.
pub(super) type Secrets = Map<String, Json>;

/// Takes the secrets out of a configuration that was sent, and leaves masks. `stored` is the
/// configuration and the secrets of the last save.
///
/// # Errors
/// [`PlatformError::Invalid`] when a mask is sent for a secret that is not known, or that was
/// given for another host, port or user.
pub(super) fn take_out(
    configuration: &mut Json,
    stored: Option<(&Json, &Secrets)>,
) -> Result<Secrets> {
    let same_target = stored.is_some_and(|(before, _)| {
        TARGET.iter().all(|pointer| {
            text_of(before.pointer(pointer)) == text_of(configuration.pointer(pointer))
        })
    });
    let mut secrets = Secrets::new();
    for pointer in POINTERS {
        let Some(member) = configuration.pointer_mut(pointer) else {
            continue;
        };
        let secret = match member {
            Json::String(text) if text == SECRET_MASK => {
                match stored.and_then(|(_, secrets)| secrets.get(pointer)) {
                    Some(secret) if same_target => secret.clone(),
                    _ => return Err(unknown(pointer)),
                }
            }
            Json::String(text) if !text.is_empty() => Json::String(text.clone()),
            _ => continue,
        };
        *member = Json::String(SECRET_MASK.to_owned());
        secrets.insert(pointer.to_owned(), secret);
    }
    Ok(secrets)
}

fn unknown(pointer: &str) -> PlatformError {
    let field = format!("configuration{}", pointer.replace('/', "."));
    let message = format!(
        "{field} must be entered again: host, port, TLS or user changed since it was stored"
    );
    PlatformError::invalid(field, message)
}

/// A number and its text are the same target.
fn text_of(value: Option<&Json>) -> String {
    match value {
        None | Some(Json::Null | Json::Bool(false)) => String::new(),
        Some(Json::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// Puts the secrets back in clear, for the link.
pub(super) fn put_back(configuration: &Json, secrets: &Secrets) -> Json {
    let mut clear = configuration.clone();
    for (pointer, secret) in secrets {
        if let Some(member) = clear.pointer_mut(pointer) {
            *member = secret.clone();
        }
    }
    clear
}

/// The document that is stored.
pub(super) fn seal(key: &SecretKey, secrets: &Secrets) -> Json {
    Json::String(key.seal(Json::Object(secrets.clone()).to_string().as_bytes()))
}

/// The secrets in a stored document.
///
/// # Errors
/// When the key is not the one they were sealed with.
pub(super) fn unseal(key: &SecretKey, document: Option<&Json>) -> Result<Secrets> {
    let Some(Json::String(sealed)) = document else {
        return Ok(Secrets::new());
    };
    let clear = key.open(sealed)?;
    serde_json::from_slice(&clear).map_err(|error| {
        PlatformError::Internal(format!("stored credentials cannot be read: {error}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn configuration(host: &str, password: &str) -> Json {
        json!({"clientConfiguration": {"host": host, "port": 1883, "credentials": {"type": "basic", "username": "u", "password": password}}})
    }

    #[test]
    fn a_mask_keeps_the_secret_only_for_the_same_target() {
        let mut first = configuration("a", "hunter2");
        let secrets = take_out(&mut first, None).unwrap();
        assert!(!first.to_string().contains("hunter2"));

        let mut again = configuration("a", SECRET_MASK);
        let kept = take_out(&mut again, Some((&first, &secrets))).unwrap();
        assert_eq!(put_back(&again, &kept), configuration("a", "hunter2"));

        let mut elsewhere = configuration("evil", SECRET_MASK);
        let error = take_out(&mut elsewhere, Some((&first, &secrets)))
            .unwrap_err()
            .to_string();
        assert!(error.contains("password must be entered again"), "{error}");
        assert!(take_out(&mut configuration("a", SECRET_MASK), None).is_err());
    }
}
