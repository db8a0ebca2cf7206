//! The tree. Every node has a span; chains are flat, so depth is bounded by the nesting of brackets.

use rustc_hash::FxHashSet as HashSet;
use smol_str::SmolStr;

use crate::span::Span;

#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) body: Block,
    /// Every name that occurs in the body of a function.
    pub(crate) function_words: HashSet<SmolStr>,
    /// Every name in what was not understood: nothing is known about these.
    pub(crate) lost: HashSet<SmolStr>,
}

pub(crate) type Block = Vec<Stmt>;

#[derive(Clone, Debug)]
pub(crate) struct Stmt {
    pub(crate) kind: StmtKind,
    pub(crate) span: Span,
}

#[derive(Clone, Debug)]
pub(crate) enum StmtKind {
    Expr(Expr),
    /// `var x = e;` and `int x = e;`
    Declare {
        name: Name,
        value: Option<Expr>,
    },
    /// `var a, b;`
    DeclareMany(Vec<Name>),
    If {
        arms: Vec<(Expr, Block)>,
        otherwise: Option<Block>,
    },
    For {
        init: Option<Box<Stmt>>,
        condition: Expr,
        step: Option<Expr>,
        body: Block,
    },
    ForEach {
        name: Name,
        source: Expr,
        body: Block,
    },
    While {
        condition: Expr,
        /// `until` instead of `while`
        negated: bool,
        body: Block,
    },
    DoWhile {
        body: Block,
        condition: Expr,
        negated: bool,
    },
    Switch {
        subject: Expr,
        cases: Vec<Case>,
    },
    With {
        object: Expr,
        assignments: Vec<(Name, Expr)>,
    },
    Assert(Expr),
    Break,
    Return(Option<Expr>),
    Function(Function),
    Empty,
}

#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// Empty = `default`.
    pub(crate) labels: Vec<Expr>,
    pub(crate) is_default: bool,
    pub(crate) body: Block,
}

#[derive(Clone, Debug)]
pub(crate) struct Function {
    pub(crate) name: Name,
    pub(crate) parameters: Vec<Name>,
    pub(crate) body: Block,
}

#[derive(Clone, Debug)]
pub(crate) struct Name {
    pub(crate) text: SmolStr,
    pub(crate) span: Span,
}

#[derive(Clone, Debug)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    pub(crate) span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Number {
    Int(i32),
    Long(i64),
    Float(f32),
    Double(f64),
    /// `5I` and `1.5B`, as text.
    Big {
        text: SmolStr,
        decimal: bool,
    },
}

#[derive(Clone, Debug)]
pub(crate) enum ExprKind {
    Null,
    Bool(bool),
    Number(Number),
    Str(SmolStr),
    /// The word `empty` (right of `==`).
    Empty,
    Name(SmolStr),
    /// `$` in a projection.
    Element,
    List(Vec<Expr>),
    Map(Vec<(Key, Expr)>),
    Chain {
        base: Box<Expr>,
        links: Vec<Link>,
    },
    Call {
        name: Name,
        args: Vec<Expr>,
    },
    Paren(Box<Expr>),
    Negate(Box<Expr>),
    Not(Box<Expr>),
    Complement(Box<Expr>),
    /// Operators of one level, applied from left to right.
    Binary {
        first: Box<Expr>,
        rest: Vec<(BinaryOp, Expr)>,
    },
    And(Vec<Expr>),
    Or(Vec<Expr>),
    /// `a or b`: a unless it is empty.
    Default(Vec<Expr>),
    InstanceOf(Box<Expr>, TypeName),
    ConvertableTo(Box<Expr>, TypeName),
    IsDefined(Name),
    Ternary {
        arms: Vec<(Expr, Expr)>,
        otherwise: Option<Box<Expr>>,
    },
    Assign {
        target: Target,
        op: Option<BinaryOp>,
        value: Box<Expr>,
    },
    Step {
        target: Target,
        delta: i32,
        postfix: bool,
    },
    Cast(TypeName, Box<Expr>),
    New {
        class: TypeName,
        args: Vec<Expr>,
    },
    NewArray {
        element: TypeName,
        sizes: Vec<Expr>,
    },
    Projection {
        body: Box<Expr>,
        source: Box<Expr>,
        condition: Option<Box<Expr>>,
    },
    /// `var x = if (c) { 1 } else { 2 };`
    Statement(Box<Stmt>),
    /// Compiles, and fails with this when it is reached.
    Late {
        code: &'static str,
        message: String,
        hint: Option<String>,
    },
}

/// A qualified name such as `java.util.ArrayList`.
#[derive(Clone, Debug)]
pub(crate) struct TypeName {
    pub(crate) text: SmolStr,
    pub(crate) span: Span,
}

#[derive(Clone, Debug)]
pub(crate) enum Key {
    Str(SmolStr),
    Number(Number),
    Bool(bool),
    /// Only from a choice that the reference splits at its colon.
    Computed(Box<Expr>),
}

#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) kind: LinkKind,
    /// Written `.?`: a null result ends the whole chain with null.
    pub(crate) null_safe: bool,
    pub(crate) span: Span,
}

#[derive(Clone, Debug)]
pub(crate) enum LinkKind {
    Property(SmolStr),
    Method(SmolStr, Vec<Expr>),
    Index(Expr),
}

/// What can stand left of `=`.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    Name(Name),
    /// The chain's last link is the place that is written.
    Chain {
        base: Box<Expr>,
        links: Vec<Link>,
        last: Box<Link>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BinaryOp {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Pow,
    Shl,
    Shr,
    Ushr,
    BitAnd,
    BitOr,
    BitXor,
    Eq,
    Ne,
    Lt,
    Gt,
    Le,
    Ge,
    Contains,
    Matches,
    SoundsLike,
    Similarity,
    Append,
}

impl Expr {
    /// A number literal, or arithmetic on nothing else: the reference folds these with its dynamic rules.
    pub(crate) fn is_constant(&self) -> bool {
        match &self.kind {
            ExprKind::Number(_) | ExprKind::Str(_) | ExprKind::Bool(_) | ExprKind::Null => true,
            ExprKind::Paren(inner) | ExprKind::Negate(inner) | ExprKind::Complement(inner) => {
                inner.is_constant()
            }
            ExprKind::Binary { first, rest } => {
                first.is_constant() && rest.iter().all(|(_, e)| e.is_constant())
            }
            _ => false,
        }
    }
}
