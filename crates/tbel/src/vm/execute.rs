//! The instruction loop.

use super::budget::Budget;
use super::failure::boolean;
use super::step::Flow;
use super::{Frame, Vm};
use crate::compile::code::{Function, Op, Unit};
use crate::error::Fault;
use crate::host::Host;
use crate::ops::quick::{self, Quick};
use crate::span::Span;
use crate::syntax::ast::BinaryOp;
use crate::value::Value;

/// Why the loop stops: a failure and the instruction it happened at.
struct Stop {
    fault: Fault,
    function: usize,
    at: usize,
}

static UNDEFINED: Value = Value::Undefined;
static NULL: Value = Value::Null;

impl Vm {
    /// Runs the script whose arguments are on the stack.
    pub(super) fn execute(&mut self, unit: &Unit, host: &Host) -> Result<Value, (Fault, Span)> {
        self.missing = None;
        self.run_loop(unit, host).map_err(|stop| {
            let function = unit.functions.get(stop.function);
            let read = |slot: u16| {
                function.and_then(|f| f.reads.iter().find(|r| r.at == stop.at && r.slot == slot))
            };
            let span = self.missing.and_then(read).map(|r| r.span);
            let whole = || function.and_then(|f| f.spans.get(stop.at)).copied();
            (stop.fault, span.or_else(whole).unwrap_or_default())
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
        /// Leaves a result where it belongs and goes on.
        macro_rules! leave {
            ($quick:expr, |$value:ident| $put:expr) => {
                match $quick {
                    Quick::Int(n) => {
                        let $value = Value::Int(n);
                        $put;
                        continue;
                    }
                    Quick::Double(x) => {
                        let $value = Value::Double(x);
                        $put;
                        continue;
                    }
                    Quick::Bool(b) => {
                        let $value = Value::Bool(b);
                        $put;
                        continue;
                    }
                    Quick::No => {}
                }
            };
        }
        /// Goes on behind a test or at its target.
        macro_rules! decide {
            ($holds:expr, $target:expr) => {
                match $holds {
                    Some(true) => continue,
                    Some(false) => {
                        pc = $target as usize;
                        continue;
                    }
                    None => {}
                }
            };
        }
        /// What the general rules say, and a look at the budgets when something grew.
        macro_rules! general {
            ($outcome:expr) => {
                match $outcome {
                    Ok(false) => continue,
                    Ok(true) => budget.check(executed, &mut self.heap, &self.stack),
                    Err(fault) => Err(fault),
                }
            };
        }
        macro_rules! general_test {
            ($outcome:expr, $target:expr) => {
                match $outcome.and_then(|_| boolean(&self.pop())) {
                    Ok(true) => continue,
                    Ok(false) => {
                        pc = $target as usize;
                        continue;
                    }
                    Err(fault) => Err(fault),
                }
            };
        }
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
                // Numbers are copied by their parts: see `quick`.
                Op::Load(slot) => match self.local(base, slot) {
                    Value::Int(n) => {
                        let value = Value::Int(*n);
                        self.stack.push(value);
                        continue;
                    }
                    Value::Double(x) => {
                        let value = Value::Double(*x);
                        self.stack.push(value);
                        continue;
                    }
                    Value::Undefined => self.push_local(function, base, slot),
                    value => {
                        let value = value.clone();
                        self.stack.push(value);
                        continue;
                    }
                },
                Op::Int(n) => {
                    self.stack.push(Value::Int(n));
                    continue;
                }
                Op::Const(k) => {
                    let value = unit.constants.get(k as usize).unwrap_or(&NULL).clone();
                    self.stack.push(value);
                    continue;
                }
                Op::BinaryLL { op, a, b } => {
                    let quick = quick::binary(op, self.local(base, a), self.local(base, b));
                    leave!(quick, |value| self.stack.push(value));
                    general!(self.general_ll(op, function, base, (a, b)))
                }
                Op::BinaryLI { op, a, n } => {
                    let quick = quick::binary_int(op, self.local(base, a), n);
                    leave!(quick, |value| self.stack.push(value));
                    general!(self.general_li(op, function, base, (a, n)))
                }
                Op::BinaryLT { op, a } => {
                    let quick = quick::binary(op, self.local(base, a), self.top());
                    leave!(quick, |value| *self.top_mut() = value);
                    general!(self.general_lt(op, function, base, a))
                }
                Op::BinaryTL { op, b } => {
                    let quick = quick::binary(op, self.top(), self.local(base, b));
                    leave!(quick, |value| *self.top_mut() = value);
                    general!(
                        self.push_local(function, base, b)
                            .and_then(|()| self.binary(op))
                    )
                }
                Op::BinaryTK { op, k } => {
                    let constant = unit.constants.get(k as usize).unwrap_or(&NULL);
                    let quick = quick::binary(op, self.top(), constant);
                    leave!(quick, |value| *self.top_mut() = value);
                    general!(self.general_tk(op, constant))
                }
                Op::BinaryInt { op, n } => {
                    let quick = quick::binary_int(op, self.top(), n);
                    leave!(quick, |value| *self.top_mut() = value);
                    general!(self.general_ti(op, n))
                }
                Op::Binary(op) => {
                    let [.., a, b] = self.stack.as_slice() else {
                        continue;
                    };
                    let quick = quick::binary(op, a, b);
                    leave!(quick, |value| {
                        self.stack.pop();
                        *self.top_mut() = value;
                    });
                    general!(self.binary(op))
                }
                Op::AssignLL { op, a, b, to } => {
                    let quick = quick::binary(op, self.local(base, a), self.local(base, b));
                    leave!(quick, |value| *self.slot(base, to) = value);
                    let outcome = self.general_ll(op, function, base, (a, b));
                    general!(self.stored(outcome, base, to))
                }
                Op::AssignLI { op, a, n, to } => {
                    let quick = quick::binary_int(op, self.local(base, a), n);
                    leave!(quick, |value| *self.slot(base, to) = value);
                    let outcome = self.general_li(op, function, base, (a, n));
                    general!(self.stored(outcome, base, to))
                }
                Op::AssignLT { op, a, to } => {
                    let quick = quick::binary(op, self.local(base, a), self.top());
                    leave!(quick, |value| {
                        self.stack.pop();
                        *self.slot(base, to) = value;
                    });
                    let outcome = self.general_lt(op, function, base, a);
                    general!(self.stored(outcome, base, to))
                }
                Op::UnlessLL { op, a, b, target } => {
                    let holds = quick::compare(op, self.local(base, a), self.local(base, b));
                    decide!(holds, target);
                    general_test!(self.general_ll(op, function, base, (a, b)), target)
                }
                Op::UnlessLI { op, a, n, target } => {
                    let holds = quick::compare_int(op, self.local(base, a), n);
                    decide!(holds, target);
                    general_test!(self.general_li(op, function, base, (a, n)), target)
                }
                Op::UnlessLK { op, a, k, target } => {
                    let constant = unit.constants.get(k as usize).unwrap_or(&NULL);
                    let holds = quick::compare(op, self.local(base, a), constant);
                    decide!(holds, target);
                    let outcome = self
                        .push_local(function, base, a)
                        .and_then(|()| self.general_tk(op, constant));
                    general_test!(outcome, target)
                }
                Op::UnlessTI { op, n, target } => {
                    let holds = quick::compare_int(op, self.top(), n);
                    if holds.is_some() {
                        self.stack.pop();
                    }
                    decide!(holds, target);
                    general_test!(self.general_ti(op, n), target)
                }
                Op::UnlessTK { op, k, target } => {
                    let constant = unit.constants.get(k as usize).unwrap_or(&NULL);
                    let holds = quick::compare(op, self.top(), constant);
                    if holds.is_some() {
                        self.stack.pop();
                    }
                    decide!(holds, target);
                    general_test!(self.general_tk(op, constant), target)
                }
                Op::UnlessTT { op, target } => general_test!(self.binary(op), target),
                Op::UnlessNull { is, target } => {
                    if self.pop().is_null() != is {
                        pc = target as usize;
                    }
                    continue;
                }
                Op::IsNull { is } => {
                    let null = self.pop().is_null();
                    self.stack.push(Value::Bool(null == is));
                    continue;
                }
                Op::JumpIfFalse(target) => match self.stack.pop() {
                    Some(Value::Bool(true)) => continue,
                    Some(Value::Bool(false)) => {
                        pc = target as usize;
                        continue;
                    }
                    other => boolean(&other.unwrap_or(Value::Null)).map(|_| ()),
                },
                Op::Store(slot) => match *self.top() {
                    Value::Int(n) => {
                        self.stack.pop();
                        *self.slot(base, slot) = Value::Int(n);
                        continue;
                    }
                    Value::Array(_) => {
                        let value = self.assigned();
                        *self.slot(base, slot) = value;
                        continue;
                    }
                    _ => {
                        let value = self.pop();
                        *self.slot(base, slot) = value;
                        continue;
                    }
                },
                Op::Step { slot, delta } => match self.slot(base, slot) {
                    Value::Int(n) if n.checked_add(i32::from(delta)).is_some() => {
                        *n = n.wrapping_add(i32::from(delta));
                        continue;
                    }
                    _ => self.general_step(function, base, slot, delta),
                },
                Op::StepLoop {
                    slot,
                    delta,
                    target,
                } => {
                    pc = target as usize;
                    let stepped = match self.slot(base, slot) {
                        Value::Int(n) if n.checked_add(i32::from(delta)).is_some() => {
                            *n = n.wrapping_add(i32::from(delta));
                            Ok(())
                        }
                        _ => self.general_step(function, base, slot, delta),
                    };
                    stepped.and_then(|()| budget.turn(executed, &mut self.heap, &self.stack))
                }
                Op::Loop(target) => {
                    pc = target as usize;
                    budget.turn(executed, &mut self.heap, &self.stack)
                }
                Op::Jump(target) => {
                    pc = target as usize;
                    continue;
                }
                Op::LoadField { slot, property } => {
                    let Some(property) = unit.properties.get(property as usize) else {
                        continue;
                    };
                    if let (Value::Map(id), None) = (self.local(base, slot), property.map) {
                        let value = self.heap.map(*id).get_str(&property.name);
                        let value = value.unwrap_or(&NULL).clone();
                        self.stack.push(value);
                        continue;
                    }
                    self.push_local(function, base, slot)
                        .and_then(|()| self.property_of_top(property, host))
                }
                Op::GetProperty(property) => {
                    let Some(property) = unit.properties.get(property as usize) else {
                        continue;
                    };
                    if let (Value::Map(id), None) = (self.top(), property.map) {
                        let value = self.heap.map(*id).get_str(&property.name);
                        let value = value.unwrap_or(&NULL).clone();
                        *self.top_mut() = value;
                        continue;
                    }
                    self.property_of_top(property, host)
                }
                Op::IndexLL { list, at } => {
                    if let (Value::List(id), Value::Int(i)) =
                        (self.local(base, list), self.local(base, at))
                        && let Some(value) = self.heap.element(*id, *i)
                    {
                        self.stack.push(value);
                        continue;
                    }
                    self.push_local(function, base, list)
                        .and_then(|()| self.push_local(function, base, at))
                        .and_then(|()| self.get_index())
                }
                Op::IndexLI { list, at } => {
                    if let Value::List(id) = self.local(base, list)
                        && let Some(value) = self.heap.element(*id, at)
                    {
                        self.stack.push(value);
                        continue;
                    }
                    self.push_local(function, base, list).and_then(|()| {
                        self.stack.push(Value::Int(at));
                        self.get_index()
                    })
                }
                Op::Call {
                    function: callee,
                    argc,
                } => {
                    let Some(next) = unit.functions.get(callee as usize) else {
                        continue;
                    };
                    let outcome = budget
                        .turn(executed, &mut self.heap, &self.stack)
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
                _ => match self.step(op, unit, function, base, host) {
                    Ok(None) => continue,
                    Ok(Some(Flow::Jump(target))) => {
                        pc = target as usize;
                        continue;
                    }
                    Ok(Some(Flow::Check)) => budget.turn(executed, &mut self.heap, &self.stack),
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
            if let Some(Value::Array(id)) = self.stack.get(i) {
                let value = self.kept(Value::Array(*id));
                if let Some(slot) = self.stack.get_mut(i) {
                    *slot = value;
                }
            }
        }
        self.stack.truncate(base + argc.min(function.parameters));
        self.stack.resize(base + function.slots, Value::Undefined);
        Ok(base)
    }

    // --- places ---------------------------------------------------------------------------------------

    pub(super) fn pop(&mut self) -> Value {
        self.stack.pop().unwrap_or(Value::Null)
    }

    #[inline(always)]
    pub(super) fn top(&self) -> &Value {
        self.stack.last().unwrap_or(&NULL)
    }

    #[inline(always)]
    fn top_mut(&mut self) -> &mut Value {
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

    // --- operators by the general rules ---------------------------------------------------------------

    #[cold]
    fn general_ll(
        &mut self,
        op: BinaryOp,
        function: &Function,
        base: usize,
        (a, b): (u16, u16),
    ) -> Result<bool, Fault> {
        self.push_local(function, base, a)?;
        self.push_local(function, base, b)?;
        self.binary(op)
    }

    #[cold]
    fn general_li(
        &mut self,
        op: BinaryOp,
        function: &Function,
        base: usize,
        (a, n): (u16, i32),
    ) -> Result<bool, Fault> {
        self.push_local(function, base, a)?;
        self.general_ti(op, n)
    }

    #[cold]
    fn general_lt(
        &mut self,
        op: BinaryOp,
        function: &Function,
        base: usize,
        a: u16,
    ) -> Result<bool, Fault> {
        let right = self.pop();
        self.push_local(function, base, a)?;
        self.stack.push(right);
        self.binary(op)
    }

    #[cold]
    fn general_ti(&mut self, op: BinaryOp, n: i32) -> Result<bool, Fault> {
        self.stack.push(Value::Int(n));
        self.binary(op)
    }

    #[cold]
    fn general_tk(&mut self, op: BinaryOp, constant: &Value) -> Result<bool, Fault> {
        self.stack.push(constant.clone());
        self.binary(op)
    }

    /// Moves a result into a variable.
    fn stored(
        &mut self,
        outcome: Result<bool, Fault>,
        base: usize,
        to: u16,
    ) -> Result<bool, Fault> {
        let grows = outcome?;
        let value = self.pop();
        *self.slot(base, to) = value;
        Ok(grows)
    }
}
