//! *rest api call*: sends an HTTP request and goes on with the answer.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use millrace_outbound::{HttpAnswer, HttpClient, HttpRequest, HttpSettings, Proxy, TlsSettings};
use serde::Deserialize;
use serde_json::Value as Json;

use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, Setting, SettingKind},
    message::{Data, RuleMessage},
    node::{BuildError, Node, Outcome, Services},
    template::{Filling, Template},
};

/// Header with the id of the message: the same for every run of it, so that the other side can
/// recognise a request that comes twice.
const MESSAGE_ID: &str = "X-Millrace-Message-Id";

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.rest.TbRestApiCallNode",
    name: "rest api call",
    old_names: &[],
    kind: ComponentKind::External,
    description: "Sends an HTTP request. The answer becomes the message's body, its status and headers metadata; an answer outside 2xx leaves over Failure with its body in metadata.error_body. A request is sent at least once; the header X-Millrace-Message-Id tells one that comes again.",
    outputs: &["Success", "Failure"],
    custom_outputs: false,
    version: 4,
    settings: &[
        Setting {
            name: "restEndpointUrlPattern",
            label: "URL",
            description: "Where the request goes.",
            default: r#""http://localhost/api""#,
            template: true,
            ..Setting::TEXT
        },
        Setting {
            name: "requestMethod",
            label: "Method",
            description: "HTTP method.",
            kind: SettingKind::Choice(&[
                ("GET", "GET"),
                ("POST", "POST"),
                ("PUT", "PUT"),
                ("PATCH", "PATCH"),
                ("DELETE", "DELETE"),
                ("HEAD", "HEAD"),
                ("OPTIONS", "OPTIONS"),
            ]),
            default: r#""POST""#,
            ..Setting::TEXT
        },
        Setting {
            name: "queryParams",
            label: "Query parameters",
            description: "Parameters that are added to the URL: a list of objects with key and value.",
            default: "[]",
            template: true,
            ..Setting::JSON
        },
        Setting {
            name: "headers",
            label: "Headers",
            description: "Names and values.",
            default: r#"{"Content-Type":"application/json"}"#,
            template: true,
            ..Setting::MAP
        },
        Setting {
            name: "ignoreRequestBody",
            label: "Without body",
            description: "Nothing but the URL and the headers is sent.",
            ..Setting::BOOLEAN
        },
        Setting {
            name: "requestBodyTemplate",
            label: "Body",
            description: "What is sent instead of the message's body.",
            kind: SettingKind::LongText,
            default: "null",
            template: true,
            ..Setting::TEXT
        },
        Setting {
            name: "parseToPlainText",
            label: "Send plain text",
            description: "A body that is a JSON string is sent without quotes.",
            ..Setting::BOOLEAN
        },
        Setting {
            name: "readTimeoutMs",
            label: "Timeout in milliseconds",
            description: "Longest wait for the answer; 0 and anything longer mean the server's limit.",
            ..Setting::NUMBER
        },
        Setting {
            name: "maxParallelRequestsCount",
            label: "Requests at once",
            description: "0 and anything more mean the server's limit.",
            ..Setting::NUMBER
        },
        Setting {
            name: "maxInMemoryBufferSizeInKb",
            label: "Largest answer in KiB",
            description: "A larger one is a failure.",
            default: "256",
            ..Setting::NUMBER
        },
        Setting {
            name: "credentials",
            label: "Credentials",
            description: "An object with type anonymous, basic (username, password) or cert.PEM (caCert, cert, privateKey).",
            default: r#"{"type":"anonymous"}"#,
            secret: true,
            ..Setting::JSON
        },
        Setting {
            name: "enableProxy",
            label: "Use a proxy",
            description: "Requests go through the proxy below.",
            ..Setting::BOOLEAN
        },
        Setting {
            name: "proxyHost",
            label: "Proxy host",
            description: "Host name or address.",
            default: "null",
            ..Setting::TEXT
        },
        Setting {
            name: "proxyPort",
            label: "Proxy port",
            description: "Port.",
            ..Setting::NUMBER
        },
        Setting {
            name: "proxyUser",
            label: "Proxy user",
            description: "User name at the proxy.",
            default: "null",
            ..Setting::TEXT
        },
        Setting {
            name: "proxyPassword",
            label: "Proxy password",
            description: "Password at the proxy.",
            default: "null",
            secret: true,
            ..Setting::TEXT
        },
    ],
    upgrade,
    build: |settings| {
        let settings: Settings = serde_json::from_value(settings.clone())?;
        let http = settings.http()?;
        let headers = settings
            .headers
            .iter()
            .flatten()
            .map(|(name, value)| (Template::new(name.clone()), Template::new(text_of(value))))
            .collect();
        let query = settings.query()?;
        Ok(Arc::new(RestApiCall {
            http,
            client: OnceLock::new(),
            url: Template::new(settings.rest_endpoint_url_pattern),
            query,
            headers,
            authorization: settings.credentials.authorization(),
            body: match settings.request_body_template {
                _ if settings.ignore_request_body => Body::None,
                Some(template) if !template.is_empty() => Body::Template(Template::new(template)),
                _ => Body::Message,
            },
            plain: settings.parse_to_plain_text,
            method: settings.request_method,
        }))
    },
    examples: &[
        Example {
            title: "a URL that is none",
            settings: r#"{"restEndpointUrlPattern":"${host}/api"}"#,
            metadata: r#"{"host":"nowhere"}"#,
            leaves_by: "Failure",
            leaves: r#"{"metadata":{"error":"'nowhere/api' is no URL: relative URL without a base"}}"#,
            ..Example::BASIC
        },
        Example {
            title: "an address nothing is sent to",
            settings: r#"{"restEndpointUrlPattern":"http://169.254.169.254/latest/meta-data"}"#,
            data: r#"{"a":1}"#,
            leaves_by: "Failure",
            leaves: r#"{"data":{"a":1},"metadata":{"error":"169.254.169.254 is a link-local address: the server sends nothing there"}}"#,
            ..Example::BASIC
        },
    ],
};

