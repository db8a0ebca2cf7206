//! Several points become one.
//!
//! Numbers come first: a bucket with a number in it is aggregated over its numbers, else over its
//! booleans, else over its texts. Sums and extremes of longs stay longs while they fit.

use std::sync::Arc;

use millrace_model::{Value, telemetry::Aggregation};

/// What is known of a bucket so far.
#[derive(Debug, Default)]
pub(super) struct Aggregate {
    count: i64,
    longs: u64,
    doubles: u64,
    long_sum: i128,
    double_sum: f64,
    /// Smallest and largest.
    long: Option<(i64, i64)>,
    double: Option<(f64, f64)>,
    bool: Option<(bool, bool)>,
    text: Option<(Arc<str>, Arc<str>)>,
}

fn widen<T: PartialOrd + Clone>(range: &mut Option<(T, T)>, value: &T) {
    match range {
        None => *range = Some((value.clone(), value.clone())),
        Some((min, max)) => {
            if *value < *min {
                *min = value.clone();
            }
            if *value > *max {
                *max = value.clone();
            }
        }
    }
}

impl Aggregate {
    pub(super) fn add(&mut self, value: &Value) {
        self.count += 1;
        match value {
            Value::Long(value) => {
                self.longs += 1;
                self.long_sum += i128::from(*value);
                widen(&mut self.long, value);
            }
            Value::Double(value) => {
                self.doubles += 1;
                self.double_sum += value;
                widen(&mut self.double, value);
            }
            Value::Bool(value) => widen(&mut self.bool, value),
            Value::Text(text) | Value::Json(text) => widen(&mut self.text, text),
        }
    }

    /// The value; `None` when there is nothing to aggregate (a mean of texts).
    pub(super) fn value(self, aggregation: Aggregation) -> Option<Value> {
        let numbers = self.longs + self.doubles;
        let sum = self.double_sum + self.long_sum as f64;
        match aggregation {
            Aggregation::Count => Some(Value::Long(self.count)),
            Aggregation::Avg => (numbers > 0).then(|| sum / numbers as f64).and_then(finite),
            Aggregation::Sum if numbers == 0 => None,
            Aggregation::Sum if self.doubles == 0 => match i64::try_from(self.long_sum) {
                Ok(sum) => Some(Value::Long(sum)),
                Err(_) => finite(sum),
            },
            Aggregation::Sum => finite(sum),
            Aggregation::Min => self.extreme(false),
            Aggregation::Max => self.extreme(true),
            Aggregation::None => None,
        }
    }

    /// The smallest value, or the largest.
    fn extreme(self, largest: bool) -> Option<Value> {
        fn side<T>((min, max): (T, T), largest: bool) -> T {
            if largest { max } else { min }
        }
        let long = self.long.map(|range| side(range, largest));
        let double = self.double.map(|range| side(range, largest));
        match (long, double) {
            (Some(long), None) => Some(Value::Long(long)),
            (None, Some(double)) => finite(double),
            (Some(long), Some(double)) if largest => finite(double.max(long as f64)),
            (Some(long), Some(double)) => finite(double.min(long as f64)),
            (None, None) => match (self.bool, self.text) {
                (Some(range), _) => Some(Value::Bool(side(range, largest))),
                (None, text) => text.map(|range| Value::Text(side(range, largest))),
            },
        }
    }
}

/// A sum can leave what a double holds; such a value cannot be shown.
fn finite(value: f64) -> Option<Value> {
    value.is_finite().then_some(Value::Double(value))
}
