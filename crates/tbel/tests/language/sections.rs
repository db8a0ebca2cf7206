//! What the other files leave out of the language's description, in its order.

use super::{check, check_errors};

#[test]
fn lexical_rules() {
    check(&[
        ("var größe = 1; var $x_2 = 2; return größe + $x_2;", "3"),
        (
            "/* a */ var s = '// no comment'; // one\n;; return s;",
            "\"// no comment\"",
        ),
        ("var a = 1;\nvar b =\n2;\nreturn a\n+ b;", "3"),
        ("if (true) { } return 1", "1"),
        ("return '\\101\\u00E9\\t|';", "\"Aé\\t|\""),
        ("return 'two\nlines';", "\"two\\nlines\""),
        ("return \"it's\" + 'a \"b\"';", "\"it'sa \\\"b\\\"\""),
        ("return 1.5B;", "1.5"),
        ("return (5).toString();", "\"5\""),
        ("return nil;", "null"),
    ]);
    check_errors(&[
        ("var a = 1\nvar b = 2\nreturn a;", "compile", "missing ';'"),
        ("return 08;", "compile", "number"),
        ("return 5.toString();", "compile", "parentheses"),
        ("return '\\u00e9';", "compile", "unknown escape"),
        ("return '\\d';", "compile", "unknown escape"),
        ("var foreach = 1;", "compile", "reserved word"),
        ("var Integer = 1;", "compile", "reserved word"),
        ("return 99999999999999999999;", "compile", "number"),
    ]);
}

#[test]
fn literals_of_collections() {
    check(&[
        ("return [:];", "{}"),
        ("return {};", "{}"),
        ("return {1, 2};", "[1,2]"),
        ("return {a: 1, b: 2, a: 3};", "{a:3,b:2}"),
        (
            "return {1: 'a', true: 'b', 'c d': 'c'};",
            "{1:\"a\",true:\"b\",c d:\"c\"}",
        ),
        (
            "return [[3, 1].size(), {a: 1}.a, {a: 1}['a'], {a: [7]}.a[0]];",
            "[2,1,1,7]",
        ),
        ("return {a: 1, // one\n b: 2, /* two */ };", "{a:1,b:2}"),
        ("return {b: [1], a: {x: 1}};", "{b:[1],a:{x:1}}"),
    ]);
}

#[test]
fn sums_and_arithmetic() {
    check(&[
        (
            "var t = true; var n = null; return [t + 1, n + 1, 1 + t];",
            "[\"true1\",\"null1\",\"1true\"]",
        ),
        (
            "var a = 2; return [a ** 3 ** 2, -a ** 2, a ** -1];",
            "[64,4,0]",
        ),
        (
            "var a = 9223372036854775807; return a + 1L;",
            "-9223372036854775808L",
        ),
        ("var m = {a: 2147483647}; return m.a + 1;", "2147483648L"),
        (
            "var m = {t: true, n: null, l: [1]}; return [m.t * 2, m.n - 1, m.l * 2];",
            "[null,null,null]",
        ),
        (
            "var m = {a: 7}; return [m.a / 2, m.a % 4, m.a / 2.0, m.a / 2L];",
            "[3.5,3,3.5,3L]",
        ),
        ("return 'a' # 1;", "\"a1\""),
        ("return -msg.missing;", "null"),
    ]);
    check_errors(&[
        ("var m = {a: 5}; return m.a % 0;", "runtime", "zero"),
        ("return -msg.name;", "runtime", ""),
    ]);
}

#[test]
fn bits_and_shifts() {
    check(&[
        (
            "var one = 1; return [one << 33, one <<< 3, -8 >> 1, 1L << 65];",
            "[2,8,-4,2L]",
        ),
        ("var t = true; return [t ^ t, t | false, t & 3];", "[0,1,1]"),
        (
            "var a = 6; a &= 3; a |= 8; a ^= 1; a <<= 2; a >>= 1; return a;",
            "22",
        ),
    ]);
}

