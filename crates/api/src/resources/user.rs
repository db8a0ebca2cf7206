//! Users of the tenant.

use axum::extract::State;
use millrace_model::{
    PageData,
    entity::User,
    id::{CustomerId, UserId},
};

use crate::{
    error::{Answer, Done},
    extract::{Caller, EntityBody, Id, InPath, Page, Query},
    state::Api,
};

/// Create or update a user
#[utoipa::path(post, path = "/api/user", tag = "user", request_body = User,
    responses((status = 200, body = User)))]
pub(crate) async fn save(
    State(api): State<Api>,
    caller: Caller,
    EntityBody(user): EntityBody<User>,
) -> Answer<User> {
    api.answer(move |platform| platform.accounts.save_user(&caller, user))
        .await
}

/// A user
#[utoipa::path(get, path = "/api/user/{userId}", tag = "user",
    params(("userId" = Uuid, Path)), responses((status = 200, body = User)))]
pub(crate) async fn get(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Answer<User> {
    api.answer(move |platform| platform.accounts.user(&caller, UserId(id)))
        .await
}

/// Delete a user
#[utoipa::path(delete, path = "/api/user/{userId}", tag = "user",
    params(("userId" = Uuid, Path)), responses((status = 200)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Done {
    api.run(move |platform| platform.accounts.delete_user(&caller, UserId(id)))
        .await
}

/// Let a user in, or keep the user out
#[utoipa::path(post, path = "/api/user/{userId}/userCredentialsEnabled", tag = "user",
    params(("userId" = Uuid, Path),
        ("userCredentialsEnabled" = Option<bool>, Query, description = "true when absent")),
    responses((status = 200)))]
pub(crate) async fn set_enabled(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
    query: Query,
) -> Done {
    let enabled = query.flag("userCredentialsEnabled", true)?;
    api.run(move |platform| platform.accounts.set_enabled(&caller, UserId(id), enabled))
        .await
}

/// A page of the users the caller may see
#[utoipa::path(get, path = "/api/user/users", tag = "user", params(Page),
    responses((status = 200, body = PageData<User>)))]
pub(crate) async fn page(
    State(api): State<Api>,
    caller: Caller,
    page: Page,
) -> Answer<PageData<User>> {
    let link = page.link();
    api.answer(move |platform| platform.accounts.users(&caller, None, &link))
        .await
}

/// A page of a customer's users
#[utoipa::path(get, path = "/api/customer/{customerId}/users", tag = "user",
    params(("customerId" = Uuid, Path), Page),
    responses((status = 200, body = PageData<User>)))]
pub(crate) async fn customer_page(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(customer)): InPath<Id>,
    page: Page,
) -> Answer<PageData<User>> {
    let link = page.link();
    api.answer(move |platform| {
        let customer = CustomerId(customer);
        platform.customers.get(&caller, customer)?;
        platform.accounts.users(&caller, Some(customer), &link)
    })
    .await
}

/// Users by id
#[utoipa::path(get, path = "/api/users/list", tag = "user",
    params(("userIds" = Vec<Uuid>, Query)), responses((status = 200, body = Vec<User>)))]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Answer<Vec<User>> {
    let ids = query.uuids("userIds")?;
    api.answer(move |platform| platform.accounts.user_list(&caller, &ids))
        .await
}
