//! What happens to a call, step by step.

use millrace_model::EntityType;

use super::super::answer::DeviceAnswer;
use super::*;

fn device(number: u128) -> EntityId {
    EntityId::new(EntityType::Device, Uuid::from_u128(number))
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// A book with one call of device 1 under way in its chain.
struct Case {
    book: Book,
    effects: Vec<Effect>,
}

impl Case {
    fn new() -> Self {
        Self {
            book: Book::default(),
            effects: Vec::new(),
        }
    }

    fn open(&mut self, number: u128, oneway: bool) -> oneshot::Receiver<CallOutcome> {
        self.open_with(number, oneway, None, None)
    }

    fn open_with(
        &mut self,
        number: u128,
        oneway: bool,
        stored: Option<Box<Stored>>,
        retries: Option<u32>,
    ) -> oneshot::Receiver<CallOutcome> {
        let (caller, end) = oneshot::channel();
        let call = Call {
            order: 0,
            tenant: TenantId::null(),
            device: device(1),
            customer: None,
            request_id: i32::try_from(number).unwrap(),
            method: "m".into(),
            params: None,
            additional_info: None,
            retries,
            oneway,
            created: 0,
            expires: 100,
            sent: None,
            taken: None,
            carriers: Vec::new(),
            reason: None,
            runs: 0,
            end: None,
            callers: vec![caller],
            watchers: Vec::new(),
            stored,
        };
        self.book.open(id(number), call);
        self.book.run_begins(id(number));
        end
    }

    fn taken(&mut self, number: u128) {
        self.book.sent(id(number), true, 10, &mut self.effects);
        self.book.taken(id(number), 11, &mut self.effects);
    }

    fn run_ended(&mut self, number: u128) {
        self.book.run_ended(id(number), 12, &mut self.effects);
    }

    fn answer(&mut self, call: Option<&str>, arrived: Millis) -> Result<(), String> {
        let answer = DeviceAnswer {
            tenant: TenantId::null(),
            device: Some(device(1)),
            call,
            data: "{}",
            arrived,
            live: true,
        };
        let found = self.book.match_answer(&answer)?;
        self.book.answered(found, "{}", 20, &mut self.effects);
        Ok(())
    }

    fn stored_states(&mut self) -> Vec<&'static str> {
        self.effects
            .drain(..)
            .filter_map(|effect| match effect {
                Effect::Store(rpc) => Some(rpc.status.as_str()),
                _ => None,
            })
            .collect()
    }
}

fn reason(end: &mut oneshot::Receiver<CallOutcome>) -> (FailureCode, String) {
    match end.try_recv() {
        Ok(CallOutcome::Failed(failure)) => (failure.code, failure.reason),
        other => panic!("a failure, not {other:?}"),
    }
}

#[test]
fn a_one_way_call_succeeds_when_taken_and_no_later_failure_changes_it() {
    let mut case = Case::new();
    let mut end = case.open(1, true);
    case.book.failed(id(1), "one branch failed");
    case.taken(1);
    assert_eq!(end.try_recv(), Ok(CallOutcome::Taken));
    case.book.failed(id(1), "another one, later");
    case.run_ended(1);
    case.book.due(1_000, &mut case.effects);
    assert_eq!(case.book.open_count(), 0);
    assert!(case.book.call(id(1)).is_none(), "nothing is left of it");
}

#[test]
fn a_call_ends_at_once_when_every_branch_ended_and_nothing_was_taken() {
    let mut case = Case::new();
    let mut end = case.open(1, false);
    case.book.failed(id(1), "the converter failed");
    assert!(end.try_recv().is_err(), "a branch is still open");
    case.run_ended(1);
    let (code, text) = reason(&mut end);
    assert_eq!(
        (code, text.as_str()),
        (FailureCode::NoActiveConnection, "the converter failed")
    );
    let mut silent = case.open(2, true);
    case.run_ended(2);
    assert!(reason(&mut silent).1.contains("integration downlink"));
}