/// Version 0 called *parseToPlainText* otherwise.
fn upgrade(settings: &mut Json, _from: i64) {
    let Some(settings) = settings.as_object_mut() else {
        return;
    };
    if let Some(trim) = settings.remove("trimDoubleQuotes") {
        settings.entry("parseToPlainText").or_insert(trim);
    }
    if settings.get("credentials").is_some_and(Json::is_null) {
        settings.remove("credentials");
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    rest_endpoint_url_pattern: String,
    request_method: String,
    query_params: Option<Json>,
    headers: Option<serde_json::Map<String, Json>>,
    ignore_request_body: bool,
    request_body_template: Option<String>,
    parse_to_plain_text: bool,
    read_timeout_ms: i64,
    max_parallel_requests_count: i64,
    max_in_memory_buffer_size_in_kb: i64,
    credentials: Credentials,
    enable_proxy: bool,
    proxy_host: Option<String>,
    proxy_port: Option<i64>,
    proxy_user: Option<String>,
    proxy_password: Option<String>,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Credentials {
    #[serde(rename = "anonymous")]
    Anonymous,
    #[serde(rename = "basic")]
    Basic {
        username: Option<String>,
        password: Option<String>,
    },
    #[serde(rename = "cert.PEM")]
    Certificate {
        #[serde(rename = "caCert")]
        ca: Option<String>,
        cert: Option<String>,
        #[serde(rename = "privateKey")]
        key: Option<String>,
    },
}

impl Credentials {
    fn authorization(&self) -> Option<String> {
        match self {
            Self::Basic { username, password } => {
                Some(basic(username.as_deref(), password.as_deref()))
            }
            Self::Anonymous | Self::Certificate { .. } => None,
        }
    }
}

fn basic(user: Option<&str>, password: Option<&str>) -> String {
    let pair = format!(
        "{}:{}",
        user.unwrap_or_default(),
        password.unwrap_or_default()
    );
    format!("Basic {}", STANDARD.encode(pair))
}

impl Settings {
    fn http(&self) -> Result<HttpSettings, BuildError> {
        let size = |number: i64| usize::try_from(number).unwrap_or_default();
        let proxy = if self.enable_proxy {
            let port = self.proxy_port.and_then(|port| u16::try_from(port).ok());
            let host = self.proxy_host.clone().unwrap_or_default();
            let (Some(port), false) = (port, host.trim().is_empty()) else {
                return Err(BuildError(
                    "proxyHost and proxyPort should be specified, or the proxy switched off"
                        .to_owned(),
                ));
            };
            let user = self.proxy_user.as_deref().filter(|user| !user.is_empty());
            Some(Proxy {
                host,
                port,
                authorization: user.map(|user| basic(Some(user), self.proxy_password.as_deref())),
            })
        } else {
            None
        };
        Ok(HttpSettings {
            tls: match &self.credentials {
                Credentials::Certificate { ca, cert, key } => TlsSettings {
                    ca: ca.clone(),
                    certificate: cert.clone(),
                    key: key.clone(),
                },
                _ => TlsSettings::default(),
            },
            proxy,
            parallel: size(self.max_parallel_requests_count),
            timeout: Duration::from_millis(u64::try_from(self.read_timeout_ms).unwrap_or_default()),
            answer_bytes: size(self.max_in_memory_buffer_size_in_kb).saturating_mul(1_024),
        })
    }

    /// Parameters as a list of objects or as one object.
    fn query(&self) -> Result<Vec<(Template, Template)>, BuildError> {
        let pair = |key: &str, value: &Json| (Template::new(key), Template::new(text_of(value)));
        match &self.query_params {
            None | Some(Json::Null) => Ok(Vec::new()),
            Some(Json::Object(members)) => Ok(members
                .iter()
                .map(|(key, value)| pair(key, value))
                .collect()),
            Some(Json::Array(list)) => list
                .iter()
                .map(|entry| {
                    let key = ["key", "name"]
                        .iter()
                        .find_map(|name| entry.get(name)?.as_str());
                    let key = key.ok_or_else(|| {
                        BuildError("queryParams: each entry needs a key and a value".to_owned())
                    })?;
                    Ok(pair(key, entry.get("value").unwrap_or(&Json::Null)))
                })
                .collect(),
            Some(_) => Err(BuildError(
                "queryParams should be a list of objects with key and value".to_owned(),
            )),
        }
    }
}

fn text_of(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

enum Body {
    None,
    Message,
    Template(Template),
}

struct RestApiCall {
    http: HttpSettings,
    /// Made with the first message, within the server's limits.
    client: OnceLock<Result<HttpClient, String>>,
    method: String,
    url: Template,
    query: Vec<(Template, Template)>,
    headers: Vec<(Template, Template)>,
    authorization: Option<String>,
    body: Body,
    plain: bool,
}

impl RestApiCall {
    fn client(&self, services: &dyn Services) -> Result<HttpClient, String> {
        self.client
            .get_or_init(|| {
                let outbound = &services.directory().outbound;
                outbound.http(&self.http).map_err(|error| error.to_string())
            })
            .clone()
    }

    fn request(&self, message: &RuleMessage) -> Result<HttpRequest, String> {
        let filling = Filling::of(message);
        let mut url = self.url.fill(&filling)?.into_owned();
        for (key, value) in &self.query {
            let (key, value) = (key.fill(&filling)?, value.fill(&filling)?);
            url.push(if url.contains('?') { '&' } else { '?' });
            url.extend([encoded(&key), "=".to_owned(), encoded(&value)]);
        }
        let mut headers = Vec::with_capacity(self.headers.len() + 2);
        for (name, value) in &self.headers {
            let name = name.fill(&filling)?.into_owned();
            headers.push((name, value.fill(&filling)?.into_owned()));
        }
        if let Some(authorization) = &self.authorization {
            headers.push(("Authorization".to_owned(), authorization.clone()));
        }
        headers.push((MESSAGE_ID.to_owned(), message.id.to_string()));
        let without = matches!(&*self.method, "GET" | "HEAD" | "OPTIONS" | "TRACE");
        let body = match &self.body {
            _ if without => Bytes::new(),
            Body::None => Bytes::new(),
            Body::Template(template) => template.fill(&filling)?.into_owned().into(),
            Body::Message => {
                let text = message.data.text();
                match (self.plain, serde_json::from_str::<String>(&text)) {
                    (true, Ok(plain)) => plain.into(),
                    _ => Bytes::copy_from_slice(text.as_bytes()),
                }
            }
        };
        Ok(HttpRequest {
            method: self.method.clone(),
            url,
            headers,
            body,
        })
    }
}

/// A part of a query, percent-encoded.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

impl Node for RestApiCall {
    fn process(&self, message: RuleMessage, services: &mut dyn Services) -> Outcome {
        let made = self
            .client(services)
            .and_then(|client| Ok((client, self.request(&message)?)));
        let (client, request) = match made {
            Ok(made) => made,
            Err(error) => return Outcome::Failed(error, message),
        };
        Outcome::Parked(Box::pin(async move {
            match client.send(request).await {
                Ok(answer) => answered(message, &answer),
                Err(error) => Outcome::Failed(error.to_string(), message),
            }
        }))
    }
}

fn answered(mut message: RuleMessage, answer: &HttpAnswer) -> Outcome {
    let name = answer
        .reason
        .to_uppercase()
        .replace(|c: char| !c.is_ascii_alphanumeric(), "_");
    message.metadata.set("status", name);
    message
        .metadata
        .set("statusCode", answer.status.to_string());
    message.metadata.set("statusReason", answer.reason.clone());
    for (index, (name, value)) in answer.headers.iter().enumerate() {
        let same: Vec<&String> = answer
            .headers
            .iter()
            .filter(|(other, _)| other == name)
            .map(|(_, value)| value)
            .collect();
        let first = answer
            .headers
            .iter()
            .position(|(other, _)| other == name)
            .is_some_and(|first| first == index);
        match same.len() {
            1 => message.metadata.set(name.clone(), value.clone()),
            _ if first => message
                .metadata
                .set(name.clone(), serde_json::json!(same).to_string()),
            _ => {}
        }
    }
    let body = String::from_utf8_lossy(&answer.body).into_owned();
    if answer.is_success() {
        let body = if body.is_empty() {
            "{}".to_owned()
        } else {
            body
        };
        message.data = Data::Text(body.into());
        return Outcome::success(message);
    }
    let error = format!("the server answered {} {}", answer.status, answer.reason);
    message.metadata.set("error_body", body);
    Outcome::Failed(error.trim_end().to_owned(), message)
}
