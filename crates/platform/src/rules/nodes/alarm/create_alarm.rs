//! *create alarm*: raises an alarm of the originator, or brings the active one up to date.

use std::{borrow::Cow, sync::Arc};

use millrace_model::entity::{Alarm, AlarmSeverity};
use serde::Deserialize;
use serde_json::Value as Json;

use super::{Details, DetailsSettings, alarm_message, details_settings, in_turn, time_of};
use crate::{
    Scope,
    alarms::{Held, Propagation, Raising, Wanted},
    rules::{
        descriptor::{ComponentKind, Example, NodeDescriptor, Setting, SettingKind, no_upgrade},
        message::RuleMessage,
        node::{BuildError, Node, Outcome, Services, off_lane},
        template::Template,
    },
};

const SCRIPT: [Setting; 3] = details_settings();

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.action.TbCreateAlarmNode",
    name: "create alarm",
    old_names: &[],
    kind: ComponentKind::Action,
    description: "Raises an alarm of the originator. When one of the type is active it is brought up to date instead. The message that leaves holds the alarm; an alarm that said all this already leaves the message as it was, over Success.",
    outputs: &["Created", "Updated", "False", "Success", "Failure"],
    custom_outputs: false,
    version: 0,
    settings: &[
        Setting {
            name: "alarmType",
            label: "Alarm type",
            description: "What is wrong; at most one alarm of a type is active for each originator.",
            default: r#""General Alarm""#,
            template: true,
            ..Setting::TEXT
        },
        Setting {
            name: "severity",
            label: "Severity",
            description: "CRITICAL, MAJOR, MINOR, WARNING or INDETERMINATE, or a template of one when the severity is dynamic.",
            default: r#""CRITICAL""#,
            template: true,
            ..Setting::TEXT
        },
        Setting {
            name: "dynamicSeverity",
            label: "Dynamic severity",
            description: "The severity is a template.",
            ..Setting::BOOLEAN
        },
        Setting {
            name: "useMessageAlarmData",
            label: "Use alarm in message",
            description: "Type, severity and propagation come from the alarm that is the message's body.",
            ..Setting::BOOLEAN
        },
        Setting {
            name: "overwriteAlarmDetails",
            label: "Overwrite details",
            description: "With the alarm in the message: its details are built by the script all the same.",
            ..Setting::BOOLEAN
        },
        Setting {
            name: "propagate",
            label: "Propagate to related entities",
            description: "Entities that lead to the originator list the alarm too.",
            ..Setting::BOOLEAN
        },
        Setting {
            name: "relationTypes",
            label: "Relation types",
            description: "Types of relations that lead; none means all.",
            kind: SettingKind::Texts(&["Contains", "Manages"]),
            ..Setting::TEXTS
        },
        Setting {
            name: "propagateToOwner",
            label: "Propagate to owner",
            description: "The customer or the tenant that owns the originator lists it too.",
            ..Setting::BOOLEAN
        },
        Setting {
            name: "propagateToTenant",
            label: "Propagate to tenant",
            description: "The tenant lists it too.",
            ..Setting::BOOLEAN
        },
        SCRIPT[0],
        SCRIPT[1],
        SCRIPT[2],
    ],
    upgrade: no_upgrade,
    build: |settings| {
        let details: DetailsSettings = serde_json::from_value(settings.clone())?;
        let settings: Settings = serde_json::from_value(settings.clone())?;
        Ok(Arc::new(CreateAlarm(Arc::new(Shared {
            severity: if settings.dynamic_severity {
                Severity::Dynamic(Template::new(settings.severity.clone()))
            } else if settings.use_message_alarm_data {
                Severity::InMessage
            } else {
                Severity::Fixed(severity_of(&settings.severity).map_err(BuildError)?)
            },
            details: Details::compile(&details)?,
            settings,
        }))))
    },
    examples: &[
        Example {
            title: "a new alarm, with details from the message",
            settings: r#"{"alarmType":"Hot in ${room}","severity":"MAJOR","alarmDetailsBuildTbel":"return {temperature: msg.temperature};"}"#,
            metadata: r#"{"room":"example cellar"}"#,
            data: r#"{"temperature":99}"#,
            leaves_by: "Created",
            leaves: r#"{"msgType":"ALARM","originator":"Boiler","metadata":{"isNewAlarm":"true","room":"example cellar"}}"#,
            ..Example::BASIC
        },
        Example {
            title: "a severity that is none",
            settings: r#"{"dynamicSeverity":true,"severity":"${severity}"}"#,
            metadata: r#"{"severity":"AWFUL"}"#,
            leaves_by: "Failure",
            leaves: r#"{"metadata":{"error":"severity: 'AWFUL' is not known: use CRITICAL, MAJOR, MINOR, WARNING or INDETERMINATE"}}"#,
            ..Example::BASIC
        },
    ],
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    alarm_type: Template,
    severity: String,
    dynamic_severity: bool,
    use_message_alarm_data: bool,
    overwrite_alarm_details: bool,
    propagate: bool,
    #[serde(default)]
    relation_types: Option<Vec<String>>,
    propagate_to_owner: bool,
    propagate_to_tenant: bool,
}

