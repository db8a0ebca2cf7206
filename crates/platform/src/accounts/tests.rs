use millrace_model::{
    PageLink,
    entity::{ApiKeyInfo, Authority, Tenant, User},
    id::CustomerId,
};

use super::*;
use crate::{
    PlatformError, Scope,
    devices::{AssetProfiles, DeviceProfiles, Groups, MEMBER_TYPES},
    fixture::{ADMIN, Fixture, PASSWORD},
};

fn field<T: std::fmt::Debug>(outcome: crate::Result<T>) -> String {
    match outcome.unwrap_err() {
        PlatformError::Invalid { field, .. } => field,
        other => panic!("not a refused field: {other:?}"),
    }
}

#[test]
fn the_first_start_makes_everything_and_later_ones_touch_nothing() {
    let fixture = Fixture::new();
    let (accounts, admin) = (&fixture.accounts, &fixture.admin);
    let default = DeviceProfiles::new(fixture.records.clone())
        .default(admin)
        .unwrap();
    assert_eq!(
        (default.name.as_str(), default.is_default),
        ("default", true)
    );
    let default = AssetProfiles::new(fixture.records.clone())
        .default(admin)
        .unwrap();
    assert_eq!(default.name, "default");
    let groups = Groups::new(fixture.records.clone());
    for kind in MEMBER_TYPES {
        let all = groups.all(admin, None, kind).unwrap();
        assert_eq!(all.len(), 1, "{kind}");
        assert!(all[0].group.group_all);
        assert_eq!(all[0].owner_ids, [admin.tenant.into()]);
    }
    fixture.published();
    let again = accounts
        .bootstrap(&BootstrapOptions {
            admin_email: "other@example.com".to_owned(),
            admin_password: Some("another password".to_owned()),
            ..BootstrapOptions::default()
        })
        .unwrap();
    assert!(!again.created && again.generated.is_none());
    assert_eq!(again.tenant, admin.tenant);
    assert!(fixture.published().is_empty());
    assert_eq!(accounts.all_tenants().unwrap().len(), 1);
    accounts.sign_in(ADMIN, PASSWORD, None).unwrap();
    assert!(
        accounts
            .sign_in("other@example.com", "another password", None)
            .is_err()
    );
}

#[test]
fn without_a_password_a_random_one_is_made_and_told_once() {
    let dir = tempfile::TempDir::new().unwrap();
    let store = millrace_store::sqlite::SqliteEntities::open(dir.path()).unwrap();
    let records = Records::new(Arc::new(store), crate::changes::Changes::default());
    let accounts = Accounts::new(records);
    let made = accounts.bootstrap(&BootstrapOptions::default()).unwrap();
    let told = made.generated.unwrap();
    assert_eq!(
        (told.email.as_str(), told.password.len()),
        ("admin@localhost", 16)
    );
    let user = accounts.sign_in(&told.email, &told.password, None).unwrap();
    assert_eq!(user.authority, Authority::TenantAdmin);
    let again = accounts.bootstrap(&BootstrapOptions::default()).unwrap();
    assert!(again.generated.is_none());
}

#[test]
fn a_system_administrator_signs_in_but_sees_no_tenant() {
    let fixture = Fixture::new();
    let options = BootstrapOptions {
        system_administrator: Some(SignInName {
            email: "root@example.com".to_owned(),
            password: "root password".to_owned(),
        }),
        ..BootstrapOptions::default()
    };
    for _ in 0..2 {
        fixture.accounts.bootstrap(&options).unwrap();
    }
    let user = fixture
        .accounts
        .sign_in("root@example.com", "root password", None)
        .unwrap();
    assert_eq!(user.authority, Authority::SysAdmin);
    let scope = Accounts::scope_of(&user);
    assert!(scope.tenant.is_null());
    assert!(matches!(
        fixture.accounts.users(&scope, None, &PageLink::first(1)),
        Err(PlatformError::Denied(_))
    ));
    assert_eq!(
        fixture.accounts.me(&scope).unwrap().email,
        "root@example.com"
    );
}

