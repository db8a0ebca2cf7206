//! Text to tokens.

use smol_str::SmolStr;

use super::Finding;
use super::ast::Number;
use super::number::{self, Scanned};
use super::sign::{SIGNS, Sign, sign};
use super::token::{Tok, Token};
use crate::span::Span;

pub(crate) fn tokens(source: &str) -> (Vec<Token>, Vec<Finding>) {
    let mut lexer = Lexer::new(source, false);
    lexer.run();
    if lexer.findings.iter().any(|f| f.code == UNCLOSED) {
        // One missing quote turns the meaning of all others around: reading again with strings that end on
        // their line finds the one.
        lexer = Lexer::new(source, true);
        lexer.run();
    }
    (lexer.tokens, lexer.findings)
}

const UNCLOSED: &str = "unclosed-string";

struct Lexer<'a> {
    source: &'a str,
    at: usize,
    newline: bool,
    /// Strings end with their line.
    single_lines: bool,
    tokens: Vec<Token>,
    findings: Vec<Finding>,
}

impl<'a> Lexer<'a> {
    fn new(source: &'a str, single_lines: bool) -> Self {
        Self {
            source,
            at: 0,
            newline: false,
            single_lines,
            tokens: Vec::new(),
            findings: Vec::new(),
        }
    }

    fn byte(&self, offset: usize) -> Option<u8> {
        self.source.as_bytes().get(self.at + offset).copied()
    }

    fn rest(&self) -> &str {
        self.source.get(self.at..).unwrap_or("")
    }

    fn push(&mut self, tok: Tok, start: usize) {
        let newline_before = std::mem::take(&mut self.newline);
        self.tokens.push(Token {
            tok,
            span: Span::new(start, self.at),
            newline_before,
        });
    }

    fn error(
        &mut self,
        code: &'static str,
        start: usize,
        message: impl Into<String>,
    ) -> &mut Finding {
        let end = self.at.max(start + 1);
        self.findings
            .push(Finding::error(code, Span::new(start, end), message));
        let last = self.findings.len() - 1;
        &mut self.findings[last]
    }

    fn run(&mut self) {
        // Few scripts have more tokens than this for their length.
        self.tokens.reserve(self.source.len() / 4);
        loop {
            let start = self.at;
            // What most of a script is made of needs no decoding.
            match self.byte(0) {
                None => break,
                Some(b'\n') => {
                    self.newline = true;
                    self.at += 1;
                    continue;
                }
                Some(b' ') => {
                    let rest = self.source.as_bytes().get(start..).unwrap_or_default();
                    let spaces = rest.iter().position(|b| *b != b' ');
                    self.at += spaces.unwrap_or(rest.len());
                    continue;
                }
                Some(b'a'..=b'z' | b'A'..=b'Z' | b'_') => {
                    self.word(start);
                    continue;
                }
                Some(byte) => {
                    // Behind a point a digit may make it a number.
                    let next = self.byte(1).unwrap_or(b' ');
                    let longer =
                        next.is_ascii_punctuation() || (byte == b'.' && next.is_ascii_digit());
                    if let Some((sign, lone)) = short_sign(byte)
                        && (lone || !longer)
                    {
                        self.at += 1;
                        self.push(Tok::Sign(sign), start);
                        continue;
                    }
                }
            }
            let Some(c) = self.rest().chars().next() else {
                break;
            };
            match c {
                c if c.is_whitespace() || c == '\u{feff}' => self.at += c.len_utf8(),
                '/' if self.byte(1) == Some(b'/') => {
                    self.at += self.rest().find('\n').unwrap_or(self.rest().len());
                }
                '/' if self.byte(1) == Some(b'*') => self.block_comment(start),
                '\'' | '"' => self.string(start, c),
                '`' => self.template(start),
                '0'..='9' => self.number(start),
                '.' if self.byte(1).is_some_and(|b| b.is_ascii_digit()) && !self.after_value() => {
                    self.number(start);
                }
                c if c.is_alphabetic() || c == '_' || c == '$' => self.word(start),
                _ => self.sign(start, c),
            }
        }
        self.at = self.source.len();
        let end = self.at;
        self.push(Tok::Eof, end);
    }

    /// Whether a value ends directly before here, so that a point is a member access.
    fn after_value(&self) -> bool {
        self.tokens.last().is_some_and(|t| {
            t.span.end as usize == self.at
                && matches!(
                    t.tok,
                    Tok::Word | Tok::Str(_) | Tok::Sign(sign!(")" | "]" | "}"))
                )
        })
    }

