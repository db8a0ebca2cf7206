//! The inbox of the caller.

use axum::{Json, extract::State};
use millrace_model::{PageData, id::NotificationId, notification::Notification};

use crate::{
    error::{Answer, Done},
    extract::{Caller, Id, InPath, Page, Query},
    state::Api,
};

/// A page of the inbox, newest first
#[utoipa::path(get, path = "/api/notifications", tag = "notification",
    params(Page, ("unreadOnly" = Option<bool>, Query), ("deliveryMethod" = Option<String>, Query)),
    responses((status = 200, body = PageData<Notification>)))]
pub(crate) async fn page(
    State(api): State<Api>,
    caller: Caller,
    page: Page,
    query: Query,
) -> Answer<PageData<Notification>> {
    let unread_only = query.flag("unreadOnly", false)?;
    let link = page.link_newest_first();
    if !in_inbox(&query) {
        return Ok(Json(PageData::of(Vec::new(), 0, &link)));
    }
    api.answer(move |platform| platform.notifications.page(&caller, unread_only, &link))
        .await
}

/// Number of unread notifications
#[utoipa::path(get, path = "/api/notifications/unread/count", tag = "notification",
    params(("deliveryMethod" = Option<String>, Query)), responses((status = 200, body = u64)))]
pub(crate) async fn unread_count(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Answer<u64> {
    if !in_inbox(&query) {
        return Ok(Json(0));
    }
    api.answer(move |platform| platform.notifications.unread_count(&caller))
        .await
}

/// Mark a notification read
#[utoipa::path(put, path = "/api/notification/{id}/read", tag = "notification",
    params(("id" = Uuid, Path)), responses((status = 200)))]
pub(crate) async fn mark_read(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Done {
    api.run(move |platform| {
        platform
            .notifications
            .mark_read(&caller, NotificationId(id))
    })
    .await
}

/// Mark every notification read
#[utoipa::path(put, path = "/api/notifications/read", tag = "notification",
    params(("deliveryMethod" = Option<String>, Query)), responses((status = 200)))]
pub(crate) async fn mark_all_read(State(api): State<Api>, caller: Caller, query: Query) -> Done {
    if !in_inbox(&query) {
        return Ok(());
    }
    api.run(move |platform| platform.notifications.mark_all_read(&caller))
        .await
}

/// Delete a notification
#[utoipa::path(delete, path = "/api/notification/{id}", tag = "notification",
    params(("id" = Uuid, Path)), responses((status = 200)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Done {
    api.run(move |platform| platform.notifications.delete(&caller, NotificationId(id)))
        .await
}

/// Ways a notification can be delivered
#[utoipa::path(get, path = "/api/notification/deliveryMethods", tag = "notification",
    responses((status = 200, body = Vec<String>)))]
pub(crate) async fn delivery_methods(_caller: Caller) -> Json<[&'static str; 1]> {
    Json(["WEB"])
}

/// The inbox holds what is delivered by `WEB`; other methods keep nothing to list.
fn in_inbox(query: &Query) -> bool {
    query
        .text("deliveryMethod")
        .is_none_or(|method| method.eq_ignore_ascii_case("WEB"))
}
