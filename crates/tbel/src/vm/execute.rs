//! The instruction loop.

use super::budget::Budget;
use super::failure::{boolean, no_method, undefined};
use super::invoke::new_array;
use super::{Frame, Vm, access, fast, iterate};
use crate::compile::code::{Function, Op, Shared, Unit};
use crate::error::Fault;
use crate::host::Host;
use crate::ops::{arithmetic, bits, cast};
use crate::span::Span;
use crate::value::{ElementKind, OrderedMap, Value, compare};

/// Why the loop stops: a failure and the instruction it happened at.
struct Stop {
    fault: Fault,
    function: usize,
    at: usize,
}

impl Vm {
    /// Runs the script whose arguments are on the stack.
    pub(super) fn execute(&mut self, unit: &Unit, host: &Host) -> Result<Value, (Fault, Span)> {
        self.run_loop(unit, host).map_err(|stop| {
            let span = unit
                .functions
                .get(stop.function)
                .and_then(|f| f.spans.get(stop.at))
                .copied();
            (stop.fault, span.unwrap_or_default())
        })
    }

    fn run_loop(&mut self, unit: &Unit, host: &Host) -> Result<Value, Stop> {
        let mut budget = Budget::new(&self.limits);
        let mut executed: u64 = 0;
        let mut function_index = 0usize;
        let mut base = 0usize;
        let mut pc = 0usize;
        let Some(mut function) = unit.functions.first() else {
            return Ok(Value::Null);
        };
        self.stack
            .resize(function.slots.max(self.stack.len()), Value::Undefined);
        loop {
            let at = pc;
            let Some(op) = function.code.get(at).copied() else {
                let fault = Fault::runtime("internal", "the compiled script has no end");
                return Err(Stop {
                    fault,
                    function: function_index,
                    at,
                });
            };
            pc += 1;
            executed += 1;
            let step = match op {
                Op::Load(slot) => match self.stack.get(base + usize::from(slot)) {
                    Some(Value::Undefined) | None => Err(undefined(function, slot)),
                    Some(Value::Int(n)) => {
                        self.stack.push(Value::Int(*n));
                        continue;
                    }
                    Some(value) => {
                        let value = value.clone();
                        self.stack.push(value);
                        continue;
                    }
                },
                Op::Int(n) => {
                    self.stack.push(Value::Int(n));
                    continue;
                }
                Op::Binary(op) => {
                    if fast::binary(op, &mut self.stack) {
                        continue;
                    }
                    match self.binary(op) {
                        Ok(false) => continue,
                        Ok(true) => budget.check(executed, &mut self.heap, &self.stack),
                        Err(fault) => Err(fault),
                    }
                }
                Op::BinaryInt { op, n } => {
                    if fast::binary_int(op, n, &mut self.stack) {
                        continue;
                    }
                    self.stack.push(Value::Int(n));
                    match self.binary(op) {
                        Ok(false) => continue,
                        Ok(true) => budget.check(executed, &mut self.heap, &self.stack),
                        Err(fault) => Err(fault),
                    }
                }
                Op::JumpIfFalse(target) => match self.stack.pop() {
                    Some(Value::Bool(true)) => continue,
                    Some(Value::Bool(false)) => {
                        pc = target as usize;
                        continue;
                    }
                    other => boolean(&other.unwrap_or(Value::Null)).map(|_| ()),
                },
                Op::Store(slot) if !matches!(self.top(), Value::Array(_)) => {
                    let value = self.pop();
                    *self.slot(base, slot) = value;
                    continue;
                }
                Op::Call {
                    function: callee,
                    argc,
                } => {
                    let Some(next) = unit.functions.get(callee as usize) else {
                        continue;
                    };
                    let outcome = budget
                        .check(executed, &mut self.heap, &self.stack)
                        .and_then(|()| self.enter(next, usize::from(argc)));
                    match outcome {
                        Ok(new_base) => {
                            self.frames.push(Frame {
                                function: function_index,
                                next: pc,
                                base,
                            });
                            function_index = callee as usize;
                            function = next;
                            base = new_base;
                            pc = 0;
                            continue;
                        }
                        Err(fault) => Err(fault),
                    }
                }
                Op::Return => {
                    let value = self.stack.pop().unwrap_or(Value::Null);
                    let Some(frame) = self.frames.pop() else {
                        return Ok(value);
                    };
                    self.stack.truncate(base);
                    self.stack.push(value);
                    function_index = frame.function;
                    let Some(caller) = unit.functions.get(frame.function) else {
                        continue;
                    };
                    function = caller;
                    base = frame.base;
                    pc = frame.next;
                    continue;
                }
                Op::Loop(target) => {
                    pc = target as usize;
                    budget.check(executed, &mut self.heap, &self.stack)
                }
                Op::Jump(target) => {
                    pc = target as usize;
                    continue;
                }
                _ => match self.step(op, unit, function, base, host) {
                    Ok(None) => continue,
                    Ok(Some(Flow::Jump(target))) => {
                        pc = target as usize;
                        continue;
                    }
                    Ok(Some(Flow::Check)) => budget.check(executed, &mut self.heap, &self.stack),
                    Err(fault) => Err(fault),
                },
            };
            if let Err(fault) = step {
                return Err(Stop {
                    fault,
                    function: function_index,
                    at,
                });
            }
        }
    }