#[test]
fn equality_and_order_of_every_kind() {
    check(&[
        (
            "return ['no' == false, '' == false, 0 == false, 'yes' == true, 'off' == true];",
            "[true,true,true,true,false]",
        ),
        (
            "return [null == null, null == false, null == '', null != 0];",
            "[true,false,false,true]",
        ),
        (
            "return [5 == 5L, 0.1f == 0.1, '5.0' == 5, 'a'.charAt(0) == 'a'];",
            "[true,false,true,true]",
        ),
        (
            "var d = new Date(1); return [d == d, d == new Date(1)];",
            "[true,false]",
        ),
        (
            "return [[1] < [2], {} > {}, 'b' > 'a', 'Z' < 'a', 10 > '9', '10' > 9];",
            "[false,false,true,true,true,true]",
        ),
        (
            "return [[1, [2]] == [1, [2]], {a: [1]} == {a: [1]}, [1, 2] == [2, 1]];",
            "[true,true,false]",
        ),
        (
            "return [' ' == empty, false == empty, null == empty, 'a' != empty];",
            "[true,true,true,true]",
        ),
    ]);
}

#[test]
fn logic_is_strict() {
    check(&[
        (
            "return [true and false, false || true, !false, !!true];",
            "[false,true,true,true]",
        ),
        (
            "var l = []; true || l.add(1); false && l.add(2); return l;",
            "[]",
        ),
        (
            "return [[] or 'd', 'x' or 'd', false or 5];",
            "[\"d\",\"x\",false]",
        ),
    ]);
    check_errors(&[
        (
            "return msg.missing && true;",
            "runtime",
            "expected true or false",
        ),
        ("return !msg.name;", "runtime", ""),
        ("return msg.missing ?: 5;", "compile", "expected a value"),
        ("return msg.h ? 1 : 2;", "runtime", "expected true or false"),
    ]);
}

#[test]
fn text_forms() {
    check(&[
        (
            "return '' + [1, 'a', null, [true]];",
            "\"[1, a, null, [true]]\"",
        ),
        ("return '' + {a: 1, b: [2]};", "\"{a=1, b=[2]}\""),
        (
            "return '' + 0.001 + ' ' + 1.0E-4 + ' ' + 12345678.9 + ' ' + 100.0;",
            "\"0.001 1.0E-4 1.23456789E7 100.0\"",
        ),
        (
            "return '' + 0.1f + ' ' + 5L + ' ' + true + ' ' + null;",
            "\"0.1 5 true null\"",
        ),
    ]);
}

#[test]
fn tests_and_conversions_of_types() {
    check(&[
        (
            "return [[1, 2] contains 2, {a: 1} contains 'a', toSet([3]) contains 4];",
            "[true,true,false]",
        ),
        (
            "return ['SN-1' ~= 'SN', 'SN-1' ~= 'SN-[0-9]'];",
            "[false,true]",
        ),
        (
            "return ['x' convertable_to Integer, 5 convertable_to String];",
            "[true,true]",
        ),
        (
            "return [(long) 5.9, (float) 5, (char) 65, (boolean) 'true', (double) '2.5'];",
            "[5L,5.0f,\"A\",true,2.5]",
        ),
        (
            "return [{a: 1} instanceof java.util.Map, {} is java.util.HashMap, 1L is Long, 'a' is CharSequence];",
            "[true,true,true,true]",
        ),
        (
            "return [new int[2], new byte[1], new double[1], new long[2][2]];",
            "[[0,0],[0],[0.0],[[0L,0L],[0L,0L]]]",
        ),
        (
            "var o = {}; with (o) { a = 1, b = 2 }; return o;",
            "{a:1,b:2}",
        ),
        ("assert msg.on; return 1;", "1"),
        (
            "return ((toUpperCase() in [$, 'z']) in ['a'])[0];",
            "[\"A\",\"Z\"]",
        ),
    ]);
    check_errors(&[
        ("assert msg.h == 1;", "runtime", "does not hold"),
        ("return 5 contains 1;", "runtime", ""),
        ("return 1 in msg.list;", "compile", "contains"),
    ]);
}