#[test]
fn a_taken_two_way_call_waits_for_its_answer_until_it_expires() {
    let mut case = Case::new();
    let mut end = case.open(1, false);
    case.taken(1);
    case.run_ended(1);
    assert!(end.try_recv().is_err());
    case.book.due(99, &mut case.effects);
    assert!(end.try_recv().is_err());
    case.book.due(100, &mut case.effects);
    assert_eq!(reason(&mut end).0, FailureCode::Timeout);
    let late = case.answer(Some(&id(1).to_string()), 200).unwrap_err();
    assert!(late.contains("ended already (TIMEOUT)"), "{late}");
}

#[test]
fn with_reference_outcomes_nothing_ends_before_its_time() {
    let mut case = Case::new();
    case.book.reference_outcomes = true;
    let (mut taken, mut untaken) = (case.open(1, true), case.open(2, true));
    case.taken(1);
    case.run_ended(1);
    case.run_ended(2);
    assert!(taken.try_recv().is_err() && untaken.try_recv().is_err());
    case.book.due(100, &mut case.effects);
    assert_eq!(reason(&mut taken).0, FailureCode::Timeout);
    assert_eq!(reason(&mut untaken).0, FailureCode::NoActiveConnection);
}

#[test]
fn an_answer_with_an_id_reaches_its_own_call_only() {
    let mut case = Case::new();
    let (mut first, mut second) = (case.open(1, false), case.open(2, false));
    case.taken(1);
    case.taken(2);
    case.answer(Some(&id(2).to_string()), 50).unwrap();
    assert!(matches!(second.try_recv(), Ok(CallOutcome::Answered(_))));
    assert!(first.try_recv().is_err());
    let doubled = case.answer(Some(&id(2).to_string()), 51).unwrap_err();
    assert!(doubled.contains("ended already"), "{doubled}");
    case.answer(Some("1"), 52).unwrap();
    assert!(matches!(first.try_recv(), Ok(CallOutcome::Answered(_))));
    assert!(
        case.answer(Some("77"), 53)
            .unwrap_err()
            .contains("no call has the id 77")
    );
    assert!(
        case.answer(Some("x"), 53)
            .unwrap_err()
            .contains("neither a requestUUID")
    );
}

#[test]
fn an_answer_without_an_id_is_never_guessed() {
    let mut case = Case::new();
    assert!(
        case.answer(None, 50)
            .unwrap_err()
            .contains("no call of the device waits")
    );
    let mut first = case.open(1, false);
    let waits = case.answer(None, 50).unwrap_err();
    assert!(waits.contains("no call"), "not sent so far: {waits}");
    case.taken(1);
    let older = case.answer(None, 9).unwrap_err();
    assert!(older.contains("no call"), "older than the command: {older}");
    let _second = case.open(2, false);
    case.taken(2);
    assert!(
        case.answer(None, 50)
            .unwrap_err()
            .contains("2 calls of the device")
    );
    case.answer(Some("2"), 50).unwrap();
    case.answer(None, 50).unwrap();
    assert!(matches!(first.try_recv(), Ok(CallOutcome::Answered(_))));
}

#[test]
fn nobody_waits_for_the_answer_to_a_one_way_call() {
    let mut case = Case::new();
    case.book.reference_outcomes = true;
    let _end = case.open(1, true);
    case.taken(1);
    assert!(case.answer(Some("1"), 50).unwrap_err().contains("one-way"));
    assert!(case.answer(None, 50).is_err());
}

#[test]
fn a_call_does_not_leave_before_an_earlier_one_that_may_still_produce() {
    let mut case = Case::new();
    let _ends = (case.open(1, true), case.open(2, true));
    assert!(case.book.may_leave(id(1)) && !case.book.may_leave(id(2)));
    case.book
        .carried(id(2), IntegrationId(id(9)), &mut case.effects);
    case.effects.clear();
    case.book
        .carried(id(1), IntegrationId(id(9)), &mut case.effects);
    assert!(case.book.may_leave(id(2)));
    assert!(matches!(case.effects.as_slice(), [Effect::Wake(_)]));
}

