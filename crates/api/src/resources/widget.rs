//! Widgets. The server keeps none: the web application brings its own, and dashboards name theirs.

use axum::Json;
use millrace_model::{EntityId, PageData};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    error::Answer,
    extract::{Caller, Page},
};

/// A widget or a bundle of widgets.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WidgetRow {
    id: EntityId,
    name: String,
}

/// A page of kinds of widgets
#[utoipa::path(get, path = "/api/widgetTypes", tag = "widget", params(Page),
    responses((status = 200, body = PageData<WidgetRow>)))]
pub(crate) async fn types(_caller: Caller, page: Page) -> Answer<PageData<WidgetRow>> {
    Ok(Json(PageData::of(Vec::new(), 0, &page.link())))
}

/// A page of bundles of widgets
#[utoipa::path(get, path = "/api/widgetsBundles", tag = "widget", params(Page),
    responses((status = 200, body = PageData<WidgetRow>)))]
pub(crate) async fn bundles(_caller: Caller, page: Page) -> Answer<PageData<WidgetRow>> {
    Ok(Json(PageData::of(Vec::new(), 0, &page.link())))
}
