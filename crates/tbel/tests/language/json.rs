use super::{check, check_errors};

#[test]
fn reading_is_strict_and_drops_null_members() {
    check(&[
        (
            "return JSON.parse('{\"a\":1,\"b\":null,\"c\":[null,2.0,12345678901]}');",
            "{a:1,c:[null,2.0,12345678901L]}",
        ),
        ("return JSON.parse('{\"a\":1} trailing').a;", "1"),
        ("return JSON.parse('\"\\\\u00e9\\\\n\"');", "\"é\\n\""),
        (
            "return [JSON.parse(null), JSON.parse('1e2')];",
            "[null,100.0]",
        ),
        ("return decodeToJson([123, 125]);", "{}"),
    ]);
    check_errors(&[
        (
            "return JSON.parse('{bad');",
            "runtime",
            "expected a member name",
        ),
        ("return JSON.parse('01');", "runtime", "malformed number"),
        ("return decodeToJson('');", "runtime", "the text ends"),
    ]);
}

#[test]
fn writing_is_compact() {
    check(&[
        (
            "return JSON.stringify({a: [1, 2.0, null], b: 'x\"é', c: null});",
            "\"{\\\"a\\\":[1,2.0,null],\\\"b\\\":\\\"x\\\\\\\"é\\\"}\"",
        ),
        (
            "return JSON.stringify([1e21, 0.0 / 0, base64ToBytes('AQI=')]);",
            "\"[1.0E21,\\\"NaN\\\",\\\"AQI=\\\"]\"",
        ),
        ("return {x: 1.0 / 0};", "{x:\"Infinity\"}"),
    ]);
}
