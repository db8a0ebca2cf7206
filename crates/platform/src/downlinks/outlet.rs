//! The connection that commands leave by.
//!
//! The broker's acknowledgement of a command stands in one stream with the uplinks it sends us.
//! While these come faster than they can be stored, some brokers put megabytes in front of it
//! (Mosquitto goes beyond its own window after the first acknowledgements), and whoever waits for
//! the command would wait for all of them. For that time commands have a connection of their own,
//! which subscribes nothing: `<client id>-commands`. A broker that refuses it changes nothing; the
//! commands then leave by the connection of the uplinks, as they always do otherwise.

use std::{sync::Arc, time::Duration};

use millrace_link::{
    Link, LinkConfig, LinkEvent, LinkStart, Observer, Publisher, StopMode, Unsubscribed,
};
use tokio::{runtime::Handle, sync::watch, time::Instant};

/// Uplinks are behind when so many bytes of them were received and found no room.
const BEHIND: usize = 256 << 10;
/// How long a command waits for the second connection before it takes the first.
const OPENS_WITHIN: Duration = Duration::from_millis(500);
/// The second connection stays for so long after uplinks were last behind.
const KEPT: Duration = Duration::from_secs(60);
/// Pause after a second connection that did not come about.
const TRIED_AGAIN_AFTER: Duration = Duration::from_secs(30);

/// One integration's way out.
pub struct Outlet {
    uplinks: Publisher,
    config: LinkConfig,
    own: Option<Own>,
    not_before: Option<Instant>,
    /// The second connection was lost with publishes under way.
    coming_back: bool,
}

struct Own {
    link: Link,
    state: watch::Receiver<State>,
    behind_at: Instant,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Opening,
    Connected,
    Failed(String),
}

impl Outlet {
    /// `uplinks` publishes through the link that `config` describes.
    pub fn new(uplinks: Publisher, config: LinkConfig) -> Self {
        Self {
            uplinks,
            config,
            own: None,
            not_before: None,
            coming_back: false,
        }
    }

    /// What the next command leaves by, `None` while nothing can leave; `idle`: no publish waits for
    /// its answer. No command overtakes another one between the connections: the second one is left
    /// only when it is idle, and when it is lost, what was under way on it has to come back first.
    /// Returns within [`OPENS_WITHIN`].
    pub async fn publisher(&mut self, idle: bool) -> Option<Publisher> {
        let now = Instant::now();
        let behind = self.uplinks.buffered_bytes() >= BEHIND;
        if let Some(own) = &mut self.own {
            if behind {
                own.behind_at = now;
            }
            let publisher = own.link.publisher();
            let needed = now.duration_since(own.behind_at) < KEPT;
            if publisher.is_connected() {
                if needed || !idle {
                    return Some(publisher);
                }
                if let Some(own) = self.own.take() {
                    drop(tokio::spawn(own.link.stop(StopMode::Keep)));
                }
            } else {
                self.own = None;
                self.not_before = Some(now + TRIED_AGAIN_AFTER);
                self.coming_back = true;
            }
        }
        self.coming_back &= !idle;
        if self.coming_back || !self.uplinks.is_connected() {
            return None;
        }
        if behind && self.not_before.is_none_or(|at| now >= at) {
            match self.open(now).await {
                Ok(publisher) => return Some(publisher),
                Err(reason) => {
                    self.not_before = Some(Instant::now() + TRIED_AGAIN_AFTER);
                    tracing::warn!(
                        client_id = self.own_config().client_id,
                        "uplinks are behind, and commands get no connection of their own: {reason}"
                    );
                }
            }
        }
        Some(self.uplinks.clone())
    }

    async fn open(&mut self, now: Instant) -> Result<Publisher, String> {
        let config = self.own_config();
        let client_id = config.client_id.clone();
        let (sender, state) = watch::channel(State::Opening);
        let link = Link::start(
            config,
            LinkStart::default(),
            Arc::new(Unsubscribed),
            Arc::new(Watching(sender)),
            &Handle::current(),
        )
        .map_err(|error| error.to_string())?;
        let own = self.own.insert(Own {
            link,
            state,
            behind_at: now,
        });
        let opened = own.state.wait_for(|state| *state != State::Opening);
        let failed = match tokio::time::timeout(OPENS_WITHIN, opened).await {
            Ok(Ok(state)) => match &*state {
                State::Failed(reason) => Some(reason.clone()),
                _ => None,
            },
            Ok(Err(_)) => Some("it was stopped".to_owned()),
            Err(_) => Some(format!("no answer within {OPENS_WITHIN:?}")),
        };
        if let Some(reason) = failed {
            self.own = None;
            return Err(reason);
        }
        tracing::info!(
            client_id,
            "uplinks are behind: commands have a connection of their own"
        );
        Ok(own.link.publisher())
    }

    fn own_config(&self) -> LinkConfig {
        LinkConfig {
            client_id: format!("{}-commands", self.config.client_id),
            clean_session: true,
            filters: Vec::new(),
            buffer_bytes: 64 << 10,
            ..self.config.clone()
        }
    }
}

/// Says how opening ended.
struct Watching(watch::Sender<State>);

impl Observer for Watching {
    fn event(&self, event: LinkEvent) {
        let state = match event {
            LinkEvent::Connected { .. } => State::Connected,
            LinkEvent::Refused { .. } | LinkEvent::Lost { .. } | LinkEvent::TakenOver { .. } => {
                State::Failed(event.to_string())
            }
            _ => return,
        };
        self.0.send_replace(state);
    }
}
