//! Classes of Java's library that are objects with a state, and rarer functions.

use super::{check, check_errors};

#[test]
fn matchers_go_from_match_to_match() {
    check(&[
        (
            "var m = java.util.regex.Pattern.compile('(?<k>[a-z]+)=([0-9]*)').matcher('t=21;😀 h=;x=5'); var all = []; while (m.find()) { all.add([m.group('k'), m.group(2), m.start(), m.end(2)]); } all.add(m.find()); return all;",
            "[[\"t\",\"21\",0,4],[\"h\",\"\",8,10],[\"x\",\"5\",11,14],false]",
        ),
        (
            "var m = java.util.regex.Pattern.compile('x*').matcher('axb'); var all = []; while (m.find()) { all.add(m.start() + '-' + m.end()); } return all;",
            "[\"0-0\",\"1-2\",\"2-2\",\"3-3\"]",
        ),
        (
            "var p = java.util.regex.Pattern.compile('(a)|(b)', 2); var m = p.matcher('B'); m.matches(); return [m.group(1), m.start(1), m.group(), '' + p];",
            "[null,-1,\"B\",\"(a)|(b)\"]",
        ),
        (
            "var m = java.util.regex.Pattern.compile('a').matcher('aba'); return [m.find(1), m.start(), m.find(), m.find(0), m.start(), m.reset('b').find(), java.util.regex.Pattern.matches('b+', 'bbb')];",
            "[true,2,false,true,0,false,true]",
        ),
        (
            "var l = []; for (var i = 0; i < 2000; i++) { l = [java.util.regex.Pattern.compile('a').matcher('a' + i)]; } return l[0].lookingAt();",
            "true",
        ),
    ]);
    check_errors(&[
        (
            "return java.util.regex.Pattern.compile('(');",
            "runtime",
            "is not valid",
        ),
        (
            "return java.util.regex.Pattern.compile('a').matcher('b').group();",
            "runtime",
            "no match",
        ),
        (
            "var m = java.util.regex.Pattern.compile('a').matcher('a'); m.find(); return m.group(1);",
            "runtime",
            "no group '1'",
        ),
        (
            "return java.util.regex.Pattern.compile('a').matcher('a').find(2);",
            "runtime",
            "out of range",
        ),
        (
            "return [java.util.regex.Pattern.compile('a')];",
            "runtime",
            "a pattern cannot be a result",
        ),
        (
            "return java.util.regex.Pattern.compile('a').nothing();",
            "runtime",
            "nothing",
        ),
    ]);
}

#[test]
fn exceptions_are_values() {
    check(&[(
        "var e = new Exception('too hot'); return [e.message, '' + e, new Exception().getMessage(), e instanceof Exception];",
        "[\"too hot\",\"java.lang.Exception: too hot\",null,true]",
    )]);
}

#[test]
fn addresses_have_an_alphabet_of_their_own() {
    check(&[(
        "var b = hexToBytesArray('FBFF'); return [java.util.Base64.getUrlEncoder().encodeToString(b), java.util.Base64.getEncoder().withoutPadding().encodeToString(b), java.util.Base64.getUrlDecoder().decode('-_8')];",
        "[\"-_8=\",\"+/8\",[-5,-1]]",
    )]);
    check_errors(&[
        (
            "return java.util.Base64.getUrlDecoder().decode('+/8=');",
            "runtime",
            "not base64",
        ),
        (
            "return java.util.Base64.getDecoder().decode('-_8=');",
            "runtime",
            "not base64",
        ),
    ]);
}

#[test]
fn numbers_are_read_by_their_prefix() {
    check(&[(
        "return [Integer.decode('0x7F'), Integer.decode('-#80000000'), Long.decode('-010'), Integer.decode('0'), Byte.decode('+127')];",
        "[127,-2147483648,-8L,0,127]",
    )]);
    for text in ["", "-", "0x", "0x-1", "08", "128000000000", "1.5"] {
        let script = format!("return Integer.decode('{text}');");
        check_errors(&[(&script, "runtime", "not a whole number")]);
    }
    check_errors(&[(
        "return Byte.decode('128');",
        "runtime",
        "not a whole number",
    )]);
}

#[test]
fn the_parts_of_doubles() {
    check(&[
        (
            "return [Math.getExponent(1.0), Math.getExponent(0.0), Math.getExponent(1.0 / 0.0), Math.getExponent(1.5f)];",
            "[0,-1023,1024,0]",
        ),
        (
            "return [Math.scalb(1.0, 1023), Math.scalb(1.0, -1074), Math.scalb(3.0, -1075), Math.scalb(1.0, 5000), Math.scalb(4.9E-324, 2000) > 1.0e270, Math.scalb(1.0, -5000)];",
            "[8.98846567431158e307,5e-324,1e-323,\"Infinity\",true,0.0]",
        ),
        (
            "return [Math.fma(0.1, 10.0, -1.0), Character.forDigit(36, 36) == Character.MIN_VALUE, java.util.Objects.hash(null, 1.5f, [1]), java.util.Objects.hash()];",
            "[5.551115123125783e-17,true,-1203735425,1]",
        ),
        (
            "return String.format('%a|%a|%.2a|%.1a|%A|%a|%10a', 1.0, -0.5, 1.999, 1.9999, 10.0, 4.9E-324, 2.0);",
            "\"0x1.0p0|-0x1.0p-1|0x1.00p1|0x1.0p1|0X1.4P3|0x0.0000000000001p-1022|   0x1.0p1\"",
        ),
        (
            "return String.format('%h|%H|%h', null, 'ab', 15);",
            "\"null|C21|f\"",
        ),
        (
            "return ['abc'.regionMatches(1, 'xbc', 1, 2), 'abc'.regionMatches(-1, 'abc', 0, 1), 'abc'.regionMatches(2, 'c', 0, 2), 'aBc'.regionMatches(true, 0, 'AbC', 0, 3)];",
            "[true,false,false,true]",
        ),
    ]);
}
