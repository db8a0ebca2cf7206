use super::{check, check_errors};

#[test]
fn positions_count_utf16_units() {
    check(&[
        (
            "return ['😀a'.length(), '😀a'.substring(2), 'aé'.charAt(1), 'aé'[1]];",
            "[3,\"a\",\"é\",\"é\"]",
        ),
        (
            "return ['Hello World'.indexOf('o', 5), 'abab'.lastIndexOf('ab')];",
            "[7,2]",
        ),
    ]);
    check_errors(&[
        (
            "return 'abc'.substring(5);",
            "runtime",
            "outside of the text",
        ),
        ("return 'abc'.slice(1);", "runtime", "use substring"),
        (
            "var x = msg.list.split(',');",
            "runtime",
            "a list has no method 'split'",
        ),
        (
            "var x = msg.no.split(',');",
            "runtime",
            "cannot call 'split' of null",
        ),
    ]);
}

#[test]
fn patterns_are_javas() {
    check(&[
        ("return 'a,b,,c,,'.split(',');", "[\"a\",\"b\",\"\",\"c\"]"),
        ("return 'a.b'.split('.');", "[]"),
        ("return 'a|b'.split('|');", "[\"a\",\"|\",\"b\"]"),
        (
            "return '2023-11-14'.replaceAll('(\\\\d+)-(\\\\d+)-(\\\\d+)', '$3/$2/$1');",
            "\"14/11/2023\"",
        ),
        ("return 'a.b.c'.replace('.', '-');", "\"a-b-c\""),
        ("return '\"33\"'.replaceAll('[\"]', '');", "\"33\""),
        ("return 'abab'.matches('(ab)\\\\1');", "true"),
    ]);
}

#[test]
fn formatting() {
    check(&[
        (
            "return String.format('%.2f|%05d|%X|%-4s|%,d', 2.345, 42, 255, 'ab', 1234567);",
            "\"2.35|00042|FF|ab  |1,234,567\"",
        ),
        (
            "return String.format('%e %s %%', 12345.678, [1, 'a']);",
            "\"1.234568e+04 [1, a] %\"",
        ),
        (
            "return padStart('5', 3, '0') + padEnd('5', 3, '*');",
            "\"0055**\"",
        ),
        (
            "return String.join('-', ['a', 'b']) + String.valueOf(null);",
            "\"a-bnull\"",
        ),
    ]);
    check_errors(&[(
        "return String.format('%d', 5.5);",
        "runtime",
        "%d does not take a double",
    )]);
}