    /// A template string of JavaScript, taken for a string.
    fn template(&mut self, start: usize) {
        let body = self.rest().get(1..).unwrap_or("");
        let len = body.find('`').unwrap_or(body.len());
        let text = body.get(..len).unwrap_or("").to_owned();
        self.at = (self.at + len + 2).min(self.source.len());
        let hint = match joined(&text) {
            Some(joined) => format!("join strings with '+': {joined}"),
            None => "join strings with '+'".to_owned(),
        };
        self.error("template-string", start, "template strings do not exist")
            .hint = Some(hint);
        self.push(Tok::Str(SmolStr::new(text)), start);
    }

    fn block_comment(&mut self, start: usize) {
        let body = self.rest().get(2..).unwrap_or("");
        if let Some(len) = body.find("*/") {
            self.newline |= body[..len].contains('\n');
            self.at += len + 4;
        } else {
            self.at = self.source.len();
            self.error(
                "unclosed-comment",
                start,
                "the comment is never closed with '*/'",
            );
        }
    }

    fn word(&mut self, start: usize) {
        let bytes = self.source.as_bytes().get(start..).unwrap_or_default();
        let end = bytes.iter().position(|b| !IN_WORD[usize::from(*b)]);
        self.at += end.unwrap_or(bytes.len());
        if self.byte(0).is_some_and(|b| b == b'$' || !b.is_ascii()) {
            let rest = self.rest();
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'));
            self.at += end.unwrap_or(rest.len());
        }
        if self.source.get(start..self.at) == Some("$") {
            self.push(Tok::Sign(sign!("$")), start);
        } else {
            self.push(Tok::Word, start);
        }
    }

    fn number(&mut self, start: usize) {
        match number::scan(self.source, start) {
            Scanned::Number { value, digits, end } => {
                self.at = end;
                self.push(Tok::Number { value, digits }, start);
            }
            Scanned::Late { end } => {
                self.at = end;
                self.push(Tok::BadNumber, start);
            }
            Scanned::Bad { end, message } => {
                self.at = end;
                let text = self
                    .source
                    .get(start..end)
                    .unwrap_or("")
                    .to_ascii_lowercase();
                let hint = if text.starts_with("0b") {
                    Some("write parseInt('101', 2)")
                } else if text.contains('_') {
                    Some("leave the '_' out")
                } else if text.ends_with('n') {
                    Some("write L behind a long: 5L")
                } else if self.byte(0) == Some(b'(') {
                    Some("put the number in parentheses: (5).toString()")
                } else {
                    None
                };
                self.error("bad-number", start, message).hint = hint.map(str::to_owned);
                // A number all the same: what is wrong with it is told.
                let value = Number::Int(0);
                self.push(Tok::Number { value, digits: 0 }, start);
            }
        }
        // A literal of non-ASCII letters may end inside a character.
        while !self.source.is_char_boundary(self.at) {
            self.at += 1;
        }
    }

    fn sign(&mut self, start: usize, c: char) {
        let rest = self.rest().as_bytes();
        let first = rest.first();
        match SIGNS.iter().find(|s| {
            let text = s.text().as_bytes();
            text.first() == first && rest.starts_with(text)
        }) {
            Some(sign) => {
                // `c ?.5 : 1` is a ternary.
                let number = self.byte(2).is_some_and(|b| b.is_ascii_digit());
                let sign = if *sign == sign!("?.") && number {
                    sign!("?")
                } else {
                    *sign
                };
                self.at += sign.text().len();
                self.push(Tok::Sign(sign), start);
            }
            None => {
                self.at += c.len_utf8();
                self.error(
                    "unknown-character",
                    start,
                    format!("unexpected character '{}'", c.escape_default()),
                );
            }
        }
    }

    /// The length of a string without escapes on one line.
    fn plain_string(&self, quote: char) -> Option<usize> {
        let body = self.source.as_bytes().get(self.at + 1..)?;
        let special = |b: &u8| char::from(*b) == quote || matches!(b, b'\\' | b'\n');
        let end = body.iter().position(special)?;
        (body.get(end).copied().map(char::from) == Some(quote)).then_some(end)
    }

