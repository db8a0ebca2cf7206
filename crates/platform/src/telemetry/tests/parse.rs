//! The JSON forms of telemetry and attributes.

use serde_json::{Value as Json, json};

use super::{
    super::{parse_attributes, parse_telemetry},
    *,
};

fn read(json: Json) -> Vec<(Millis, Vec<(String, Value)>)> {
    let parts = parse_telemetry(&json, 99).unwrap();
    let named = |values: Vec<(Arc<str>, Value)>| {
        let values = values.into_iter();
        values
            .map(|(key, value)| (key.to_string(), value))
            .collect()
    };
    parts
        .into_iter()
        .map(|part| (part.ts, named(part.values)))
        .collect()
}

fn error(json: Json) -> String {
    parse_telemetry(&json, 99).unwrap_err().to_string()
}

#[test]
fn all_forms_are_read() {
    let a = |value: i64| vec![("a".to_owned(), long(value))];
    assert_eq!(read(json!({"a": 1})), [(99, a(1))]);
    assert_eq!(read(json!({"ts": 5, "values": {"a": 1}})), [(5, a(1))]);
    assert_eq!(read(json!({"ts": "5", "values": {"a": 1}})), [(5, a(1))]);
    assert_eq!(
        read(json!([{"a": 1}, {"ts": 5, "values": {"a": 2}}])),
        [(99, a(1)), (5, a(2))]
    );
    // Without `values`, `ts` is a key like any other.
    assert_eq!(read(json!({"ts": 5})), [(99, vec![("ts".into(), long(5))])]);
    assert!(read(json!([])).is_empty());
    assert!(read(json!({})).is_empty());
}

#[test]
fn values_get_the_types_of_the_type_rule() {
    let parts = read(json!({"a": "42", "b": "00123", "c": {"x": [1]}, "d": true, "e": 25.0}));
    let values: Vec<Value> = parts
        .into_iter()
        .flat_map(|(_, values)| values)
        .map(|(_, value)| value)
        .collect();
    assert_eq!(
        values,
        [
            long(42),
            Value::Text("00123".into()),
            Value::Json("{\"x\":[1]}".into()),
            Value::Bool(true),
            Value::Double(25.0),
        ]
    );
}

#[test]
fn errors_name_the_field() {
    assert_eq!(
        error(json!([{"a": 1}, 7])),
        "[1]: expected an object of keys and values, got a number"
    );
    assert_eq!(
        error(json!([{"ts": "soon", "values": {"a": 1}}])),
        "[0].ts: expected milliseconds since 1970, got \"soon\""
    );
    assert_eq!(
        error(json!({"ts": 1e300, "values": {}})),
        "ts: expected milliseconds since 1970, got 1e+300"
    );
    assert_eq!(
        error(json!({"ts": 1, "values": {"a": null}})),
        "values.a: null is no value: leave the key out"
    );
    assert_eq!(
        error(json!({"ts": 1, "values": 5})),
        "values: expected an object of keys and values, got a number"
    );
    assert_eq!(error(json!({" ": 1})), " : a key must not be empty");
    let long_key = "ä".repeat(256);
    assert!(error(json!({long_key: 1})).ends_with("a key must not be longer than 255 characters"));
    assert_eq!(read(json!({"ä".repeat(255): 1})).len(), 1);
    let error = parse_attributes(&json!([1])).unwrap_err().to_string();
    assert_eq!(
        error,
        "body: expected an object of keys and values, got an array"
    );
}

#[test]
fn attributes_are_one_object() {
    let values = parse_attributes(&json!({"a": 1.5, "b": "x"})).unwrap();
    assert_eq!(
        values,
        [
            ("a".into(), Value::Double(1.5)),
            ("b".into(), Value::Text("x".into()))
        ]
    );
}
