//! What the doors stand on: the platform's services, handed in by the binary.

use std::{ops::Deref, sync::Arc};

use axum::Json;
use metrics_exporter_prometheus::PrometheusHandle;
use millrace_platform::{Platform, PlatformError};

use crate::{
    auth::Tokens,
    error::{Answer, ApiError},
    ws::Places,
};

/// The services and settings behind the doors.
pub struct ApiState {
    /// The services.
    pub platform: Arc<Platform>,
    /// Signs and checks tokens.
    pub tokens: Tokens,
    /// Figures for `/metrics`.
    pub metrics: PrometheusHandle,
    /// Whether the server may be sent traffic.
    pub ready: Box<dyn Fn() -> bool + Send + Sync>,
}

/// The state as handlers take it.
#[derive(Clone)]
pub struct Api {
    state: Arc<ApiState>,
    /// Open WebSocket clients.
    pub(crate) places: Places,
}

impl Api {
    pub(crate) fn new(state: ApiState) -> Self {
        Self {
            state: Arc::new(state),
            places: Places::default(),
        }
    }

    /// As [`Api::run`], answered as JSON.
    pub(crate) async fn answer<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Platform) -> Result<T, PlatformError> + Send + 'static,
    ) -> Answer<T> {
        self.run(call).await.map(Json)
    }

    /// Runs a service call, which may wait for a disk, away from the threads that serve sockets.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Platform) -> Result<T, PlatformError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let platform = Arc::clone(&self.platform);
        match tokio::task::spawn_blocking(move || call(&platform)).await {
            Ok(result) => result.map_err(ApiError::from),
            Err(failure) => {
                tracing::error!(%failure, "a service call panicked");
                Err(ApiError::internal(
                    "the request failed inside the server, the server log has the reason",
                ))
            }
        }
    }
}

impl Deref for Api {
    type Target = ApiState;

    fn deref(&self) -> &ApiState {
        &self.state
    }
}
