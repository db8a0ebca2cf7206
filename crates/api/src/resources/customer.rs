//! Customers.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use millrace_model::{PageData, entity::Customer, id::CustomerId};

use crate::{
    error::{Answer, ApiError, Done},
    extract::{Caller, EntityBody, Id, InPath, Page, Query},
    state::Api,
};

/// Create or update a customer
#[utoipa::path(post, path = "/api/customer", tag = "customer", request_body = Customer,
    responses((status = 200, body = Customer)))]
pub(crate) async fn save(
    State(api): State<Api>,
    caller: Caller,
    EntityBody(customer): EntityBody<Customer>,
) -> Answer<Customer> {
    api.answer(move |platform| platform.customers.save(&caller, customer))
        .await
}

/// A customer
#[utoipa::path(get, path = "/api/customer/{customerId}", tag = "customer",
    params(("customerId" = Uuid, Path)), responses((status = 200, body = Customer)))]
pub(crate) async fn get(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Answer<Customer> {
    api.answer(move |platform| platform.customers.get(&caller, CustomerId(id)))
        .await
}

/// Delete a customer with its people; its devices and assets become the tenant's own
#[utoipa::path(delete, path = "/api/customer/{customerId}", tag = "customer",
    params(("customerId" = Uuid, Path)), responses((status = 200)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Done {
    api.run(move |platform| platform.customers.delete(&caller, CustomerId(id)))
        .await
}

/// A customer by its exact title
#[utoipa::path(get, path = "/api/tenant/customers", tag = "customer",
    params(("customerTitle" = String, Query)), responses((status = 200, body = Customer)))]
pub(crate) async fn by_title(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Answer<Customer> {
    let title = query.required("customerTitle")?.to_owned();
    api.answer(move |platform| platform.customers.by_title(&caller, &title))
        .await
}

/// A page of customers
#[utoipa::path(get, path = "/api/customers", tag = "customer", params(Page),
    responses((status = 200, body = PageData<Customer>)))]
pub(crate) async fn page(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Result<Response, ApiError> {
    if query.has("customerIds") {
        return Ok(list(State(api), caller, query).await?.into_response());
    }
    let link = Page::of(&query)?.link();
    let page = api
        .run(move |platform| platform.customers.page(&caller, &link))
        .await?;
    Ok(Json(page).into_response())
}

/// Customers by id
#[utoipa::path(get, path = "/api/customers/list", tag = "customer",
    params(("customerIds" = Vec<Uuid>, Query)),
    responses((status = 200, body = Vec<Customer>)))]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Answer<Vec<Customer>> {
    let ids = query.uuids("customerIds")?;
    api.answer(move |platform| platform.customers.list(&caller, &ids))
        .await
}

/// A page of the customers of a group
#[utoipa::path(get, path = "/api/entityGroup/{entityGroupId}/customers", tag = "customer",
    params(("entityGroupId" = Uuid, Path), Page),
    responses((status = 200, body = PageData<Customer>)))]
pub(crate) async fn group_page(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(group)): InPath<Id>,
    page: Page,
) -> Answer<PageData<Customer>> {
    let link = page.link();
    api.answer(move |platform| platform.customers.page_of_group(&caller, group, &link))
        .await
}
