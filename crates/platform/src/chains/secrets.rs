//! Secrets of nodes: stored sealed beside the chain, masked in everything that is read.

use std::collections::BTreeMap;

use millrace_model::entity::{RuleNode, SECRET_MASK};
use millrace_store::secrets::SecretKey;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::{
    PlatformError, Result,
    rules::{descriptor::SettingKind, nodes},
};

/// Members of an object of credentials that are secrets.
const MEMBERS: [&str; 6] = [
    "password",
    "privateKey",
    "privateKeyPassword",
    "token",
    "apiKey",
    "sasKey",
];

/// What a secret is good for only: sent back unchanged it is kept only while these are the same.
const TARGET: [&str; 11] = [
    "/host",
    "/port",
    "/ssl",
    "/smtpHost",
    "/smtpPort",
    "/username",
    "/enableProxy",
    "/proxyHost",
    "/proxyPort",
    "/proxyUser",
    "/credentials/username",
];
/// The URL a node sends to; of it only scheme, host and port count.
const URL: &str = "/restEndpointUrlPattern";

/// Secrets in clear, by node and by JSON pointer into its configuration.
pub(super) type Secrets = BTreeMap<Uuid, BTreeMap<String, String>>;

/// Takes the secrets out of nodes that were sent, and leaves masks. `before` are the nodes of the
/// last save with masks, `stored` their secrets. A mask that stands for nothing known (a node of
/// another chain, or of a file) becomes empty.
///
/// # Errors
/// [`PlatformError::Invalid`] when a mask is sent for a secret that was given for another target.
pub(super) fn take_out(
    sent: &mut [RuleNode],
    before: &[RuleNode],
    stored: &Secrets,
) -> Result<Secrets> {
    let mut secrets = Secrets::new();
    for (position, node) in sent.iter_mut().enumerate() {
        let Some(id) = node.id else {
            continue;
        };
        let known = stored.get(&id.0);
        let same_target = before
            .iter()
            .find(|old| old.id == Some(id))
            .is_some_and(|old| same_target(&old.configuration, &node.configuration));
        let mut taken = BTreeMap::new();
        for pointer in pointers(node) {
            let Some(member) = node.configuration.pointer_mut(&pointer) else {
                continue;
            };
            let secret = match member.as_str() {
                Some(SECRET_MASK) => match known.and_then(|known| known.get(&pointer)) {
                    Some(secret) if same_target => secret.clone(),
                    Some(_) => return Err(moved(position, &pointer)),
                    None => {
                        *member = Json::String(String::new());
                        continue;
                    }
                },
                Some(text) if !text.is_empty() => text.to_owned(),
                _ => continue,
            };
            *member = Json::String(SECRET_MASK.to_owned());
            taken.insert(pointer, secret);
        }
        if !taken.is_empty() {
            secrets.insert(id.0, taken);
        }
    }
    Ok(secrets)
}

fn moved(position: usize, pointer: &str) -> PlatformError {
    let field = format!(
        "nodes[{position}].configuration{}",
        pointer.replace('/', ".")
    );
    let message = format!(
        "{field} must be entered again: host, port, TLS, user or proxy changed since it was stored"
    );
    PlatformError::invalid(field, message)
}

/// Puts the secrets back in clear, for the engine.
pub(super) fn put_back(nodes: &mut [RuleNode], secrets: &Secrets) {
    for node in nodes {
        let Some(known) = node.id.and_then(|id| secrets.get(&id.0)) else {
            continue;
        };
        for (pointer, secret) in known {
            if let Some(member) = node.configuration.pointer_mut(pointer) {
                *member = Json::String(secret.clone());
            }
        }
    }
}

/// The document that is stored.
///
/// # Errors
/// When there is no key to seal with.
pub(super) fn seal(key: Option<&SecretKey>, secrets: &Secrets) -> Result<Json> {
    let key = key.ok_or_else(|| {
        PlatformError::Internal("secrets of nodes cannot be stored without a key".to_owned())
    })?;
    let clear = serde_json::to_vec(secrets).map_err(|error| {
        PlatformError::Internal(format!("secrets of nodes cannot be written: {error}"))
    })?;
    Ok(Json::String(key.seal(&clear)))
}

/// The secrets in a stored document.
///
/// # Errors
/// When the key is not the one they were sealed with.
pub(super) fn unseal(key: Option<&SecretKey>, document: Option<&Json>) -> Result<Secrets> {
    let (Some(key), Some(Json::String(sealed))) = (key, document) else {
        return Ok(Secrets::new());
    };
    serde_json::from_slice(&key.open(sealed)?).map_err(|error| {
        PlatformError::Internal(format!("stored secrets of nodes cannot be read: {error}"))
    })
}

/// Where secrets stand in the configuration of a node.
fn pointers(node: &RuleNode) -> Vec<String> {
    let Some(descriptor) = nodes::descriptor(&node.node_type) else {
        return Vec::new();
    };
    let secret = descriptor.settings.iter().filter(|setting| setting.secret);
    secret
        .flat_map(|setting| match setting.kind {
            SettingKind::Json => MEMBERS
                .iter()
                .map(|member| format!("/{}/{member}", setting.name))
                .collect(),
            _ => vec![format!("/{}", setting.name)],
        })
        .collect()
}

fn same_target(before: &Json, after: &Json) -> bool {
    let same = TARGET
        .iter()
        .all(|pointer| text_of(before.pointer(pointer)) == text_of(after.pointer(pointer)));
    same && origin(before.pointer(URL)) == origin(after.pointer(URL))
}

/// A number and its text are the same target.
fn text_of(value: Option<&Json>) -> String {
    match value {
        None | Some(Json::Null | Json::Bool(false)) => String::new(),
        Some(Json::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// Scheme, host and port of a URL, which may be a template.
fn origin(url: Option<&Json>) -> String {
    let text = text_of(url);
    let parts: Vec<&str> = text.splitn(4, '/').take(3).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use millrace_model::id::RuleNodeId;
    use serde_json::json;

    use super::*;

    fn node(url: &str, password: &str) -> RuleNode {
        RuleNode {
            id: Some(RuleNodeId(Uuid::from_u128(1))),
            node_type: "org.thingsboard.rule.engine.rest.TbRestApiCallNode".to_owned(),
            configuration: json!({
                "restEndpointUrlPattern": url,
                "credentials": { "type": "basic", "username": "u", "password": password },
                "proxyPassword": "",
            }),
            ..RuleNode::default()
        }
    }

    #[test]
    fn a_mask_keeps_the_secret_only_for_the_same_target() {
        let mut first = [node("https://a.example/x", "hunter2")];
        let secrets = take_out(&mut first, &[], &Secrets::new()).unwrap();
        assert!(!first[0].configuration.to_string().contains("hunter2"));

        let mut again = [node("https://a.example/another/path", SECRET_MASK)];
        let kept = take_out(&mut again, &first, &secrets).unwrap();
        put_back(&mut again, &kept);
        assert_eq!(again[0].configuration["credentials"]["password"], "hunter2");

        let mut elsewhere = [node("https://evil.example/x", SECRET_MASK)];
        let error = take_out(&mut elsewhere, &first, &secrets)
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("nodes[0].configuration.credentials.password must be entered again"),
            "{error}"
        );
        let mut foreign = [node("https://a.example/x", SECRET_MASK)];
        assert!(
            take_out(&mut foreign, &[], &Secrets::new())
                .unwrap()
                .is_empty()
        );
        assert_eq!(foreign[0].configuration["credentials"]["password"], "");
    }
}
