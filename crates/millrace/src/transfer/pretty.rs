//! Indents JSON without touching its values: numbers and texts stay the bytes they were.

/// Short lists and objects stay on their line up to this width.
const WIDTH: usize = 80;

/// `text` with one member on a line. The text must be valid JSON; anything else comes back as it
/// was between its brackets.
pub(super) fn pretty(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut depth = 0_usize;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = token(rest);
        let (now, later) = rest.split_at(length);
        match first {
            c if c.is_whitespace() => {}
            '{' | '[' => {
                if let Some(inline) =
                    short(rest, out.len() - out.rfind('\n').map_or(0, |at| at + 1))
                {
                    out.push_str(&compact(inline));
                    rest = rest.get(inline.len()..).unwrap_or_default();
                    continue;
                }
                out.push(first);
                depth += 1;
                new_line(&mut out, depth);
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push(first);
            }
            ',' => {
                out.push(',');
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            _ => out.push_str(now),
        }
        rest = later;
    }
    out.push('\n');
    out
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    for _ in 0..depth {
        out.push_str("  ");
    }
}

/// Bytes of the token at the start.
fn token(text: &str) -> usize {
    let bytes = text.as_bytes();
    match bytes.first() {
        Some(b'"') => {
            let mut escaped = false;
            for (at, byte) in bytes.iter().enumerate().skip(1) {
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' => escaped = true,
                    b'"' => return at + 1,
                    _ => {}
                }
            }
            bytes.len()
        }
        Some(b'{' | b'}' | b'[' | b']' | b',' | b':') => 1,
        Some(byte) if byte.is_ascii_whitespace() => 1,
        _ => text
            .find(|c: char| c.is_whitespace() || "{}[],:\"".contains(c))
            .unwrap_or(text.len())
            .max(text.chars().next().map_or(1, char::len_utf8)),
    }
}

/// The list or object at the start, when it has no other in it and fits on the line.
fn short(text: &str, column: usize) -> Option<&str> {
    let mut at = 0;
    let mut members = 0;
    loop {
        let rest = text.get(at..)?;
        match rest.as_bytes().first()? {
            b'{' | b'[' if at > 0 => return None,
            b'}' | b']' => {
                let whole = text.get(..=at)?;
                let fits = column + compact(whole).len() <= WIDTH;
                return (members == 0 || (fits && text.starts_with('['))).then_some(whole);
            }
            b'{' | b'[' => {}
            byte if byte.is_ascii_whitespace() => {}
            _ => members += 1,
        }
        at += token(rest);
    }
}

/// On one line, a space after each comma and colon.
fn compact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let (now, later) = rest.split_at(token(rest));
        match now {
            "," => out.push_str(", "),
            ":" => out.push_str(": "),
            blank if blank.trim().is_empty() => {}
            other => out.push_str(other),
        }
        rest = later;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_text() {
        let text =
            r#"{"a":1.0,"b":[1e5,2,{}],"c":{"d":"x, {\"y\"}: é","e":[]},"f":12345678901234567890}"#;
        assert_eq!(
            pretty(text),
            "{\n  \"a\": 1.0,\n  \"b\": [\n    1e5,\n    2,\n    {}\n  ],\n  \"c\": {\n    \"d\": \"x, {\\\"y\\\"}: é\",\n    \"e\": []\n  },\n  \"f\": 12345678901234567890\n}\n"
        );
        assert_eq!(pretty("[1, 2,3]"), "[1, 2, 3]\n");
        let again: serde_json::Value = serde_json::from_str(&pretty(text)).unwrap();
        assert_eq!(
            again,
            serde_json::from_str::<serde_json::Value>(text).unwrap()
        );
    }

    #[test]
    fn what_is_indented_already_comes_out_the_same() {
        let once = pretty(
            r#"{"a":[{"b":null},true],"long":["0123456789012345678901234567890123456789","0123456789012345678901234567890123456789"]}"#,
        );
        assert_eq!(pretty(&once), once);
    }
}
