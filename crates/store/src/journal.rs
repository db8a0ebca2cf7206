//! The journal: the one place where acceptance becomes durable.
//!
//! A row is one group commit; a commit starts the moment the previous one has ended, never on a
//! timer. *In* records are accepted messages, *out* records are what they caused. A record is
//! identified by its **sequence number**, which grows by one for each record; "everything below"
//! has the obvious meaning. After a crash every record up to the last complete commit is there,
//! and none beyond it.

use std::{path::PathBuf, sync::Arc};

use millrace_model::{AttributeScope, EntityId, Millis, TenantId, Value};
use uuid::Uuid;

use crate::Result;

/// Position of a record in the journal, from 1.
pub type Seq = u64;

/// An accepted message.
#[derive(Debug, Clone, PartialEq)]
pub struct InRecord {
    /// Where it came from.
    pub source: Source,
    /// Arrival time, unique per topic.
    pub arrival_ms: Millis,
    /// The full topic.
    pub topic: Arc<str>,
    /// The payload as it came: a range of the read it arrived in.
    pub payload: bytes::Bytes,
    /// Quality of service it was delivered with, 0 to 2.
    pub qos: u8,
    /// Whether the broker delivered it as retained.
    pub retain: bool,
    /// Identity for redelivery; `None` for QoS 0.
    pub identity: Option<Identity>,
    /// MQTT 5 properties as compact JSON text.
    pub properties: Option<Arc<str>>,
}

/// Whose message it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// Tenant of the integration.
    pub tenant: TenantId,
    /// The integration.
    pub integration: Uuid,
}

/// What a redelivery is recognised by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// Epoch of the broker session.
    pub epoch: u64,
    /// Packet id.
    pub packet_id: u16,
    /// Hash of topic and payload.
    pub hash: u64,
}

/// Something a message (or a REST call) caused.
#[derive(Debug, Clone, PartialEq)]
pub enum OutRecord {
    /// Points of one entity at one time.
    Points {
        /// Tenant of the entity.
        tenant: TenantId,
        /// The entity.
        entity: EntityId,
        /// Event time.
        ts: Millis,
        /// When the points may be forgotten (ms since 1970); `None` = never.
        expires: Option<Millis>,
        /// Whether they may become latest values.
        latest: bool,
        /// Whether they enter the history.
        history: bool,
        /// Keys and values.
        values: Vec<(Arc<str>, Value)>,
    },
    /// Attributes of one entity.
    Attributes {
        /// Tenant of the entity.
        tenant: TenantId,
        /// The entity.
        entity: EntityId,
        /// Their scope.
        scope: AttributeScope,
        /// When they were written.
        at: Millis,
        /// Keys and values.
        values: Vec<(Arc<str>, Value)>,
    },
    /// Points are deleted; hides every point with a lower sequence number.
    DeletePoints {
        /// Tenant of the entity.
        tenant: TenantId,
        /// The entity.
        entity: EntityId,
        /// Keys.
        keys: Vec<Arc<str>>,
        /// From this time on (inclusive).
        start: Millis,
        /// Up to this time (exclusive); `Millis::MAX` = everything.
        end: Millis,
        /// What happens to the latest value when it lies in the range.
        latest: DeleteLatest,
    },
    /// Attributes are deleted.
    DeleteAttributes {
        /// Tenant of the entity.
        tenant: TenantId,
        /// The entity.
        entity: EntityId,
        /// Their scope.
        scope: AttributeScope,
        /// Keys.
        keys: Vec<Arc<str>>,
    },
    /// The entity is gone with all it had.
    DeleteEntity {
        /// Tenant of the entity.
        tenant: TenantId,
        /// The entity.
        entity: EntityId,
    },
    /// Message `0` is done: it does not run again.
    Done(Seq),
    /// Message `0` was started again after a restart (counts towards being set aside).
    Started(Seq),
    /// Message `0` was started too often without an end; it is kept and shown, but does not run.
    SetAside(Seq),
    /// Something in message `0` was refused: its script failed, or what it names may not be made.
    /// Says nothing about its end; for those who look at captured messages.
    Failed(Seq),
    /// Acknowledgements of this session up to this *in* record are confirmed by the broker:
    /// their identities no longer recognise anything.
    Confirmed {
        /// The integration.
        integration: Uuid,
        /// Session epoch.
        epoch: u64,
        /// Every identity with a sequence number up to this one ends.
        upto: Seq,
    },
    /// What an integration's link knows about its broker session, written again before the
    /// records it was learned from are trimmed. Replaces everything said about it earlier.
    Session {
        /// The integration.
        integration: Uuid,
        /// Session epoch.
        epoch: u64,
        /// Unconfirmed messages in order: packet id, hash of topic and payload.
        unconfirmed: Vec<(u16, u64)>,
        /// Last message of a topic: hash of the topic, hash of topic and payload.
        last_of_topic: Vec<(u64, u64)>,
    },
    /// Something that is still to be done when its cause is done already: a message that leaves a
    /// node later, a downlink that waits for its connection. Written again before the record is
    /// trimmed; the same id replaces what was said before.
    Owed {
        /// Its id.
        id: Uuid,
        /// Whose it is.
        tenant: TenantId,
        /// What it is; the meaning of the numbers is the caller's.
        kind: u8,
        /// When it is due (ms since 1970).
        due: Millis,
        /// What has to be done, in the caller's form.
        body: bytes::Bytes,
    },
    /// What was owed under this id is done, or is no use any more.
    Settled(Uuid),
}