#[test]
fn a_failed_call_takes_back_what_waits_for_it_and_a_taken_one_does_not() {
    let mut case = Case::new();
    let _ends = (case.open(1, false), case.open(2, true));
    for number in [1, 2] {
        case.book
            .carried(id(number), IntegrationId(id(9)), &mut case.effects);
    }
    case.effects.clear();
    case.taken(2);
    assert!(
        !case
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Withdraw(..)))
    );
    case.book.due(100, &mut case.effects);
    let withdrawn = case
        .effects
        .iter()
        .any(|effect| matches!(effect, Effect::Withdraw(_, call) if *call == id(1)));
    assert!(withdrawn);
}

fn stored() -> Option<Box<Stored>> {
    Some(Box::new(Stored::new(Rpc::default(), 30)))
}

#[test]
fn a_stored_one_way_call_goes_from_queued_to_delivered() {
    let mut case = Case::new();
    let _end = case.open_with(1, true, stored(), None);
    case.taken(1);
    assert_eq!(case.stored_states(), ["SENT", "DELIVERED"]);
    assert_eq!(case.book.open_count(), 0);
}

#[test]
fn a_stored_call_that_nothing_took_is_tried_again_until_it_expires() {
    let mut case = Case::new();
    let mut end = case.open_with(1, true, stored(), None);
    case.book.sent(id(1), true, 10, &mut case.effects);
    case.book.sent(id(1), false, 10, &mut case.effects);
    assert_eq!(case.stored_states(), ["SENT", "QUEUED"]);
    case.run_ended(1);
    assert!(end.try_recv().is_err());
    assert_eq!(case.book.next_alarm(), Some(100));
    case.book.due(100, &mut case.effects);
    assert_eq!(case.stored_states(), ["EXPIRED"]);
    case.book.due(12 + FIRST_PAUSE, &mut case.effects);
    let again = case
        .effects
        .iter()
        .any(|effect| matches!(effect, Effect::Launch(_)));
    assert!(!again, "an expired call is not sent again");
}

#[test]
fn a_stored_call_without_an_answer_is_sent_again_as_often_as_asked() {
    let mut case = Case::new();
    let _end = case.open_with(1, false, stored(), Some(1));
    case.taken(1);
    case.stored_states();
    case.book.due(41, &mut case.effects);
    let launched = case
        .effects
        .iter()
        .any(|effect| matches!(effect, Effect::Launch(_)));
    assert!(launched);
    assert_eq!(case.stored_states(), ["TIMEOUT", "QUEUED"]);
    case.taken(1);
    assert_eq!(case.stored_states(), ["SENT", "DELIVERED"]);
    case.book.due(82, &mut case.effects);
    assert_eq!(case.stored_states(), ["FAILED"]);
}

#[test]
fn a_stored_call_keeps_its_answer() {
    let mut case = Case::new();
    let _end = case.open_with(1, false, stored(), None);
    case.taken(1);
    case.stored_states();
    case.answer(Some(&id(1).to_string()), 50).unwrap();
    match case.effects.as_slice() {
        [Effect::Store(rpc), ..] => {
            assert_eq!(rpc.status, RpcStatus::Successful);
            assert_eq!(rpc.response, Some(serde_json::json!({})));
        }
        _ => panic!("the answer is stored"),
    }
}

#[test]
fn watchers_hear_of_a_call_as_soon_as_it_is_taken() {
    let mut case = Case::new();
    let _end = case.open(1, false);
    let (watcher, mut told) = oneshot::channel();
    case.book.call_mut(id(1)).unwrap().watchers.push(watcher);
    case.taken(1);
    assert_eq!(told.try_recv(), Ok(CallOutcome::Taken));
}
