//! Paging: the query of a list and its answer.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Direction of a sort.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum SortOrder {
    /// Smallest first.
    #[default]
    Asc,
    /// Largest first.
    Desc,
}

/// Which part of a list is asked for. `page_size` is at least 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageLink {
    /// Rows a page.
    pub page_size: u32,
    /// Page number from 0.
    pub page: u32,
    /// Case-insensitive part of the name.
    pub text_search: Option<String>,
    /// Property to sort by, in its JSON spelling.
    pub sort_property: Option<String>,
    /// Direction.
    pub sort_order: SortOrder,
}

impl PageLink {
    /// The first `page_size` rows in creation order.
    #[must_use]
    pub fn first(page_size: u32) -> Self {
        Self {
            page_size: page_size.max(1),
            page: 0,
            text_search: None,
            sort_property: None,
            sort_order: SortOrder::Asc,
        }
    }

    /// Rows before this page.
    #[must_use]
    pub fn offset(&self) -> u64 {
        u64::from(self.page) * u64::from(self.page_size)
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PageData<T> {
    /// The rows.
    pub data: Vec<T>,
    /// Pages in all.
    pub total_pages: u64,
    /// Rows in all.
    pub total_elements: u64,
    /// Whether a page follows.
    pub has_next: bool,
}

impl<T> PageData<T> {
    /// The page that `link` asked for, out of `total` rows.
    #[must_use]
    pub fn of(data: Vec<T>, total: u64, link: &PageLink) -> Self {
        let size = u64::from(link.page_size.max(1));
        Self {
            data,
            total_pages: total.div_ceil(size),
            total_elements: total,
            has_next: (u64::from(link.page) + 1) * size < total,
        }
    }

    /// The same page with each row turned into something else.
    pub fn map<U>(self, turn: impl FnMut(T) -> U) -> PageData<U> {
        PageData {
            data: self.data.into_iter().map(turn).collect(),
            total_pages: self.total_pages,
            total_elements: self.total_elements,
            has_next: self.has_next,
        }
    }
}
