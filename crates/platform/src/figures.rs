//! What `/metrics` shows. Counters that others keep are read when somebody looks, so that the
//! message path pays nothing for them.

use metrics::{counter, describe_counter, describe_gauge, gauge};

use crate::platform::Platform;

/// Says what each figure means; once, at the start.
pub fn describe() {
    describe_counter!(
        "millrace_uplink_messages_total",
        "Messages accepted from brokers"
    );
    describe_counter!(
        "millrace_uplink_redelivered_total",
        "Messages that brokers delivered with the mark of a possible duplicate"
    );
    describe_counter!(
        "millrace_uplink_duplicates_total",
        "Redelivered messages that were recognised and not run again"
    );
    describe_counter!(
        "millrace_uplink_failed_total",
        "Messages that a converter or its result failed"
    );
    describe_counter!(
        "millrace_uplink_dropped_total",
        "Messages of QoS 0 dropped for want of room"
    );
    describe_counter!(
        "millrace_uplink_set_aside_total",
        "Messages set aside because their runs broke off"
    );
    describe_counter!("millrace_points_saved_total", "Telemetry points saved");
    describe_counter!(
        "millrace_journal_commits_total",
        "Synced commits of the journal"
    );
    describe_gauge!("millrace_journal_bytes", "Bytes in the journal's file");
    describe_gauge!(
        "millrace_journal_stalled",
        "1 while the journal cannot be written and nothing is acknowledged"
    );
    describe_gauge!(
        "millrace_unfinished_bytes",
        "Bytes of accepted messages whose run has not ended"
    );
    describe_counter!(
        "millrace_rule_node_late_total",
        "Messages that a rule node held or waited with for too long"
    );
    describe_counter!(
        "millrace_rpc_calls_total",
        "Commands to devices that were started"
    );
    describe_counter!(
        "millrace_rpc_answers_total",
        "Answers of devices that reached their callers"
    );
    describe_counter!(
        "millrace_rpc_answers_unmatched_total",
        "Answers of devices that reached nobody"
    );
    describe_gauge!("millrace_rpc_open", "Commands to devices that are open");
    describe_counter!(
        "millrace_downlinks_published_total",
        "Publishes that a broker has"
    );
    describe_counter!(
        "millrace_downlinks_failed_total",
        "Downlinks that a converter or a broker refused"
    );
    describe_counter!(
        "millrace_downlinks_dropped_total",
        "Publishes dropped because they waited too long or did not fit"
    );
    describe_counter!(
        "millrace_downlinks_withdrawn_total",
        "Publishes withdrawn because their command had failed"
    );
    describe_gauge!(
        "millrace_journal_pending_bytes",
        "Bytes that wait for a commit of the journal"
    );
    describe_gauge!(
        "millrace_link_buffered_bytes",
        "Bytes of received messages that wait in links for room"
    );
    describe_gauge!(
        "millrace_values_cached_bytes",
        "Bytes of latest values and attributes in memory that the tables hold too"
    );
    describe_gauge!(
        "process_resident_memory_bytes",
        "Memory of the process in RAM"
    );
    describe_gauge!("millrace_links", "Links that run");
    describe_gauge!("millrace_links_connected", "Links that are connected");
}

impl Platform {
    /// Brings the figures that others count up to date.
    pub fn record_figures(&self) {
        let redelivery = self.supervisor.link_totals();
        counter!("millrace_uplink_redelivered_total").absolute(redelivery.redelivered);
        counter!("millrace_uplink_duplicates_total").absolute(redelivery.duplicates);
        counter!("millrace_uplink_dropped_total").absolute(redelivery.qos0_dropped);
        let failed = self
            .path
            .integrations()
            .iter()
            .map(|integration| integration.counters.totals().1)
            .sum();
        counter!("millrace_uplink_failed_total").absolute(failed);
        let journal = self.path.journal().stats();
        counter!("millrace_journal_commits_total").absolute(journal.commits);
        gauge!("millrace_journal_bytes").set(journal.file_bytes as f64);
        gauge!("millrace_journal_stalled").set(if journal.stalled { 1.0 } else { 0.0 });
        gauge!("millrace_journal_pending_bytes").set(journal.pending_bytes as f64);
        let telemetry = self.telemetry.stats();
        counter!("millrace_points_saved_total").absolute(telemetry.points_saved);
        gauge!("millrace_values_cached_bytes").set(telemetry.cached_bytes as f64);
        gauge!("millrace_link_buffered_bytes").set(self.supervisor.buffered_bytes() as f64);
        if let Some(bytes) = resident() {
            gauge!("process_resident_memory_bytes").set(bytes as f64);
        }
        gauge!("millrace_unfinished_bytes").set(self.path.unfinished_bytes() as f64);
        gauge!("millrace_rpc_open").set(self.calls.open_count() as f64);
        let (connected, running) = self.supervisor.connected();
        gauge!("millrace_links").set(running as f64);
        gauge!("millrace_links_connected").set(connected as f64);
    }
}

/// Resident memory, where the system tells it.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024)
}
