//! HTTP requests.

mod dial;
mod redirect;

use std::{
    error::Error as StdError,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::Client,
    rt::{TokioExecutor, TokioTimer},
};
use tokio::sync::Semaphore;
use url::Url;

use crate::{
    OutboundOptions,
    address::Denied,
    error::{HttpError, SettingsError},
    tls::{self, TlsSettings},
};
use dial::Dial;
use redirect::Leg;

/// How long an idle connection is kept.
const KEEP_IDLE: Duration = Duration::from_secs(30);
/// Most idle connections of a client.
const MOST_IDLE: usize = 8;

/// A proxy that requests go through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Value of `Proxy-Authorization`.
    pub authorization: Option<String>,
}

/// What a client is made for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HttpSettings {
    /// Certificates.
    pub tls: TlsSettings,
    /// A proxy.
    pub proxy: Option<Proxy>,
    /// Requests under way at once; 0 = the server's limit, which is not exceeded.
    pub parallel: usize,
    /// Longest time of a request; zero = the server's limit, which is not exceeded.
    pub timeout: Duration,
    /// Largest answer in bytes; 0 = the server's limit, which is not exceeded.
    pub answer_bytes: usize,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// `GET`, `POST`, ...
    pub method: String,
    /// `http` or `https`.
    pub url: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

/// An answer, of whatever status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    /// 200, 404, ...
    pub status: u16,
    /// `OK`, `Not Found`, ...
    pub reason: String,
    /// Names and values; a name may come more than once.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

impl HttpAnswer {
    /// Whether the status says that it worked (2xx).
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Sends requests.
#[derive(Debug, Clone)]
pub struct HttpClient(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    client: Client<HttpsConnector<Dial>, Full<Bytes>>,
    under_way: Semaphore,
    all: AtomicUsize,
    most: usize,
    timeout: Duration,
    answer_bytes: usize,
}

/// One request among those that are under way or wait.
struct Counted<'a>(&'a AtomicUsize);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl HttpClient {
    pub(crate) fn new(
        options: &OutboundOptions,
        settings: &HttpSettings,
    ) -> Result<Self, SettingsError> {
        let within = |asked: usize, most: usize| if asked == 0 { most } else { asked.min(most) };
        let parallel = within(settings.parallel, options.parallel).max(1);
        let dial = Dial::new(
            options.addresses.clone(),
            options.connect_timeout,
            settings.proxy.clone(),
        )?;
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls::config(&settings.tls)?)
            .https_or_http()
            .enable_http1()
            .wrap_connector(dial);
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(KEEP_IDLE)
            .pool_max_idle_per_host(MOST_IDLE)
            .pool_timer(TokioTimer::new())
            .build(connector);
        Ok(Self(Arc::new(Inner {
            client,
            under_way: Semaphore::new(parallel),
            all: AtomicUsize::new(0),
            most: parallel + options.waiting,
            timeout: if settings.timeout.is_zero() {
                options.timeout
            } else {
                settings.timeout.min(options.timeout)
            },
            answer_bytes: within(settings.answer_bytes, options.answer_bytes),
        })))
    }

    /// Sends a request, follows redirects and reads the answer.
    ///
    /// # Errors
    /// When there is no answer. An answer that says no is one.
    pub async fn send(&self, request: HttpRequest) -> Result<HttpAnswer, HttpError> {
        let inner = &*self.0;
        if inner.all.fetch_add(1, Ordering::AcqRel) >= inner.most {
            inner.all.fetch_sub(1, Ordering::AcqRel);
            return Err(HttpError::Busy(inner.most));
        }
        let _counted = Counted(&inner.all);
        let leg = first_leg(request)?;
        let Ok(_permit) = inner.under_way.acquire().await else {
            return Err(HttpError::Busy(inner.most));
        };
        tokio::time::timeout(inner.timeout, inner.follow(leg))
            .await
            .unwrap_or(Err(HttpError::Timeout(inner.timeout)))
    }
}

impl Inner {
    async fn follow(&self, mut leg: Leg) -> Result<HttpAnswer, HttpError> {
        for _ in 0..=redirect::MOST {
            let answer = self.once(&leg).await?;
            match leg.next(answer.status(), answer.headers())? {
                Some(next) => leg = next,
                None => return self.read(answer).await,
            }
        }
        Err(HttpError::Redirects(redirect::MOST))
    }

    async fn once(&self, leg: &Leg) -> Result<Response<Incoming>, HttpError> {
        let mut request = http::Request::builder()
            .method(leg.method.clone())
            .uri(leg.url.as_str())
            .body(Full::new(leg.body.clone()))
            .map_err(|error| HttpError::Request(format!("the request cannot be made: {error}")))?;
        *request.headers_mut() = leg.headers.clone();
        self.client
            .request(request)
            .await
            .map_err(|error| failure(&error))
    }

    async fn read(&self, answer: Response<Incoming>) -> Result<HttpAnswer, HttpError> {
        let (parts, body) = answer.into_parts();
        let limited = Limited::new(body, self.answer_bytes);
        let body = limited.collect().await.map_err(|error| {
            if error.is::<LengthLimitError>() {
                HttpError::TooLarge(self.answer_bytes)
            } else {
                failure(&*error)
            }
        })?;
        Ok(HttpAnswer {
            status: parts.status.as_u16(),
            reason: reason(parts.status).to_owned(),
            headers: parts
                .headers
                .iter()
                .map(|(name, value)| {
                    (
                        name.as_str().to_owned(),
                        String::from_utf8_lossy(value.as_bytes()).into_owned(),
                    )
                })
                .collect(),
            body: body.to_bytes(),
        })
    }
}

fn reason(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or_default()
}

fn first_leg(request: HttpRequest) -> Result<Leg, HttpError> {
    let wrong = |text: String| HttpError::Request(text);
    let method: Method = request
        .method
        .parse()
        .map_err(|_| wrong(format!("'{}' is no HTTP method", request.method)))?;
    let url = Url::parse(&request.url)
        .map_err(|error| wrong(format!("'{}' is no URL: {error}", request.url)))?;
    redirect::check(&url)?;
    let mut headers = HeaderMap::with_capacity(request.headers.len());
    for (name, value) in &request.headers {
        let name: HeaderName = name
            .parse()
            .map_err(|_| wrong(format!("'{name}' is no name of a header")))?;
        let value = HeaderValue::from_str(value).map_err(|_| {
            wrong(format!(
                "the value of header {name} holds a line break or another control character"
            ))
        })?;
        // How long the body is and where it goes are not the caller's to say.
        if name != http::header::CONTENT_LENGTH && name != http::header::TRANSFER_ENCODING {
            headers.append(name, value);
        }
    }
    Ok(Leg {
        method,
        url,
        headers,
        body: request.body,
    })
}

/// The innermost reason: what stands around it says no more than "the request failed".
fn failure(error: &(dyn StdError + 'static)) -> HttpError {
    let mut cause: &(dyn StdError + 'static) = error;
    loop {
        let inside = cause
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        if let Some(denied) = inside.and_then(|inside| inside.downcast_ref::<Denied>()) {
            return HttpError::Denied(denied.to_string());
        }
        match cause.source() {
            Some(source) => cause = source,
            None => return HttpError::Transport(cause.to_string()),
        }
    }
}
