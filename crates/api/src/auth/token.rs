//! JSON web tokens (HS512) with the claims that clients read.
//!
//! An access token opens the API for a short time, a refresh token only buys a new pair. Each is
//! refused in the place of the other.

use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode, errors::ErrorKind,
};
use millrace_model::{
    Millis, TenantId,
    entity::{Authority, User},
    id::{CustomerId, NULL_UUID},
};
use millrace_platform::{Scope, clock::now_ms};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::error::{ApiError, ErrorCode};

const ISSUER: &str = "millrace";

const REFRESH_SCOPE: &str = "REFRESH_TOKEN";

/// Shortest accepted secret in bytes: the width of the hash.
const MIN_SECRET_BYTES: usize = 64;

/// How tokens are signed and how long they live.
#[derive(Clone)]
pub struct TokenOptions {
    /// Signing secret: at least 64 random bytes, the same over restarts so that sessions survive.
    pub secret: Vec<u8>,
    /// Life of an access token in seconds.
    pub access_seconds: i64,
    /// Life of a refresh token in seconds.
    pub refresh_seconds: i64,
}

impl TokenOptions {
    /// The usual lives: 2.5 hours and a week.
    #[must_use]
    pub fn new(secret: Vec<u8>) -> Self {
        Self {
            secret,
            access_seconds: 9_000,
            refresh_seconds: 604_800,
        }
    }
}

/// The secret would be easier to guess than the hash it feeds.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the token secret has {0} bytes: use at least {MIN_SECRET_BYTES} random bytes")]
pub struct SecretTooShort(usize);

/// Why a token is refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TokenError {
    /// It was good once.
    #[error("the token has expired")]
    Expired,
    /// Not signed here, not a token, or of the other kind.
    #[error("the token is not valid")]
    Invalid,
}

impl From<TokenError> for ApiError {
    fn from(error: TokenError) -> Self {
        let code = match error {
            TokenError::Expired => ErrorCode::TokenExpired,
            TokenError::Invalid => ErrorCode::Authentication,
        };
        Self::new(
            axum::http::StatusCode::UNAUTHORIZED,
            code,
            error.to_string(),
        )
    }
}

/// A pair of tokens.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenPair {
    /// Access token.
    pub token: String,
    /// Refresh token.
    pub refresh_token: String,
    /// Null for a full session.
    pub scope: Option<String>,
}

/// Claims of an access token.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessClaims {
    /// E-mail address.
    pub sub: String,
    /// The user.
    pub user_id: Uuid,
    /// Holds the authority.
    pub scopes: Vec<String>,
    /// The session both tokens of a sign-in share.
    pub session_id: Uuid,
    /// End of its life (s).
    pub exp: i64,
    /// Who issued it.
    pub iss: String,
    /// When (s).
    pub iat: i64,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Always true: a disabled user gets no token.
    pub enabled: bool,
    /// Whether it is the public user of a customer.
    pub is_public: bool,
    /// The tenant.
    pub tenant_id: Uuid,
    /// The customer; the "nobody" id for people of the tenant.
    pub customer_id: Uuid,
}

impl AccessClaims {
    /// Whose rows the caller may touch; `None` when the claims name no known authority.
    #[must_use]
    pub fn scope(&self) -> Option<Scope> {
        let authority = [
            Authority::SysAdmin,
            Authority::TenantAdmin,
            Authority::CustomerUser,
        ]
        .into_iter()
        .find(|known| {
            self.scopes
                .first()
                .is_some_and(|name| name == known.as_str())
        })?;
        Some(Scope {
            tenant: TenantId(self.tenant_id),
            user: Some(self.user_id),
            customer: (self.customer_id != NULL_UUID).then_some(self.customer_id),
            authority,
        })
    }
}

/// Claims of a refresh token.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefreshClaims {
    /// E-mail address.
    pub sub: String,
    /// The user.
    pub user_id: Uuid,
    /// `REFRESH_TOKEN`.
    pub scopes: Vec<String>,
    /// The session both tokens of a sign-in share.
    pub session_id: Uuid,
    /// End of its life (s).
    pub exp: i64,
    /// Who issued it.
    pub iss: String,
    /// When (s).
    pub iat: i64,
    /// Whether it is the public user of a customer.
    pub is_public: bool,
    /// Its own id.
    pub jti: Uuid,
}

