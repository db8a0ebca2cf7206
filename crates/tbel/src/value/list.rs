//! Lists. A payload stays one block of bytes until something else than a byte is put into it.

use super::Value;

#[derive(Clone, Debug, Default)]
pub(crate) struct List {
    values: Vec<Value>,
    /// When present, these are the elements and `values` is empty.
    bytes: Option<Vec<u8>>,
    /// Changes of size, to notice modification during iteration.
    pub(crate) version: u32,
    pub(crate) frozen: bool,
}

pub(crate) fn byte_value(b: u8) -> Value {
    Value::Byte(i8::from_ne_bytes([b]))
}

impl List {
    pub(crate) fn of(values: Vec<Value>) -> Self {
        Self {
            values,
            ..Self::default()
        }
    }

    pub(crate) fn of_bytes(bytes: Vec<u8>) -> Self {
        Self {
            bytes: Some(bytes),
            ..Self::default()
        }
    }

    /// A copy whose modifiability is set.
    pub(crate) fn copy(&self, frozen: bool) -> Self {
        Self {
            frozen,
            ..self.clone()
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes.as_ref().map_or(self.values.len(), Vec::len)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn get(&self, i: usize) -> Option<Value> {
        match &self.bytes {
            None => self.values.get(i).copied(),
            Some(bytes) => bytes.get(i).map(|b| byte_value(*b)),
        }
    }

    /// An element, when there are only bytes.
    #[inline(always)]
    pub(crate) fn byte(&self, i: usize) -> Option<i8> {
        let byte = self.bytes.as_ref()?.get(i)?;
        Some(i8::from_ne_bytes([*byte]))
    }

    /// An element, unless there are only bytes.
    #[inline(always)]
    pub(crate) fn value(&self, i: usize) -> Option<&Value> {
        self.values.get(i)
    }

    /// The bytes, when there are only bytes.
    pub(crate) fn as_bytes(&self) -> Option<&[u8]> {
        self.bytes.as_deref()
    }

    pub(crate) fn as_values(&self) -> Option<&[Value]> {
        if self.bytes.is_some() {
            None
        } else {
            Some(&self.values)
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Value> + '_ {
        (0..self.len()).filter_map(|i| self.get(i))
    }

    pub(crate) fn to_values(&self) -> Vec<Value> {
        match &self.bytes {
            None => self.values.clone(),
            Some(bytes) => bytes.iter().map(|b| byte_value(*b)).collect(),
        }
    }

    /// A part of the list; empty when the range is outside.
    pub(crate) fn part(&self, from: usize, to: usize) -> Self {
        match &self.bytes {
            None => Self::of(self.values.get(from..to).unwrap_or_default().to_vec()),
            Some(bytes) => Self::of_bytes(bytes.get(from..to).unwrap_or_default().to_vec()),
        }
    }

    /// The buffer of what is no byte.
    pub(super) fn take_values(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.values)
    }

    /// Every element that is no byte, for what moves texts.
    pub(super) fn each_mut(&mut self, each: impl FnMut(&mut Value)) {
        self.values.iter_mut().for_each(each);
    }

    /// For changes that keep the size.
    pub(crate) fn values_mut(&mut self) -> &mut Vec<Value> {
        if let Some(bytes) = self.bytes.take() {
            self.values = bytes.into_iter().map(byte_value).collect();
        }
        &mut self.values
    }

    /// For changes of the size.
    pub(crate) fn resize_mut(&mut self) -> &mut Vec<Value> {
        self.version = self.version.wrapping_add(1);
        self.values_mut()
    }

    pub(crate) fn push(&mut self, value: Value) {
        self.version = self.version.wrapping_add(1);
        match (&mut self.bytes, &value) {
            (Some(bytes), Value::Byte(n)) => bytes.push(n.to_ne_bytes()[0]),
            _ => self.values_mut().push(value),
        }
    }

    /// Replaces an element; `None` when there is none at `i`.
    pub(crate) fn set(&mut self, i: usize, value: Value) -> Option<Value> {
        match (&mut self.bytes, &value) {
            (Some(bytes), Value::Byte(n)) => bytes
                .get_mut(i)
                .map(|old| byte_value(std::mem::replace(old, n.to_ne_bytes()[0]))),
            _ => self
                .values_mut()
                .get_mut(i)
                .map(|old| std::mem::replace(old, value)),
        }
    }

    pub(crate) fn clear(&mut self) {
        self.version = self.version.wrapping_add(1);
        self.bytes = None;
        self.values.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_stay_bytes_until_something_else_arrives() {
        let mut list = List::of_bytes(vec![1, 255]);
        list.push(Value::Byte(-3));
        assert_eq!(list.as_bytes(), Some(&[1, 255, 253][..]));
        list.push(Value::Int(7));
        assert!(list.as_bytes().is_none());
        assert!(matches!(list.get(1), Some(Value::Byte(-1))));
        assert_eq!(list.len(), 4);
    }
}
