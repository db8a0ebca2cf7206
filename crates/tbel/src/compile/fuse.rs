//! Several instructions into one, where nothing jumps between them.
//!
//! The result of a script is the same with and without this pass. A failing script fails in both, but two
//! operands that both fail may be told in the other order.

use super::code::{Function, Op, Read, Shared};
use crate::ops::quick;
use crate::span::Span;
use crate::syntax::ast::BinaryOp;

/// Rewrites the code of a function.
pub(super) fn fuse(function: &mut Function, shared: &[Shared]) {
    let code = std::mem::take(&mut function.code);
    let spans = std::mem::take(&mut function.spans);
    let mut labels = vec![false; code.len() + 1];
    for mut op in code.iter().copied() {
        if let Some(label) = op.target().and_then(|t| labels.get_mut(*t as usize)) {
            *label = true;
        }
    }
    let mut fuser = Fuser {
        code: Vec::with_capacity(code.len()),
        spans: Vec::with_capacity(code.len()),
        reads: Vec::new(),
        barrier: 0,
    };
    let mut moved = Vec::with_capacity(code.len() + 1);
    for (i, op) in code.into_iter().enumerate() {
        if labels.get(i) == Some(&true) {
            fuser.barrier = fuser.code.len();
        }
        moved.push(fuser.code.len());
        fuser.push(
            simple(op, shared),
            spans.get(i).copied().unwrap_or_default(),
        );
    }
    moved.push(fuser.code.len());
    for op in &mut fuser.code {
        if let Some(target) = op.target() {
            let to = moved.get(*target as usize).copied();
            *target = super::index(to.unwrap_or(usize::MAX));
        }
    }
    follow_jumps(&mut fuser.code);
    function.code = fuser.code;
    function.spans = fuser.spans;
    function.reads = fuser.reads;
}

/// A jump to the end of a loop turns it, and one to another jump goes where that goes.
fn follow_jumps(code: &mut [Op]) {
    for at in 0..code.len() {
        let Some(Op::Jump(target)) = code.get(at).copied() else {
            continue;
        };
        if let Some(then @ (Op::Loop(_) | Op::Jump(_))) = code.get(target as usize).copied()
            && let Some(place) = code.get_mut(at)
        {
            *place = then;
        }
    }
}

/// A name that can only be one variable of the main frame needs no search.
fn simple(op: Op, shared: &[Shared]) -> Op {
    if let Op::LoadShared(i) = op
        && let Some(Shared {
            outer, local: None, ..
        }) = shared.get(usize::from(i))
        && let [slot] = outer.as_slice()
    {
        return Op::LoadOuter(*slot);
    }
    op
}

/// More reads than the tail of a rewriting can have.
const NEAR: usize = 8;

struct Fuser {
    code: Vec<Op>,
    spans: Vec<Span>,
    reads: Vec<Read>,
    /// The last place that something jumps to: what is before it stays as it is.
    barrier: usize,
}

impl Fuser {
    fn push(&mut self, op: Op, span: Span) {
        self.code.push(op);
        self.spans.push(span);
        while self.reduce() {}
    }

    /// The instructions that may be changed.
    fn tail(&self) -> &[Op] {
        self.code.get(self.barrier..).unwrap_or_default()
    }

    /// Replaces the last `n` instructions by one at the place of the last.
    fn replace(&mut self, n: usize, op: Op) -> bool {
        let start = self.code.len().saturating_sub(n);
        let span = self.spans.last().copied().unwrap_or_default();
        for at in start..self.code.len() {
            if let Some(Op::Load(slot)) = self.code.get(at).copied()
                && let Some(span) = self.spans.get(at).copied()
            {
                self.reads.push(Read {
                    at: start,
                    slot,
                    span,
                });
            }
        }
        // What was fused before keeps its place, the first of these.
        let moved = |read: &&mut Read| read.at >= start;
        for read in self.reads.iter_mut().rev().take(NEAR).take_while(moved) {
            read.at = start;
        }
        self.code.truncate(start);
        self.spans.truncate(start);
        self.code.push(op);
        self.spans.push(span);
        true
    }

