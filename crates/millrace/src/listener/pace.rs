//! How long a client may take for its next request.
//!
//! The protocol's reader asks for one timer, at the moment it begins to wait for a head. That timer
//! has two bounds here: the short one counts from the first byte of the head, the long one holds as
//! long as there is none.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

use hyper::rt::{Sleep, Timer};

/// No byte of the awaited head is here.
const NOTHING: u64 = 0;

/// The clock of one connection, shared by its stream and its timer.
pub(super) struct Pace {
    opened: Instant,
    header: Duration,
    idle: Duration,
    /// When the awaited head began: milliseconds since the connection was opened, plus one.
    began: AtomicU64,
    /// The first head counts from the beginning of the connection.
    is_first: AtomicBool,
    is_ending: AtomicBool,
}

impl Pace {
    pub(super) fn new(header: Duration, idle: Duration) -> Self {
        Self {
            opened: Instant::now(),
            header,
            idle,
            began: AtomicU64::new(NOTHING + 1),
            is_first: AtomicBool::new(true),
            is_ending: AtomicBool::new(false),
        }
    }

    /// Bytes came. Only the first ones of a head count.
    pub(super) fn heard(&self) {
        if self.began.load(Ordering::Relaxed) == NOTHING {
            let since = u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX - 1);
            self.began.store(since + 1, Ordering::Relaxed);
        }
    }

    /// From now on no head is waited for.
    pub(super) fn end(&self) {
        self.is_ending.store(true, Ordering::Relaxed);
    }

    /// When the patience ends of somebody who waits for a head since `since`.
    fn due(&self, since: Instant) -> Instant {
        if self.is_ending.load(Ordering::Relaxed) {
            return since;
        }
        match self.began.load(Ordering::Relaxed) {
            NOTHING => since + self.idle,
            began => self.opened + Duration::from_millis(began - 1) + self.header,
        }
    }
}

/// The timer of one connection's heads.
pub(super) struct Heads(pub(super) Arc<Pace>);

impl Timer for Heads {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(Instant::now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        let pace = Arc::clone(&self.0);
        if !pace.is_first.swap(false, Ordering::Relaxed) {
            pace.began.store(NOTHING, Ordering::Relaxed);
        }
        // The reader was told the idle bound.
        let since = deadline.checked_sub(pace.idle).unwrap_or(deadline);
        let due = pace.due(since);
        Box::pin(Patience {
            pace,
            since,
            sleep: Box::pin(tokio::time::sleep_until(due.into())),
        })
    }
}

/// Resolves when a head took too long.
struct Patience {
    pace: Arc<Pace>,
    since: Instant,
    sleep: Pin<Box<tokio::time::Sleep>>,
}

impl Sleep for Patience {}

impl Future for Patience {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let due = self.pace.due(self.since).into();
        if self.sleep.deadline() != due {
            self.sleep.as_mut().reset(due);
        }
        let polled = self.sleep.as_mut().poll(context);
        let is_begun = self.pace.began.load(Ordering::Relaxed) != NOTHING;
        if polled.is_ready() && is_begun && !self.pace.is_ending.load(Ordering::Relaxed) {
            super::count_cut("header");
        }
        polled
    }
}
