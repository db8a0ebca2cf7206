//! Calls: of the script's functions, of the library and of the host.

use super::failure::no_method;
use super::{Vm, bind, result};
use crate::compile::code::{Function, Unit};
use crate::error::Fault;
use crate::host::Host;
use crate::library::array::zeros;
use crate::library::{Call, NativeFn};
use crate::value::{Array, ElementKind, Heap, List, Value};

impl Vm {
    /// Makes the arguments on the stack the first variables of a new frame; its base.
    pub(super) fn enter(&mut self, function: &Function, argc: usize) -> Result<usize, Fault> {
        if self.frames.len() >= self.limits.call_depth {
            let message = format!(
                "functions call each other deeper than {} levels",
                self.limits.call_depth
            );
            return Err(Fault::limit("call-depth", message));
        }
        if argc > function.parameters + function.locals {
            let message = format!(
                "'{}' takes {} arguments, got {argc}",
                function.name, function.parameters
            );
            return Err(Fault::runtime("argument-count", message));
        }
        let base = self.stack.len().saturating_sub(argc);
        for i in base..self.stack.len() {
            if let Some(Value::Array(id)) = self.stack.get(i) {
                let value = self.kept(Value::Array(*id));
                if let Some(slot) = self.stack.get_mut(i) {
                    *slot = value;
                }
            }
        }
        if argc > function.parameters {
            self.stack.truncate(base + function.parameters);
        }
        let slots = (base + function.slots).max(self.stack.len());
        self.stack.resize(slots, Value::Undefined);
        Ok(base)
    }

    /// Runs something on the topmost values, which are popped.
    pub(super) fn with_call<T>(
        &mut self,
        argc: usize,
        host: &Host,
        run: impl FnOnce(&mut Call<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let start = self.stack.len().saturating_sub(argc);
        let args = self.stack.get(start..).unwrap_or_default();
        let mut call = Call {
            heap: &mut self.heap,
            host,
            random: &mut self.random,
            regexes: &mut self.regexes,
            args,
        };
        let outcome = run(&mut call)?;
        self.stack.truncate(start);
        Ok(outcome)
    }

    /// A method of what is below its arguments.
    #[inline(always)]
    pub(super) fn method(
        &mut self,
        unit: &Unit,
        set: u32,
        argc: u8,
        host: &Host,
    ) -> Result<(), Fault> {
        let Some(methods) = unit.methods.get(set as usize) else {
            return Ok(());
        };
        let argc = usize::from(argc);
        let receiver = self.stack.len().checked_sub(argc);
        let receiver = receiver
            .and_then(|i| self.stack.get(i))
            .unwrap_or(&Value::Null);
        match methods.of(receiver) {
            Some(method) => self.native(method, argc, host),
            None => Err(no_method(receiver, &methods.name)),
        }
    }

    #[inline(always)]
    pub(super) fn builtin(
        &mut self,
        unit: &Unit,
        function: u32,
        argc: u8,
        host: &Host,
    ) -> Result<(), Fault> {
        match unit.natives.get(function as usize) {
            Some(native) => self.native(*native, usize::from(argc), host),
            None => Ok(()),
        }
    }

    fn native(&mut self, function: NativeFn, argc: usize, host: &Host) -> Result<(), Fault> {
        let start = self.stack.len().saturating_sub(argc);
        let mut call = Call {
            heap: &mut self.heap,
            host,
            random: &mut self.random,
            regexes: &mut self.regexes,
            args: self.stack.get(start..).unwrap_or_default(),
        };
        let value = function(&mut call)?;
        // In the place of the first argument, if there is one.
        match self.stack.get_mut(start) {
            Some(place) => {
                *place = value;
                self.stack.truncate(start + 1);
            }
            None => self.stack.push(value),
        }
        Ok(())
    }

    pub(super) fn host_function(
        &mut self,
        unit: &Unit,
        function: usize,
        argc: usize,
    ) -> Result<(), Fault> {
        let Some((_, function)) = unit.hosts.get(function) else {
            return Ok(());
        };
        let start = self.stack.len().saturating_sub(argc);
        let values = self.stack.split_off(start);
        let args = values
            .iter()
            .map(|value| result::output(&self.heap, &mut self.names, value, &self.limits))
            .collect::<Result<Vec<_>, _>>()?;
        let outcome = function(&args)?;
        let mut chars = bind::Chars::new(self.limits.arguments_chars);
        let value = bind::value(&mut self.heap, &result::input_of(&outcome), &mut chars, 0)?;
        self.stack.push(value);
        Ok(())
    }
}

/// `new int[2][3]`
pub(super) fn new_array(
    heap: &mut Heap,
    kind: ElementKind,
    sizes: &[Value],
) -> Result<Value, Fault> {
    let Some((first, rest)) = sizes.split_first() else {
        return Ok(Value::Null);
    };
    let len = match first {
        Value::Int(n) => usize::try_from(*n).ok(),
        _ => None,
    };
    let len = len.ok_or_else(|| {
        Fault::runtime(
            "argument-value",
            "the size of an array is an int of at least 0",
        )
    })?;
    if rest.is_empty() {
        heap.check_single(len.saturating_mul(kind.size()), 2, "the array")?;
        return Ok(heap.new_array(zeros(kind, len)));
    }
    heap.check_single(
        len.saturating_mul(ElementKind::Object.size()),
        2,
        "the array",
    )?;
    let mut items = Vec::new();
    for _ in 0..len {
        items.push(new_array(heap, kind, rest)?);
        if heap.needs_collection() {
            return Err(Fault::limit("memory", "the array is too large"));
        }
    }
    Ok(heap.new_array(Array {
        kind: ElementKind::Object,
        items: List::of(items),
    }))
}
