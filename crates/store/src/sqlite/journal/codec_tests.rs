//! The codec gives back what it was given, and survives whatever else it is given.

use std::sync::Arc;

use bytes::Bytes;
use millrace_model::{AttributeScope, EntityId, EntityType, TenantId, Value};
use proptest::prelude::*;
use uuid::Uuid;

use super::{decode::Decoder, encode::Encoder};
use crate::journal::{DeleteLatest, Identity, InRecord, OutRecord, Record, Source};

fn encode(records: &[Record]) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new());
    for record in records {
        match record {
            Record::In(record) => encoder.put_in(record),
            Record::Out(record) => encoder.put_out(record),
        }
    }
    encoder.finish()
}

fn decode(body: &[u8]) -> Result<Vec<Record>, super::decode::DecodeError> {
    let mut decoder = Decoder::new(body)?;
    std::iter::from_fn(|| decoder.next_record().transpose()).collect()
}

/// Few of them, so that the dictionary is used.
fn uuid() -> impl Strategy<Value = Uuid> {
    prop_oneof![
        (0_u128..4).prop_map(Uuid::from_u128),
        any::<u128>().prop_map(Uuid::from_u128)
    ]
}

fn text() -> impl Strategy<Value = Arc<str>> {
    prop_oneof![
        "[a-d]{0,2}".prop_map(Arc::from),
        "\\PC{0,20}".prop_map(Arc::from),
        (200_usize..400).prop_map(|length| Arc::from("x".repeat(length))),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Long),
        any::<f64>()
            .prop_filter("no NaN", |double| !double.is_nan())
            .prop_map(Value::Double),
        text().prop_map(Value::Text),
        text().prop_map(Value::Json),
    ]
}

fn values() -> impl Strategy<Value = Vec<(Arc<str>, Value)>> {
    prop::collection::vec((text(), value()), 0..5)
}

fn entity() -> impl Strategy<Value = (TenantId, EntityId)> {
    (uuid(), prop::sample::select(EntityType::ALL), uuid())
        .prop_map(|(tenant, kind, id)| (TenantId(tenant), EntityId::new(kind, id)))
}

fn scope() -> impl Strategy<Value = AttributeScope> {
    prop::sample::select(&AttributeScope::ALL[..])
}

fn record_in() -> impl Strategy<Value = InRecord> {
    (
        (uuid(), uuid(), any::<i64>(), text()),
        prop::collection::vec(any::<u8>(), 0..40),
        (0_u8..3, any::<bool>()),
        prop::option::of((any::<u64>(), any::<u16>(), any::<u64>())),
        prop::option::of(text()),
    )
        .prop_map(
            |((tenant, integration, arrival_ms, topic), payload, (qos, retain), id, properties)| {
                InRecord {
                    source: Source {
                        tenant: TenantId(tenant),
                        integration,
                    },
                    arrival_ms,
                    topic,
                    payload: Bytes::from(payload),
                    qos,
                    retain,
                    identity: id.map(|(epoch, packet_id, hash)| Identity {
                        epoch,
                        packet_id,
                        hash,
                    }),
                    properties,
                }
            },
        )
}

