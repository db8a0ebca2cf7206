//! The characters of all texts of a run, one behind the other.
//!
//! A text is a place in them, so values copy without a look at their kind, a part of a text costs nothing, and
//! joining to the last text only appends. What is no longer reachable stays until the heap is collected.

use std::ops::Range;

use rustc_hash::FxHashMap as HashMap;

/// A text of the script's constants or of the run.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Text {
    at: u32,
    len: u32,
}

impl Text {
    /// Bytes of UTF-8.
    #[inline(always)]
    pub(crate) fn len(self) -> usize {
        self.len as usize
    }

    /// Where it begins.
    #[inline(always)]
    pub(crate) fn place(self) -> usize {
        self.at as usize
    }

    /// Whether both are one place.
    #[inline(always)]
    pub(crate) fn is_same(self, other: Self) -> bool {
        self.at == other.at && self.len == other.len
    }

    pub(crate) fn is_empty(self) -> bool {
        self.len == 0
    }

    /// The bytes `from..to` of it, which are known to be characters inside of it.
    #[inline(always)]
    pub(crate) fn within(self, from: usize, to: usize) -> Self {
        let part = |n: usize| u32::try_from(n.min(self.len())).unwrap_or(self.len);
        let (from, to) = (part(from), part(to));
        Self {
            at: self.at + from,
            len: to.saturating_sub(from),
        }
    }

    #[inline(always)]
    fn range(self) -> Range<usize> {
        let at = self.at as usize;
        at..at + self.len as usize
    }
}

/// Bytes that are kept between runs beside the constants.
const WARM: usize = 1 << 16;

#[derive(Debug, Default)]
pub(crate) struct Texts {
    bytes: String,
    /// The constants at the beginning; they stay.
    constants: usize,
    /// There was no place for a text.
    full: bool,
}

impl Texts {
    #[inline(always)]
    pub(crate) fn get(&self, text: Text) -> &str {
        self.bytes.get(text.range()).unwrap_or_default()
    }

    #[inline(always)]
    fn raw(&self, text: Text) -> &[u8] {
        self.bytes.as_bytes().get(text.range()).unwrap_or_default()
    }

    /// Whether both have the same characters.
    #[inline(always)]
    pub(crate) fn equal(&self, a: Text, b: Text) -> bool {
        a.len == b.len && (a.at == b.at || self.raw(a) == self.raw(b))
    }

    /// Whether it has these characters.
    #[inline(always)]
    pub(crate) fn is(&self, a: Text, b: &str) -> bool {
        self.raw(a) == b.as_bytes()
    }

    /// Whether it is one of the script and not of the run.
    #[inline(always)]
    pub(crate) fn is_constant(&self, text: Text) -> bool {
        text.range().end <= self.constants
    }

    /// Everything from a place on as one text.
    #[inline(always)]
    fn since(&mut self, at: usize) -> Text {
        match (u32::try_from(at), u32::try_from(self.bytes.len() - at)) {
            (Ok(at), Ok(len)) if u32::try_from(self.bytes.len()).is_ok() => Text { at, len },
            _ => {
                self.bytes.truncate(at);
                self.full = true;
                Text::default()
            }
        }
    }

    #[inline]
    pub(crate) fn add(&mut self, text: &str) -> Text {
        let at = self.bytes.len();
        self.bytes.push_str(text);
        self.since(at)
    }

    /// Two characters.
    pub(crate) fn add_pair(&mut self, a: char, b: char) -> Text {
        let at = self.bytes.len();
        self.bytes.push(a);
        self.bytes.push(b);
        self.since(at)
    }

    /// An ASCII text changed letter by letter.
    pub(crate) fn changed(&mut self, text: Text, change: fn(&mut str)) -> Text {
        let at = self.bytes.len();
        self.copy(text);
        if let Some(copy) = self.bytes.get_mut(at..) {
            change(copy);
        }
        self.since(at)
    }

    /// A text and what is behind it as a new one.
    pub(crate) fn join(&mut self, a: Text, b: &str) -> Text {
        let from = self.bring_last(a);
        self.bytes.push_str(b);
        self.since(from)
    }

