//! Paging and time ranges of lists.

use axum::{extract::FromRequestParts, http::request::Parts};
use millrace_model::{Millis, PageLink, SortOrder};
use utoipa::IntoParams;

use super::Query;
use crate::error::ApiError;

/// The paging query of a list.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct Page {
    /// Rows a page, at least 1.
    #[param(minimum = 1)]
    pub page_size: i32,
    /// Page number from 0.
    #[param(minimum = 0)]
    pub page: i32,
    /// Case-insensitive part of the name.
    pub text_search: Option<String>,
    /// Property to sort by, e.g. `createdTime`.
    pub sort_property: Option<String>,
    /// `ASC` (default) or `DESC`.
    #[param(inline)]
    pub sort_order: Option<SortOrder>,
}

impl Page {
    /// Reads the five parameters.
    pub fn of(query: &Query) -> Result<Self, ApiError> {
        let page = Self {
            page_size: query.required_number("pageSize")?,
            page: query.required_number("page")?,
            text_search: query.owned("textSearch"),
            sort_property: query.owned("sortProperty"),
            sort_order: query.text("sortOrder").map(sort_order).transpose()?,
        };
        if page.page_size < 1 {
            return Err(ApiError::bad_request(
                "query parameter pageSize must be at least 1",
            ));
        }
        if page.page < 0 {
            return Err(ApiError::bad_request(
                "query parameter page must not be negative",
            ));
        }
        Ok(page)
    }

    /// The page link that services take.
    #[must_use]
    pub fn link(self) -> PageLink {
        PageLink {
            page_size: u32::try_from(self.page_size).unwrap_or(1),
            page: u32::try_from(self.page).unwrap_or(0),
            text_search: self.text_search,
            sort_property: self.sort_property,
            sort_order: self.sort_order.unwrap_or_default(),
        }
    }

    /// The page link, newest first unless the request sorts otherwise.
    #[must_use]
    pub fn link_newest_first(self) -> PageLink {
        let mut link = self.link();
        if link.sort_property.is_none() {
            link.sort_property = Some("createdTime".to_owned());
            link.sort_order = SortOrder::Desc;
        }
        link
    }
}

fn sort_order(text: &str) -> Result<SortOrder, ApiError> {
    match text.to_ascii_uppercase().as_str() {
        "ASC" => Ok(SortOrder::Asc),
        "DESC" => Ok(SortOrder::Desc),
        _ => Err(ApiError::bad_request(format!(
            "query parameter sortOrder must be ASC or DESC: {text}"
        ))),
    }
}

impl<S: Sync> FromRequestParts<S> for Page {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        Self::of(&Query::of(parts))
    }
}

/// The time range of time-paged lists.
#[derive(Debug, Clone, Copy, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct TimeRange {
    /// From here on (ms, inclusive).
    pub start_time: Option<Millis>,
    /// Up to here (ms, inclusive).
    pub end_time: Option<Millis>,
}

impl<S: Sync> FromRequestParts<S> for TimeRange {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        let query = Query::of(parts);
        Ok(Self {
            start_time: query.number("startTime")?,
            end_time: query.number("endTime")?,
        })
    }
}
