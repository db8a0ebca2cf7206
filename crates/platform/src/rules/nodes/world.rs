//! The tenant that examples and tests of nodes live in.

use std::{future::Future, sync::Arc};

use millrace_model::{
    AttributeScope, EntityId, EntityType, TenantId, Value,
    entity::{Alarm, AlarmSeverity, Asset, EntityGroup, EntityRelation},
};
use millrace_store::{
    journal::{JournalOptions, OutRecord},
    sqlite::{SqliteJournal, SqliteValues},
};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;

use crate::{
    devices::{Assets, DeviceProfiles, NameConflict, SaveOptions},
    fixture::Fixture,
    rules::{
        ChainTarget, Directory, Outcome, RuleMessage,
        message::{Data, Metadata},
        node::Node,
        recording::Recording,
    },
    telemetry::{Telemetry, TelemetryOptions},
};

/// The time of every message; points lie before it.
pub(crate) const NOW: i64 = 1_700_000_000_000;

/// A tenant with a device `Boiler`, its customer `Acme`, the asset `Cellar` that contains it, and
/// the group `Boilers` it is in.
pub(crate) struct World {
    pub(crate) fixture: Fixture,
    pub(crate) directory: Arc<Directory>,
    pub(crate) boiler: EntityId,
    pub(crate) acme: EntityId,
    pub(crate) cellar: EntityId,
    pub(crate) boilers: EntityId,
    /// An active alarm of the boiler.
    pub(crate) alarm: EntityId,
    runtime: Runtime,
    _dir: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        let fixture = Fixture::new();
        let admin = fixture.admin;
        let dir = TempDir::new().unwrap();
        let journal = SqliteJournal::open(JournalOptions {
            dir: dir.path().to_owned(),
            max_commit_bytes: 1 << 20,
        })
        .unwrap();
        let values = Arc::new(SqliteValues::open(dir.path()).unwrap());
        let telemetry = Telemetry::new(journal, values, TelemetryOptions::default());
        let (customer, _) = fixture.customer("Acme");
        let acme = EntityId::from(customer);
        DeviceProfiles::new(fixture.records.clone())
            .save(
                &admin,
                millrace_model::entity::DeviceProfile {
                    name: "thermometer".to_owned(),
                    ..Default::default()
                },
            )
            .unwrap();
        let boiler = millrace_model::entity::Device {
            name: "Boiler".to_owned(),
            profile_name: "thermometer".to_owned(),
            label: Some("Boiler in the cellar".to_owned()),
            customer_id: Some(customer),
            additional_info: Some(serde_json::json!({ "description": "the old one" })),
            ..Default::default()
        };
        let boiler = fixture
            .devices()
            .save(&admin, boiler, &SaveOptions::default())
            .unwrap();
        let cellar = Asset {
            name: "Cellar".to_owned(),
            profile_name: "room".to_owned(),
            ..Asset::default()
        };
        let cellar = Assets::new(fixture.records.clone())
            .save(&admin, cellar, &[], &NameConflict::default())
            .unwrap();
        let directory = Arc::new(Directory::new(&fixture.records, &telemetry));
        let boilers = EntityGroup {
            name: "Boilers".to_owned(),
            member_type: Some(EntityType::Device),
            owner_id: Some(acme),
            ..EntityGroup::default()
        };
        let boilers = directory.groups.save(&admin, boilers).unwrap().group;
        let (boiler, cellar) = (
            EntityId::from(boiler.id.unwrap()),
            EntityId::from(cellar.id.unwrap()),
        );
        let boilers = boilers.id.unwrap();
        directory.groups.add(&admin, boilers, &[boiler.id]).unwrap();
        let contains = EntityRelation {
            from: cellar,
            to: boiler,
            relation_type: "Contains".to_owned(),
            type_group: "COMMON".to_owned(),
            additional_info: None,
            version: None,
        };
        directory.relations.save(&admin, contains).unwrap();
        let alarm = directory.alarms.save(&admin, old_alarm(boiler)).unwrap();
        let world = Self {
            alarm: alarm.id.unwrap().into(),
            boiler,
            acme,
            cellar,
            boilers: boilers.into(),
            directory,
            fixture,
            runtime: Builder::new_multi_thread()
                .worker_threads(1)
                .enable_all()
                .build()
                .unwrap(),
            _dir: dir,
        };
        for (minutes, temperature) in [(90, 18.5), (30, 20.5), (20, 21.5), (10, 22.5)] {
            world.point(
                NOW - minutes * 60_000,
                "temperature",
                Value::Double(temperature),
            );
        }
        let scope = AttributeScope::Server;
        world.attribute(acme, scope, "threshold", Value::Long(60));
        world.attribute(cellar, scope, "threshold", Value::Long(70));
        world.attribute(admin.tenant.into(), scope, "threshold", Value::Long(80));
        world
    }

    pub(crate) fn tenant(&self) -> TenantId {
        self.fixture.admin.tenant
    }

    /// An entity by the name examples call it.
    pub(crate) fn entity(&self, name: &str) -> EntityId {
        match name {
            "Boiler" => self.boiler,
            "Acme" => self.acme,
            "Cellar" => self.cellar,
            "Boilers" => self.boilers,
            "Alarm" => self.alarm,
            "tenant" => self.tenant().into(),
            "nobody" => EntityId::new(EntityType::Device, Uuid::from_u128(404)),
            other => panic!("there is no {other} in the examples' tenant"),
        }
    }

    pub(crate) fn point(&self, ts: i64, key: &str, value: Value) {
        self.apply(&OutRecord::Points {
            tenant: self.tenant(),
            entity: self.boiler,
            ts,
            expires: None,
            latest: true,
            history: true,
            values: vec![(key.into(), value)],
        });
    }

    pub(crate) fn attribute(
        &self,
        entity: EntityId,
        scope: AttributeScope,
        key: &str,
        value: Value,
    ) {
        self.apply(&OutRecord::Attributes {
            tenant: self.tenant(),
            entity,
            scope,
            at: NOW - 1_000,
            values: vec![(key.into(), value)],
        });
    }

    fn apply(&self, record: &OutRecord) {
        let telemetry = &self.directory.telemetry;
        let gate = telemetry.gate();
        telemetry.apply(&gate, record);
    }

    /// Services of this tenant.
    pub(crate) fn services(&self) -> Recording {
        Recording {
            tenant: self.tenant(),
            arrival_ms: NOW,
            directory: Some(Arc::clone(&self.directory)),
            ..Recording::default()
        }
    }

    /// A message of `originator`.
    pub(crate) fn message(
        &self,
        originator: EntityId,
        msg_type: &str,
        metadata: &serde_json::Value,
        data: &str,
    ) -> RuleMessage {
        let mut entries = Metadata::default();
        for (key, value) in metadata.as_object().unwrap() {
            entries.set(key.clone(), value.as_str().unwrap().to_owned());
        }
        RuleMessage {
            id: Uuid::from_u128(7),
            ts: NOW,
            msg_type: msg_type.to_owned().into(),
            originator,
            customer: None,
            metadata: entries,
            data: Data::Text(data.into()),
            call: None,
        }
    }

    /// What leaves a node in the end, label and message; waits are awaited.
    pub(crate) fn run(
        &self,
        node: &dyn Node,
        message: RuleMessage,
        services: &mut Recording,
    ) -> Vec<(String, RuleMessage)> {
        let mut outcome = node.process(message, services);
        loop {
            outcome = match outcome {
                Outcome::Parked(wait) | Outcome::Later(wait) => self.wait(wait),
                Outcome::Continue(work) => work(services),
                ended => return leaving(ended),
            };
        }
    }

    pub(crate) fn wait<T>(&self, wait: impl Future<Output = T>) -> T {
        self.runtime.block_on(wait)
    }
}

fn old_alarm(originator: EntityId) -> Alarm {
    Alarm {
        alarm_type: "Leaking".to_owned(),
        originator: Some(originator),
        severity: Some(AlarmSeverity::Minor),
        ..Alarm::default()
    }
}

fn leaving(outcome: Outcome) -> Vec<(String, RuleMessage)> {
    match outcome {
        Outcome::Next(label, message) => vec![(label.into_owned(), message)],
        Outcome::Several(messages) => messages
            .into_iter()
            .map(|(label, message)| (label.into_owned(), message))
            .collect(),
        Outcome::Failed(error, mut message) => {
            message.metadata.set("error", error);
            vec![("Failure".to_owned(), message)]
        }
        Outcome::Enter(ChainTarget::Id(id), message) => vec![(format!("into {id}"), message)],
        Outcome::Enter(ChainTarget::OfOriginator, message) => {
            vec![("into OfOriginator".to_owned(), message)]
        }
        Outcome::Return(message) => vec![("back".to_owned(), message)],
        Outcome::Consumed => Vec::new(),
        Outcome::Parked(_) | Outcome::Later(_) | Outcome::Continue(_) => {
            unreachable!("resolved before")
        }
    }
}
