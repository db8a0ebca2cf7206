//! Functions that the host adds.

use std::sync::Arc;

use smol_str::SmolStr;

use crate::error::Fault;
use crate::output::Output;

/// The shape of a host function.
pub(crate) type HostFunction = Arc<dyn Fn(&[Output]) -> Result<Output, Fault> + Send + Sync>;

/// Functions of the host by name. Built-in functions and functions of the script come first.
#[derive(Clone, Default)]
pub struct HostFunctions(Vec<(SmolStr, HostFunction)>);

impl HostFunctions {
    /// Adds a function. It gets its arguments as plain trees and returns one.
    #[must_use]
    pub fn with(
        mut self,
        name: &str,
        function: impl Fn(&[Output]) -> Result<Output, Fault> + Send + Sync + 'static,
    ) -> Self {
        self.0.push((SmolStr::new(name), Arc::new(function)));
        self
    }

    pub(crate) fn entries(&self) -> &[(SmolStr, HostFunction)] {
        &self.0
    }

    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.0.iter().rposition(|(n, _)| n == name)
    }
}

impl std::fmt::Debug for HostFunctions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}
