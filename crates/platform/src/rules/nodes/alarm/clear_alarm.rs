//! *clear alarm*: the cause of an alarm is gone.

use std::{borrow::Cow, sync::Arc};

use millrace_model::{EntityType, entity::Alarm, id::AlarmId, message::relation};
use serde::Deserialize;

use super::{Details, DetailsSettings, alarm_message, details_settings, in_turn, time_of};
use crate::{
    Result as ServiceResult, Scope,
    alarms::Held,
    rules::{
        descriptor::{ComponentKind, Example, NodeDescriptor, Setting, no_upgrade},
        directory::Directory,
        message::RuleMessage,
        node::{Node, Outcome, Services, off_lane},
        template::Template,
    },
};

const SCRIPT: [Setting; 3] = details_settings();

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.action.TbClearAlarmNode",
    name: "clear alarm",
    old_names: &[],
    kind: ComponentKind::Action,
    description: "Clears the active alarm of the type and the originator; an originator that is an alarm is cleared itself. The message that leaves holds the alarm. Without an active alarm the message leaves as it was, over False.",
    outputs: &["Cleared", "False", "Failure"],
    custom_outputs: false,
    version: 0,
    settings: &[
        Setting {
            name: "alarmType",
            label: "Alarm type",
            description: "Which alarm of the originator.",
            default: r#""General Alarm""#,
            template: true,
            ..Setting::TEXT
        },
        SCRIPT[0],
        SCRIPT[1],
        SCRIPT[2],
    ],
    upgrade: no_upgrade,
    build: |settings| {
        let details: DetailsSettings = serde_json::from_value(settings.clone())?;
        let settings: Settings = serde_json::from_value(settings.clone())?;
        Ok(Arc::new(ClearAlarm {
            alarm_type: settings.alarm_type,
            details: Arc::new(Details::compile(&details)?),
        }))
    },
    examples: &[Example {
        title: "nothing is wrong",
        settings: r#"{"alarmType":"Never raised"}"#,
        data: r#"{"temperature":20}"#,
        leaves_by: "False",
        leaves: r#"{"data":{"temperature":20},"msgType":"POST_TELEMETRY_REQUEST"}"#,
        ..Example::BASIC
    }],
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    alarm_type: Template,
}

struct ClearAlarm {
    alarm_type: Template,
    details: Arc<Details>,
}

impl Node for ClearAlarm {
    fn process(&self, message: RuleMessage, services: &mut dyn Services) -> Outcome {
        let alarm_type = match self.alarm_type.fill_from(&message) {
            Ok(alarm_type) => alarm_type.into_owned(),
            Err(error) => return Outcome::Failed(error, message),
        };
        let (tenant, directory) = (services.tenant(), services.directory());
        let turn = directory
            .alarms
            .turn(tenant, message.originator, &alarm_type);
        let details = Arc::clone(&self.details);
        in_turn(turn, services, move |directory, held| {
            let scope = Scope::server(tenant);
            match find(directory, &scope, &message, &alarm_type) {
                Ok(Some(alarm)) => Outcome::Continue(Box::new(move |services| {
                    clear(&details, &alarm, message, held, services)
                })),
                Ok(None) => Outcome::Next(Cow::Borrowed(relation::FALSE), message),
                Err(error) => Outcome::Failed(error.to_string(), message),
            }
        })
    }
}

fn find(
    directory: &Directory,
    scope: &Scope,
    message: &RuleMessage,
    alarm_type: &str,
) -> ServiceResult<Option<Alarm>> {
    if message.originator.entity_type == EntityType::Alarm {
        let alarm = directory
            .alarms
            .get(scope, AlarmId(message.originator.id))?;
        return Ok(Some(alarm).filter(|alarm| !alarm.cleared));
    }
    directory
        .alarms
        .active(scope, message.originator, alarm_type)
}

/// Builds the details in the lane and clears the alarm beside it.
fn clear(
    details: &Details,
    alarm: &Alarm,
    message: RuleMessage,
    held: Held,
    services: &mut dyn Services,
) -> Outcome {
    let built = match details.build(&message, alarm.details.as_ref(), services) {
        Ok(built) => built,
        Err(error) => return Outcome::Failed(error, message),
    };
    let (tenant, id) = (services.tenant(), alarm.id.unwrap_or_default());
    off_lane(services, move |directory| {
        let cleared = directory.alarms.clear_by_node(
            &Scope::server(tenant),
            id,
            time_of(&message),
            built.as_ref(),
        );
        drop(held);
        match cleared {
            Ok(Some(alarm)) => {
                let message = alarm_message(message, &alarm, "isClearedAlarm");
                Outcome::Next(Cow::Borrowed("Cleared"), message)
            }
            Ok(None) => Outcome::Next(Cow::Borrowed(relation::FALSE), message),
            Err(error) => Outcome::Failed(error.to_string(), message),
        }
    })
}
