use super::{check, check_errors};

#[test]
fn literals_have_the_type_of_their_text() {
    check(&[
        ("return 999999999;", "999999999"),
        ("return 1000000000;", "1000000000L"),
        ("return -12345678;", "-12345678"),
        ("return -123456789;", "-123456789L"),
        ("return 0x7FFFFFFF;", "2147483647"),
        ("return 0xFFFFFFFF;", "4294967295L"),
        ("return 0x80000000;", "-2147483648L"),
        ("return 017;", "15"),
        ("return 5L;", "5L"),
        ("return 1.;", "1.0"),
        ("return 2.5f;", "2.5f"),
        ("return 1e309;", "\"Infinity\""),
        ("return 12345678901234567890I;", "12345678901234567890"),
    ]);
}

#[test]
fn one_type_stays_and_two_types_meet_as_doubles() {
    check(&[
        ("return msg.h + 1;", "61"),
        ("return msg.h / 7;", "8.571428571428571"),
        ("return msg.h * 1000000000;", "60000000000L"),
        ("return msg.big / 1000;", "12345678L"),
        ("return msg.big % 0;", "0L"),
        ("return msg.big / 0;", "9223372036854775807L"),
        ("return msg.h / 0;", "\"Infinity\""),
        ("return Math.round(25.678 * 100) / 100;", "25L"),
        ("return payload[3] / 2;", "0"),
        ("return payload[0] / payload[1];", "0.34615384615384615"),
        ("return 2 ** 10;", "1024"),
        ("return 1.5f * 2;", "3.0f"),
        ("return '10.5' * msg.h;", "630"),
        ("return '4' * '4';", "16.0"),
        ("return msg.name - 1;", "null"),
        ("return Integer.MAX_VALUE + 1;", "2147483647"),
    ]);
}

#[test]
fn the_rest_of_javas_mathematics() {
    check(&[
        ("return Math.copySign(3.0, -1.0);", "-3.0"),
        ("return Math.ulp(1.0);", "2.220446049250313e-16"),
        ("return Math.nextUp(1.0);", "1.0000000000000002"),
        ("return Math.incrementExact(5L);", "6L"),
        ("return Math.absExact(-5);", "5"),
        ("return 5L % 0;", "0L"),
        ("return [1, 2].hashCode();", "994"),
        ("return {a: 1}.hashCode();", "96"),
        (
            "return java.util.UUID.nameUUIDFromBytes('a'.getBytes()).toString();",
            "\"0cc175b9-c0f1-36a8-b1c3-99e269772661\"",
        ),
    ]);
    check_errors(&[
        ("return Math.absExact(Integer.MIN_VALUE);", "runtime", "fit"),
        (
            "return Math.decrementExact(Integer.MIN_VALUE);",
            "runtime",
            "fit",
        ),
        ("return 5 % 0;", "compile", "zero"),
        ("return String.format('%-d', 1);", "runtime", "width"),
        (
            "return new Date('Mon, 3 Jun 2008 11:05:30 GMT');",
            "runtime",
            "Mon",
        ),
    ]);
}

#[test]
fn ints_that_are_known_at_the_top_level_divide_as_ints() {
    check(&[
        ("var n = 7; return n / 2;", "3"),
        ("n = 7; return n / 2;", "3"),
        ("var n = msg.h; return n / 7;", "8.571428571428571"),
        ("var n = parseInt('7'); return n / 2;", "3"),
        ("return parseBytesToInt(payload, 0, 1) / 4;", "4.5"),
        (
            "function f() { var n = 7; return n / 2; } return f();",
            "3.5",
        ),
        ("var n; n = 7; return n / 2;", "3.5"),
        ("var n = 7; n /= 2; return n;", "3.5"),
        ("return 7 / 2;", "3.5"),
        (
            "var l = []; for (var i = 1; i < 4; i++) { l.add(i / 2); } return l;",
            "[0,1,1]",
        ),
        ("var a = 20; a = 2.5; return a / 2;", "1.25"),
    ]);
}

#[test]
fn rounding_and_parsing() {
    check(&[
        (
            "return [toFixed(2.345, 2), toFixed(10, 2), toFixed(12345.6789, -2)];",
            "[2.35,10.0,12300.0]",
        ),
        (
            "return [toInt(-2.5), Math.round(-2.5), Math.round(2.4f)];",
            "[-3,-2L,2]",
        ),
        (
            "return [parseInt('42'), parseInt('FF'), parseInt('0x1F'), parseInt(' ')];",
            "[42,255,31,null]",
        ),
        (
            "return [parseInt('101', 2), parseLong('7F', 16), parseDouble('1e3')];",
            "[5,127L,1000.0]",
        ),
        (
            "return [Math.max(1, 2.5), Math.max(msg.t, 0.0), Math.abs(-3)];",
            "[2,25.5,3]",
        ),
        (
            "return [intToHex(255), intToHex(-255), longToHex(256L, false)];",
            "[\"FF\",\"FF01\",\"0001\"]",
        ),
        (
            "return [isDecimal('1.5'), isHexadecimal('1F'), isNaN(0.0 / 0)];",
            "[10,16,true]",
        ),
        (
            "return 'v=' + 10000000.0 + ' ' + 0.0001 + ' ' + 25.0;",
            "\"v=1.0E7 1.0E-4 25.0\"",
        ),
    ]);
}