fn record_out() -> impl Strategy<Value = OutRecord> {
    prop_oneof![
        (
            entity(),
            any::<i64>(),
            prop::option::of(any::<i64>()),
            any::<(bool, bool)>(),
            values()
        )
            .prop_map(
                |((tenant, entity), ts, expires, (latest, history), values)| OutRecord::Points {
                    tenant,
                    entity,
                    ts,
                    expires,
                    latest,
                    history,
                    values
                }
            ),
        (entity(), scope(), any::<i64>(), values()).prop_map(
            |((tenant, entity), scope, at, values)| OutRecord::Attributes {
                tenant,
                entity,
                scope,
                at,
                values
            }
        ),
        (
            entity(),
            prop::collection::vec(text(), 0..4),
            any::<(i64, i64)>(),
            prop::sample::select(vec![
                DeleteLatest::Keep,
                DeleteLatest::Delete,
                DeleteLatest::Rewrite
            ])
        )
            .prop_map(|((tenant, entity), keys, (start, end), latest)| {
                OutRecord::DeletePoints {
                    tenant,
                    entity,
                    keys,
                    start,
                    end,
                    latest,
                }
            }),
        (entity(), scope(), prop::collection::vec(text(), 0..4)).prop_map(
            |((tenant, entity), scope, keys)| OutRecord::DeleteAttributes {
                tenant,
                entity,
                scope,
                keys
            }
        ),
        entity().prop_map(|(tenant, entity)| OutRecord::DeleteEntity { tenant, entity }),
        any::<u64>().prop_map(OutRecord::Done),
        any::<u64>().prop_map(OutRecord::Started),
        any::<u64>().prop_map(OutRecord::SetAside),
        any::<u64>().prop_map(OutRecord::Failed),
        (uuid(), any::<u64>(), any::<u64>()).prop_map(|(integration, epoch, upto)| {
            OutRecord::Confirmed {
                integration,
                epoch,
                upto,
            }
        }),
        (
            uuid(),
            any::<u64>(),
            prop::collection::vec(any::<(u16, u64)>(), 0..4),
            prop::collection::vec(any::<(u64, u64)>(), 0..4)
        )
            .prop_map(|(integration, epoch, unconfirmed, last_of_topic)| {
                OutRecord::Session {
                    integration,
                    epoch,
                    unconfirmed,
                    last_of_topic,
                }
            }),
        (
            uuid(),
            uuid(),
            any::<u8>(),
            any::<i64>(),
            prop::collection::vec(any::<u8>(), 0..40)
        )
            .prop_map(|(id, tenant, kind, due, body)| OutRecord::Owed {
                id,
                tenant: TenantId(tenant),
                kind,
                due,
                body: body.into(),
            }),
        uuid().prop_map(OutRecord::Settled),
    ]
}

fn records() -> impl Strategy<Value = Vec<Record>> {
    let record = prop_oneof![
        record_in().prop_map(Record::In),
        record_out().prop_map(Record::Out)
    ];
    prop::collection::vec(record, 0..20)
}

proptest! {
    #[test]
    fn what_is_written_reads_back_the_same(records in records()) {
        prop_assert_eq!(decode(&encode(&records)), Ok(records));
    }

    #[test]
    fn a_damaged_body_never_panics(
        records in records(),
        hits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut body = encode(&records);
        for (at, byte) in hits {
            let at = at.index(body.len());
            body[at] = byte;
        }
        let _ = decode(&body);
        let _ = decode(&body[..cut.index(body.len())]);
    }

    #[test]
    fn any_bytes_never_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&body);
    }
}

#[test]
fn a_count_that_cannot_fit_is_refused_before_memory_is_asked_for() {
    // A deletion of points with a new entity and 2^60 keys.
    let mut body = vec![1, 4, 0, 0];
    body.extend([7; 16]);
    body.extend([0, 6]);
    body.extend(b"DEVICE");
    body.extend([7; 16]);
    body.extend([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]);
    assert_eq!(decode(&body), Err(super::decode::DecodeError::Short));
}

#[test]
fn a_point_of_a_known_series_takes_at_most_fifteen_bytes() {
    let point = |device: u128, ts: i64| {
        Record::Out(OutRecord::Points {
            tenant: TenantId(Uuid::from_u128(1)),
            entity: EntityId::new(EntityType::Device, Uuid::from_u128(device)),
            ts: 1_700_000_000_000 + ts,
            expires: None,
            latest: true,
            history: true,
            values: vec![("temperature".into(), Value::Double(21.7))],
        })
    };
    let once: Vec<_> = (0..100).map(|n| point(n, n as i64)).collect();
    let mut twice = once.clone();
    twice.extend((0..100).map(|n| point(n, 100 + n as i64)));
    let more = encode(&twice).len() - encode(&once).len();
    assert!(more <= 100 * 15, "{more} bytes for 100 points");
}
