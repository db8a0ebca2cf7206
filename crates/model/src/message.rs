//! What travels through rule chains.

/// Standard message types. Scripts may set any other text.
pub mod message_type {
    macro_rules! types { ($($name:ident),+ $(,)?) => { $(
        #[doc = concat!("`", stringify!($name), "`")]
        pub const $name: &str = stringify!($name);
    )+ } }
    types! {
        POST_TELEMETRY_REQUEST, POST_ATTRIBUTES_REQUEST, TO_SERVER_RPC_REQUEST,
        RPC_CALL_FROM_SERVER_TO_DEVICE, ACTIVITY_EVENT, INACTIVITY_EVENT, CONNECT_EVENT,
        DISCONNECT_EVENT, ENTITY_CREATED, ENTITY_UPDATED, ENTITY_DELETED, ENTITY_ASSIGNED,
        ENTITY_UNASSIGNED, ATTRIBUTES_UPDATED,
        ATTRIBUTES_DELETED, TIMESERIES_UPDATED, TIMESERIES_DELETED, ALARM, REST_API_REQUEST,
        ALARM_CREATED, ALARM_UPDATED, ALARM_SEVERITY_UPDATED, ALARM_ACK, ALARM_CLEAR,
        ALARM_ASSIGNED, ALARM_UNASSIGNED, ALARM_DELETE,
    }
}

/// Standard relation labels between rule nodes.
pub mod relation {
    /// The node did its work.
    pub const SUCCESS: &str = "Success";
    /// The node failed; the message's metadata says why under `error`.
    pub const FAILURE: &str = "Failure";
    /// A filter let the message pass.
    pub const TRUE: &str = "True";
    /// A filter held the message back.
    pub const FALSE: &str = "False";
    /// A switch knew no label of its own.
    pub const OTHER: &str = "Other";
}
