//! Conditions on what is read of an entity.

use millrace_model::{
    AttributeScope, Value,
    entity::Authority,
    id::{CustomerId, UserId},
};
use serde::Deserialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::{EntityKey, Queries};
use crate::Scope;

/// Deepest nesting of conditions.
const DEPTH_MAX: usize = 20;

/// A key and the condition its value must meet.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeyFilter {
    /// The key.
    pub key: EntityKey,
    /// What the value is taken as; the predicate says it too.
    #[serde(default)]
    pub value_type: Option<String>,
    /// The condition.
    #[schema(value_type = Object)]
    pub predicate: Predicate,
}

/// A condition.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Predicate {
    /// On text.
    String {
        /// How it is compared.
        operation: TextOperation,
        /// With what.
        value: Operand,
        /// Without regard to case.
        #[serde(default, rename = "ignoreCase")]
        ignore_case: bool,
    },
    /// On numbers and times.
    Numeric {
        /// How it is compared.
        operation: NumberOperation,
        /// With what.
        value: Operand,
    },
    /// On `true` and `false`.
    Boolean {
        /// How it is compared.
        operation: BooleanOperation,
        /// With what.
        value: Operand,
    },
    /// Several on the same value.
    Complex {
        /// How they are joined.
        operation: Junction,
        /// The conditions.
        predicates: Vec<Predicate>,
    },
}

#[allow(missing_docs)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TextOperation {
    Equal,
    NotEqual,
    StartsWith,
    EndsWith,
    Contains,
    NotContains,
    In,
    NotIn,
}

#[allow(missing_docs)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NumberOperation {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
}

#[allow(missing_docs)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BooleanOperation {
    Equal,
    NotEqual,
}

/// How conditions are joined.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Junction {
    /// All must hold.
    #[default]
    And,
    /// One is enough.
    Or,
}

/// What a value is compared with: fixed, or an attribute of the caller.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Operand {
    /// The fixed value.
    pub default_value: Option<Json>,
    /// What the person chose instead.
    pub user_value: Option<Json>,
    /// An attribute that wins over both.
    pub dynamic_value: Option<DynamicValue>,
}

/// An attribute of the caller's tenant, customer or user.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DynamicValue {
    /// `CURRENT_TENANT`, `CURRENT_CUSTOMER` or `CURRENT_USER`.
    pub source_type: Option<String>,
    /// Key in the server scope.
    pub source_attribute: Option<String>,
}

impl Predicate {
    /// Whether conditions are nested within the bound.
    pub(super) fn is_shallow(&self) -> bool {
        fn within(predicate: &Predicate, left: usize) -> bool {
            match predicate {
                Predicate::Complex { predicates, .. } => {
                    left > 0 && predicates.iter().all(|inner| within(inner, left - 1))
                }
                _ => true,
            }
        }
        within(self, DEPTH_MAX)
    }

    /// Puts the attributes of the caller in the place of what names them.
    pub(super) fn resolve(&mut self, queries: &Queries, scope: &Scope) {
        match self {
            Self::String { value, .. }
            | Self::Numeric { value, .. }
            | Self::Boolean { value, .. } => value.resolve(queries, scope),
            Self::Complex { predicates, .. } => {
                for predicate in predicates {
                    predicate.resolve(queries, scope);
                }
            }
        }
    }

    /// Whether a value meets the condition. What is not there meets only the negative ones on
    /// text.
    pub(super) fn holds(&self, value: Option<&Value>) -> bool {
        match self {
            Self::String {
                operation,
                value: operand,
                ignore_case,
            } => text_holds(*operation, value, &operand.text(), *ignore_case),
            Self::Numeric {
                operation,
                value: operand,
            } => match (value.and_then(number), operand.number()) {
                (Some(value), Some(with)) => number_holds(*operation, value, with),
                _ => false,
            },
            Self::Boolean {
                operation,
                value: operand,
            } => match value.and_then(boolean) {
                Some(value) => {
                    let with = operand.text() == "true";
                    (value == with) == (*operation == BooleanOperation::Equal)
                }
                None => false,
            },
            Self::Complex {
                operation,
                predicates,
            } => match operation {
                Junction::And => predicates.iter().all(|inner| inner.holds(value)),
                Junction::Or => predicates.iter().any(|inner| inner.holds(value)),
            },
        }
    }
}

impl Operand {
    fn given(&self) -> Option<&Json> {
        self.user_value.as_ref().or(self.default_value.as_ref())
    }

    fn text(&self) -> String {
        match self.given() {
            None => String::new(),
            Some(Json::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        }
    }

    fn number(&self) -> Option<f64> {
        match self.given()? {
            Json::Number(number) => number.as_f64(),
            Json::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    fn resolve(&mut self, queries: &Queries, scope: &Scope) {
        let Some(dynamic) = self.dynamic_value.take() else {
            return;
        };
        let Some(key) = dynamic.source_attribute.filter(|key| !key.is_empty()) else {
            return;
        };
        let own_tenant = scope.tenant.into();
        let source = match dynamic.source_type.as_deref() {
            Some("CURRENT_TENANT") if scope.authority == Authority::TenantAdmin => Some(own_tenant),
            Some("CURRENT_CUSTOMER") => scope.customer.map(|id| CustomerId(id).into()),
            Some("CURRENT_USER") => scope.user.map(|id| UserId(id).into()),
            _ => None,
        };
        let stored = source.and_then(|source| {
            queries
                .telemetry
                .attribute(source, AttributeScope::Server, &key)
        });
        if let Some(stored) = stored {
            self.user_value = Some(stored.value.to_json());
        }
    }
}

fn text_holds(operation: TextOperation, value: Option<&Value>, with: &str, blind: bool) -> bool {
    use TextOperation as T;
    let Some(value) = value else {
        return matches!(operation, T::NotEqual | T::NotContains | T::NotIn);
    };
    let fold = |text: String| if blind { text.to_lowercase() } else { text };
    let (value, with) = (fold(value.to_string()), fold(with.to_owned()));
    let listed = || with.split(',').any(|item| item.trim() == value);
    match operation {
        T::Equal => value == with,
        T::NotEqual => value != with,
        T::StartsWith => value.starts_with(&with),
        T::EndsWith => value.ends_with(&with),
        T::Contains => value.contains(&with),
        T::NotContains => !value.contains(&with),
        T::In => listed(),
        T::NotIn => !listed(),
    }
}

fn number_holds(operation: NumberOperation, value: f64, with: f64) -> bool {
    use NumberOperation as N;
    match operation {
        // Exactly what was stored is what is asked for.
        N::Equal => value.total_cmp(&with).is_eq(),
        N::NotEqual => value.total_cmp(&with).is_ne(),
        N::Greater => value > with,
        N::Less => value < with,
        N::GreaterOrEqual => value >= with,
        N::LessOrEqual => value <= with,
    }
}

pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Text(text) => text.parse().ok(),
        other => other.as_number(),
    }
}

fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::Text(text) => match &**text {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        },
        _ => None,
    }
}
