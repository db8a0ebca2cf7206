use super::{check, check_errors};

#[test]
fn precedence_is_that_of_c() {
    check(&[
        ("var a = 1; var b = 2; var c = 1; return a << b + c;", "8"),
        ("var a = 2; return [-a ** 2, a + 3 * 4 - 1]; ", "[4,13]"),
        ("var a = 5; return a & 1 == 1;", "1"),
        ("var a = true; return a || a && !a;", "true"),
        (
            "var a = 5; return a > 3 ? a < 10 ? 'mid' : 'hi' : 'lo';",
            "\"mid\"",
        ),
        ("return 'a' + 1 + 2;", "\"a12\""),
        ("return 1 + 2 + 'a';", "\"3a\""),
    ]);
}

#[test]
fn equality_is_loose_and_order_is_by_kind() {
    check(&[
        (
            "return ['1' == 1, 1 == 1.0, null == 0, 5 == true, 'abc' == true];",
            "[true,true,false,true,true]",
        ),
        (
            "return [[1] == [1.0], {a: 1, b: 2} == {b: 2, a: 1}];",
            "[false,true]",
        ),
        (
            "return ['10' < '9', 10 < '9', null >= null];",
            "[true,false,false]",
        ),
        (
            "return ['' == empty, {} == empty, [] == empty];",
            "[true,false,true]",
        ),
        (
            "return [null or 'd', 0 or 5, 'x' or 'd'];",
            "[\"d\",0,\"x\"]",
        ),
        ("return 5 === 5L;", "true"),
    ]);
    check_errors(&[(
        "return msg.name < 5;",
        "runtime",
        "cannot compare the text 'hello'",
    )]);
}

#[test]
fn bits_need_whole_numbers() {
    check(&[
        ("return (payload[3] & 0xFF) << 8 | 1;", "65281"),
        (
            "return [~5, -16 >>> 2, 1L << 40, true & false];",
            "[-6,1073741820,1099511627776L,0]",
        ),
        ("return msg.t & 1;", "null"),
    ]);
    check_errors(&[
        (
            "return payload[0] | payload[1];",
            "runtime",
            "mask them first",
        ),
        ("return msg.name & 1;", "runtime", "bitwise"),
    ]);
}

#[test]
fn tests_casts_and_projections() {
    check(&[
        ("return [1] instanceof java.util.ArrayList;", "true"),
        (
            "return [5 is Integer, null instanceof String, 'abc' ~= '[a-z]+'];",
            "[true,false,true]",
        ),
        (
            "return [(int) 5.7, (String) 5, (byte) 200];",
            "[5,\"5\",-56]",
        ),
        ("return ($ * 2 in msg.list if $ > 1);", "[4,6]"),
        (
            "return (name in [{name: 'x'}, {name: 'y'}]);",
            "[\"x\",\"y\"]",
        ),
        (
            "return ['ab' contains 'b', isdef msg, isdef nothing];",
            "[true,true,false]",
        ),
        (
            "return ['abc' soundslike 'abk', 'hello' strsim 'hallo'];",
            "[true,0.8f]",
        ),
    ]);
}

#[test]
fn stepping_and_compound_assignment() {
    check(&[
        (
            "var x = 5; var y = x++; return [x, y, ++x, --x];",
            "[6,5,7,6]",
        ),
        (
            "var m = {a: 1, d: {b: 1}}; m.a += 2; m.d.b *= 4; return m;",
            "{a:3,d:{b:4}}",
        ),
        ("var s = 'a'; s += null; return s;", "\"anull\""),
        ("var n = 3; n=-1; return n;", "2"),
    ]);
    check_errors(&[
        ("return x++ + 1;", "compile", "cannot follow '++'"),
        ("var n=-1; return n;", "runtime", "write a space"),
        (
            "if (msg.h) { return 1; }",
            "runtime",
            "expected true or false",
        ),
        ("if (1) { return 1; }", "compile", "not a boolean"),
    ]);
}