    /// One rewriting of the tail, if there is one.
    fn reduce(&mut self) -> bool {
        if !self.code.last().is_some_and(ends_rewriting) {
            return false;
        }
        let new = match *self.tail() {
            [.., Op::Load(a), Op::Load(b), Op::Binary(op)] => (3, Op::BinaryLL { op, a, b }),
            [.., Op::Int(n), Op::Binary(op)] => (2, Op::BinaryInt { op, n }),
            [.., Op::Null, Op::Binary(op @ (BinaryOp::Eq | BinaryOp::Ne))] => {
                let is = op == BinaryOp::Eq;
                (2, Op::IsNull { is })
            }
            [.., Op::Const(k), Op::Binary(op)] => (2, Op::BinaryTK { op, k }),
            [.., Op::Load(b), Op::Binary(op)] => (2, Op::BinaryTL { op, b }),
            [.., Op::Binary(op)] => return self.left_variable(op),
            [.., Op::Int(m), Op::BinaryInt { op, n }] => match quick::ints(op, m, n) {
                Some(n) => (2, Op::Int(n)),
                None => return false,
            },
            [.., Op::Load(a), Op::BinaryInt { op, n }] => (2, Op::BinaryLI { op, a, n }),
            [.., Op::Int(n), Op::Negate] => match n.checked_neg() {
                Some(n) => (2, Op::Int(n)),
                None => return false,
            },
            [.., Op::IsNull { is }, Op::Not] => (2, Op::IsNull { is: !is }),
            [.., Op::Load(slot), Op::GetProperty(property)] => {
                (2, Op::LoadField { slot, property })
            }
            [.., Op::Load(list), Op::Load(at), Op::GetIndex] => (3, Op::IndexLL { list, at }),
            [.., Op::Load(list), Op::Int(at), Op::GetIndex] => (3, Op::IndexLI { list, at }),
            [
                ..,
                Op::Load(list),
                Op::BinaryLI {
                    op: BinaryOp::Add,
                    a: at,
                    n,
                },
                Op::GetIndex,
            ] => (3, Op::IndexPlus { list, at, n }),
            [
                ..,
                Op::Load(_),
                Op::Load(at),
                Op::Step { slot, .. },
                Op::GetIndex,
            ] if at == slot => {
                // `l[i++]`: nothing else reads the variable meanwhile.
                return self.step_later();
            }
            [.., Op::IndexLL { list, at }, Op::Mask(n)] => (2, Op::IndexMask { list, at, n }),
            [.., Op::IndexMask { list, at, n }, Op::Store(to)] => {
                (2, Op::AssignMask { list, at, to, n })
            }
            // What else is done with the element is done before the step.
            [.., Op::IndexLL { .. }, Op::Step { .. }, Op::Mask(_)] => return self.step_later(),
            [
                ..,
                Op::IndexMask { .. },
                Op::Step { slot, .. },
                Op::Store(to),
            ] if slot != to => {
                return self.step_later();
            }
            [.., Op::SetProperty(property), Op::Pop] => (2, Op::PutProperty(property)),
            [.., Op::SetIndex, Op::Pop] => (2, Op::PutIndex),
            [.., Op::Load(a), Op::Store(to)] => (2, Op::Copy { a, to }),
            [.., Op::BinaryLL { op, a, b }, Op::Store(to)] => (2, Op::AssignLL { op, a, b, to }),
            [.., Op::BinaryLI { op, a, n }, Op::Store(to)] => (2, Op::AssignLI { op, a, n, to }),
            [.., Op::BinaryLT { op, a }, Op::Store(to)] => (2, Op::AssignLT { op, a, to }),
            [.., Op::Step { slot, delta }, Op::Loop(target)] => (
                2,
                Op::StepLoop {
                    slot,
                    delta,
                    target,
                },
            ),
            [
                ..,
                Op::BinaryInt {
                    op: BinaryOp::BitAnd,
                    n,
                },
            ] => (1, Op::Mask(n)),
            [.., test, Op::JumpIfFalse(target)] => match unless(test, target) {
                Some(op) => (2, op),
                None => return false,
            },
            [.., test, Op::JumpIfTrue(target)] => match opposite(test) {
                Some(test) => match unless(test, target) {
                    Some(op) => (2, op),
                    None => return false,
                },
                None => return false,
            },
            [.., Op::Load(a), Op::UnlessTK { op, k, target }] => {
                (2, Op::UnlessLK { op, a, k, target })
            }
            _ => return false,
        };
        self.replace(new.0, new.1)
    }

    /// Lets the step before the last instruction wait for it.
    fn step_later(&mut self) -> bool {
        let n = self.code.len();
        self.code.swap(n - 2, n - 1);
        self.spans.swap(n - 2, n - 1);
        let step = (self.code.pop(), self.spans.pop());
        while self.reduce() {}
        if let (Some(op), Some(span)) = step {
            self.push(op, span);
        }
        true
    }

