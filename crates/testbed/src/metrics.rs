//! Reading the Prometheus text of `/metrics`.

use std::collections::BTreeMap;

/// One reading of all counters and gauges, summed over their labels.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    values: BTreeMap<String, f64>,
}

impl Metrics {
    /// Reads the exposition text; lines that are no sample are passed over.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut values = BTreeMap::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let Some((series, value)) = line.rsplit_once(' ') else {
                continue;
            };
            let Ok(value) = value.parse::<f64>() else {
                continue;
            };
            let name = series.split('{').next().unwrap_or(series);
            *values.entry(name.to_owned()).or_insert(0.0) += value;
        }
        Self { values }
    }

    /// The sum over all labels of one metric; 0 when it has not been counted yet.
    #[must_use]
    pub fn get(&self, name: &str) -> f64 {
        self.values.get(name).copied().unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Metrics;

    #[test]
    fn sums_over_labels() {
        let metrics = Metrics::parse("# TYPE a counter\na{x=\"1\"} 2\na{x=\"2\"} 3\nb 1.5\n");
        assert!((metrics.get("a") - 5.0).abs() < f64::EPSILON);
        assert!((metrics.get("b") - 1.5).abs() < f64::EPSILON);
        assert!(metrics.get("c").abs() < f64::EPSILON);
    }
}
