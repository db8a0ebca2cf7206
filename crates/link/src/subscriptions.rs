//! Which filters are wanted, which ones the broker holds, and what to ask next.
//!
//! Pure: compares the two sets. Whenever no operation on a filter is under way and the sets
//! differ, the difference is asked; so any order of changes and answers ends in the wanted set.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::codec::reason_name;
use crate::config::{QoS, TopicFilter};
use crate::event::LinkEvent;
use crate::fingerprint::topic_hash;
use crate::packet_ids::PacketIds;
use crate::status::FilterStatus;
use crate::topic::filter_matches;

/// Filters in one SUBSCRIBE or UNSUBSCRIBE; some brokers take no more than eight.
const PER_PACKET: usize = 8;
/// So many filters are matched one by one; above, what fits a topic is remembered.
const MATCHED_DIRECTLY: usize = 8;
/// Topics whose fitting filters are remembered.
const TOPICS_REMEMBERED: usize = 65_536;

/// A request to the broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Request {
    Subscribe(u16, Vec<TopicFilter>),
    Unsubscribe(u16, Vec<String>),
}

#[derive(Debug, Clone, Copy)]
struct Held {
    asked: QoS,
    granted: u8,
}

#[derive(Debug)]
pub(crate) struct Subscriptions {
    /// In the order configured, with what is known of each.
    wanted: Vec<FilterStatus>,
    held: FxHashMap<String, Held>,
    under_way: FxHashMap<u16, Request>,
    /// A lost session is being rebuilt.
    rebuilding: bool,
    connected: bool,
    /// By hash of a topic: which wanted filters it fits, so that thousands of filters do not cost
    /// every message.
    matches: FxHashMap<u64, Box<[usize]>>,
    /// Messages that fit no wanted filter.
    pub(crate) unmatched: u64,
}

impl Subscriptions {
    pub(crate) fn new(wanted: &[TopicFilter], stored: &[TopicFilter]) -> Self {
        let held = stored
            .iter()
            .map(|f| {
                let held = Held {
                    asked: f.qos,
                    granted: f.qos as u8,
                };
                (f.filter.clone(), held)
            })
            .collect();
        Self {
            wanted: wanted.iter().map(FilterStatus::new).collect(),
            held,
            under_way: FxHashMap::default(),
            rebuilding: false,
            connected: false,
            matches: FxHashMap::default(),
            unmatched: 0,
        }
    }

    /// Changes the wanted set. Refused filters are asked again: somebody may have mended the
    /// broker's rules.
    pub(crate) fn want(&mut self, filters: &[TopicFilter]) {
        self.matches.clear();
        let mut known: FxHashMap<String, FilterStatus> = self
            .wanted
            .drain(..)
            .map(|status| (status.filter.clone(), status))
            .collect();
        self.wanted = filters
            .iter()
            .map(|filter| {
                let mut status = known
                    .remove(&filter.filter)
                    .unwrap_or_else(|| FilterStatus::new(filter));
                status.requested = filter.qos;
                status.granted = self.connected.then(|| self.granted(filter)).flatten();
                status
            })
            .collect();
    }

    /// A connection began.
    pub(crate) fn begin_connection(&mut self, session_present: bool, was_lost: bool) {
        self.under_way.clear();
        if !session_present {
            self.held.clear();
        }
        self.rebuilding = was_lost;
        self.connected = true;
        let mut wanted = std::mem::take(&mut self.wanted);
        for status in &mut wanted {
            status.granted = self.granted(&status.wanted());
        }
        self.wanted = wanted;
    }

    /// What the session already holds for this filter with this QoS.
    fn granted(&self, filter: &TopicFilter) -> Option<u8> {
        self.held
            .get(&filter.filter)
            .filter(|held| held.asked == filter.qos)
            .map(|held| held.granted)
    }

    /// The connection ended: nothing is granted that could be relied on.
    pub(crate) fn end_connection(&mut self, ids: &mut PacketIds) {
        for (id, _) in self.under_way.drain() {
            ids.free(id);
        }
        self.connected = false;
        for status in &mut self.wanted {
            status.granted = None;
        }
    }