#[test]
fn sign_in_takes_any_case_of_the_address_and_says_the_same_to_every_stranger() {
    let fixture = Fixture::new();
    let sign_in = |email: &str, password: &str| fixture.accounts.sign_in(email, password, None);
    let user = sign_in(" Admin@Example.com ", PASSWORD).unwrap();
    assert_eq!(user.name.as_deref(), Some(ADMIN));
    for (email, password) in [
        (ADMIN, "wrong password"),
        ("nobody@example.com", PASSWORD),
        ("", ""),
        (ADMIN, ""),
    ] {
        let refusal = sign_in(email, password).unwrap_err();
        assert!(matches!(refusal, PlatformError::Unauthorized(_)));
        assert_eq!(refusal.to_string(), "Invalid username or password");
    }
    let stored = fixture
        .records
        .store()
        .document(
            fixture.admin.tenant,
            fixture.admin_id().into(),
            PASSWORD_DOCUMENT,
        )
        .unwrap()
        .unwrap()
        .to_string();
    assert!(stored.contains("$argon2id$") && !stored.contains(PASSWORD));
}

const PASSWORD_DOCUMENT: &str = super::PASSWORD;

#[test]
fn repeated_failures_are_slowed_down_for_that_address_only() {
    let fixture = Fixture::new();
    let here = Some("192.0.2.7".parse().unwrap());
    let there = Some("192.0.2.8".parse().unwrap());
    for _ in 0..5 {
        let failure = fixture.accounts.sign_in(ADMIN, "wrong password", here);
        assert!(matches!(failure, Err(PlatformError::Unauthorized(_))));
    }
    let slowed = fixture.accounts.sign_in(ADMIN, PASSWORD, here).unwrap_err();
    assert!(matches!(slowed, PlatformError::Throttled(_)));
    assert!(slowed.to_string().contains("try again in"), "{slowed}");
    fixture.accounts.sign_in(ADMIN, PASSWORD, there).unwrap();
}

#[test]
fn a_password_is_changed_by_who_knows_it_and_voids_older_sessions() {
    let fixture = Fixture::new();
    let (accounts, admin) = (&fixture.accounts, &fixture.admin);
    let since = |accounts: &Accounts| {
        accounts
            .sessions_since(admin.tenant, fixture.admin_id())
            .unwrap()
            .unwrap()
    };
    let before = since(accounts);
    let change = |current: &str, new: &str| accounts.change_password(admin, current, new);
    assert_eq!(
        field(change("wrong password", "new password")),
        "currentPassword"
    );
    assert_eq!(field(change(PASSWORD, "short")), "newPassword");
    assert_eq!(field(change(PASSWORD, PASSWORD)), "newPassword");
    change(PASSWORD, "new password").unwrap();
    assert!(since(accounts) >= before);
    assert!(accounts.sign_in(ADMIN, PASSWORD, None).is_err());
    accounts.sign_in(ADMIN, "new password", None).unwrap();
}

#[test]
fn a_new_user_signs_in_once_a_password_is_set_and_not_while_locked_out() {
    let fixture = Fixture::new();
    let (accounts, admin) = (&fixture.accounts, &fixture.admin);
    let user = fixture.user("second@example.com", Authority::TenantAdmin, None);
    let id = user.id.unwrap();
    let sign_in = || accounts.sign_in("second@example.com", "second password", None);
    assert_eq!(accounts.sessions_since(admin.tenant, id).unwrap(), None);
    assert!(sign_in().is_err());
    assert_eq!(field(accounts.set_password(admin, id, "short")), "password");
    accounts.set_password(admin, id, "second password").unwrap();
    sign_in().unwrap();
    accounts.set_enabled(admin, id, false).unwrap();
    assert!(sign_in().is_err());
    accounts.set_enabled(admin, id, true).unwrap();
    let moved = User {
        email: "moved@example.com".to_owned(),
        ..user
    };
    accounts.save_user(admin, moved).unwrap();
    assert!(sign_in().is_err());
    accounts
        .sign_in("moved@example.com", "second password", None)
        .unwrap();
    accounts.delete_user(admin, id).unwrap();
    assert!(
        accounts
            .sign_in("moved@example.com", "second password", None)
            .is_err()
    );
}

