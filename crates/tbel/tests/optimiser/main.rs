//! Random scripts give the same with and without fused instructions, and with hardly any memory: the short
//! form of the fuzz targets, with a fixed seed.

#![allow(missing_docs)]

#[path = "../../fuzz/src/check.rs"]
mod check;

use check::{compiles_or_is_refused, same_with_and_without_optimiser, same_with_little_memory};

/// A small generator, so that the test is the same every time.
struct Noise(u64);

impl Noise {
    fn next(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % n.max(1)
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of.get(self.next(of.len())).copied().unwrap_or_default()
    }
}

const NAMES: [&str; 8] = ["a", "b", "c", "l", "m", "s", "i", "p"];
const LITERALS: [&str; 14] = [
    "0",
    "1",
    "2",
    "7",
    "0xFF",
    "2147483647",
    "999999999",
    "2.5",
    "10L",
    "1.5f",
    "'x'",
    "'7'",
    "null",
    "true",
];
const OPERATORS: [&str; 20] = [
    "+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", ">>>", "==", "!=", "<", ">", "<=", ">=",
    "===", "#", "**",
];
const COMPARISONS: [&str; 6] = ["==", "!=", "<", ">", "<=", ">="];

fn expression(noise: &mut Noise, depth: usize) -> String {
    let n = if depth == 0 { 3 } else { 12 };
    match noise.next(n) {
        0 | 1 => noise.one(&NAMES).to_owned(),
        2 => noise.one(&LITERALS).to_owned(),
        3..=6 => {
            let (x, y) = (expression(noise, depth - 1), expression(noise, depth - 1));
            format!("{x} {} {y}", noise.one(&OPERATORS))
        }
        7 => format!("({})", expression(noise, depth - 1)),
        8 => format!("l[{}]", expression(noise, depth - 1)),
        9 => format!(
            "{}.{}",
            noise.one(&["m", "msg", "msg.map", "g"]),
            noise.one(&["a", "b", "k", "humidity", "str", "size"])
        ),
        10 => format!(
            "({} ? {} : {})",
            condition(noise, depth - 1),
            expression(noise, depth - 1),
            expression(noise, depth - 1)
        ),
        _ => noise
            .one(&[
                "l[i++]",
                "p[i++] & 0xff",
                "i++",
                "--a",
                "l.size()",
                "-a",
                "parseBytesToInt(p, i, 1)",
                "f(a, i)",
                "msg.?map.?b.?c",
            ])
            .to_owned(),
    }
}

fn condition(noise: &mut Noise, depth: usize) -> String {
    let comparison = |noise: &mut Noise| {
        let (x, y) = (
            expression(noise, depth.min(1)),
            expression(noise, depth.min(1)),
        );
        format!("{x} {} {y}", noise.one(&COMPARISONS))
    };
    match noise.next(6) {
        0 => format!("{} && {}", comparison(noise), comparison(noise)),
        1 => format!("{} || {}", comparison(noise), comparison(noise)),
        2 => format!("!({})", comparison(noise)),
        3 => format!("{} {} null", noise.one(&NAMES), noise.one(&["==", "!="])),
        _ => comparison(noise),
    }
}

fn statement(noise: &mut Noise, depth: usize) -> String {
    let n = if depth == 0 { 6 } else { 15 };
    match noise.next(n) {
        0..=2 => format!(
            "{} = {};",
            noise.one(&["a", "b", "c", "s", "i"]),
            expression(noise, 2)
        ),
        3 => format!(
            "{} {} {};",
            noise.one(&["a", "b", "s"]),
            noise.one(&["+=", "-=", "*=", "&="]),
            expression(noise, 1)
        ),
        4 => format!(
            "{} = {};",
            noise.one(&["m.a", "m.k", "l[0]", "l[i]", "m['z']"]),
            expression(noise, 1)
        ),
        5 => noise
            .one(&["i++;", "a--;", "l.add(i);", "m.a += 1;", "l[1] = l[1] + 1;"])
            .to_owned(),
        6 => format!(
            "if ({}) {{ {} }} else {{ {} }}",
            condition(noise, 1),
            block(noise, depth - 1),
            block(noise, depth - 1)
        ),
        7 => format!(
            "for (var j = 0; j < {}; j++) {{ {} }}",
            noise.one(&["3", "a", "l.size()", "2.5"]),
            block(noise, depth - 1)
        ),
        8 => format!("foreach (e : l) {{ {} }}", block(noise, depth - 1)),
        9 => format!("while (i < 5) {{ i++; {} }}", block(noise, depth - 1)),
        10 => format!(
            "switch ({}) {{ case 1: {} break; case 'x': case 7: {} break; default: {} }}",
            expression(noise, 1),
            block(noise, 0),
            block(noise, 0),
            block(noise, 0)
        ),
        // Long enough for a table; the variable holds all kinds of values.
        11 | 12 => chain(noise),
        13 => format!(
            "{} = {}[i++] & {};",
            noise.one(&["a", "b", "i", "s"]),
            noise.one(&["p", "l", "m", "s"]),
            noise.one(&["0xff", "15", "2.5"])
        ),
        _ => "do { i++; if (i > 4) { break; } } while (i < 9);".to_owned(),
    }
}