    /// What to ask the broker now.
    pub(crate) fn requests(&mut self, ids: &mut PacketIds) -> Vec<Request> {
        let mut busy: FxHashSet<&str> = FxHashSet::default();
        for request in self.under_way.values() {
            match request {
                Request::Subscribe(_, filters) => {
                    busy.extend(filters.iter().map(|f| f.filter.as_str()));
                }
                Request::Unsubscribe(_, filters) => {
                    busy.extend(filters.iter().map(String::as_str));
                }
            }
        }
        let missing: Vec<TopicFilter> = self
            .wanted
            .iter()
            .filter(|w| {
                let refused = w.granted.is_some_and(|code| code >= 0x80);
                let held = self.held.get(&w.filter);
                !refused
                    && held.is_none_or(|held| held.asked != w.requested)
                    && !busy.contains(w.filter.as_str())
            })
            .map(FilterStatus::wanted)
            .collect();
        let wanted: FxHashSet<&str> = self.wanted.iter().map(|w| w.filter.as_str()).collect();
        let mut surplus: Vec<String> = self
            .held
            .keys()
            .filter(|held| !wanted.contains(held.as_str()) && !busy.contains(held.as_str()))
            .cloned()
            .collect();
        surplus.sort_unstable();
        let mut requests = Vec::new();
        for filters in missing.chunks(PER_PACKET) {
            if let Some(id) = ids.take() {
                requests.push(Request::Subscribe(id, filters.to_vec()));
            }
        }
        for filters in surplus.chunks(PER_PACKET) {
            if let Some(id) = ids.take() {
                requests.push(Request::Unsubscribe(id, filters.to_vec()));
            }
        }
        for request in &requests {
            let (Request::Subscribe(id, _) | Request::Unsubscribe(id, _)) = request;
            self.under_way.insert(*id, request.clone());
        }
        requests
    }

    /// SUBACK came. Events to report; empty when it answers nothing.
    pub(crate) fn suback(&mut self, id: u16, codes: &[u8], ids: &mut PacketIds) -> Vec<LinkEvent> {
        let filters = match self.under_way.remove(&id) {
            Some(Request::Subscribe(_, filters)) => filters,
            Some(other) => {
                self.under_way.insert(id, other);
                return Vec::new();
            }
            None => return Vec::new(),
        };
        ids.free(id);
        let mut events = Vec::new();
        let mut changed = false;
        for (index, asked) in filters.into_iter().enumerate() {
            // A broker that answers too few codes has not granted the rest.
            let code = codes.get(index).copied().unwrap_or(0x80);
            for status in &mut self.wanted {
                if status.filter == asked.filter {
                    // Otherwise the QoS was changed meanwhile, and is asked next.
                    status.granted = (status.requested == asked.qos).then_some(code);
                }
            }
            match QoS::from_u8(code) {
                Some(granted) => {
                    let held = Held {
                        asked: asked.qos,
                        granted: code,
                    };
                    self.held.insert(asked.filter.clone(), held);
                    changed = true;
                    events.push(LinkEvent::Subscribed {
                        filter: asked.filter,
                        granted,
                    });
                }
                None => events.push(LinkEvent::FilterRefused {
                    filter: asked.filter,
                    code,
                    reason: refusal(code),
                }),
            }
        }
        if changed {
            events.push(LinkEvent::SubscribedSet(self.held_set()));
        }
        events.extend(self.rebuilt());
        events
    }

    /// UNSUBACK came.
    pub(crate) fn unsuback(&mut self, id: u16, ids: &mut PacketIds) -> Vec<LinkEvent> {
        let filters = match self.under_way.remove(&id) {
            Some(Request::Unsubscribe(_, filters)) => filters,
            Some(other) => {
                self.under_way.insert(id, other);
                return Vec::new();
            }
            None => return Vec::new(),
        };
        ids.free(id);
        let mut events = Vec::new();
        for filter in filters {
            self.held.remove(&filter);
            // Wanted again in the meantime: ask again.
            for status in &mut self.wanted {
                if status.filter == filter {
                    status.granted = None;
                }
            }
            events.push(LinkEvent::Unsubscribed { filter });
        }
        events.push(LinkEvent::SubscribedSet(self.held_set()));
        events.extend(self.rebuilt());
        events
    }

