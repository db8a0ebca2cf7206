//! Debts across trims, restarts and runs that break off.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicBool, Ordering},
};

use millrace_model::{EntityId, EntityType};
use millrace_store::{
    Result as StoreResult,
    journal::{JournalStats, Record, Seq},
};

use super::*;
use crate::rules::{Data, Metadata};

/// A journal in memory that keeps every record, so that any cut can be looked at.
#[derive(Default)]
struct Kept(Mutex<Vec<OutRecord>>);

impl Journal for Kept {
    fn append(&self, work: Append) -> Seq {
        let mut kept = self.0.lock();
        kept.extend(work.outs);
        kept.len() as Seq
    }
    fn sync(&self) -> StoreResult<()> {
        Ok(())
    }
    fn read(&self, _: Seq, _: &mut dyn FnMut(Seq, Record) -> bool) -> StoreResult<()> {
        Ok(())
    }
    fn read_back(&self, _: Seq, _: &mut dyn FnMut(Seq, Record) -> bool) -> StoreResult<()> {
        Ok(())
    }
    fn trim(&self, _: Seq, _: u64) -> StoreResult<()> {
        Ok(())
    }
    fn stats(&self) -> JournalStats {
        JournalStats::default()
    }
    fn close(&self) {}
}

fn waiting(number: u128, due: Millis) -> OwedItem {
    let message = RuleMessage {
        id: Uuid::from_u128(number),
        ts: 1,
        msg_type: "ANY".into(),
        originator: EntityId::new(EntityType::Device, Uuid::nil()),
        customer: None,
        metadata: Metadata::default(),
        data: Data::Text("{}".into()),
        call: None,
    };
    waiting_message(TenantId::null(), chain(), node(), &message, due)
}

fn chain() -> RuleChainId {
    RuleChainId(Uuid::from_u128(7))
}

fn node() -> RuleNodeId {
    RuleNodeId(Uuid::from_u128(8))
}

/// What a start finds in these records.
fn replay(records: &[OutRecord]) -> BTreeSet<Uuid> {
    let mut debts = ReadDebts::default();
    for record in records {
        debts.take(record.clone());
    }
    debts.open().into_iter().map(|item| item.id).collect()
}

#[test]
fn whatever_a_trim_cuts_off_every_open_debt_is_behind_the_cut() {
    const DEBTS: u128 = 2_000;
    let (owed, journal, ended) = (Owed::default(), Kept::default(), AtomicBool::new(false));
    let append = |outs| {
        journal.append(Append {
            outs,
            ..Append::default()
        });
    };
    let mut cuts = Vec::new();
    std::thread::scope(|scope| {
        for lane in 0..2 {
            let (owed, append) = (&owed, &append);
            scope.spawn(move || {
                for number in (lane..DEBTS).step_by(2) {
                    let item = waiting(number, 0);
                    let id = item.id;
                    append(vec![owed.owe(item)]);
                    // Every third one stays open.
                    if number % 3 != 0 {
                        owed.settle(&[id], |settled| {
                            std::thread::yield_now();
                            append(settled);
                        });
                    }
                }
            });
        }
        let trims = scope.spawn(|| {
            let mut cuts = Vec::new();
            let mut written = 0;
            while !ended.load(Ordering::Acquire) {
                std::thread::yield_now();
                // As the janitor does: what comes before this place may be cut off afterwards.
                let cut = journal.0.lock().len();
                // A trim a few records: on a busy machine as many as on an idle one.
                if cut < written + 64 {
                    continue;
                }
                owed.write_again(&journal);
                written = journal.0.lock().len();
                cuts.push((cut, written));
            }
            cuts
        });
        // Open debts only grow: the last one says that both lanes are through.
        while owed.of_kind(owed_kind::MESSAGE).len() < usize::try_from(DEBTS.div_ceil(3)).unwrap()
            || journal.0.lock().len() < usize::try_from(DEBTS).unwrap()
        {
            std::thread::yield_now();
        }
        ended.store(true, Ordering::Release);
        cuts = trims.join().unwrap();
    });
    let records = journal.0.lock();
    let open: BTreeSet<Uuid> = (0..DEBTS)
        .filter(|number| number % 3 == 0)
        .map(|number| waiting(number, 0).id)
        .collect();
    assert_eq!(replay(&records), open);
    assert!(!cuts.is_empty(), "trimmed meanwhile");
    for (cut, written) in cuts {
        let whole = replay(&records[..written]);
        let after_the_cut = replay(&records[cut..written]);
        assert!(
            whole.is_subset(&after_the_cut),
            "a trim at {cut} would lose {:?}",
            whole.difference(&after_the_cut).next()
        );
        assert!(
            replay(&records[cut..]).is_subset(&open),
            "nothing settled comes back"
        );
    }
}

#[test]
fn debts_are_due_in_order_and_counted_by_their_node() {
    let owed = Owed::default();
    owed.restore(vec![waiting(1, 30), waiting(2, 10), waiting(3, 20)]);
    assert_eq!(owed.waiting_for(node()), 3);
    assert_eq!(owed.next_due(), Some(10));
    let taken: Vec<Millis> = owed.take_due(20).iter().map(|item| item.due).collect();
    assert_eq!(taken, [10, 20]);
    assert_eq!(
        owed.waiting_for(node()),
        3,
        "what left its node counts until it is through"
    );
    owed.settle(&[waiting(2, 0).id, Uuid::nil()], |settled| {
        assert_eq!(settled, [OutRecord::Settled(waiting(2, 0).id)]);
    });
    assert_eq!((owed.waiting_for(node()), owed.next_due()), (2, Some(30)));
}

#[test]
fn a_message_owes_under_one_id_however_often_it_runs() {
    let owed = Owed::default();
    let journal = Kept::default();
    for _ in 0..3 {
        let record = owed.owe(waiting(1, 5));
        journal.append(Append {
            outs: vec![record],
            ..Append::default()
        });
    }
    assert_eq!(
        (owed.waiting_for(node()), replay(&journal.0.lock()).len()),
        (1, 1)
    );
    let body: Waiting = serde_json::from_slice(&waiting(1, 5).body).unwrap();
    let message = RuleMessage::from(body.message);
    assert_ne!(
        message.id,
        Uuid::from_u128(1),
        "it leaves with an id of its own"
    );
    assert_eq!(message.id, waiting(1, 5).id);
}

#[test]
fn three_broken_runs_give_up() {
    let owed = Owed::default();
    let id = waiting(1, 0).id;
    owed.restore(vec![waiting(1, 0)]);
    for round in 1..MOST_BROKEN_RUNS {
        assert_eq!(owed.take_due(100).len(), 1, "round {round}");
        assert!(owed.take_due(100).is_empty(), "one run at a time");
        assert!(owed.again(id, 50), "round {round} is not the last");
    }
    assert_eq!(owed.take_due(100).len(), 1);
    assert!(!owed.again(id, 50));
    assert!(owed.take_due(100).is_empty());
    // The caller settles what is given up; a second word about it changes nothing.
    owed.settle(&[id], |settled| assert_eq!(settled.len(), 1));
    assert!(owed.again(id, 50));
    assert_eq!((owed.waiting_for(node()), owed.next_due()), (0, None));
}
