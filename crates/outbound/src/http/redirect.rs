//! One request of a chain of redirects.

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, header};
use url::Url;

use crate::error::HttpError;

/// Most redirects that are followed.
pub(super) const MOST: usize = 5;

/// What may be told to another origin than the first: it says nothing about who asks.
const FOR_ANYBODY: [header::HeaderName; 3] =
    [header::ACCEPT, header::CONTENT_TYPE, header::USER_AGENT];

pub(super) struct Leg {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Leg {
    /// Where an answer sends it on to; `None` when it is the answer.
    pub(super) fn next(
        &self,
        status: StatusCode,
        answer: &HeaderMap,
    ) -> Result<Option<Self>, HttpError> {
        let redirects = matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308);
        let Some(location) = answer.get(header::LOCATION).filter(|_| redirects) else {
            return Ok(None);
        };
        let url = location
            .to_str()
            .ok()
            .and_then(|location| self.url.join(location).ok())
            .ok_or_else(|| {
                HttpError::Transport("redirected to something that is no URL".to_owned())
            })?;
        check(&url)?;
        let mut headers = self.headers.clone();
        if url.origin() != self.url.origin() {
            let kept: Vec<_> = FOR_ANYBODY
                .into_iter()
                .filter_map(|name| headers.remove(&name).map(|value| (name, value)))
                .collect();
            headers = kept.into_iter().collect();
        }
        let to_get = match status.as_u16() {
            303 => self.method != Method::HEAD,
            301 | 302 => self.method == Method::POST,
            _ => false,
        };
        let (method, body) = if to_get {
            headers.remove(header::CONTENT_TYPE);
            (Method::GET, Bytes::new())
        } else {
            (self.method.clone(), self.body.clone())
        };
        Ok(Some(Self {
            method,
            url,
            headers,
            body,
        }))
    }
}

/// Refuses what is no address of a web server.
pub(super) fn check(url: &Url) -> Result<(), HttpError> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(HttpError::Request(format!(
            "'{}' is not possible: a URL begins with http:// or https://",
            url.scheme()
        )));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(HttpError::Request(
            "the URL holds a user name or password: give them in the credentials".to_owned(),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leg(method: Method) -> Leg {
        let mut headers = HeaderMap::new();
        headers.insert("x-api-key", "secret".parse().unwrap());
        headers.insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
        Leg {
            method,
            url: Url::parse("https://a.example/x/y").unwrap(),
            headers,
            body: Bytes::from_static(b"{}"),
        }
    }

    fn next(leg: &Leg, status: u16, location: &str) -> Result<Option<Leg>, HttpError> {
        let mut answer = HeaderMap::new();
        answer.insert(header::LOCATION, location.parse().unwrap());
        leg.next(StatusCode::from_u16(status).unwrap(), &answer)
    }

    #[test]
    fn another_origin_learns_no_secrets() {
        let same = next(&leg(Method::PUT), 307, "../z").unwrap().unwrap();
        assert_eq!(same.url.as_str(), "https://a.example/z");
        assert_eq!((same.method.as_str(), same.body.len()), ("PUT", 2));
        assert!(same.headers.contains_key("x-api-key"));
        for other in [
            "https://b.example/",
            "http://a.example/",
            "https://a.example:444/",
        ] {
            let other = next(&leg(Method::PUT), 308, other).unwrap().unwrap();
            assert!(!other.headers.contains_key("x-api-key"));
            assert!(other.headers.contains_key(header::CONTENT_TYPE));
        }
    }

    #[test]
    fn a_post_becomes_a_get_where_the_standard_says_so() {
        for (status, method, becomes) in [
            (301, Method::POST, "GET"),
            (302, Method::POST, "GET"),
            (302, Method::PUT, "PUT"),
            (303, Method::PUT, "GET"),
            (307, Method::POST, "POST"),
        ] {
            let next = next(&leg(method), status, "/").unwrap().unwrap();
            assert_eq!(next.method.as_str(), becomes, "{status}");
            assert_eq!(next.body.is_empty(), becomes == "GET");
        }
        assert!(next(&leg(Method::GET), 200, "/").unwrap().is_none());
        assert!(next(&leg(Method::GET), 302, "file:///etc/passwd").is_err());
    }
}
