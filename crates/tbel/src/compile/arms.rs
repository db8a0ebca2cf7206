//! Chains of tests of one variable against numbers become one look into a table.
//!
//! Decoders are made of them: `if (channel == 0x01 && kind == 0x75) … else if (channel == 0x03 && …`, or a
//! `switch`. Only ints are looked up; every other value goes from test to test as before.

use super::code::{Function, Op};
use crate::syntax::ast::BinaryOp;
use crate::value::Value;

/// Shorter chains are as fast without a table.
const LEAST: usize = 4;

/// Wider chains are not worth the memory.
const SPAN: i64 = 512;

/// Tests of one variable.
#[derive(Debug)]
pub(crate) struct Arms {
    pub(crate) slot: u16,
    least: i32,
    /// By a number's distance from the least: the first arm that tests for it.
    first: Vec<u16>,
    arms: Vec<Arm>,
    /// Where no arm is left.
    end: u32,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Arm {
    pub(crate) n: i32,
    /// Where it goes on when the variable is this number.
    pub(crate) holds: u32,
    /// Where it goes on when not.
    pub(crate) fails: u32,
    /// `&& y == 0x75`: a variable and the number it is tested for next, with the same way out.
    and: Option<(u16, i32)>,
    /// The next arm that tests for the same number.
    same: u16,
}

/// Instructions that an arm takes whose second test fails.
const PASSED: u64 = 2;

impl Arms {
    /// Where it goes on for a number, from an arm on, and how many instructions were passed over.
    #[inline(always)]
    pub(crate) fn find<'v>(
        &self,
        x: i32,
        from: u16,
        local: impl Fn(u16) -> &'v Value,
    ) -> (u32, u64) {
        let at = i64::from(x) - i64::from(self.least);
        let found = usize::try_from(at).ok().and_then(|at| self.first.get(at));
        let mut arm = found.copied().unwrap_or(u16::MAX);
        while arm < from {
            arm = self.arms.get(usize::from(arm)).map_or(u16::MAX, |a| a.same);
        }
        let mut passed = 0;
        while let Some(found) = self.arms.get(usize::from(arm)) {
            let fails = match found.and {
                Some((slot, n)) => matches!(local(slot), Value::Int(y) if *y != n),
                None => false,
            };
            if !fails {
                return (found.holds, passed);
            }
            passed += PASSED;
            arm = found.same;
        }
        (self.end, passed)
    }

    pub(crate) fn get(&self, arm: u16) -> Option<&Arm> {
        self.arms.get(usize::from(arm))
    }

    fn new(slot: u16, mut arms: Vec<Arm>, end: u32) -> Option<Self> {
        let least = arms.iter().map(|a| a.n).min()?;
        let most = arms.iter().map(|a| a.n).max()?;
        let span = i64::from(most) - i64::from(least) + 1;
        if arms.len() < LEAST || arms.len() >= usize::from(u16::MAX) || span > SPAN {
            return None;
        }
        let mut first = vec![u16::MAX; usize::try_from(span).ok()?];
        for (i, arm) in arms.iter_mut().enumerate().rev() {
            let at = usize::try_from(i64::from(arm.n) - i64::from(least)).ok()?;
            let place = first.get_mut(at)?;
            arm.same = *place;
            *place = u16::try_from(i).ok()?;
        }
        Some(Self {
            slot,
            least,
            first,
            arms,
            end,
        })
    }
}

/// Puts tables in the place of the chains of a function.
pub(super) fn tables(function: &mut Function) {
    for start in 0..function.code.len() {
        match function.code.get(start) {
            Some(Op::UnlessIs { .. }) => branches(function, start),
            Some(Op::UnlessLI { .. }) => cases(function, start),
            _ => {}
        }
    }
}

/// `if … else if …`: a test that fails leads to the next one.
fn branches(function: &mut Function, start: usize) {
    let Some(Op::UnlessIs { a: slot, .. }) = function.code.get(start).copied() else {
        return;
    };
    let mut heads = Vec::new();
    let mut arms = Vec::new();
    let mut at = start;
    while let Some(Op::UnlessIs { a, n, target }) = function.code.get(at).copied()
        && a == slot
        && target as usize > at
    {
        heads.push(at);
        let and = match function.code.get(at + 1) {
            Some(Op::UnlessIs {
                a,
                n,
                target: fails,
            }) if *fails == target => Some((*a, *n)),
            _ => None,
        };
        arms.push(Arm {
            n,
            holds: super::index(at + 1),
            fails: target,
            and,
            same: u16::MAX,
        });
        at = target as usize;
    }
    let Some(table) = Arms::new(slot, arms, super::index(at)) else {
        return;
    };
    for (arm, head) in heads.into_iter().enumerate() {
        replace(function, head, arm);
    }
    function.arms.push(table);
}

/// `switch`: a test that fails is followed by the next one.
fn cases(function: &mut Function, start: usize) {
    let test = |at: usize| match function.code.get(at) {
        Some(Op::UnlessLI {
            op: BinaryOp::Ne,
            a,
            n,
            target,
        }) => Some((*a, *n, *target)),
        _ => None,
    };
    let Some((slot, ..)) = test(start) else {
        return;
    };
    let mut arms = Vec::new();
    let mut at = start;
    while let Some((a, n, target)) = test(at)
        && a == slot
    {
        at += 1;
        arms.push(Arm {
            n,
            holds: target,
            fails: super::index(at),
            and: None,
            same: u16::MAX,
        });
    }
    if let Some(table) = Arms::new(slot, arms, super::index(at)) {
        replace(function, start, 0);
        function.arms.push(table);
    }
}

/// The table itself is pushed when all its arms are in place.
fn replace(function: &mut Function, at: usize, arm: usize) {
    let table = super::index(function.arms.len());
    if let Some(op) = function.code.get_mut(at) {
        *op = Op::Arms {
            table,
            arm: u16::try_from(arm).unwrap_or(u16::MAX),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_arm_from_a_place_on_is_found() {
        let arm = |n, holds| Arm {
            n,
            holds,
            fails: 0,
            and: None,
            same: 0,
        };
        let arms = vec![arm(5, 50), arm(-1, 10), arm(5, 51), arm(7, 70)];
        let table = Arms::new(0, arms, 99).unwrap();
        let find = |x, from| table.find(x, from, |_| &Value::Null).0;
        assert_eq!((find(5, 0), find(5, 1)), (50, 51));
        assert_eq!((find(5, 3), find(-1, 2)), (99, 99));
        assert_eq!((find(6, 0), find(i32::MIN, 0)), (99, 99));
        assert_eq!(find(7, 3), 70);
        let wide = (0..10).map(|i| arm(i * 1_000, 0)).collect();
        assert!(Arms::new(0, wide, 0).is_none());
    }

    #[test]
    fn arms_whose_second_test_fails_are_passed_over() {
        let arm = |n, second, holds| Arm {
            n,
            holds,
            fails: 0,
            and: Some((1, second)),
            same: 0,
        };
        let arms = vec![arm(5, 1, 50), arm(5, 2, 51), arm(6, 1, 60), arm(7, 1, 70)];
        let table = Arms::new(0, arms, 99).unwrap();
        let find = |x, y: &Value| table.find(x, 0, |_| y);
        assert_eq!(find(5, &Value::Int(1)), (50, 0));
        assert_eq!(find(5, &Value::Int(2)), (51, PASSED));
        assert_eq!(find(5, &Value::Int(3)), (99, 2 * PASSED));
        // Whatever is no int is tested by the instruction itself.
        assert_eq!(find(6, &Value::Byte(1)), (60, 0));
    }
}