    /// The same with two texts of the run.
    pub(crate) fn join_both(&mut self, a: Text, b: Text) -> Text {
        if b.is_empty() {
            return a;
        }
        let from = self.bring_last(a);
        self.copy(b);
        self.since(from)
    }

    /// The same where the first one is none of the run.
    pub(crate) fn join_before(&mut self, a: &str, b: Text) -> Text {
        let from = self.bytes.len();
        self.bytes.push_str(a);
        self.copy(b);
        self.since(from)
    }

    /// Where a text begins, when it is the last one, or its copy, which is.
    fn bring_last(&mut self, text: Text) -> usize {
        let Range { start, end } = text.range();
        if end == self.bytes.len() && end > self.constants {
            return start;
        }
        let at = self.bytes.len();
        self.copy(text);
        at
    }

    fn copy(&mut self, text: Text) {
        if self.bytes.get(text.range()).is_some() {
            self.bytes.extend_from_within(text.range());
        }
    }

    /// All characters.
    pub(crate) fn into_characters(self) -> String {
        self.bytes
    }

    /// Whether a text found no place.
    pub(crate) fn is_full(&self) -> bool {
        self.full
    }

    /// Begins with these constants; texts in them are places in `constants`.
    pub(crate) fn load(&mut self, constants: &str) {
        self.bytes.clear();
        self.bytes.push_str(constants);
        self.constants = constants.len();
        self.full = false;
    }

    /// Forgets the texts of a run.
    pub(crate) fn clear(&mut self) {
        self.bytes.truncate(self.constants);
        self.full = false;
        if self.bytes.capacity() > self.constants + WARM {
            self.bytes.shrink_to(self.constants + WARM);
        }
    }

    /// Bytes of all texts, constants included.
    pub(crate) fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Bytes that are not constants.
    pub(super) fn used(&self) -> usize {
        self.bytes.len() - self.constants
    }

    /// Begins to keep only what is moved.
    pub(super) fn start_moving(&mut self) -> Moving {
        let constants = self.bytes.get(..self.constants).unwrap_or_default();
        let new = String::from(constants);
        Moving {
            old: std::mem::replace(&mut self.bytes, new),
            moved: HashMap::default(),
        }
    }

    /// Keeps a text.
    pub(super) fn keep(&mut self, moving: &mut Moving, text: &mut Text) {
        if self.is_constant(*text) || text.is_empty() {
            return;
        }
        let Moving { old, moved } = moving;
        let place = moved.entry((text.at, text.len)).or_insert_with(|| {
            let at = self.bytes.len();
            self.bytes
                .push_str(old.get(text.range()).unwrap_or_default());
            u32::try_from(at).unwrap_or(u32::MAX)
        });
        text.at = *place;
    }
}

/// The texts before a collection.
pub(super) struct Moving {
    old: String,
    /// Where texts are now: two values of one text go on sharing it.
    moved: HashMap<(u32, u32), u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_text_grows_in_its_place_and_others_are_copied() {
        let mut texts = Texts::default();
        texts.load("constant");
        let constant = Text { at: 0, len: 8 };
        let first = texts.join(constant, "s");
        let second = texts.join(first, "!");
        assert_eq!(
            (texts.get(constant), texts.get(first)),
            ("constant", "constants")
        );
        assert_eq!(texts.get(second), "constants!");
        assert_eq!(first.at, second.at);
        let third = texts.join_both(first, second);
        assert_eq!(texts.get(third), "constantsconstants!");
        assert_eq!(texts.get(second), "constants!");
        let part = |from, to| texts.get(third.within(from, to));
        assert_eq!(
            (part(9, 18), part(9, 40), part(3, 1)),
            ("constants", "constants!", "")
        );
    }

    #[test]
    fn a_collection_keeps_what_is_moved_and_shares_it_again() {
        let mut texts = Texts::default();
        texts.load("k");
        let mut constant = Text { at: 0, len: 1 };
        let _lost = texts.add("lost");
        let mut kept = texts.add("kept");
        let mut same = kept;
        let mut moving = texts.start_moving();
        for text in [&mut constant, &mut kept, &mut same] {
            texts.keep(&mut moving, text);
        }
        assert_eq!((texts.get(constant), texts.get(kept)), ("k", "kept"));
        assert_eq!((kept.at, same.at, texts.used()), (1, 1, 4));
    }
}
