//! Positions in a script: byte ranges for machines, line and column for people.

/// A half-open byte range of the source text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    pub(crate) fn new(start: usize, end: usize) -> Self {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self {
            start: clamp(start),
            end: clamp(end),
        }
    }

    /// The smallest span covering both.
    pub(crate) fn to(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }
}

/// Line and column (both from 1, columns counted in characters) of a byte offset.
pub(crate) fn line_column(source: &str, offset: u32) -> (u32, u32) {
    let mut line = 1;
    let mut column = 1;
    for (at, c) in source.char_indices() {
        if at >= offset as usize {
            break;
        }
        if c == '\n' {
            line += 1;
            column = 1;
        } else {
            column += 1;
        }
    }
    (line, column)
}

/// Lines and columns of places in order, in one walk through the text.
pub(crate) struct Places<'s> {
    source: &'s str,
    offset: usize,
    line: u32,
    column: u32,
}

impl<'s> Places<'s> {
    pub(crate) fn new(source: &'s str) -> Self {
        Self {
            source,
            offset: 0,
            line: 1,
            column: 1,
        }
    }

    /// Line and column of a place that is not before the last one.
    pub(crate) fn next(&mut self, offset: u32) -> (u32, u32) {
        let end = (offset as usize).clamp(self.offset, self.source.len());
        let passed = self.source.as_bytes().get(self.offset..end);
        let passed = passed.unwrap_or_default();
        self.offset = end;
        let lines: usize = passed.chunks(255).map(line_breaks).sum();
        let mut last = passed;
        if lines > 0 {
            let start = passed
                .iter()
                .rposition(|b| *b == b'\n')
                .map_or(0, |i| i + 1);
            last = passed.get(start..).unwrap_or_default();
            self.column = 1;
        }
        // Not the bytes behind the first of a character.
        let columns = last.iter().filter(|b| !(0x80..0xC0).contains(*b)).count();
        self.line += u32::try_from(lines).unwrap_or(u32::MAX);
        self.column += u32::try_from(columns).unwrap_or(u32::MAX);
        (self.line, self.column)
    }
}

/// How many there are in up to 255 bytes: counted in a byte, many bytes are looked at in one step.
fn line_breaks(bytes: &[u8]) -> usize {
    let count = bytes
        .iter()
        .fold(0u8, |n, b| n.wrapping_add(u8::from(*b == b'\n')));
    usize::from(count)
}

/// The source line a position lies on, with a caret below the column.
///
/// ```text
///   3 | return x ?? 5;
///     |          ^
/// ```
#[must_use]
pub fn excerpt(source: &str, line: u32, column: u32) -> String {
    let text = source
        .lines()
        .nth(line.saturating_sub(1) as usize)
        .unwrap_or("");
    // A minified script may be one line of 50 000 characters: show the part around the column.
    let from = (column as usize).saturating_sub(60);
    let shown: String = text
        .chars()
        .skip(from)
        .take(120)
        .map(|c| if c == '\t' { ' ' } else { c })
        .collect();
    let caret = " ".repeat((column as usize).saturating_sub(from + 1));
    format!("{line:>4} | {shown}\n     | {caret}^")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_characters() {
        assert_eq!(line_column("a\nbé c", 6), (2, 4));
        assert_eq!(line_column("", 5), (1, 1));
    }

    #[test]
    fn places_in_order_are_found_in_one_walk() {
        let source = "a\nbé c\n\nd";
        let mut places = Places::new(source);
        for offset in [0, 0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 50] {
            assert_eq!(places.next(offset), line_column(source, offset), "{offset}");
        }
    }

    #[test]
    fn an_excerpt_points_at_the_column() {
        assert_eq!(excerpt("a;\nb c", 2, 3), "   2 | b c\n     |   ^");
    }
}