/// Tests of one variable against numbers, as decoders have them.
fn chain(noise: &mut Noise) -> String {
    let subject = noise.one(&["a", "b", "c", "s", "i"]);
    let value = noise.one(&["1", "2.0", "7L", "'7'", "true", "null", "p[1]", "'x'", "i"]);
    let switch = noise.next(2) == 0;
    let mut out = format!("{subject} = {value}; ");
    if switch {
        out += &format!("switch ({subject}) {{ ");
    }
    for arm in 0..4 + noise.next(4) {
        let n = noise.one(&["0", "1", "2", "7", "34", "-1"]);
        let body = statement(noise, 0);
        let otherwise = if arm > 0 { "else " } else { "" };
        out += &match noise.next(3) {
            _ if switch => format!("case {n}: {body} {} ", noise.one(&["break;", ""])),
            0 => format!("{otherwise}if ({subject} === {n} && i == {arm}) {{ {body} }} "),
            _ => format!("{otherwise}if ({subject} == {n}) {{ {body} }} "),
        };
    }
    out + if switch {
        "default: i = 9; }"
    } else {
        "else { i = 8; }"
    }
}

fn block(noise: &mut Noise, depth: usize) -> String {
    (0..=noise.next(3))
        .map(|_| statement(noise, depth))
        .collect::<Vec<_>>()
        .join(" ")
}

fn script(noise: &mut Noise) -> String {
    const START: &str = "var a = 3; var b = 2.5; var c = msg.humidity; var l = [1, 2.5, 'q', null, 9]; var m = {a: 1, k: 'v'}; var s = ''; var i = 0; var p = payload; var g = {a: 4, b: 'w'};";
    const END: &str = "[a, b, c, l, m, s, i]";
    let function = format!(
        "function f(x, y) {{ var q = x; {} if ({}) {{ return q; }} return x + y; }}",
        block(noise, 0),
        condition(noise, 1)
    );
    let body = block(noise, 2);
    if noise.next(2) == 0 {
        format!("{function} {START} {body} return {END};")
    } else {
        format!(
            "var g = {{a: 7}}; {function} function main() {{ {START} {body} return {END}; }} return main();"
        )
    }
}

#[test]
fn random_scripts_give_the_same_with_and_without_fused_instructions() {
    let mut noise = Noise(7);
    for _ in 0..4_000 {
        same_with_and_without_optimiser(&script(&mut noise));
    }
}

/// These are put together while reading already, and not by precedence alone.
#[test]
fn expressions_of_literals_give_the_same_with_and_without_fused_instructions() {
    const SIGNS: [&str; 3] = ["&&", "||", "=="];
    let mut noise = Noise(5);
    for _ in 0..4_000 {
        let mut text = noise.one(&LITERALS).to_owned();
        for _ in 0..=noise.next(4) {
            let sign = match noise.next(6) {
                0 => noise.one(&SIGNS),
                _ => noise.one(&OPERATORS),
            };
            text += &format!(" {sign} {}", noise.one(&LITERALS));
        }
        same_with_and_without_optimiser(&format!("return {text};"));
        same_with_and_without_optimiser(&format!("var v = 1; return [{text}, v + ({text})];"));
    }
}

/// Statements that make texts out of texts, and drop most of them.
fn texts(noise: &mut Noise) -> String {
    let mut body = String::new();
    for _ in 0..3 + noise.next(6) {
        let one = noise.one(&[
            "s = s + i;",
            "s = s + 'é' + s.length();",
            "s = i + s;",
            "t = s.substring(s.length() / 2);",
            "t = t.toUpperCase().trim();",
            "s = t + s;",
            "if (s.length() > 40) { s = s.substring(0, 9); }",
            "l.add(s); if (l.size() > 5) { l.remove(0); }",
            "m[t] = s; if (m.size() > 4) { m.remove(t); }",
            "m['k' + i] = {n: [t, 'x' + i]};",
            "set.add(t + i); if (set.size() > 3) { set.clear(); }",
            "foreach (e : m.entrySet()) { s = e.key + e.value; }",
            "a = (s + ',' + t + ',').split(','); t = a[0];",
            "t = JSON.stringify(m).substring(1); var d = JSON.parse('{\"q\": \"' + i + '\"}'); l.add(d.q);",
            "big = 12345678901234567890I; l.add('' + big);",
            "foreach (c : s) { if (c == 'x') { t += c; } }",
        ]);
        body += one;
        body.push(' ');
    }
    format!(
        "var s = 'start'; var t = ''; var l = []; var m = {{}}; var set = new java.util.HashSet(); var a = ['z']; var big = null; for (var i = 0; i < 12; i++) {{ {body} }} return [s, t, l, m, set, a, big];"
    )
}

#[test]
fn random_scripts_give_the_same_with_hardly_any_memory() {
    let mut noise = Noise(3);
    for _ in 0..600 {
        same_with_little_memory(&texts(&mut noise));
        same_with_little_memory(&script(&mut noise));
    }
}

#[test]
fn damaged_scripts_are_refused_with_places_inside_of_them() {
    let mut noise = Noise(11);
    for _ in 0..400 {
        let mut text: Vec<char> = script(&mut noise).chars().collect();
        for _ in 0..=noise.next(4) {
            let at = noise.next(text.len());
            match noise.next(3) {
                0 => drop(text.remove(at)),
                1 => text.truncate(at + 1),
                _ => text.insert(
                    at,
                    noise
                        .one(&["(", "}", "'", ";", "é", "=", "\n", "/*"])
                        .chars()
                        .next()
                        .unwrap_or('x'),
                ),
            }
        }
        compiles_or_is_refused(&text.iter().collect::<String>());
    }
}