#[test]
fn loops_take_what_has_elements() {
    check(&[
        (
            "var l = []; foreach (int x : [1, 2]) { l.add(x); } return l;",
            "[1,2]",
        ),
        (
            "var l = []; for (x : toSet([1, 2])) { l.add(x); } return l;",
            "[1,2]",
        ),
        (
            "var l = []; foreach (b : 'AB'.getBytes()) { l.add(b); } return l;",
            "[65,66]",
        ),
        (
            "var m = {a: 1}; foreach (e : m.entrySet()) { e.value = 9; } return m;",
            "{a:1}",
        ),
        (
            "var n = 0; for (var i = 0; i < 3; ) { i++; n = i; } return n;",
            "3",
        ),
        (
            "var n = 0; foreach (x : [1, 2, 3]) { foreach (y : [1, 2]) { if (y == 2) { break; } n++; } } return n;",
            "3",
        ),
        (
            "switch (msg.name) { case 'hello': return 1; default: return 2; }",
            "1",
        ),
    ]);
    check_errors(&[
        ("foreach (x : msg.missing) { }", "runtime", ""),
        ("foreach (x : msg.t) { }", "runtime", ""),
        ("for (;;) { }", "compile", "condition"),
    ]);
}

#[test]
fn members_and_indexes() {
    check(&[
        (
            "return [msg.list.size, msg.list.length, msg.list.empty, 'abc'.length, ''.empty];",
            "[3,3,false,3,true]",
        ),
        (
            "return [{a: 1}.missing, {length: 5}.length, new Date(5).time];",
            "[null,5,5L]",
        ),
        (
            "var m = {}; m['a b'] = 1; m.c = {}; m.c.d = 2; return m;",
            "{a b:1,c:{d:2}}",
        ),
        ("var m = {k: 5}; var l = ['k']; return m[l[0]];", "5"),
    ]);
    check_errors(&[
        ("return msg.list.first;", "runtime", "first"),
        ("return msg.name.first;", "runtime", "first"),
        ("return msg.no.first;", "runtime", "of null"),
        ("return msg.list[-1];", "runtime", "out of range"),
        ("return msg.list[1.0];", "runtime", "int"),
        ("var l = [1]; l[1] = 2;", "runtime", "out of range"),
        ("msg.no.x = 1;", "runtime", "null"),
        ("var s = 'abc'; s[0] = 'x';", "runtime", ""),
    ]);
}

#[test]
fn arguments_are_converted_to_the_parameters() {
    check(&[
        (
            "return [Math.floor('5.5'), Math.abs('5'), Math.max(1L, 2), Math.max(1.5f, 2.5)];",
            "[5.0,5,2L,2.5]",
        ),
        (
            "return [Math.min(0.5, 1), Math.max(msg.t, 0), Math.round('2.5')];",
            "[0,25,3L]",
        ),
    ]);
    check_errors(&[(
        "return String.join(',', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j');",
        "runtime",
        "at most 10",
    )]);
}

#[test]
fn what_stays_closed() {
    check_errors(&[
        ("import java.util.List;", "compile", "imports"),
        ("import_static java.lang.Math.abs;", "compile", "imports"),
        ("return new StringBuilder();", "runtime", "no class"),
        ("return java.io.File;", "runtime", "no class"),
        ("return new HashMap();", "runtime", "literals"),
        (
            "var l = new java.util.ArrayList(); return l;",
            "runtime",
            "literals",
        ),
        ("return 'a'.class;", "runtime", "class"),
        ("return msg.getClass();", "runtime", "getClass"),
    ]);
}

#[test]
fn ints_known_at_the_top_level_also_wrap() {
    check(&[
        ("var a = 100000; return a * a;", "1410065408"),
        ("var m = {a: 100000}; return m.a * m.a;", "10000000000L"),
        (
            "function f(a) { return a * a; } return f(100000);",
            "10000000000L",
        ),
        ("var n = 7; var half = n / 2; return half / 2;", "1"),
        ("var n = (true ? 7 : 8); return n / 2;", "3"),
        ("var l = [1, 2, 3]; return l.size() / 2;", "1"),
        ("return msg.list.size() / 2;", "1.5"),
    ]);
    check_errors(&[("var n = 5; var z = 0; return n / z;", "runtime", "zero")]);
}
