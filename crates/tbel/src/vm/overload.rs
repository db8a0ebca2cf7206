//! Calls of `Math` that keep the overload of their first call.
//!
//! The place of a call in the text decides once in a run which type of number it computes with; a run never
//! affects the next one. Only calls that can be reached twice come here.

use super::Vm;
use crate::library::math;

impl Vm {
    /// Makes the topmost values fit what the place was first called with.
    pub(super) fn keep_overload(&mut self, site: u16, argc: usize) {
        let site = usize::from(site);
        if self.overloads.len() <= site {
            self.overloads.resize(site + 1, None);
        }
        let start = self.stack.len().saturating_sub(argc);
        let args = self.stack.get_mut(start..).unwrap_or_default();
        match self.overloads.get_mut(site) {
            Some(Some(kept)) => {
                for arg in args {
                    if let Some(value) = math::converted(&self.heap, arg, *kept) {
                        *arg = value;
                    }
                }
            }
            Some(place) => *place = Some(math::overload_of(args)),
            None => {}
        }
    }
}