    fn string(&mut self, start: usize, quote: char) {
        if let Some(len) = self.plain_string(quote) {
            let text = self.source.get(start + 1..start + 1 + len).unwrap_or("");
            self.at += len + 2;
            self.push(Tok::Str(SmolStr::new(text)), start);
            return;
        }
        self.at += 1;
        let mut text = String::new();
        let mut high_surrogate: Option<u16> = None;
        loop {
            let next = self.rest().chars().next();
            let Some(c) = next.filter(|c| !(self.single_lines && *c == '\n')) else {
                self.error(
                    UNCLOSED,
                    start,
                    format!("the string is never closed with {quote}"),
                )
                .span
                .end = Span::new(start, start + 1).end;
                // What ends the statement is not part of the text.
                let kept = text.trim_end_matches([';', ')', ']', '}', ',', '\r']).len();
                self.at -= text.len() - kept;
                text.truncate(kept);
                break;
            };
            let escape_at = self.at;
            self.at += c.len_utf8();
            let unit = match c {
                c if c == quote => break,
                '\\' => match self.escape() {
                    Some(unit) => unit,
                    None => {
                        let bad: String = self.source[escape_at..].chars().take(2).collect();
                        self.error(
                            "bad-escape",
                            escape_at,
                            format!("unknown escape {}", bad.escape_debug()),
                        )
                        .hint = Some(
                            "write a backslash as \\\\; \\u takes four upper-case hex digits"
                                .into(),
                        );
                        continue;
                    }
                },
                c => {
                    flush(&mut text, &mut high_surrogate);
                    text.push(c);
                    continue;
                }
            };
            push_unit(&mut text, &mut high_surrogate, unit);
        }
        flush(&mut text, &mut high_surrogate);
        self.push(Tok::Str(SmolStr::new(text)), start);
    }

    /// The UTF-16 unit of the escape after a backslash.
    fn escape(&mut self) -> Option<u16> {
        let c = self.rest().chars().next()?;
        let simple = match c {
            '\\' => Some('\\'),
            '\'' => Some('\''),
            '"' => Some('"'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'b' => Some('\u{8}'),
            'f' => Some('\u{c}'),
            _ => None,
        };
        if let Some(c) = simple {
            self.at += 1;
            return u16::try_from(u32::from(c)).ok();
        }
        let (skip, len, radix) = if c == 'u' { (1, 4, 16) } else { (0, 3, 8) };
        let digits = self.rest().get(skip..skip + len)?;
        if !digits
            .bytes()
            .all(|b| b.is_ascii_digit() || (radix == 16 && (b'A'..=b'F').contains(&b)))
        {
            return None;
        }
        let unit = u16::from_str_radix(digits, radix).ok()?;
        self.at += skip + len;
        Some(unit)
    }
}

/// The ASCII characters that words consist of.
const IN_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut n = 0;
    while n < 128 {
        table[n] = (n as u8).is_ascii_alphanumeric() || n as u8 == b'_';
        n += 1;
    }
    table
};

/// Signs of one character, and whether no longer sign begins with them.
fn short_sign(byte: u8) -> Option<(Sign, bool)> {
    Some(match byte {
        b'(' => (sign!("("), true),
        b')' => (sign!(")"), true),
        b'[' => (sign!("["), true),
        b']' => (sign!("]"), true),
        b'{' => (sign!("{"), true),
        b'}' => (sign!("}"), true),
        b';' => (sign!(";"), true),
        b',' => (sign!(","), true),
        b':' => (sign!(":"), true),
        b'.' => (sign!("."), false),
        b'=' => (sign!("="), false),
        b'+' => (sign!("+"), false),
        b'-' => (sign!("-"), false),
        b'*' => (sign!("*"), false),
        b'<' => (sign!("<"), false),
        b'>' => (sign!(">"), false),
        b'?' => (sign!("?"), false),
        b'!' => (sign!("!"), false),
        b'&' => (sign!("&"), false),
        b'|' => (sign!("|"), false),
        _ => return None,
    })
}

/// `a ${b} c` as `'a ' + b + ' c'`, when that is short enough to read.
fn joined(template: &str) -> Option<String> {
    let plain = template.len() <= 80 && !template.contains(['\n', '\'', '\\']);
    let mut parts = Vec::new();
    let mut rest = template;
    while let Some((text, behind)) = rest.split_once("${") {
        let (value, after) = behind.split_once('}')?;
        parts.push(format!("'{text}'"));
        parts.push(value.trim().to_owned());
        rest = after;
    }
    parts.push(format!("'{rest}'"));
    // The first text stays even when it is empty: it makes the sum a text.
    let first = parts.remove(0);
    parts.retain(|part| part != "''");
    parts.insert(0, first);
    plain.then(|| parts.join(" + "))
}

fn push_unit(text: &mut String, high: &mut Option<u16>, unit: u16) {
    if let Some(first) = *high
        && (0xDC00..0xE000).contains(&unit)
    {
        *high = None;
        text.extend(
            char::decode_utf16([first, unit]).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)),
        );
        return;
    }
    flush(text, high);
    if (0xD800..0xDC00).contains(&unit) {
        *high = Some(unit);
    } else {
        text.push(char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER));
    }
}

/// Half a surrogate pair has no UTF-8 form.
fn flush(text: &mut String, high: &mut Option<u16>) {
    if high.take().is_some() {
        text.push(char::REPLACEMENT_CHARACTER);
    }
}
