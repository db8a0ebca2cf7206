//! `LISTEN`: the topics of a broker, live, for whoever sets up an integration.

use std::time::Duration;

use millrace_model::{entity::Integration, id::IntegrationId};
use millrace_platform::{Scope, integrations::Listening};
use serde_json::{Value as Json, json};
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::{
    command::{Command, ListenCommand},
    reply,
};
use crate::state::Api;

/// How often what was heard is told.
const TELL: Duration = Duration::from_secs(1);

/// What one client listens to: one broker at a time.
pub(super) struct Listens {
    api: Api,
    scope: Scope,
    running: Option<Running>,
}

struct Running {
    id: i64,
    listening: Listening,
    tick: Interval,
}

impl Listens {
    pub(super) fn new(api: Api, scope: Scope) -> Self {
        Self {
            api,
            scope,
            running: None,
        }
    }

    pub(super) fn count(&self) -> usize {
        usize::from(self.running.is_some())
    }

    /// Begins anew, in place of what this client listened to before.
    pub(super) async fn begin(&mut self, command: &Command) -> Vec<String> {
        self.running = None;
        let wanted = match command.read::<ListenCommand>() {
            Ok(wanted) => wanted,
            Err(wrong) => return vec![reply::refused(command.id, &wrong.0)],
        };
        let integration = match (wanted.integration_id, wanted.integration) {
            (Some(id), None) => {
                let scope = self.scope;
                let stored = self
                    .api
                    .run(move |platform| platform.integrations.get(&scope, IntegrationId(id)));
                match stored.await {
                    Ok(stored) => stored,
                    Err(error) => return vec![reply::failed(command.id, &error)],
                }
            }
            (None, Some(described)) => match read(described) {
                Ok(integration) => integration,
                Err(error) => return vec![reply::refused(command.id, &error)],
            },
            _ => {
                let text = "give either integrationId or integration";
                return vec![reply::refused(command.id, text)];
            }
        };
        let integrations = &self.api.platform.integrations;
        let filter = wanted.filter.as_deref().unwrap_or("#");
        match integrations.listen(&self.scope, integration, filter).await {
            Ok(listening) => {
                let mut tick = interval(TELL);
                tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
                self.running = Some(Running {
                    id: command.id,
                    listening,
                    tick,
                });
                Vec::new()
            }
            Err(error) => vec![reply::failed(command.id, &error.into())],
        }
    }

    pub(super) fn end(&mut self, command: &Command) -> Vec<String> {
        self.running.take_if(|running| running.id == command.id);
        Vec::new()
    }

    /// Waits until there is something to tell; never comes while nobody listens. Dropping the
    /// future loses nothing.
    pub(super) async fn changed(&mut self) -> String {
        let Some(running) = &mut self.running else {
            return std::future::pending().await;
        };
        running.tick.tick().await;
        let update = running.listening.update();
        let mut frame = json!({
            "cmdId": running.id,
            "errorCode": 0,
            "errorMsg": null,
            "cmdUpdateType": "LISTEN",
        });
        if let (Json::Object(frame), Ok(Json::Object(update))) =
            (&mut frame, serde_json::to_value(&update))
        {
            frame.extend(update);
        }
        if update.state == "ENDED" {
            self.running = None;
        }
        frame.to_string()
    }
}

/// Members that are null count as absent, as over REST.
fn read(mut described: serde_json::Map<String, Json>) -> Result<Integration, String> {
    described.retain(|_, value| !value.is_null());
    serde_json::from_value(Json::Object(described))
        .map_err(|error| format!("integration is wrong: {error}"))
}
