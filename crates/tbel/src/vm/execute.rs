//! The instruction loop.

use super::budget::Budget;
use super::failure::{Stop, boolean, undefined};
use super::places::{push_copy, put_bool, put_double, put_int};
use super::step::Flow;
use super::{Frame, Vm, access};
use crate::compile::code::{Op, Unit};
use crate::error::Fault;
use crate::host::Host;
use crate::ops::quick::{self, Quick};
use crate::syntax::ast::BinaryOp;
use crate::value::Value;

static NULL: Value = Value::Null;

impl Vm {
    /// Runs the script whose arguments are on the stack.
    pub(super) fn run_loop(&mut self, unit: &Unit, host: &Host) -> Result<Value, Stop> {
        let mut budget = Budget::new(&self.limits);
        let mut executed: u64 = 0;
        let mut function_index = 0usize;
        let mut base = 0usize;
        let mut pc = 0usize;
        let Some(mut function) = unit.functions.first() else {
            return Ok(Value::Null);
        };
        // Beside the function: every instruction is read from it.
        let mut code = function.code.as_slice();
        self.stack
            .resize(function.slots.max(self.stack.len()), Value::Undefined);
        /// Pushes a result and goes on.
        macro_rules! leave {
            ($quick:expr) => {
                match $quick {
                    Quick::Int(n) => {
                        self.stack.push(Value::Int(n));
                        continue;
                    }
                    Quick::Double(x) => {
                        self.push_double(x);
                        continue;
                    }
                    Quick::Bool(b) => {
                        self.push_bool(b);
                        continue;
                    }
                    Quick::No => {}
                }
            };
        }
        /// Writes a result to its place and goes on.
        macro_rules! write {
            ($quick:expr, $place:expr) => {
                match $quick {
                    Quick::Int(n) => {
                        put_int($place, n);
                        continue;
                    }
                    Quick::Double(x) => {
                        put_double($place, x);
                        continue;
                    }
                    Quick::Bool(b) => {
                        put_bool($place, b);
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
                    Ok(true) => budget.check(executed, &mut self.heap, &mut self.stack),
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
            let Some(op) = code.get(at) else {
                let fault = Fault::runtime("internal", "the compiled script has no end");
                return Err(Stop {
                    fault,
                    function: function_index,
                    at,
                });
            };
            pc += 1;
            executed += 1;
            let step = match *op {
                Op::Load(slot) => match self.local(base, slot) {
                    Value::Undefined => self.push_local(function, base, slot),
                    value => {
                        push_copy!(self, value);
                        continue;
                    }
                },
                Op::LoadOuter(slot) => match self.local(0, slot) {
                    Value::Undefined => {
                        let main = unit.functions.first().unwrap_or(function);
                        Err(undefined(main, slot))
                    }
                    value => {
                        push_copy!(self, value);
                        continue;
                    }
                },
                Op::Int(n) => {
                    self.stack.push(Value::Int(n));
                    continue;
                }
                Op::Const(k) => {
                    let value = *unit.constants.get(k as usize).unwrap_or(&NULL);
                    self.stack.push(value);
                    continue;
                }
                Op::BinaryLL { op, a, b } => {
                    let quick = quick::binary(
                        op,
                        self.heap.texts(),
                        self.local(base, a),
                        self.local(base, b),
                    );
                    leave!(quick);
                    general!(self.general_ll(op, function, base, (a, b)))
                }
                Op::BinaryLI { op, a, n } => {
                    let quick = quick::binary_int(op, self.local(base, a), n);
                    leave!(quick);
                    general!(self.general_li(op, function, base, (a, n)))
                }
                Op::BinaryLT { op, a } => {
                    let quick =
                        quick::binary(op, self.heap.texts(), self.local(base, a), self.top());
                    write!(quick, self.top_mut());
                    general!(self.general_lt(op, function, base, a))
                }
                Op::BinaryTL { op, b } => {
                    let quick =
                        quick::binary(op, self.heap.texts(), self.top(), self.local(base, b));
                    write!(quick, self.top_mut());
                    general!(
                        self.push_local(function, base, b)
                            .and_then(|()| self.binary(op))
                    )
                }
                Op::BinaryTK { op, k } => {
                    let constant = unit.constants.get(k as usize).unwrap_or(&NULL);
                    let quick = quick::binary(op, self.heap.texts(), self.top(), constant);
                    write!(quick, self.top_mut());
                    general!(self.general_tk(op, constant))
                }
                Op::Mask(n) => {
                    let masked = match self.top() {
                        Value::Int(x) => Some(*x & n),
                        Value::Byte(x) => Some(i32::from(*x) & n),
                        _ => None,
                    };
                    if let Some(masked) = masked {
                        put_int(self.top_mut(), masked);
                        continue;
                    }
                    general!(self.general_ti(BinaryOp::BitAnd, n))
                }
                Op::BinaryInt { op, n } => {
                    let quick = quick::binary_int(op, self.top(), n);
                    write!(quick, self.top_mut());
                    general!(self.general_ti(op, n))
                }
                Op::Binary(op) => {
                    let [.., a, b] = self.stack.as_slice() else {
                        continue;
                    };
                    let quick = quick::binary(op, self.heap.texts(), a, b);
                    if !matches!(quick, Quick::No) {
                        self.drop_top();
                    }
                    write!(quick, self.top_mut());
                    general!(self.binary(op))
                }
                Op::AssignLL { op, a, b, to } => {
                    let quick = quick::binary(
                        op,
                        self.heap.texts(),
                        self.local(base, a),
                        self.local(base, b),
                    );
                    write!(quick, self.slot(base, to));
                    let outcome = self.general_ll(op, function, base, (a, b));
                    general!(self.stored(outcome, base, to))
                }
                Op::AssignLI { op, a, n, to } => {
                    let quick = quick::binary_int(op, self.local(base, a), n);
                    write!(quick, self.slot(base, to));
                    let outcome = self.general_li(op, function, base, (a, n));
                    general!(self.stored(outcome, base, to))
                }
                Op::AssignLT { op, a, to } => {
                    let quick =
                        quick::binary(op, self.heap.texts(), self.local(base, a), self.top());
                    if !matches!(quick, Quick::No) {
                        self.drop_top();
                    }
                    write!(quick, self.slot(base, to));
                    let outcome = self.general_lt(op, function, base, a);
                    general!(self.stored(outcome, base, to))
                }
                Op::UnlessLL { op, a, b, target } => {
                    let holds = quick::compare(
                        op,
                        self.heap.texts(),
                        self.local(base, a),
                        self.local(base, b),
                    );
                    decide!(holds, target);
                    general_test!(self.general_ll(op, function, base, (a, b)), target)
                }
                Op::UnlessIs { a, n, target } => {
                    if let Value::Int(x) = self.local(base, a) {
                        if *x != n {
                            pc = target as usize;
                        }
                        continue;
                    }
                    let holds = quick::compare_int(BinaryOp::Eq, self.local(base, a), n);
                    decide!(holds, target);
                    let outcome = self.general_li(BinaryOp::Eq, function, base, (a, n));
                    general_test!(outcome, target)
                }
                Op::Arms { table, arm } => {
                    let Some(arms) = function.arms.get(table as usize) else {
                        continue;
                    };
                    if let Value::Int(x) = self.local(base, arms.slot) {
                        let (target, passed) = arms.find(*x, arm, |slot| self.local(base, slot));
                        pc = target as usize;
                        executed += passed;
                        continue;
                    }
                    let Some(arm) = arms.get(arm) else { continue };
                    pc = arm.holds as usize;
                    let (a, n) = (arms.slot, arm.n);
                    let holds = quick::compare_int(BinaryOp::Eq, self.local(base, a), n);
                    decide!(holds, arm.fails);
                    let outcome = self.general_li(BinaryOp::Eq, function, base, (a, n));
                    general_test!(outcome, arm.fails)
                }
                Op::UnlessLI { op, a, n, target } => {
                    let holds = quick::compare_int(op, self.local(base, a), n);
                    decide!(holds, target);
                    general_test!(self.general_li(op, function, base, (a, n)), target)
                }
                Op::UnlessLK { op, a, k, target } => {
                    let constant = unit.constants.get(k as usize).unwrap_or(&NULL);
                    let holds =
                        quick::compare(op, self.heap.texts(), self.local(base, a), constant);
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
                    let holds = quick::compare(op, self.heap.texts(), self.top(), constant);
                    if holds.is_some() {
                        self.stack.pop();
                    }
                    decide!(holds, target);
                    general_test!(self.general_tk(op, constant), target)
                }
                Op::UnlessTT { op, target } => {
                    let [.., a, b] = self.stack.as_slice() else {
                        continue;
                    };
                    let holds = quick::compare(op, self.heap.texts(), a, b);
                    if holds.is_some() {
                        self.stack.pop();
                        self.stack.pop();
                    }
                    decide!(holds, target);
                    general_test!(self.binary(op), target)
                }
                Op::UnlessLT { op, a, target } => {
                    let texts = self.heap.texts();
                    let holds = quick::compare(op, texts, self.local(base, a), self.top());
                    if holds.is_some() {
                        self.drop_top();
                    }
                    decide!(holds, target);
                    general_test!(self.general_lt(op, function, base, a), target)
                }
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
                Op::Store(slot) => {
                    self.store(base, slot);
                    continue;
                }
                Op::Copy { a, to } => match self.local(base, a) {
                    Value::Int(n) => {
                        let n = *n;
                        put_int(self.slot(base, to), n);
                        continue;
                    }
                    _ => self
                        .push_local(function, base, a)
                        .map(|()| self.store(base, to)),
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
                    stepped.and_then(|()| budget.turn(executed, &mut self.heap, &mut self.stack))
                }
                Op::Loop(target) => {
                    pc = target as usize;
                    budget.turn(executed, &mut self.heap, &mut self.stack)
                }
                Op::Jump(target) => {
                    pc = target as usize;
                    continue;
                }
                Op::LoadField { slot, property } => {
                    let Some(property) = unit.properties.get(property as usize) else {
                        continue;
                    };
                    match self.local(base, slot) {
                        Value::Map(id) if property.map.is_none() => {
                            let value = self.heap.map(*id).get_marked(
                                self.heap.texts(),
                                property.key,
                                property.mark,
                            );
                            push_copy!(self, value.unwrap_or(&NULL));
                            continue;
                        }
                        value => match access::field(&self.heap, value, property) {
                            Some(value) => {
                                self.push_value(value);
                                continue;
                            }
                            None => self
                                .push_local(function, base, slot)
                                .and_then(|()| self.property_of_top(property, host)),
                        },
                    }
                }
                Op::GetProperty(property) => {
                    let Some(property) = unit.properties.get(property as usize) else {
                        continue;
                    };
                    if let (Value::Map(id), None) = (self.top(), property.map) {
                        let value = self.heap.map(*id).get_marked(
                            self.heap.texts(),
                            property.key,
                            property.mark,
                        );
                        let value = *value.unwrap_or(&NULL);
                        *self.top_mut() = value;
                        continue;
                    }
                    self.property_of_top(property, host)
                }
                Op::PutProperty(property) => {
                    let Some(property) = unit.properties.get(property as usize) else {
                        continue;
                    };
                    let value = self.assigned();
                    match self.pop() {
                        Value::Map(id) => {
                            let key = Value::Str(property.key);
                            self.heap
                                .map_put_marked(id, key, property.mark, value)
                                .map(|_| ())
                        }
                        target => access::set_property(&mut self.heap, &target, property, value),
                    }
                }
                Op::IndexLL { list, at } => {
                    if let (Value::List(id), Value::Int(i)) =
                        (self.local(base, list), self.local(base, at))
                        && let Ok(i) = usize::try_from(*i)
                    {
                        let list = self.heap.list(*id);
                        if let Some(n) = list.byte(i) {
                            self.push_byte(n);
                            continue;
                        }
                        if let Some(value) = list.value(i) {
                            push_copy!(self, value);
                            continue;
                        }
                    }
                    if let Some(value) =
                        access::element(&self.heap, self.local(base, list), self.local(base, at))
                    {
                        push_copy!(self, &value);
                        continue;
                    }
                    self.push_local(function, base, list)
                        .and_then(|()| self.push_local(function, base, at))
                        .and_then(|()| self.get_index())
                }
                Op::IndexPlus { list, at, n } => {
                    let element = match self.local(base, at) {
                        Value::Int(i) => i.checked_add(n).and_then(|i| {
                            access::element(&self.heap, self.local(base, list), &Value::Int(i))
                        }),
                        _ => None,
                    };
                    match element {
                        Some(value) => {
                            push_copy!(self, &value);
                            continue;
                        }
                        None => general!(self.general_plus(function, base, (list, at), n)),
                    }
                }
                Op::IndexLI { list, at } => {
                    let element =
                        access::element(&self.heap, self.local(base, list), &Value::Int(at));
                    if let Some(value) = element {
                        push_copy!(self, &value);
                        continue;
                    }
                    self.push_local(function, base, list).and_then(|()| {
                        self.stack.push(Value::Int(at));
                        self.get_index()
                    })
                }
                Op::IndexMask { list, at, n } => match self.masked(base, list, at, n) {
                    Some(masked) => {
                        self.stack.push(Value::Int(masked));
                        continue;
                    }
                    None => general!(self.general_mask(function, base, (list, at), n)),
                },
                Op::AssignMask { list, at, to, n } => match self.masked(base, list, at, n) {
                    Some(masked) => {
                        put_int(self.slot(base, to), masked);
                        continue;
                    }
                    None => {
                        let outcome = self.general_mask(function, base, (list, at), n);
                        general!(self.stored(outcome, base, to))
                    }
                },
                Op::Method { set, argc } => self
                    .method(unit, set, argc, host)
                    .and_then(|()| budget.turn(executed, &mut self.heap, &mut self.stack)),
                Op::Native { function, argc } => self
                    .builtin(unit, function, argc, host)
                    .and_then(|()| budget.turn(executed, &mut self.heap, &mut self.stack)),
                Op::Pop => {
                    self.stack.pop();
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
                        .turn(executed, &mut self.heap, &mut self.stack)
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
                            code = next.code.as_slice();
                            base = new_base;
                            pc = 0;
                            continue;
                        }
                        Err(fault) => Err(fault),
                    }
                }
                Op::Return => {
                    let Some(frame) = self.frames.pop() else {
                        return Ok(self.pop());
                    };
                    match *self.top() {
                        Value::Int(n) => {
                            self.stack.truncate(base);
                            self.stack.push(Value::Int(n));
                        }
                        _ => {
                            let value = self.pop();
                            self.stack.truncate(base);
                            self.stack.push(value);
                        }
                    }
                    function_index = frame.function;
                    let Some(caller) = unit.functions.get(frame.function) else {
                        continue;
                    };
                    function = caller;
                    code = caller.code.as_slice();
                    base = frame.base;
                    pc = frame.next;
                    continue;
                }
                _ => match self.step(*op, unit, base) {
                    Ok(None) => continue,
                    Ok(Some(Flow::Jump(target))) => {
                        pc = target as usize;
                        continue;
                    }
                    Ok(Some(Flow::Check)) => budget.turn(executed, &mut self.heap, &mut self.stack),
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
}
