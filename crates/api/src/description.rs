//! What the description of the API needs beyond what the handlers say: names of operations that
//! are unique, spellings as they are sent, the way to sign in.

use std::collections::HashSet;

use millrace_model::EntityType;
use utoipa::openapi::{
    OpenApi, RefOr,
    path::{Operation, PathItem},
    schema::Schema,
    security::{ApiKey, ApiKeyValue, SecurityScheme},
};

/// Completes a description.
pub(crate) fn complete(mut api: OpenApi) -> OpenApi {
    sign_in(&mut api);
    spellings(&mut api);
    let mut taken = HashSet::new();
    for (path, item) in &mut api.paths.paths {
        for operation in operations(item) {
            let id = operation_id(path, operation, &taken);
            taken.insert(id.clone());
            operation.operation_id = Some(id);
        }
    }
    api
}

fn sign_in(api: &mut OpenApi) {
    let header = ApiKey::Header(ApiKeyValue::with_description(
        "X-Authorization",
        "Bearer <token> or ApiKey <key>; the header Authorization works as well",
    ));
    api.components
        .get_or_insert_default()
        .add_security_scheme("token", SecurityScheme::ApiKey(header));
}

/// The macro that names entity kinds hides their spelling from the derived schema.
fn spellings(api: &mut OpenApi) {
    let components = api.components.get_or_insert_default();
    if let Some(RefOr::T(Schema::Object(kinds))) = components.schemas.get_mut("EntityType") {
        let texts = EntityType::ALL.iter().map(|kind| kind.as_str().into());
        kinds.enum_values = Some(texts.collect());
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        &mut item.get,
        &mut item.put,
        &mut item.post,
        &mut item.delete,
    ]
    .into_iter()
    .flatten()
}

/// `device_save` for the handler `save` of the tag *device*; what is still taken gets the last
/// word of its path.
fn operation_id(path: &str, operation: &Operation, taken: &HashSet<String>) -> String {
    let tag = operation.tags.iter().flatten().next();
    let handler = operation.operation_id.as_deref().unwrap_or("call");
    let mut id = format!("{}_{handler}", camel(tag.map_or("api", String::as_str)));
    let words = path.split('/').filter(|word| !word.starts_with('{'));
    for word in words.collect::<Vec<_>>().into_iter().rev() {
        if !taken.contains(&id) {
            break;
        }
        id = format!("{id}_{}", word.replace(['-', '.'], "_"));
    }
    id
}

/// `rule chain` as `ruleChain`.
fn camel(tag: &str) -> String {
    let mut text = String::new();
    for (index, word) in tag.split(' ').enumerate() {
        let word = word.to_lowercase();
        match (index, word.chars().next()) {
            (0, _) | (_, None) => text.push_str(&word),
            (_, Some(first)) => {
                text.extend(first.to_uppercase());
                text.push_str(word.get(first.len_utf8()..).unwrap_or_default());
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_has_a_name_of_its_own() {
        let api = crate::openapi();
        let mut ids = HashSet::new();
        let mut paths = api.paths.paths;
        for item in paths.values_mut() {
            for operation in operations(item) {
                let id = operation.operation_id.clone().unwrap();
                assert!(ids.insert(id.clone()), "{id} names two operations");
            }
        }
        assert!(ids.contains("device_save") && ids.contains("ruleChain_save"));
    }
}