    fn rebuilt(&mut self) -> Option<LinkEvent> {
        if !self.rebuilding || !self.under_way.is_empty() {
            return None;
        }
        self.rebuilding = false;
        let refused = |w: &&FilterStatus| w.granted.is_some_and(|code| code >= 0x80);
        let refused = self.wanted.iter().filter(refused).count();
        Some(LinkEvent::Resubscribed {
            granted: self.wanted.len() - refused,
            refused,
        })
    }

    /// The filters the broker holds, sorted.
    pub(crate) fn held_set(&self) -> Vec<TopicFilter> {
        let mut set: Vec<TopicFilter> = self
            .held
            .iter()
            .map(|(filter, held)| TopicFilter::new(filter.clone(), held.asked))
            .collect();
        set.sort_unstable_by(|a, b| a.filter.cmp(&b.filter));
        set
    }

    pub(crate) fn holds_any(&self) -> bool {
        !self.held.is_empty()
    }

    /// Counts a message against the filters it fits.
    pub(crate) fn note(&mut self, topic: &str, arrival_ms: i64) {
        let mut matched = false;
        if self.wanted.len() <= MATCHED_DIRECTLY {
            for status in &mut self.wanted {
                if filter_matches(&status.filter, topic) {
                    status.note(arrival_ms);
                    matched = true;
                }
            }
        } else {
            let key = topic_hash(topic.as_bytes());
            if self.matches.len() >= TOPICS_REMEMBERED && !self.matches.contains_key(&key) {
                self.matches.clear();
            }
            let wanted = &mut self.wanted;
            let fitting = self.matches.entry(key).or_insert_with(|| {
                let fits = |(_, w): &(usize, &FilterStatus)| filter_matches(&w.filter, topic);
                wanted
                    .iter()
                    .enumerate()
                    .filter(fits)
                    .map(|(n, _)| n)
                    .collect()
            });
            for n in fitting.iter() {
                if let Some(status) = wanted.get_mut(*n) {
                    status.note(arrival_ms);
                    matched = true;
                }
            }
        }
        self.unmatched += u64::from(!matched);
    }

    pub(crate) fn statuses(&self) -> &[FilterStatus] {
        &self.wanted
    }
}

