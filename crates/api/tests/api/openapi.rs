//! The whole description of the API: a change of the public surface shows in review.

#[test]
fn the_description_is_what_was_agreed() {
    let mut api = serde_json::to_value(millrace_api::openapi()).unwrap();
    api["info"]["version"] = "any".into();
    insta::assert_json_snapshot!(api);
}

#[test]
fn every_type_that_is_named_is_described() {
    let api = serde_json::to_value(millrace_api::openapi()).unwrap();
    let text = api.to_string();
    let known = api["components"]["schemas"].as_object().unwrap();
    let named = text.split("\"#/components/schemas/").skip(1);
    let mut missing: Vec<_> = named
        .map(|part| part.split('"').next().unwrap())
        .filter(|name| !known.contains_key(*name))
        .collect();
    missing.dedup();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn every_operation_has_a_summary_and_a_group_and_ids_are_unique() {
    let api = serde_json::to_value(millrace_api::openapi()).unwrap();
    for (path, methods) in api["paths"].as_object().unwrap() {
        for (method, about) in methods.as_object().unwrap() {
            assert!(about["summary"].is_string(), "{method} {path}");
            assert_eq!(
                about["tags"].as_array().unwrap().len(),
                1,
                "{method} {path}"
            );
            let declared = about["parameters"].as_array();
            let declared: Vec<_> = declared
                .into_iter()
                .flatten()
                .filter(|one| one["in"] == "path")
                .collect();
            assert_eq!(declared.len(), path.matches('{').count(), "{method} {path}");
        }
    }
}