    /// Makes the arguments on the stack the first variables of a new frame; its base.
    fn enter(&mut self, function: &Function, argc: usize) -> Result<usize, Fault> {
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
            if let Some(Value::Array(id)) = self.stack.get(i).cloned() {
                let value = self.kept(Value::Array(id));
                if let Some(slot) = self.stack.get_mut(i) {
                    *slot = value;
                }
            }
        }
        self.stack.truncate(base + argc.min(function.parameters));
        self.stack.resize(base + function.slots, Value::Undefined);
        Ok(base)
    }

    pub(super) fn pop(&mut self) -> Value {
        self.stack.pop().unwrap_or(Value::Null)
    }

    fn top(&self) -> &Value {
        self.stack.last().unwrap_or(&Value::Null)
    }

    fn slot(&mut self, base: usize, slot: u16) -> &mut Value {
        // Frames are resized to their number of slots when they are entered.
        &mut self.stack[base + usize::from(slot)]
    }

    /// One instruction that stays in its function.
    fn step(
        &mut self,
        op: Op,
        unit: &Unit,
        function: &Function,
        base: usize,
        host: &Host,
    ) -> Result<Option<Flow>, Fault> {
        match op {
            Op::Const(i) => self.stack.push(
                unit.constants
                    .get(i as usize)
                    .cloned()
                    .unwrap_or(Value::Null),
            ),
            Op::Null => self.stack.push(Value::Null),
            Op::Bool(b) => self.stack.push(Value::Bool(b)),
            Op::Store(slot) => {
                let value = self.assigned();
                *self.slot(base, slot) = value;
            }
            Op::Tee(slot) => {
                let value = self.assigned();
                *self.slot(base, slot) = value.clone();
                self.stack.push(value);
            }
            Op::LoadShared(i) => {
                let Some(shared) = unit.shared.get(usize::from(i)) else {
                    return Ok(None);
                };
                let value = self
                    .stack
                    .get(self.shared_place(shared, base))
                    .cloned()
                    .unwrap_or(Value::Undefined);
                if matches!(value, Value::Undefined) {
                    return Err(Fault::runtime(
                        "unknown-name",
                        format!("'{}' is not defined", shared.name),
                    ));
                }
                self.stack.push(value);
            }
            Op::TeeShared(i) => {
                let Some(shared) = unit.shared.get(usize::from(i)) else {
                    return Ok(None);
                };
                let value = self.assigned();
                let place = self.shared_place(shared, base);
                if let Some(slot) = self.stack.get_mut(place) {
                    *slot = value.clone();
                }
                self.stack.push(value);
            }
            Op::Clear(slot) => *self.slot(base, slot) = Value::Undefined,
            Op::IsDefined(slot) => {
                let defined = !matches!(self.slot(base, slot), Value::Undefined);
                self.stack.push(Value::Bool(defined));
            }
            Op::Pop => {
                self.stack.pop();
            }
            Op::StaticInt(op) => {
                let (b, a) = (self.pop(), self.pop());
                self.stack.push(arithmetic::static_int(op, &a, &b)?);
            }
            Op::ConstantField(op) => {
                let (b, a) = (self.pop(), self.pop());
                self.stack.push(arithmetic::saturating(op, &a, &b)?);
            }
            Op::IsEmpty => {
                let value = self.pop();
                self.stack
                    .push(Value::Bool(compare::is_empty(&self.heap, &value)));
            }
            Op::Negate => {
                let value = self.pop();
                self.stack.push(arithmetic::negate(&value)?);
            }
            Op::Not => {
                let value = boolean(&self.pop())?;
                self.stack.push(Value::Bool(!value));
            }
            Op::Complement => {
                let value = self.pop();
                self.stack.push(bits::complement(&value)?);
            }
            Op::CheckBool => {
                boolean(self.top())?;
            }
            Op::JumpIfTrue(target) => {
                if boolean(&self.pop())? {
                    return Ok(Some(Flow::Jump(target)));
                }
            }
            Op::JumpIfFalseOrPop(target) => {
                if !boolean(self.top())? {
                    return Ok(Some(Flow::Jump(target)));
                }
                self.stack.pop();
            }
            Op::JumpIfTrueOrPop(target) => {
                if boolean(self.top())? {
                    return Ok(Some(Flow::Jump(target)));
                }
                self.stack.pop();
            }
            Op::JumpIfPresentOrPop(target) => {
                if !compare::is_missing(&self.heap, self.top()) {
                    return Ok(Some(Flow::Jump(target)));
                }
                self.stack.pop();
            }
            Op::JumpIfNull(target) => {
                if self.top().is_null() {
                    return Ok(Some(Flow::Jump(target)));
                }
            }
            Op::MakeList(n) => {
                let start = self.stack.len().saturating_sub(n as usize);
                let values = self.stack.split_off(start);
                let list = self.heap.new_list(values);
                self.stack.push(list);
            }
            Op::MakeMap(shape) => {
                let Some(keys) = unit.shapes.get(shape as usize) else {
                    return Ok(None);
                };
                let start = self.stack.len().saturating_sub(keys.len());
                let mut entries = Vec::with_capacity(keys.len());
                for (key, value) in keys.iter().zip(self.stack.drain(start..)) {
                    if !value.is_null() {
                        entries.push((key.clone(), value));
                    }
                }
                let map = OrderedMap::of_unique(entries);
                let map = self.heap.new_map(map);
                self.stack.push(map);
            }
            Op::MakeEntries(n) => {
                let start = self.stack.len().saturating_sub(n as usize * 2);
                let mut map = OrderedMap::with_capacity(n as usize);
                let mut items = self.stack.drain(start..);
                while let (Some(key), Some(value)) = (items.next(), items.next()) {
                    if value.is_null() {
                        map.remove(&key);
                    } else {
                        map.insert(key, value);
                    }
                }
                drop(items);
                let map = self.heap.new_map(map);
                self.stack.push(map);
            }
            Op::GetProperty(i) => {
                let Some(property) = unit.properties.get(i as usize) else {
                    return Ok(None);
                };
                // The common case without the detour of a call.
                if let (Value::Map(id), None) = (self.top(), property.map) {
                    let value = self
                        .heap
                        .map(*id)
                        .get_str(&property.name)
                        .cloned()
                        .unwrap_or(Value::Null);
                    self.stack.pop();
                    self.stack.push(value);
                } else {
                    let value =
                        self.with_call(1, host, |call| access::get_property(call, property))?;
                    self.stack.push(value);
                }
            }
            Op::SetProperty(i) => {
                let Some(property) = unit.properties.get(i as usize) else {
                    return Ok(None);
                };
                let value = self.assigned();
                let target = self.pop();
                access::set_property(&mut self.heap, &target, property, value.clone())?;
                self.stack.push(value);
            }
            Op::GetIndex => {
                let at = self.pop();
                let target = self.pop();
                let value = access::get_index(&mut self.heap, &target, &at)?;
                self.stack.push(value);
            }
            Op::SetIndex => {
                let value = self.assigned();
                let at = self.pop();
                let target = self.pop();
                access::set_index(&mut self.heap, &target, &at, value.clone())?;
                self.stack.push(value);
            }
            Op::Method { set, argc } => {
                let Some(methods) = unit.methods.get(set as usize) else {
                    return Ok(None);
                };
                let argc = usize::from(argc);
                let receiver = self
                    .stack
                    .len()
                    .checked_sub(argc)
                    .and_then(|i| self.stack.get(i));
                let receiver = receiver.unwrap_or(&Value::Null);
                let Some(method) = methods.of(receiver) else {
                    return Err(no_method(receiver, &methods.name));
                };
                self.native(method, argc, host)?;
                return Ok(Some(Flow::Check));
            }
            Op::Native { function, argc } => {
                let Some(native) = unit.natives.get(function as usize).copied() else {
                    return Ok(None);
                };
                self.native(native, usize::from(argc), host)?;
                return Ok(Some(Flow::Check));
            }
            Op::Host { function, argc } => {
                self.host_function(unit, function as usize, usize::from(argc))?;
                return Ok(Some(Flow::Check));
            }
            Op::Raise(i) => {
                let fault = unit.faults.get(i as usize).cloned();
                return Err(fault.unwrap_or_else(|| Fault::runtime("internal", "unknown failure")));
            }
            Op::IterInit(slot) => {
                let source = self.pop();
                let (source, state) = iterate::start(&mut self.heap, source)?;
                *self.slot(base, slot) = source;
                *self.slot(base, slot + 1) = state;
            }
            Op::IterNext {
                state,
                variable,
                exit,
            } => {
                let source = self.slot(base, state).clone();
                let Value::Long(position) = *self.slot(base, state + 1) else {
                    return Ok(Some(Flow::Jump(exit)));
                };
                match iterate::next(&mut self.heap, &source, position)? {
                    Some((value, position)) => {
                        *self.slot(base, state + 1) = Value::Long(position);
                        *self.slot(base, variable) = value;
                    }
                    None => return Ok(Some(Flow::Jump(exit))),
                }
            }
            Op::Append(slot) => {
                let value = self.pop();
                if let Value::List(id) = *self.slot(base, slot) {
                    self.heap.list_push(id, value)?;
                }
            }
            Op::Step { slot, delta } => match self.slot(base, slot) {
                Value::Int(n) if n.checked_add(i32::from(delta)).is_some() => {
                    *n += i32::from(delta);
                }
                Value::Undefined => return Err(undefined(function, slot)),
                value => *value = arithmetic::step(value, i32::from(delta))?,
            },
            Op::StepTop(delta) => {
                let value = self.pop();
                self.stack.push(arithmetic::step(&value, i32::from(delta))?);
            }
            Op::Cast(class) => {
                let value = self.pop();
                let value = cast::cast(&mut self.heap, class, &value)?;
                self.stack.push(value);
            }
            Op::InstanceOf(class) => {
                let value = self.pop();
                self.stack
                    .push(Value::Bool(cast::instance_of(&value, class)));
            }
            Op::ConvertableTo(class) => {
                let value = self.pop();
                self.stack
                    .push(Value::Bool(cast::convertible(&value, class)));
            }
            Op::NewArray { kind, dimensions } => {
                let start = self.stack.len().saturating_sub(usize::from(dimensions));
                let sizes = self.stack.split_off(start);
                let array = new_array(&mut self.heap, kind, &sizes)?;
                self.stack.push(array);
            }
            Op::Assert => {
                if !boolean(&self.pop())? {
                    return Err(Fault::runtime("assertion", "the assertion does not hold"));
                }
            }
            // Handled by the loop itself.
            Op::Call { .. }
            | Op::Return
            | Op::Loop(_)
            | Op::Jump(_)
            | Op::Load(_)
            | Op::Int(_)
            | Op::Binary(_)
            | Op::BinaryInt { .. }
            | Op::JumpIfFalse(_) => {}
        }
        Ok(None)
    }

    /// The value on the stack as it is assigned.
    fn assigned(&mut self) -> Value {
        let value = self.pop();
        self.kept(value)
    }

    /// A value as variables keep it: an array of strings becomes a list.
    fn kept(&mut self, value: Value) -> Value {
        if let Value::Array(id) = value
            && self.heap.array(id).kind == ElementKind::Object
        {
            let list = self.heap.array(id).items.clone();
            return self.heap.add_list(list);
        }
        value
    }

    fn shared_place(&self, shared: &Shared, base: usize) -> usize {
        let defined = |slot: &&u16| {
            !matches!(
                self.stack.get(usize::from(**slot)),
                None | Some(Value::Undefined)
            )
        };
        match (shared.outer.iter().find(defined), shared.local) {
            (Some(outer), _) => usize::from(*outer),
            (None, Some(local)) => base + usize::from(local),
            (None, None) => usize::MAX,
        }
    }
}

/// What an instruction asks of the loop.
enum Flow {
    Jump(u32),
    /// Something may have grown: look at the budgets.
    Check,
}
