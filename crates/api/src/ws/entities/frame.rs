//! Frames of entity subscriptions. They carry `cmdId` and `cmdUpdateType`, never
//! `subscriptionId`.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use millrace_model::{EntityId, PageData, telemetry::TsValue};
use millrace_platform::{
    queries::{EntityData, KeyType, TsText, ValuesByType},
    telemetry::Update,
};
use serde::Serialize;

use super::{
    ENTITIES_MAX,
    read::{Begun, Kind, newest_first},
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DataFrame<'a> {
    cmd_id: i64,
    error_code: u8,
    error_msg: Option<&'a str>,
    data: Option<&'a PageData<EntityData>>,
    update: Option<&'a [EntityData]>,
    allowed_entities: i32,
    cmd_update_type: &'a str,
}

/// The whole page.
pub(super) fn whole(id: i64, begun: &Begun) -> String {
    written(id, Some(&begun.page), None)
}

/// What changed.
pub(super) fn update(id: i64, rows: &[EntityData]) -> String {
    written(id, None, Some(rows))
}

fn written(id: i64, data: Option<&PageData<EntityData>>, update: Option<&[EntityData]>) -> String {
    let frame = DataFrame {
        cmd_id: id,
        error_code: 0,
        error_msg: None,
        data,
        update,
        allowed_entities: ENTITIES_MAX,
        cmd_update_type: "ENTITY_DATA",
    };
    serde_json::to_string(&frame).unwrap_or_default()
}

/// What changed of the entities of one subscription.
#[derive(Default)]
pub(super) struct Changes {
    rows: Vec<EntityData>,
    places: HashMap<EntityId, usize>,
}

impl Changes {
    pub(super) fn add(&mut self, kind: Kind, update: &Update) {
        let place = *self.places.entry(update.entity).or_insert_with(|| {
            self.rows.push(EntityData {
                entity_id: update.entity,
                latest: ValuesByType::new(),
                timeseries: BTreeMap::new(),
                agg_latest: BTreeMap::new(),
            });
            self.rows.len() - 1
        });
        let Some(row) = self.rows.get_mut(place) else {
            return;
        };
        match kind {
            Kind::Points => {
                for (key, value) in &update.values {
                    let points = row.timeseries.entry(Arc::clone(key)).or_default();
                    points.push(text(value.as_ref()));
                }
            }
            Kind::Aggregated => {
                let values = update.values.iter().map(|(key, value)| (key, value));
                put(row, KeyType::TimeSeries, values);
            }
            Kind::Values(key_type) => {
                let values = update.values.iter().map(|(key, value)| (key, value));
                let attributes = &update.attributes;
                let attributes = attributes.iter().map(|(_, key, value)| (key, value));
                put(row, key_type, values.chain(attributes));
            }
        }
    }

    pub(super) fn rows(mut self) -> Vec<EntityData> {
        for row in &mut self.rows {
            newest_first(&mut row.timeseries);
        }
        self.rows
    }
}

fn put<'a>(
    row: &mut EntityData,
    key_type: KeyType,
    values: impl Iterator<Item = (&'a Arc<str>, &'a Option<TsValue>)>,
) {
    let of_type = row.latest.entry(key_type).or_default();
    for (key, value) in values {
        of_type.insert(Arc::clone(key), text(value.as_ref()));
    }
}

/// Time and text; what is deleted has time 0 and no text.
fn text(value: Option<&TsValue>) -> TsText {
    value.map_or_else(
        || TsText {
            ts: 0,
            value: String::new(),
        },
        |value| TsText {
            ts: value.ts,
            value: value.value.to_string(),
        },
    )
}
