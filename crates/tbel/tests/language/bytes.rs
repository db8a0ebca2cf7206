use super::{check, check_errors};

#[test]
fn bytes_become_numbers() {
    check(&[
        (
            "return [parseBytesToInt(payload, 0, 2), parseBytesToInt(payload, 0, 2, false)];",
            "[4660,13330]",
        ),
        ("return parseBytesToInt(hexToBytes('FFFFFFFE'));", "-2"),
        ("return parseBytesToLong(payload);", "305420031L"),
        ("return parseBytesToFloat(hexToBytes('41200000'));", "10.0f"),
        ("return payload[3] & 0xFF;", "255"),
        (
            "return parseBinaryArrayToInt(parseByteToBinaryArray(57), 2, 4);",
            "14",
        ),
    ]);
    check_errors(&[
        (
            "return parseBytesToInt(payload, 3, 2);",
            "runtime",
            "outside of 4 bytes",
        ),
        (
            "return parseBytesToFloat(hexToBytes('7FC00000'));",
            "runtime",
            "not a number",
        ),
    ]);
}

#[test]
fn encodings() {
    check(&[
        (
            "return [btoa('Hello'), atob('SGVsbG8'), base64ToHex('AQL/')];",
            "[\"SGVsbG8=\",\"Hello\",\"0102FF\"]",
        ),
        (
            "return [bytesToHex(payload), bytesToBase64([1, 255]), hexToBytes('0x01ff')];",
            "[\"123456FF\",\"Af8=\",[1,-1]]",
        ),
        (
            "return [bytesToString([72, '0x65']), encodeURI('a b é'), decodeURI('%C3%A9')];",
            "[\"He\",\"a%20b%20%C3%A9\",\"é\"]",
        ),
        (
            "var b = base64ToBytes('AQID'); return [b.length, b[2], java.util.Arrays.copyOfRange(b, 1, 3)];",
            "[3,3,[2,3]]",
        ),
        ("var a = new byte[2]; a[0] = 200; return a;", "[-56,0]"),
    ]);
    check_errors(&[
        (
            "return hexToBytes('123');",
            "runtime",
            "the number of digits is odd",
        ),
        ("return base64ToBytes('%%');", "runtime", "is not base64"),
    ]);
}

#[test]
fn flat_maps() {
    check(&[
        (
            "return toFlatMap({a: [1, {b: 2}], c: {d: 3}});",
            "{a.0:1,a.1.b:2,c.d:3}",
        ),
        (
            "return toFlatMap({a: 1, b: {c: 2, x: 3}}, ['x'], false);",
            "{a:1,c:2}",
        ),
    ]);
}
