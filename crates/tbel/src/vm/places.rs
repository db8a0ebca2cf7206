//! Where values stand: the top of the stack and the variables of a frame.
//!
//! A value that is written in parts and then copied as a whole makes the processor wait until the parts
//! have arrived; on the way of a number that costs more than the operation itself. So numbers are written
//! straight to their place, and what is rarer has a function of its own that is not inlined: the compiler
//! would otherwise merge all kinds into one copy.

use super::Vm;
use crate::value::{ListId, MapId, Text, Value};

static UNDEFINED: Value = Value::Undefined;
static NULL: Value = Value::Null;

/// Writes an int; where one stands already only its four bytes.
#[inline(always)]
pub(super) fn put_int(place: &mut Value, n: i32) {
    match place {
        Value::Int(old) => *old = n,
        _ => int_over(place, n),
    }
}

#[inline(always)]
pub(super) fn put_double(place: &mut Value, x: f64) {
    match place {
        Value::Double(old) => *old = x,
        _ => double_over(place, x),
    }
}

macro_rules! writers {
    ($($name:ident: $kind:ident($inner:ty)),*) => { $(
        #[inline(never)]
        pub(super) fn $name(place: &mut Value, inner: $inner) {
            *place = Value::$kind(inner);
        }
    )* };
}
writers!(
    int_over: Int(i32),
    double_over: Double(f64),
    put_bool: Bool(bool),
    put_byte: Byte(i8),
    put_map: Map(MapId),
    put_list: List(ListId),
    put_str: Str(Text)
);

macro_rules! pushers {
    ($($name:ident: $kind:ident($inner:ty)),*) => { $(
        #[inline(never)]
        pub(super) fn $name(&mut self, inner: $inner) {
            self.stack.push(Value::$kind(inner));
        }
    )* };
}

/// Pushes a copy, each kind by itself; nothing of the stack may be borrowed while it grows.
macro_rules! push_copy {
    ($vm:expr, $value:expr) => {
        match *$value {
            Value::Int(n) => $vm.stack.push(Value::Int(n)),
            Value::Map(id) => $vm.push_map(id),
            Value::List(id) => $vm.push_list(id),
            Value::Str(text) => $vm.push_str(text),
            Value::Byte(n) => $vm.push_byte(n),
            Value::Double(x) => $vm.push_double(x),
            Value::Char(unit) => $vm.push_char(unit),
            Value::Bool(b) => $vm.push_bool(b),
            value => $vm.push_value(value),
        }
    };
}
pub(super) use push_copy;

impl Vm {
    pushers!(
        push_double: Double(f64),
        push_bool: Bool(bool),
        push_byte: Byte(i8),
        push_char: Char(u16),
        push_map: Map(MapId),
        push_list: List(ListId),
        push_str: Str(Text)
    );

    #[inline(never)]
    pub(super) fn push_value(&mut self, value: Value) {
        self.stack.push(value);
    }

    pub(super) fn pop(&mut self) -> Value {
        self.stack.pop().unwrap_or(Value::Null)
    }

    #[inline(always)]
    pub(super) fn drop_top(&mut self) {
        let less = self.stack.len().saturating_sub(1);
        self.stack.truncate(less);
    }

    #[inline(always)]
    pub(super) fn top(&self) -> &Value {
        self.stack.last().unwrap_or(&NULL)
    }

    #[inline(always)]
    pub(super) fn top_mut(&mut self) -> &mut Value {
        let last = self.stack.len().saturating_sub(1);
        &mut self.stack[last]
    }

    #[inline(always)]
    pub(super) fn local(&self, base: usize, slot: u16) -> &Value {
        self.stack
            .get(base + usize::from(slot))
            .unwrap_or(&UNDEFINED)
    }

    #[inline(always)]
    pub(super) fn slot(&mut self, base: usize, slot: u16) -> &mut Value {
        // Frames are resized to their number of slots when they are entered.
        &mut self.stack[base + usize::from(slot)]
    }

    /// Moves the top of the stack into a variable.
    #[inline(always)]
    pub(super) fn store(&mut self, base: usize, slot: u16) {
        match *self.top() {
            Value::Int(n) => {
                self.drop_top();
                put_int(self.slot(base, slot), n);
            }
            Value::Map(id) => {
                self.drop_top();
                put_map(self.slot(base, slot), id);
            }
            Value::List(id) => {
                self.drop_top();
                put_list(self.slot(base, slot), id);
            }
            Value::Str(text) => {
                self.drop_top();
                put_str(self.slot(base, slot), text);
            }
            Value::Byte(n) => {
                self.drop_top();
                put_byte(self.slot(base, slot), n);
            }
            Value::Double(x) => {
                self.drop_top();
                put_double(self.slot(base, slot), x);
            }
            _ => self.store_other(base, slot),
        }
    }

    #[inline(never)]
    fn store_other(&mut self, base: usize, slot: u16) {
        let value = self.assigned();
        *self.slot(base, slot) = value;
    }

    /// An element of a payload, or of a list of ints, and a mask.
    #[inline(always)]
    pub(super) fn masked(&self, base: usize, list: u16, at: u16, n: i32) -> Option<i32> {
        let (Value::List(id), Value::Int(i)) = (self.local(base, list), self.local(base, at))
        else {
            return None;
        };
        let i = usize::try_from(*i).ok()?;
        let list = self.heap.list(*id);
        match list.byte(i) {
            Some(byte) => Some(i32::from(byte) & n),
            None => match list.value(i)? {
                Value::Int(x) => Some(*x & n),
                Value::Byte(x) => Some(i32::from(*x) & n),
                _ => None,
            },
        }
    }
}
