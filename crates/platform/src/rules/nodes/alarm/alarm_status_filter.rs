//! *alarm status filter*: passes messages whose alarm stands where it should.

use std::{borrow::Cow, sync::Arc};

use millrace_model::{
    entity::{Alarm, AlarmStatus},
    message::relation,
};
use serde::Deserialize;

use crate::{
    Scope,
    rules::{
        descriptor::{ComponentKind, Example, NodeDescriptor, Setting, SettingKind, no_upgrade},
        message::RuleMessage,
        node::{Node, Outcome, Services, off_lane},
    },
};

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.filter.TbCheckAlarmStatusNode",
    name: "alarm status filter",
    old_names: &["check alarm status"],
    kind: ComponentKind::Filter,
    description: "Looks up the alarm in the message and passes the message over True when its status is one of the list.",
    outputs: &["True", "False", "Failure"],
    custom_outputs: false,
    version: 0,
    settings: &[Setting {
        name: "alarmStatusList",
        label: "Statuses",
        description: "Statuses that pass.",
        kind: SettingKind::Texts(&["ACTIVE_UNACK", "ACTIVE_ACK", "CLEARED_UNACK", "CLEARED_ACK"]),
        default: r#"["ACTIVE_ACK","ACTIVE_UNACK"]"#,
        ..Setting::TEXTS
    }],
    upgrade: no_upgrade,
    build: |settings| {
        let settings: Settings = serde_json::from_value(settings.clone())?;
        Ok(Arc::new(AlarmStatusFilter(
            settings.alarm_status_list.into(),
        )))
    },
    examples: &[
        Example {
            title: "an active alarm",
            msg_type: "ALARM",
            data: r#"{"id":{"entityType":"ALARM","id":"<Alarm>"}}"#,
            leaves_by: "True",
            ..Example::BASIC
        },
        Example {
            title: "an alarm that is not cleared",
            settings: r#"{"alarmStatusList":["CLEARED_ACK","CLEARED_UNACK"]}"#,
            msg_type: "ALARM",
            data: r#"{"id":{"entityType":"ALARM","id":"<Alarm>"}}"#,
            leaves_by: "False",
            ..Example::BASIC
        },
        Example {
            title: "a message without alarm",
            data: r#"{"temperature":20}"#,
            leaves_by: "Failure",
            leaves: r#"{"metadata":{"error":"the message holds no alarm with an id"}}"#,
            ..Example::BASIC
        },
    ],
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    alarm_status_list: Vec<AlarmStatus>,
}

struct AlarmStatusFilter(Arc<[AlarmStatus]>);

impl Node for AlarmStatusFilter {
    fn process(&self, message: RuleMessage, services: &mut dyn Services) -> Outcome {
        let sent: Option<Alarm> = message
            .data
            .json()
            .ok()
            .and_then(|body| serde_json::from_value(body).ok());
        let Some(id) = sent.and_then(|alarm| alarm.id) else {
            return Outcome::Failed("the message holds no alarm with an id".to_owned(), message);
        };
        let (tenant, statuses) = (services.tenant(), Arc::clone(&self.0));
        off_lane(services, move |directory| {
            match directory.alarms.get(&Scope::server(tenant), id) {
                Ok(alarm) if statuses.contains(&alarm.status()) => {
                    Outcome::Next(Cow::Borrowed(relation::TRUE), message)
                }
                Ok(_) => Outcome::Next(Cow::Borrowed(relation::FALSE), message),
                Err(error) => Outcome::Failed(error.to_string(), message),
            }
        })
    }
}
