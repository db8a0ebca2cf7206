//! The compiled form: flat code for a stack machine.

use std::sync::Arc;

use smol_str::SmolStr;

use super::arms::Arms;
use crate::error::{Diagnostic, Fault};
use crate::library::classes::Class;
use crate::library::{HostFunction, MethodSet, NativeFn, Property};
use crate::span::Span;
use crate::syntax::ast::BinaryOp;
use crate::value::{ElementKind, OrderedMap, Value};

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
    /// A map of nothing but constants: a copy of a literal.
    CopyMap(u32),
    /// The same of a list.
    CopyList(u32),
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

    // Several instructions in one; only `fuse` makes these. Operands: `L` a variable of this frame, `I` an
    // int literal, `K` a constant, `T` the top of the stack. Left operand first.
    BinaryLL {
        op: BinaryOp,
        a: u16,
        b: u16,
    },
    BinaryLI {
        op: BinaryOp,
        a: u16,
        n: i32,
    },
    BinaryLT {
        op: BinaryOp,
        a: u16,
    },
    BinaryTL {
        op: BinaryOp,
        b: u16,
    },
    BinaryTK {
        op: BinaryOp,
        k: u32,
    },
    /// `x & 0xff`
    Mask(i32),
    /// A variable into another, as a `switch` does with what it tests.
    Copy {
        a: u16,
        to: u16,
    },
    /// A binary operator whose result goes into a variable.
    AssignLL {
        op: BinaryOp,
        a: u16,
        b: u16,
        to: u16,
    },
    AssignLI {
        op: BinaryOp,
        a: u16,
        n: i32,
        to: u16,
    },
    AssignLT {
        op: BinaryOp,
        a: u16,
        to: u16,
    },
    /// A comparison and a jump that is taken unless it holds.
    UnlessLL {
        op: BinaryOp,
        a: u16,
        b: u16,
        target: u32,
    },
    UnlessLI {
        op: BinaryOp,
        a: u16,
        n: i32,
        target: u32,
    },
    /// `UnlessLI` for `==`, which is what decoders do all the time.
    UnlessIs {
        a: u16,
        n: i32,
        target: u32,
    },
    UnlessLK {
        op: BinaryOp,
        a: u16,
        k: u32,
        target: u32,
    },
    UnlessLT {
        op: BinaryOp,
        a: u16,
        target: u32,
    },
    UnlessTI {
        op: BinaryOp,
        n: i32,
        target: u32,
    },
    UnlessTK {
        op: BinaryOp,
        k: u32,
        target: u32,
    },
    UnlessTT {
        op: BinaryOp,
        target: u32,
    },
    /// `x == null` or, when not `is`, `x != null`.
    IsNull {
        is: bool,
    },
    UnlessNull {
        is: bool,
        target: u32,
    },
    /// A variable of the main frame, from a function that has none of that name.
    LoadOuter(u16),
    /// `a.b` of a variable.
    LoadField {
        slot: u16,
        property: u32,
    },
    IndexLL {
        list: u16,
        at: u16,
    },
    IndexLI {
        list: u16,
        at: i32,
    },
    /// `list[at + n]`
    IndexPlus {
        list: u16,
        at: u16,
        n: i32,
    },
    /// Like `SetProperty` and `SetIndex`, without leaving the value.
    PutProperty(u32),
    PutIndex,
    /// `list[at] & n`
    IndexMask {
        list: u16,
        at: u16,
        n: i32,
    },
    /// `to = list[at] & n`
    AssignMask {
        list: u16,
        at: u16,
        to: u16,
        n: i32,
    },
    /// A test of a chain that has a table.
    Arms {
        table: u32,
        arm: u16,
    },
    /// The end of a counting loop.
    StepLoop {
        slot: u16,
        delta: i8,
        target: u32,
    },
}

impl Op {
    /// Where it may go on instead of behind it.
    pub(crate) fn target(&mut self) -> Option<&mut u32> {
        match self {
            Self::Jump(target)
            | Self::Loop(target)
            | Self::JumpIfFalse(target)
            | Self::JumpIfTrue(target)
            | Self::JumpIfFalseOrPop(target)
            | Self::JumpIfTrueOrPop(target)
            | Self::JumpIfPresentOrPop(target)
            | Self::JumpIfNull(target)
            | Self::IterNext { exit: target, .. }
            | Self::UnlessLL { target, .. }
            | Self::UnlessLI { target, .. }
            | Self::UnlessIs { target, .. }
            | Self::UnlessLK { target, .. }
            | Self::UnlessLT { target, .. }
            | Self::UnlessTI { target, .. }
            | Self::UnlessTK { target, .. }
            | Self::UnlessTT { target, .. }
            | Self::UnlessNull { target, .. }
            | Self::StepLoop { target, .. } => Some(target),
            _ => None,
        }
    }
}

/// A variable that an instruction reads beside what it does, for the place of "not defined".
#[derive(Clone, Copy, Debug)]
pub(crate) struct Read {
    pub(crate) at: usize,
    pub(crate) slot: u16,
    pub(crate) span: Span,
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
    pub(crate) reads: Vec<Read>,
    pub(crate) arms: Vec<Arms>,
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
    /// Another one for every program: a machine knows by it whose constants it has.
    pub(crate) id: u64,
    /// Whether the script reads each of its parameters.
    pub(crate) parameters: Vec<bool>,
    /// The first is the script itself.
    pub(crate) functions: Vec<Function>,
    /// The characters of all constants: texts of the script are places in them.
    pub(crate) texts: String,
    pub(crate) constants: Vec<Value>,
    /// The keys of map literals with their marks.
    pub(crate) shapes: Vec<Vec<(Value, u8)>>,
    /// Map literals of constants.
    pub(crate) literals: Vec<OrderedMap>,
    /// The same of lists.
    pub(crate) lists: Vec<Vec<Value>>,
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