fn refusal(code: u8) -> String {
    match code {
        0x80 => "not allowed by the broker, or not valid there".to_owned(),
        _ => reason_name(code).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn filter(name: &str, qos: u8) -> TopicFilter {
        TopicFilter::new(name, QoS::from_u8(qos).expect("0..=2"))
    }

    fn granted(codes: &[TopicFilter]) -> Vec<u8> {
        codes.iter().map(|f| f.qos as u8).collect()
    }

    #[test]
    fn a_kept_session_is_asked_only_for_the_difference() {
        let mut ids = PacketIds::default();
        let stored = [filter("keep", 1), filter("gone", 1), filter("raised", 0)];
        let wanted = [filter("keep", 1), filter("raised", 1), filter("new", 0)];
        let mut subscriptions = Subscriptions::new(&wanted, &stored);
        subscriptions.begin_connection(true, false);
        let requests = subscriptions.requests(&mut ids);
        assert_eq!(
            requests,
            [
                Request::Subscribe(1, vec![filter("raised", 1), filter("new", 0)]),
                Request::Unsubscribe(2, vec!["gone".to_owned()]),
            ]
        );
        assert_eq!(subscriptions.requests(&mut ids), []);
        assert_eq!(subscriptions.statuses()[0].granted, Some(1));
    }

    #[test]
    fn a_lost_session_is_rebuilt_whole_and_reported() {
        let mut ids = PacketIds::default();
        let wanted = [filter("a", 1), filter("b", 1)];
        let mut subscriptions = Subscriptions::new(&wanted, &wanted);
        subscriptions.begin_connection(false, true);
        let requests = subscriptions.requests(&mut ids);
        assert_eq!(requests, [Request::Subscribe(1, wanted.to_vec())]);
        let events = subscriptions.suback(1, &[1, 0x80], &mut ids);
        assert!(events.contains(&LinkEvent::Resubscribed {
            granted: 1,
            refused: 1
        }));
        assert!(events.contains(&LinkEvent::SubscribedSet(vec![filter("a", 1)])));
        assert_eq!(
            subscriptions.requests(&mut ids),
            [],
            "a refusal is not asked in a circle"
        );
        subscriptions.want(&wanted);
        assert_eq!(
            subscriptions.requests(&mut ids).len(),
            1,
            "a new save asks again"
        );
    }

    #[test]
    fn messages_are_counted_per_filter_however_many_there_are() {
        for filters in [2, 300] {
            let wanted: Vec<TopicFilter> = (0..filters)
                .map(|n| filter(&format!("plant/{n}/#"), 1))
                .collect();
            let mut subscriptions = Subscriptions::new(&wanted, &[]);
            for round in 0..3 {
                subscriptions.note("plant/1/a", round);
                subscriptions.note("other", round);
            }
            let status = &subscriptions.statuses()[1];
            assert_eq!((status.count, status.last_message_ms), (3, Some(2)));
            assert_eq!(subscriptions.statuses()[0].count, 0);
            assert_eq!(subscriptions.unmatched, 3);
            let mut swapped = wanted.clone();
            swapped.swap(0, 1);
            subscriptions.want(&swapped);
            subscriptions.note("plant/1/a", 9);
            assert_eq!(
                subscriptions.statuses()[0].count,
                4,
                "moved with its filter"
            );
        }
    }

    proptest! {
        /// Whatever changes while requests are under way, it ends in the wanted set.
        #[test]
        fn ends_in_the_wanted_set(
            changes in prop::collection::vec(prop::collection::vec((0u8..6, 0u8..2), 0..5), 1..12),
            answer_after in prop::collection::vec(any::<bool>(), 12),
        ) {
            let mut ids = PacketIds::default();
            let mut subscriptions = Subscriptions::new(&[], &[]);
            subscriptions.begin_connection(false, false);
            let mut broker: FxHashMap<String, QoS> = FxHashMap::default();
            let mut wire: Vec<Request> = Vec::new();
            let mut wanted = Vec::new();
            for (change, answer) in changes.iter().zip(answer_after) {
                let mut set: FxHashMap<u8, u8> = FxHashMap::default();
                set.extend(change.iter().copied());
                wanted = set.iter().map(|(name, qos)| filter(&format!("f/{name}"), *qos)).collect();
                subscriptions.want(&wanted);
                wire.extend(subscriptions.requests(&mut ids));
                if answer {
                    settle(&mut subscriptions, &mut broker, &mut wire, &mut ids);
                }
            }
            loop {
                wire.extend(subscriptions.requests(&mut ids));
                if wire.is_empty() {
                    break;
                }
                settle(&mut subscriptions, &mut broker, &mut wire, &mut ids);
            }
            let expected: FxHashMap<String, QoS> =
                wanted.iter().map(|f| (f.filter.clone(), f.qos)).collect();
            prop_assert_eq!(&broker, &expected);
            for status in subscriptions.statuses() {
                prop_assert_eq!(status.granted, Some(status.requested as u8));
            }
        }
    }

    fn settle(
        subscriptions: &mut Subscriptions,
        broker: &mut FxHashMap<String, QoS>,
        wire: &mut Vec<Request>,
        ids: &mut PacketIds,
    ) {
        for request in std::mem::take(wire) {
            match request {
                Request::Subscribe(id, filters) => {
                    broker.extend(filters.iter().map(|f| (f.filter.clone(), f.qos)));
                    subscriptions.suback(id, &granted(&filters), ids);
                }
                Request::Unsubscribe(id, filters) => {
                    for filter in filters {
                        broker.remove(&filter);
                    }
                    subscriptions.unsuback(id, ids);
                }
            }
        }
    }
}