/// What a deletion of points does to the latest value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeleteLatest {
    /// It stays.
    Keep,
    /// It goes too.
    Delete,
    /// The newest point that is left takes its place.
    Rewrite,
}

/// Called on the journal's thread after the sync of a commit; must not block.
pub type Committed = Box<dyn FnOnce(Result<()>) + Send>;

/// A piece of work for the journal: written whole in one commit, in order.
#[derive(Default)]
pub struct Append {
    /// Accepted messages. They get consecutive sequence numbers.
    pub ins: Vec<InRecord>,
    /// What messages caused. They follow the *in* records.
    pub outs: Vec<OutRecord>,
    /// Who is told when it is on disk.
    pub committed: Option<Committed>,
}

/// A record read back.
#[derive(Debug, Clone, PartialEq)]
pub enum Record {
    /// An accepted message.
    In(InRecord),
    /// Something it caused.
    Out(OutRecord),
}

/// Figures of a journal.
#[derive(Debug, Clone, Copy, Default)]
pub struct JournalStats {
    /// Last sequence number handed out.
    pub last_seq: Seq,
    /// Last sequence number on disk.
    pub durable_seq: Seq,
    /// Commits since the start.
    pub commits: u64,
    /// Records since the start.
    pub records: u64,
    /// Bytes in the file.
    pub file_bytes: u64,
    /// Bytes that wait for their commit.
    pub pending_bytes: usize,
    /// Whether the last commit failed for lack of space and is being tried again.
    pub stalled: bool,
}

/// The journal of one node. Thread-safe; appends never wait for the disk.
///
/// When the disk is full the commit is tried again until there is room: nothing is dropped and
/// nobody is told "durable" before it is. [`JournalStats::stalled`] says so meanwhile.
pub trait Journal: Send + Sync + 'static {
    /// Queues records for the next commit and returns the sequence number of the first *in*
    /// record (or of the first record, when there are none). Order of calls is order of numbers.
    fn append(&self, work: Append) -> Seq;

    /// Waits until everything appended so far is on disk.
    ///
    /// # Errors
    /// [`crate::StoreError::Closed`] when the journal is closed meanwhile.
    fn sync(&self) -> Result<()>;

    /// Reads records with a number above `after`, oldest first, until `each` returns `false`.
    ///
    /// # Errors
    /// When the file cannot be read or a row is damaged.
    fn read(&self, after: Seq, each: &mut dyn FnMut(Seq, Record) -> bool) -> Result<()>;

    /// Reads records with a number below `before`, newest first, until `each` returns `false`.
    /// Holds one commit in memory at a time.
    ///
    /// # Errors
    /// When the file cannot be read or a row is damaged.
    fn read_back(&self, before: Seq, each: &mut dyn FnMut(Seq, Record) -> bool) -> Result<()>;

    /// Lets go of commits that hold only records up to `upto`, oldest first, but keeps at least
    /// `keep_bytes` of the newest ones for replay.
    ///
    /// # Errors
    /// When the file cannot be written.
    fn trim(&self, upto: Seq, keep_bytes: u64) -> Result<()>;

    /// Bytes that wait for their commit. Cheap: asked for every batch of messages.
    fn pending_bytes(&self) -> usize {
        self.stats().pending_bytes
    }

    /// Figures; asks the file system for the size of the file.
    fn stats(&self) -> JournalStats;

    /// Commits what waits and ends the writer.
    fn close(&self);
}

/// Where a journal keeps its file, and its bounds.
#[derive(Debug, Clone)]
pub struct JournalOptions {
    /// Data directory.
    pub dir: PathBuf,
    /// Largest commit in bytes; a longer queue makes several.
    pub max_commit_bytes: usize,
}

/// A time-ordered UUID for message `seq` of arrival `ms`: the same message has the same id however
/// often it runs.
#[must_use]
pub fn message_id(seq: Seq, arrival_ms: Millis, part: u32) -> Uuid {
    let ms = u64::try_from(arrival_ms).unwrap_or_default();
    let mut random = [0_u8; 10];
    random[..8].copy_from_slice(&seq.to_be_bytes());
    random[8..].copy_from_slice(&(part as u16).to_be_bytes());
    uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid()
}
