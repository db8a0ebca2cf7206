//! Calls as rule chains see them: branches that report, and nodes that ask.

use millrace_model::{EntityId, Millis, TenantId, id::IntegrationId};
use tokio::sync::oneshot;
use uuid::Uuid;

use super::{
    answer::DeviceAnswer,
    outcome::{CallOutcome, FailureCode},
    service::{CallRequest, Calls},
};
use crate::{
    PlatformError,
    clock::now_ms,
    rules::{BoxFuture, CallLedger, Command, CommandEnd, Commands},
};

impl CallLedger for Calls {
    fn taken(&self, call: Uuid) {
        self.with_book(|book, effects| book.taken(call, now_ms(), effects));
    }

    fn failed(&self, call: Uuid, reason: &str) {
        self.with_book(|book, _| book.failed(call, reason));
    }

    fn sent(&self, call: Uuid, sent: bool) {
        self.with_book(|book, effects| book.sent(call, sent, now_ms(), effects));
    }

    fn carried(&self, call: Uuid, integration: IntegrationId) {
        self.with_book(|book, effects| book.carried(call, integration, effects));
    }

    fn may_leave(&self, call: Uuid) -> bool {
        self.book.lock().may_leave(call)
    }

    fn is_open(&self, call: Uuid) -> bool {
        self.book
            .lock()
            .call(call)
            .is_some_and(|call| call.is_open() && !(call.oneway && call.taken.is_some()))
    }

    fn is_withdrawn(&self, call: Uuid) -> bool {
        // A call is known as long as one of its branches is.
        self.book
            .lock()
            .call(call)
            .is_none_or(|call| matches!(call.end, Some(CallOutcome::Failed(_))))
    }

    fn branches_ended(&self, call: Uuid) {
        self.with_book(|book, effects| book.run_ended(call, now_ms(), effects));
    }
}

impl Commands for Calls {
    fn send(&self, tenant: TenantId, command: Command) -> BoxFuture<CommandEnd> {
        let device = command.device;
        let request = CallRequest {
            id: None,
            customer: None,
            method: command.method,
            params: command.params,
            additional_info: command.additional_info,
            oneway: command.oneway,
            expires: command.expires,
            retries: None,
        };
        // A device that is in the cache is called at once, so that commands keep their order.
        let known = self
            .path
            .upgrade()
            .and_then(|path| path.provisioning().known(device))
            .filter(|known| known.tenant == tenant);
        if let Some(known) = known {
            let started = self.call(&known, request);
            return Box::pin(async move { end_of(started).await });
        }
        let own = self.shared();
        Box::pin(async move {
            let Some(own) = own else {
                return Err(FailureCode::Withdrawn.as_str().to_owned());
            };
            let started = tokio::task::spawn_blocking(move || {
                let known = own.device(tenant, device)?;
                own.call(&known, request)
            })
            .await;
            match started {
                Ok(started) => end_of(started).await,
                Err(error) => std::panic::resume_unwind(error.into_panic()),
            }
        })
    }

    fn end_of(&self, call: Uuid) -> BoxFuture<Option<CommandEnd>> {
        let end = {
            let mut book = self.book.lock();
            match book.call_mut(call) {
                None => return Box::pin(std::future::ready(None)),
                Some(call) => match (&call.end, call.taken) {
                    (Some(outcome), _) => {
                        let told = untaken(outcome.clone());
                        return Box::pin(std::future::ready(told));
                    }
                    (None, Some(_)) => return Box::pin(std::future::ready(None)),
                    (None, None) => {
                        let (watcher, end) = oneshot::channel();
                        call.watchers.push(watcher);
                        end
                    }
                },
            }
        };
        Box::pin(async move { untaken(end.await.ok()?) })
    }

    fn answer(
        &self,
        tenant: TenantId,
        device: EntityId,
        call: Option<&str>,
        answer: &str,
        arrived: Millis,
    ) -> Result<(), String> {
        let answer = DeviceAnswer {
            tenant,
            device: Some(device),
            call,
            data: answer,
            arrived,
            live: true,
        };
        Self::answer(self, &answer, None)
    }
}

/// What is left to say of a call for somebody who cares only whether nothing took it.
fn untaken(outcome: CallOutcome) -> Option<CommandEnd> {
    match outcome {
        CallOutcome::Failed(failure) if !failure.taken => {
            Some(Err(failure.code.as_str().to_owned()))
        }
        _ => None,
    }
}

async fn end_of(started: crate::Result<(Uuid, oneshot::Receiver<CallOutcome>)>) -> CommandEnd {
    let code = |code: FailureCode| code.as_str().to_owned();
    let end = match started {
        Ok((_, end)) => end.await,
        Err(PlatformError::NotFound { .. }) => return Err(code(FailureCode::NotFound)),
        Err(error) => {
            tracing::debug!(%error, "a command of a rule chain was refused");
            return Err(code(FailureCode::Refused));
        }
    };
    match end {
        Ok(CallOutcome::Taken) => Ok(None),
        Ok(CallOutcome::Answered(answer)) => Ok(Some(answer.to_string())),
        Ok(CallOutcome::Failed(failure)) => Err(code(failure.code)),
        Err(_) => Err(code(FailureCode::Withdrawn)),
    }
}
