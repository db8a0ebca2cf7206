//! Which variable a name means.
//!
//! A name belongs to the block where it is first assigned and is gone with that block; `var` assigns an
//! existing visible variable instead of hiding it. Functions see the variables of the main script that
//! exist when they are called, so their names may have to be looked up in two frames.

use rustc_hash::FxHashSet as HashSet;
use smol_str::SmolStr;

use super::code::Op;
use super::types::Type;
use crate::span::Span;
use crate::value::marks;

#[derive(Clone, Debug)]
pub(super) struct Variable {
    pub(super) name: SmolStr,
    mark: u8,
    pub(super) slot: u16,
    pub(super) kind: Type,
    /// Parameters and loop variables hide variables of the main script.
    pub(super) hides: bool,
    /// Declared with `var` outside of the function's `foreach` loops.
    outside_foreach: bool,
}

#[derive(Debug, Default)]
pub(super) struct Scope {
    pub(super) variables: Vec<Variable>,
}

/// A place that `break` leaves.
#[derive(Debug)]
pub(super) struct Breakable {
    pub(super) jumps: Vec<usize>,
    pub(super) scopes: usize,
}

/// The function being compiled.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) is_main: bool,
    /// Where the function begins in the text.
    pub(super) declared_at: u32,
    pub(super) code: Vec<Op>,
    pub(super) spans: Vec<Span>,
    pub(super) scopes: Vec<Scope>,
    pub(super) slot_names: Vec<SmolStr>,
    pub(super) named: usize,
    pub(super) breakables: Vec<Breakable>,
    /// How many `foreach` loops are around here.
    pub(super) foreach: usize,
    /// Slots of the elements of the projections around here.
    pub(super) elements: Vec<u16>,
    /// Int variables of the main script that this function has given an int.
    pub(super) shared_ints: HashSet<SmolStr>,
    /// More variables than slots can be numbered.
    pub(super) overflow: bool,
}

impl Frame {
    pub(super) fn new(is_main: bool) -> Self {
        Self {
            is_main,
            declared_at: 0,
            code: Vec::new(),
            spans: Vec::new(),
            scopes: vec![Scope::default()],
            slot_names: Vec::new(),
            named: 0,
            breakables: Vec::new(),
            foreach: 0,
            elements: Vec::new(),
            shared_ints: HashSet::default(),
            overflow: false,
        }
    }

    fn slot(&mut self, name: SmolStr) -> u16 {
        let slot = u16::try_from(self.slot_names.len()).unwrap_or_else(|_| {
            self.overflow = true;
            0
        });
        self.slot_names.push(name);
        slot
    }

    /// A slot that no name reaches.
    pub(super) fn hidden(&mut self) -> u16 {
        self.slot(SmolStr::new_static(""))
    }

    pub(super) fn declare(&mut self, name: &SmolStr, kind: Type, hides: bool) -> u16 {
        let slot = self.slot(name.clone());
        self.named += 1;
        let kind = if self.is_main {
            kind.stored()
        } else {
            Type::Any
        };
        let variable = Variable {
            name: name.clone(),
            mark: marks::of_text(name),
            slot,
            kind,
            hides,
            outside_foreach: false,
        };
        if let Some(scope) = self.scopes.last_mut() {
            scope.variables.push(variable);
        }
        slot
    }

    pub(super) fn visible(&self, name: &str) -> Option<&Variable> {
        let mark = marks::of_text(name);
        self.scopes
            .iter()
            .rev()
            .flat_map(|s| s.variables.iter().rev())
            .find(|v| v.mark == mark && v.name == name)
    }

    /// Takes note of `var`; the variable may have been there before.
    pub(super) fn declared_by_var(&mut self, name: &str) {
        let newest = self.scopes.last_mut().and_then(|s| s.variables.last_mut());
        if self.foreach == 0
            && let Some(variable) = newest.filter(|v| v.name == name && !v.hides)
        {
            variable.outside_foreach = true;
        }
    }

    /// Whether a loop of this function stands between here and the variable of the function.
    pub(super) fn is_behind_foreach(&self, name: &str) -> bool {
        let declared = |v: &Variable| v.outside_foreach;
        !self.is_main && self.foreach > 0 && self.visible(name).is_some_and(declared)
    }
}
