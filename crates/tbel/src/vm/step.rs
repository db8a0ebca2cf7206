//! The instructions that are not worth a place in the loop itself.

use super::Vm;
use super::access;
use super::failure::{boolean, undefined};
use super::invoke::new_array;
use super::iterate;
use crate::compile::code::{Function, Op, Shared, Unit};
use crate::error::Fault;
use crate::host::Host;
use crate::library::Property;
use crate::ops::{arithmetic, bits, cast};
use crate::value::{ElementKind, OrderedMap, Value, compare};

/// What an instruction asks of the loop.
pub(super) enum Flow {
    Jump(u32),
    /// Something may have grown: look at the budgets.
    Check,
}

impl Vm {
    /// One instruction that stays in its function.
    pub(super) fn step(&mut self, op: Op, unit: &Unit, base: usize) -> Result<Option<Flow>, Fault> {
        match op {
            Op::Null => self.stack.push(Value::Null),
            Op::Bool(b) => self.stack.push(Value::Bool(b)),
            Op::Tee(slot) => {
                let value = self.assigned();
                *self.slot(base, slot) = value;
                self.stack.push(value);
            }
            Op::LoadShared(i) => {
                let Some(shared) = unit.shared.get(usize::from(i)) else {
                    return Ok(None);
                };
                let value = self
                    .stack
                    .get(self.shared_place(shared, base))
                    .copied()
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
                    *slot = value;
                }
                self.stack.push(value);
            }
            Op::Clear(slot) => *self.slot(base, slot) = Value::Undefined,
            Op::IsDefined(slot) => {
                let defined = !matches!(self.slot(base, slot), Value::Undefined);
                self.stack.push(Value::Bool(defined));
            }
            Op::StaticInt(op) => {
                let (b, a) = (self.pop(), self.pop());
                self.stack
                    .push(arithmetic::static_int(&self.heap, op, &a, &b)?);
            }
            Op::ConstantField(op) => {
                let (b, a) = (self.pop(), self.pop());
                self.stack
                    .push(arithmetic::saturating(&self.heap, op, &a, &b)?);
            }
            Op::IsEmpty => {
                let value = self.pop();
                self.stack
                    .push(Value::Bool(compare::is_empty(&self.heap, &value)));
            }
            Op::Negate => {
                let value = self.pop();
                self.stack.push(arithmetic::negate(&mut self.heap, &value)?);
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
                let mut values = self.heap.empty_list();
                values.extend_from_slice(self.stack.get(start..).unwrap_or_default());
                self.stack.truncate(start);
                let list = self.heap.new_list(values);
                self.stack.push(list);
            }
            Op::MakeMap(shape) => {
                let Some(keys) = unit.shapes.get(shape as usize) else {
                    return Ok(None);
                };
                let map = self.make_map(keys);
                self.stack.push(map);
            }
            Op::CopyMap(literal) => {
                let Some(literal) = unit.literals.get(literal as usize) else {
                    return Ok(None);
                };
                let map = self.heap.copy_map(literal);
                self.stack.push(map);
            }
            Op::CopyList(literal) => {
                let Some(literal) = unit.lists.get(literal as usize) else {
                    return Ok(None);
                };
                let mut values = self.heap.empty_list();
                values.extend_from_slice(literal);
                let list = self.heap.new_list(values);
                self.stack.push(list);
            }
            Op::MakeEntries(n) => {
                let start = self.stack.len().saturating_sub(n as usize * 2);
                let mut map = OrderedMap::with_capacity(n as usize);
                let (pairs, _) = self.stack.get(start..).unwrap_or_default().as_chunks::<2>();
                for [key, value] in pairs {
                    if value.is_null() {
                        map.remove(self.heap.texts(), key);
                    } else {
                        map.insert(self.heap.texts(), *key, *value);
                    }
                }
                self.stack.truncate(start);
                let map = self.heap.new_map(map);
                self.stack.push(map);
            }
            Op::SetProperty(i) => {
                let Some(property) = unit.properties.get(i as usize) else {
                    return Ok(None);
                };
                let value = self.assigned();
                let target = self.pop();
                access::set_property(&mut self.heap, &target, property, value)?;
                self.stack.push(value);
            }
            Op::GetIndex => self.get_index()?,
            Op::PutIndex => {
                let value = self.assigned();
                let at = self.pop();
                let target = self.pop();
                access::set_index(&mut self.heap, &target, &at, value)?;
            }
            Op::SetIndex => {
                let value = self.assigned();
                let at = self.pop();
                let target = self.pop();
                access::set_index(&mut self.heap, &target, &at, value)?;
                self.stack.push(value);
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
                let source = *self.slot(base, state);
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
            Op::StepTop(delta) => {
                let value = self.pop();
                self.stack
                    .push(arithmetic::step(&self.heap, &value, i32::from(delta))?);
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
                    .push(Value::Bool(cast::convertible(&self.heap, &value, class)));
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
            // The others are handled by the loop itself.
            _ => return Err(Fault::runtime("internal", "unknown instruction")),
        }
        Ok(None)
    }

    /// A map of keys and as many values, which are popped; null is no entry.
    fn make_map(&mut self, keys: &[(Value, u8)]) -> Value {
        let start = self.stack.len().saturating_sub(keys.len());
        let mut map = self.heap.empty_map(keys.len());
        let values = self.stack.get(start..).unwrap_or_default();
        for ((key, mark), value) in keys.iter().zip(values) {
            if !value.is_null() {
                map.push_unique(self.heap.texts(), *key, *mark, *value);
            }
        }
        self.stack.truncate(start);
        self.heap.new_map(map)
    }

    /// Pushes a variable, or remembers which one has no value.
    #[cold]
    pub(super) fn push_local(
        &mut self,
        function: &Function,
        base: usize,
        slot: u16,
    ) -> Result<(), Fault> {
        let value = *self.local(base, slot);
        if matches!(value, Value::Undefined) {
            self.missing = Some(slot);
            return Err(undefined(function, slot));
        }
        self.stack.push(value);
        Ok(())
    }

    #[cold]
    pub(super) fn general_step(
        &mut self,
        function: &Function,
        base: usize,
        slot: u16,
        delta: i8,
    ) -> Result<(), Fault> {
        match self.slot(base, slot) {
            Value::Undefined => Err(undefined(function, slot)),
            &mut value => {
                let stepped = arithmetic::step(&self.heap, &value, i32::from(delta))?;
                *self.slot(base, slot) = stepped;
                Ok(())
            }
        }
    }

    pub(super) fn property_of_top(
        &mut self,
        property: &Property,
        host: &Host,
    ) -> Result<(), Fault> {
        let value = self.with_call(1, host, |call| access::get_property(call, property))?;
        self.stack.push(value);
        Ok(())
    }

    pub(super) fn get_index(&mut self) -> Result<(), Fault> {
        if let [.., target, at] = self.stack.as_slice()
            && let Some(value) = access::element(&self.heap, target, at)
        {
            self.drop_top();
            *self.top_mut() = value;
            return Ok(());
        }
        let at = self.pop();
        let target = self.pop();
        let value = access::get_index(&mut self.heap, &target, &at)?;
        self.stack.push(value);
        Ok(())
    }

    /// The value on the stack as it is assigned.
    pub(super) fn assigned(&mut self) -> Value {
        let value = self.pop();
        self.kept(value)
    }

    /// A value as variables keep it: an array of strings becomes a list.
    pub(super) fn kept(&mut self, value: Value) -> Value {
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