/// Signs and checks tokens.
pub struct Tokens {
    signing: EncodingKey,
    checking: DecodingKey,
    validation: Validation,
    access_seconds: i64,
    refresh_seconds: i64,
}

impl Tokens {
    /// # Errors
    /// [`SecretTooShort`].
    pub fn new(options: &TokenOptions) -> Result<Self, SecretTooShort> {
        if options.secret.len() < MIN_SECRET_BYTES {
            return Err(SecretTooShort(options.secret.len()));
        }
        let mut validation = Validation::new(Algorithm::HS512);
        // One clock signs and checks: there is no skew to forgive.
        validation.leeway = 0;
        validation.validate_aud = false;
        validation.set_issuer(&[ISSUER]);
        Ok(Self {
            signing: EncodingKey::from_secret(&options.secret),
            checking: DecodingKey::from_secret(&options.secret),
            validation,
            access_seconds: options.access_seconds,
            refresh_seconds: options.refresh_seconds,
        })
    }

    /// A pair for a user who has proved who they are.
    ///
    /// # Errors
    /// Only if signing fails, or if the user was never saved.
    pub fn issue(&self, user: &User, session: Uuid) -> Result<TokenPair, ApiError> {
        let now = now_ms() / 1000;
        let user_id = user
            .id
            .ok_or_else(|| ApiError::internal("a user without id"))?
            .0;
        let access = AccessClaims {
            sub: user.email.clone(),
            user_id,
            scopes: vec![user.authority.as_str().to_owned()],
            session_id: session,
            exp: now + self.access_seconds,
            iss: ISSUER.to_owned(),
            iat: now,
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            enabled: true,
            is_public: false,
            tenant_id: user.tenant_id.unwrap_or_else(TenantId::null).0,
            customer_id: user.customer_id.unwrap_or_else(CustomerId::null).0,
        };
        let refresh = RefreshClaims {
            sub: user.email.clone(),
            user_id,
            scopes: vec![REFRESH_SCOPE.to_owned()],
            session_id: session,
            exp: now + self.refresh_seconds,
            iss: ISSUER.to_owned(),
            iat: now,
            is_public: false,
            jti: Uuid::new_v4(),
        };
        Ok(TokenPair {
            token: self.sign(&access)?,
            refresh_token: self.sign(&refresh)?,
            scope: None,
        })
    }

    fn sign<T: Serialize>(&self, claims: &T) -> Result<String, ApiError> {
        encode(&Header::new(Algorithm::HS512), claims, &self.signing)
            .map_err(|error| ApiError::internal(format!("signing a token failed: {error}")))
    }

    fn read<T: DeserializeOwned>(&self, token: &str) -> Result<T, TokenError> {
        decode(token, &self.checking, &self.validation)
            .map(|data| data.claims)
            .map_err(|error| match error.kind() {
                ErrorKind::ExpiredSignature => TokenError::Expired,
                _ => TokenError::Invalid,
            })
    }

    /// The claims of an access token.
    ///
    /// # Errors
    /// [`TokenError`]; a refresh token is not valid here.
    pub fn access(&self, token: &str) -> Result<AccessClaims, TokenError> {
        self.read(token)
    }

    /// The claims of a refresh token.
    ///
    /// # Errors
    /// [`TokenError`]; an access token is not valid here.
    pub fn refresh(&self, token: &str) -> Result<RefreshClaims, TokenError> {
        let claims: RefreshClaims = self.read(token)?;
        if claims.scopes.iter().any(|scope| scope == REFRESH_SCOPE) {
            Ok(claims)
        } else {
            Err(TokenError::Invalid)
        }
    }
}

/// When a session began (ms). Session ids carry it, because the whole seconds of `iat` cannot
/// tell a session from a change of the password in the same second.
#[must_use]
pub fn session_start(session: Uuid) -> Option<Millis> {
    let (seconds, nanos) = session.get_timestamp()?.to_unix();
    let seconds = Millis::try_from(seconds).ok()?;
    Some(seconds * 1_000 + Millis::from(nanos / 1_000_000))
}