#[test]
fn wrong_users_are_refused_by_field() {
    let fixture = Fixture::new();
    let (accounts, admin) = (&fixture.accounts, &fixture.admin);
    let save = |email: &str, authority, customer_id| {
        accounts.save_user(
            admin,
            User {
                email: email.to_owned(),
                authority,
                customer_id,
                ..User::default()
            },
        )
    };
    let tenant = Authority::TenantAdmin;
    for email in ["", "no address", "a b@c", "@c", "a@"] {
        assert_eq!(field(save(email, tenant, None)), "email", "{email}");
    }
    assert_eq!(field(save("ADMIN@example.com", tenant, None)), "email");
    assert_eq!(
        field(save("c@example.com", Authority::CustomerUser, None)),
        "customerId"
    );
    assert!(matches!(
        save("s@example.com", Authority::SysAdmin, None),
        Err(PlatformError::Denied(_))
    ));
    let unknown = Some(CustomerId::new());
    assert!(save("c@example.com", Authority::CustomerUser, unknown).is_err());
    let id = fixture.admin_id();
    assert_eq!(field(accounts.delete_user(admin, id)), "userId");
    assert_eq!(field(accounts.set_enabled(admin, id, false)), "userId");
    let server = Scope::server(admin.tenant);
    assert_eq!(field(accounts.delete_user(&server, id)), "userId");
}

#[test]
fn people_of_a_customer_see_themselves_and_their_colleagues() {
    let fixture = Fixture::new();
    let (customer, person) = fixture.customer("A");
    fixture.customer("B");
    let accounts = &fixture.accounts;
    let own = accounts.users(&person, None, &PageLink::first(10)).unwrap();
    assert_eq!(own.total_elements, 1);
    assert_eq!(own.data[0].customer_id, Some(customer));
    let me = accounts.me(&person).unwrap();
    assert_eq!(accounts.user(&person, me.id.unwrap()).unwrap(), me);
    assert!(accounts.user(&person, fixture.admin_id()).is_err());
    // Neither the authority nor the customer can be changed by saving oneself.
    let risen = User {
        authority: Authority::TenantAdmin,
        ..me.clone()
    };
    assert_eq!(field(accounts.save_user(&person, risen)), "authority");
    let away = User {
        customer_id: Some(CustomerId::null()),
        first_name: Some("Ann".to_owned()),
        ..me
    };
    let saved = accounts.save_user(&person, away).unwrap();
    assert_eq!(saved.customer_id, Some(customer));
    assert_eq!(saved.first_name.as_deref(), Some("Ann"));
}

#[test]
fn a_tenant_reads_and_changes_itself_only() {
    let fixture = Fixture::new();
    let (accounts, admin) = (&fixture.accounts, &fixture.admin);
    let tenant = accounts.tenant(admin, admin.tenant).unwrap();
    let renamed = Tenant {
        title: "Works".to_owned(),
        ..tenant.clone()
    };
    let saved = accounts.save_tenant(admin, renamed).unwrap();
    assert_eq!(saved.name.as_deref(), Some("Works"));
    let stranger = fixture.stranger();
    assert!(accounts.tenant(&stranger, admin.tenant).is_err());
    assert!(accounts.save_tenant(&stranger, tenant).is_err());
}

fn key(description: &str) -> ApiKeyInfo {
    ApiKeyInfo {
        description: description.to_owned(),
        ..ApiKeyInfo::default()
    }
}