    /// `s + i % 7`: the left operand is read when it is needed, if what is between has no effects.
    fn left_variable(&mut self, op: BinaryOp) -> bool {
        let tail = self.tail();
        let Some(end) = tail.len().checked_sub(1) else {
            return false;
        };
        let operand = tail.get(..end).unwrap_or_default();
        let Some(start) = operand.iter().rposition(|op| {
            !matches!(op, Op::BinaryInt { .. } | Op::Mask(_) | Op::BinaryTK { .. })
        }) else {
            return false;
        };
        let pure = matches!(
            operand.get(start),
            Some(
                Op::BinaryLL { .. }
                    | Op::BinaryLI { .. }
                    | Op::IndexLL { .. }
                    | Op::IndexLI { .. }
                    | Op::IndexPlus { .. }
                    | Op::LoadOuter(_)
                    | Op::LoadField { .. }
            )
        );
        let load = start.checked_sub(1).and_then(|i| operand.get(i)).copied();
        let (true, Some(Op::Load(a))) = (pure, load) else {
            return false;
        };
        let at = self.barrier + start - 1;
        self.code.remove(at);
        let span = self.spans.remove(at);
        for read in self.reads.iter_mut().rev().take(NEAR).filter(|r| r.at > at) {
            read.at -= 1;
        }
        let last = self.code.len().saturating_sub(1);
        if let Some(place) = self.code.get_mut(last) {
            *place = Op::BinaryLT { op, a };
        }
        self.reads.push(Read {
            at: last,
            slot: a,
            span,
        });
        true
    }
}

/// Whether some rewriting ends with such an instruction; most code is made of others.
fn ends_rewriting(op: &Op) -> bool {
    matches!(
        op,
        Op::Binary(_)
            | Op::BinaryInt { .. }
            | Op::BinaryLL { .. }
            | Op::BinaryLI { .. }
            | Op::Negate
            | Op::Not
            | Op::GetProperty(_)
            | Op::GetIndex
            | Op::Mask(_)
            | Op::Store(_)
            | Op::Pop
            | Op::Loop(_)
            | Op::JumpIfFalse(_)
            | Op::JumpIfTrue(_)
            | Op::UnlessTK { .. }
    )
}

fn is_comparison(op: BinaryOp) -> bool {
    use BinaryOp as B;
    matches!(op, B::Eq | B::Ne | B::Lt | B::Gt | B::Le | B::Ge)
}

/// A test and a jump when it does not hold.
fn unless(test: Op, target: u32) -> Option<Op> {
    Some(match test {
        Op::BinaryLL { op, a, b } if is_comparison(op) => Op::UnlessLL { op, a, b, target },
        Op::BinaryLI {
            op: BinaryOp::Eq,
            a,
            n,
        } => Op::UnlessIs { a, n, target },
        Op::BinaryLT { op, a } if is_comparison(op) => Op::UnlessLT { op, a, target },
        Op::BinaryLI { op, a, n } if is_comparison(op) => Op::UnlessLI { op, a, n, target },
        Op::BinaryInt { op, n } if is_comparison(op) => Op::UnlessTI { op, n, target },
        Op::BinaryTK { op, k } if is_comparison(op) => Op::UnlessTK { op, k, target },
        Op::Binary(op) if is_comparison(op) => Op::UnlessTT { op, target },
        Op::IsNull { is } => Op::UnlessNull { is, target },
        Op::Not => Op::JumpIfTrue(target),
        _ => return None,
    })
}

/// The test that holds when this one does not. Ordering has none: both `<` and `>=` are false with null.
fn opposite(test: Op) -> Option<Op> {
    let other = |op| match op {
        BinaryOp::Eq => Some(BinaryOp::Ne),
        BinaryOp::Ne => Some(BinaryOp::Eq),
        _ => None,
    };
    Some(match test {
        Op::BinaryLL { op, a, b } => Op::BinaryLL {
            op: other(op)?,
            a,
            b,
        },
        Op::BinaryLI { op, a, n } => Op::BinaryLI {
            op: other(op)?,
            a,
            n,
        },
        Op::BinaryLT { op, a } => Op::BinaryLT { op: other(op)?, a },
        Op::BinaryInt { op, n } => Op::BinaryInt { op: other(op)?, n },
        Op::BinaryTK { op, k } => Op::BinaryTK { op: other(op)?, k },
        Op::Binary(op) => Op::Binary(other(op)?),
        Op::IsNull { is } => Op::IsNull { is: !is },
        _ => return None,
    })
}