enum Severity {
    Fixed(AlarmSeverity),
    Dynamic(Template),
    InMessage,
}

fn severity_of(text: &str) -> Result<AlarmSeverity, String> {
    text.trim()
        .to_uppercase()
        .parse()
        .map_err(|error| format!("severity: {error}"))
}

struct Shared {
    settings: Settings,
    severity: Severity,
    details: Details,
}

struct CreateAlarm(Arc<Shared>);

impl Node for CreateAlarm {
    fn process(&self, message: RuleMessage, services: &mut dyn Services) -> Outcome {
        let planned = match self.0.plan(&message) {
            Ok(planned) => planned,
            Err(error) => return Outcome::Failed(error, message),
        };
        let (tenant, directory) = (services.tenant(), services.directory());
        let wanted = &planned.wanted;
        let turn = directory
            .alarms
            .turn(tenant, wanted.originator, &wanted.alarm_type);
        let shared = Arc::clone(&self.0);
        in_turn(turn, services, move |directory, held| {
            let wanted = &planned.wanted;
            let scope = Scope::server(tenant);
            let active = directory
                .alarms
                .active(&scope, wanted.originator, &wanted.alarm_type);
            match active {
                Ok(active) => Outcome::Continue(Box::new(move |services| {
                    shared.raise(planned, active.as_ref(), message, held, services)
                })),
                Err(error) => Outcome::Failed(error.to_string(), message),
            }
        })
    }
}

/// What a message asks for.
struct Planned {
    wanted: Wanted,
    /// Whether the details script runs; otherwise the details are the message's.
    build_details: bool,
}

impl Shared {
    fn plan(&self, message: &RuleMessage) -> Result<Planned, String> {
        let settings = &self.settings;
        let time = time_of(message);
        let mut wanted = Wanted {
            originator: message.originator,
            alarm_type: settings.alarm_type.fill_from(message)?.into_owned(),
            severity: AlarmSeverity::Indeterminate,
            details: None,
            propagation: Propagation {
                related: settings.propagate,
                relation_types: settings.relation_types.clone().unwrap_or_default(),
                owner: settings.propagate_to_owner,
                tenant: settings.propagate_to_tenant,
            },
            start: time,
            end: time,
            cause: message.id,
        };
        let in_message = if settings.use_message_alarm_data {
            Some(alarm_in(message)?)
        } else {
            None
        };
        if let Some(sent) = &in_message {
            sent.alarm_type.clone_into(&mut wanted.alarm_type);
            wanted.details.clone_from(&sent.details);
            wanted.propagation = Propagation {
                related: sent.propagate,
                relation_types: sent.propagate_relation_types.clone(),
                owner: sent.propagate_to_owner,
                tenant: sent.propagate_to_tenant,
            };
        }
        wanted.severity = match (&self.severity, &in_message) {
            (Severity::Fixed(severity), _) => *severity,
            (Severity::Dynamic(template), _) => severity_of(&template.fill_from(message)?)?,
            (Severity::InMessage, sent) => sent
                .as_ref()
                .and_then(|sent| sent.severity)
                .ok_or("the alarm in the message has no severity")?,
        };
        Ok(Planned {
            wanted,
            build_details: in_message.is_none() || settings.overwrite_alarm_details,
        })
    }

    /// Builds the details in the lane and writes the alarm beside it.
    fn raise(
        &self,
        planned: Planned,
        active: Option<&Alarm>,
        message: RuleMessage,
        held: Held,
        services: &mut dyn Services,
    ) -> Outcome {
        let mut wanted = planned.wanted;
        if planned.build_details {
            let before: Option<&Json> = active.and_then(|alarm| alarm.details.as_ref());
            wanted.details = match self.details.build(&message, before, services) {
                Ok(details) => details,
                Err(error) => return Outcome::Failed(error, message),
            };
        }
        let tenant = services.tenant();
        off_lane(services, move |directory| {
            let raised = directory.alarms.raise(&Scope::server(tenant), wanted);
            drop(held);
            match raised {
                Ok(raised) => {
                    let (label, flag) = match raised.raising {
                        Raising::Created => ("Created", "isNewAlarm"),
                        Raising::Updated | Raising::SeverityUpdated => {
                            ("Updated", "isExistingAlarm")
                        }
                        Raising::Unchanged => return Outcome::success(message),
                    };
                    let message = alarm_message(message, &raised.alarm, flag);
                    Outcome::Next(Cow::Borrowed(label), message)
                }
                Err(error) => Outcome::Failed(error.to_string(), message),
            }
        })
    }
}

fn alarm_in(message: &RuleMessage) -> Result<Alarm, String> {
    let body = message
        .data
        .json()
        .map_err(|error| format!("the message body is no JSON: {error}"))?;
    serde_json::from_value(body).map_err(|error| format!("the message holds no alarm: {error}"))
}
