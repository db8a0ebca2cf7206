//! The server under test: real stores in a directory of their own, the real router on a loopback
//! port, and the people who call it.

mod actor;
mod socket;

pub use actor::{Actor, Reply, id_of};
pub use socket::Socket;

use std::{net::SocketAddr, sync::Arc};

use metrics_exporter_prometheus::PrometheusBuilder;
use millrace_api::{
    ApiState,
    auth::{TokenOptions, Tokens},
};
use millrace_model::{
    TenantId,
    entity::{Authority, Customer, Tenant, User},
    id::{CustomerId, DeviceId},
};
use millrace_platform::notifications::CreatedDevice;
use millrace_platform::{
    Platform, PlatformOptions, Running, Scope, Stores,
    accounts::{BootstrapOptions, SignInName},
    clock::now_ms,
};
use millrace_store::{
    entities::put,
    journal::JournalOptions,
    running::RunningMarks,
    secrets::SecretKey,
    sqlite::{EventOptions, SqliteEntities, SqliteEvents, SqliteJournal, SqliteValues},
};
use tempfile::TempDir;
use tokio::sync::oneshot;

pub const ADMIN: &str = "admin@mill.example";
pub const CUSTOMER_USER: &str = "person@customer.example";
pub const STRANGER: &str = "admin@elsewhere.example";
pub const SYSTEM: &str = "root@mill.example";
pub const PASSWORD: &str = "correct horse";

/// A running server.
pub struct App {
    address: SocketAddr,
    pub platform: Arc<Platform>,
    pub tenant: TenantId,
    pub customer: CustomerId,
    _dir: TempDir,
    _stop: oneshot::Sender<()>,
}

impl App {
    pub async fn start() -> Self {
        Self::with_tokens(|options| options).await
    }

    /// A server whose tokens differ from the usual ones.
    pub async fn with_tokens(change: impl FnOnce(TokenOptions) -> TokenOptions) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let stores = Stores {
            journal: SqliteJournal::open(JournalOptions {
                dir: dir.path().to_owned(),
                max_commit_bytes: 1 << 20,
            })
            .unwrap(),
            values: Arc::new(SqliteValues::open(dir.path()).unwrap()),
            entities: Arc::new(SqliteEntities::open(dir.path()).unwrap()),
            events: Arc::new(SqliteEvents::open(dir.path(), EventOptions::default()).unwrap()),
            key: Arc::new(SecretKey::load(dir.path(), None).unwrap()),
        };
        let runtime = tokio::runtime::Handle::current();
        let (marks, left) = RunningMarks::open(dir.path()).unwrap();
        let running = Running { marks, left };
        let platform =
            Platform::start(stores, running, PlatformOptions::default(), runtime).unwrap();
        let tenant = bootstrap(&platform, "Mill", ADMIN);
        let customer = customer_with_user(&platform, tenant);
        second_tenant(&platform);
        let tokens = Tokens::new(&change(TokenOptions::new(vec![7; 64]))).unwrap();
        let state = ApiState {
            platform: Arc::clone(&platform),
            tokens,
            metrics: PrometheusBuilder::new().build_recorder().handle(),
            ready: Box::new(|| true),
        };
        let router =
            millrace_api::router(state).into_make_service_with_connect_info::<SocketAddr>();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(async move {
            let ended = async { drop(stopped.await) };
            let server = axum::serve(listener, router).with_graceful_shutdown(ended);
            server.await.unwrap();
        });
        Self {
            address,
            platform,
            tenant,
            customer,
            _dir: dir,
            _stop: stop,
        }
    }

    /// Nobody.
    pub fn anonymous(&self) -> Actor {
        Actor::new(self.address, None)
    }

    /// The administrator of the tenant.
    pub async fn admin(&self) -> Actor {
        self.signed_in(ADMIN).await
    }

    /// A person of the tenant's customer.
    pub async fn customer_user(&self) -> Actor {
        self.signed_in(CUSTOMER_USER).await
    }

    /// The administrator of another tenant.
    pub async fn stranger(&self) -> Actor {
        self.signed_in(STRANGER).await
    }

    /// Who runs the server and belongs to no tenant.
    pub async fn system_administrator(&self) -> Actor {
        self.signed_in(SYSTEM).await
    }

    async fn signed_in(&self, email: &str) -> Actor {
        let body = serde_json::json!({"username": email, "password": PASSWORD});
        let reply = self.anonymous().post("/api/auth/login", &body).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        Actor::new(self.address, reply.json()["token"].as_str())
    }

    /// Tells the administrators that an integration made a device.
    pub fn notify_of_device(&self, name: &str) {
        let created = CreatedDevice {
            device: DeviceId::new(),
            name: name.to_owned(),
            customer: None,
            actor: millrace_platform::notifications::Actor::named("an integration"),
        };
        let notifications = &self.platform.notifications;
        notifications.device_created(self.tenant, &created).unwrap();
    }

    pub async fn socket(&self, path: &str) -> Socket {
        Socket::open(self.address, path).await
    }
}

fn bootstrap(platform: &Platform, title: &str, email: &str) -> TenantId {
    let options = BootstrapOptions {
        tenant_title: title.to_owned(),
        admin_email: email.to_owned(),
        admin_password: Some(PASSWORD.to_owned()),
        ..BootstrapOptions::default()
    };
    platform.accounts.bootstrap(&options).unwrap().tenant
}

fn customer_with_user(platform: &Platform, tenant: TenantId) -> CustomerId {
    let scope = Scope::server(tenant);
    let customer = Customer {
        title: "First customer".to_owned(),
        ..Customer::default()
    };
    let customer = platform
        .customers
        .save(&scope, customer)
        .unwrap()
        .id
        .unwrap();
    user(
        platform,
        tenant,
        CUSTOMER_USER,
        Authority::CustomerUser,
        Some(customer),
    );
    customer
}

/// Another tenant with everything the first one has.
fn second_tenant(platform: &Platform) {
    let tenant = TenantId::new();
    let row = Tenant {
        id: Some(tenant),
        tenant_id: Some(tenant),
        created_time: Some(now_ms()),
        title: "Elsewhere".to_owned(),
        ..Tenant::default()
    };
    platform
        .records
        .store()
        .apply(&[put(&row).unwrap()])
        .unwrap();
    let options = BootstrapOptions {
        system_administrator: Some(SignInName {
            email: SYSTEM.to_owned(),
            password: PASSWORD.to_owned(),
        }),
        ..BootstrapOptions::default()
    };
    platform.accounts.bootstrap(&options).unwrap();
    user(platform, tenant, STRANGER, Authority::TenantAdmin, None);
}

fn user(
    platform: &Platform,
    tenant: TenantId,
    email: &str,
    authority: Authority,
    customer: Option<CustomerId>,
) {
    let scope = Scope::server(tenant);
    let user = User {
        email: email.to_owned(),
        authority,
        customer_id: customer,
        ..User::default()
    };
    let id = platform
        .accounts
        .save_user(&scope, user)
        .unwrap()
        .id
        .unwrap();
    platform
        .accounts
        .set_password(&scope, id, PASSWORD)
        .unwrap();
}