#[test]
fn an_api_key_acts_for_its_user_until_it_is_turned_off_or_ends() {
    let fixture = Fixture::new();
    let (accounts, admin) = (&fixture.accounts, &fixture.admin);
    let made = accounts.create_api_key(admin, key("backup")).unwrap();
    assert!(made.value.starts_with("tb_") && made.value.len() == 46);
    let user = accounts.by_api_key(&made.value).unwrap();
    assert_eq!(Accounts::scope_of(&user), *admin);
    let id = made.info.id.unwrap();
    let listed = accounts
        .api_keys(admin, fixture.admin_id(), &PageLink::first(5))
        .unwrap();
    assert_eq!(listed.data, std::slice::from_ref(&made.info));
    assert!(
        !serde_json::to_string(&listed.data)
            .unwrap()
            .contains(&made.value)
    );

    let refused = |value: &str| {
        let refusal = accounts.by_api_key(value).unwrap_err();
        assert!(
            matches!(refusal, PlatformError::Unauthorized(_)),
            "{refusal}"
        );
    };
    accounts.set_api_key_enabled(admin, id, false).unwrap();
    refused(&made.value);
    accounts.set_api_key_enabled(admin, id, true).unwrap();
    accounts
        .set_api_key_description(admin, id, "restore")
        .unwrap();
    accounts.by_api_key(&made.value).unwrap();
    accounts.delete_api_key(admin, id).unwrap();
    refused(&made.value);
    refused("");
    refused(&format!("tb_{}", "x".repeat(43)));

    let past = ApiKeyInfo {
        expiration_time: 1,
        ..key("late")
    };
    assert_eq!(
        field(accounts.create_api_key(admin, past)),
        "expirationTime"
    );
    assert_eq!(
        field(accounts.create_api_key(admin, key(" "))),
        "description"
    );
}

#[test]
fn api_keys_go_with_their_user_and_are_nobody_elses() {
    let fixture = Fixture::new();
    let (accounts, admin) = (&fixture.accounts, &fixture.admin);
    let second = fixture.user("second@example.com", Authority::TenantAdmin, None);
    let second_id = second.id.unwrap();
    let made = accounts
        .create_api_key(
            admin,
            ApiKeyInfo {
                user_id: second.id,
                ..key("theirs")
            },
        )
        .unwrap();
    assert_eq!(accounts.by_api_key(&made.value).unwrap().id, second.id);
    let (_, person) = fixture.customer("A");
    let id = made.info.id.unwrap();
    assert!(accounts.delete_api_key(&person, id).is_err());
    assert!(
        accounts
            .api_keys(&person, second_id, &PageLink::first(5))
            .is_err()
    );
    assert!(accounts.delete_api_key(&fixture.stranger(), id).is_err());
    let own = accounts.create_api_key(&person, key("own")).unwrap();
    let acting = Accounts::scope_of(&accounts.by_api_key(&own.value).unwrap());
    assert_eq!(acting, person);

    accounts.set_enabled(admin, second_id, false).unwrap();
    assert!(accounts.by_api_key(&made.value).is_err());
    accounts.set_enabled(admin, second_id, true).unwrap();
    accounts.by_api_key(&made.value).unwrap();
    accounts.delete_user(admin, second_id).unwrap();
    assert!(accounts.by_api_key(&made.value).is_err());
    assert!(
        accounts.delete_api_key(admin, id).is_err(),
        "the row is gone, too"
    );
}

#[test]
fn a_start_adds_what_a_tenant_lacks_and_tells_it() {
    let fixture = Fixture::new();
    let admin = &fixture.admin;
    let chains = crate::chains::Chains::new(fixture.records.clone());
    let root = chains.root(admin).unwrap().id.unwrap();
    fixture
        .records
        .delete(admin, root.into(), Vec::new())
        .unwrap();
    fixture.published();
    fixture
        .accounts
        .bootstrap(&BootstrapOptions::default())
        .unwrap();
    let made = chains.root(admin).unwrap().id.unwrap();
    assert_eq!(
        fixture.published(),
        [(made.into(), crate::changes::ChangeKind::Created)]
    );
}
