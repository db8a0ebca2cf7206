//! The compiled form: flat code for a stack machine.

use std::sync::Arc;

use smol_str::SmolStr;

use crate::error::{Diagnostic, Fault};
use crate::library::classes::Class;
use crate::library::{HostFunction, MethodSet, NativeFn, Property};
use crate::span::Span;
use crate::syntax::ast::BinaryOp;
use crate::value::{ElementKind, Value};

/// One instruction. Slots are places of variables in the frame; targets are indexes into the code.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Op {
    Const(u32),
    Null,
    Bool(bool),
    Int(i32),
    /// Pushes a variable of this frame; fails when it has no value yet.
    Load(u16),
    /// Pops into a variable of this frame.
    Store(u16),
    /// Copies the top into a variable of this frame.
    Tee(u16),
    /// A name in a function that may be a variable of the main frame at call time.
    LoadShared(u16),
    TeeShared(u16),
    /// Makes variables of a left block undefined again.
    Clear(u16),
    IsDefined(u16),
    Pop,
    Binary(BinaryOp),
    /// With an int literal as the right operand.
    BinaryInt {
        op: BinaryOp,
        n: i32,
    },
    /// `*` or `/` of two statically known ints.
    StaticInt(BinaryOp),
    /// An operator whose left operand is a constant of a class: it meets the right one as a double.
    ConstantField(BinaryOp),
    IsEmpty,
    Negate,
    Not,
    Complement,
    CheckBool,
    Jump(u32),
    /// Backwards; the budgets are checked here.
    Loop(u32),
    JumpIfFalse(u32),
    JumpIfTrue(u32),
    JumpIfFalseOrPop(u32),
    JumpIfTrueOrPop(u32),
    /// `or`: keeps a value that is not missing.
    JumpIfPresentOrPop(u32),
    /// `.?`: keeps null and leaves the chain.
    JumpIfNull(u32),
    MakeList(u32),
    /// Keys, all different, come from a shape, values from the stack.
    MakeMap(u32),
    /// Keys and values come from the stack in turn.
    MakeEntries(u32),
    GetProperty(u32),
    SetProperty(u32),
    GetIndex,
    SetIndex,
    Method {
        set: u32,
        argc: u8,
    },
    Native {
        function: u32,
        argc: u8,
    },
    Host {
        function: u32,
        argc: u8,
    },
    Call {
        function: u32,
        argc: u8,
    },
    Raise(u32),
    Return,
    IterInit(u16),
    IterNext {
        state: u16,
        variable: u16,
        exit: u32,
    },
    /// Pops and appends to the list in a slot.
    Append(u16),
    /// `x++` on a variable of this frame, nothing pushed.
    Step {
        slot: u16,
        delta: i8,
    },
    /// Adds to the number on the top.
    StepTop(i8),
    Cast(Class),
    InstanceOf(Class),
    ConvertableTo(Class),
    NewArray {
        kind: ElementKind,
        dimensions: u8,
    },
    Assert,
}

#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) name: SmolStr,
    pub(crate) parameters: usize,
    /// Named variables beside the parameters: that many extra arguments are tolerated.
    pub(crate) locals: usize,
    pub(crate) slots: usize,
    pub(crate) code: Vec<Op>,
    pub(crate) spans: Vec<Span>,
    /// Names of the slots, for messages.
    pub(crate) slot_names: Vec<SmolStr>,
}

/// Where a name of a function may live.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) name: SmolStr,
    /// Slots of the main frame, innermost first.
    pub(crate) outer: Vec<u16>,
    pub(crate) local: Option<u16>,
}

pub(crate) struct Unit {
    pub(crate) source: String,
    pub(crate) parameters: usize,
    /// The first is the script itself.
    pub(crate) functions: Vec<Function>,
    pub(crate) constants: Vec<Value>,
    pub(crate) shapes: Vec<Vec<Value>>,
    pub(crate) properties: Vec<Property>,
    pub(crate) methods: Vec<MethodSet>,
    pub(crate) natives: Vec<NativeFn>,
    pub(crate) hosts: Vec<(SmolStr, HostFunction)>,
    pub(crate) shared: Vec<Shared>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) warnings: Vec<Diagnostic>,
}

/// A compiled script. Cheap to clone, shared between threads.
#[derive(Clone)]
pub struct Program(pub(crate) Arc<Unit>);

impl Program {
    /// The text it was compiled from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// Places that compile but will fail or surprise when they run, e.g. calls of unknown functions.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.0.warnings
    }
}

impl std::fmt::Debug for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Program")
            .field("functions", &self.0.functions.len())
            .finish_non_exhaustive()
    }
}
