//! Data converters.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use millrace_model::{
    PageData,
    entity::{Converter, ConverterType, ScriptLang},
    id::ConverterId,
};
use millrace_platform::{
    converter::{DownlinkTest, TestOutcome, UplinkTest, test_downlink, test_uplink},
    converters::ConverterFilter,
    events::ConverterInput,
};

use crate::{
    error::{Answer, ApiError, Done},
    extract::{Caller, EntityBody, Id, InPath, Page, Query},
    state::Api,
};

/// Create or update a converter
#[utoipa::path(post, path = "/api/converter", tag = "converter", request_body = Converter,
    responses((status = 200, body = Converter)))]
pub(crate) async fn save(
    State(api): State<Api>,
    caller: Caller,
    EntityBody(converter): EntityBody<Converter>,
) -> Answer<Converter> {
    api.answer(move |platform| platform.converters.save(&caller, converter))
        .await
}

/// A converter
#[utoipa::path(get, path = "/api/converter/{converterId}", tag = "converter",
    params(("converterId" = Uuid, Path)),
    responses((status = 200, body = Converter)))]
pub(crate) async fn get(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Answer<Converter> {
    api.answer(move |platform| platform.converters.get(&caller, ConverterId(id)))
        .await
}

/// Delete a converter that no integration uses
#[utoipa::path(delete, path = "/api/converter/{converterId}", tag = "converter",
    params(("converterId" = Uuid, Path)), responses((status = 200)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
) -> Done {
    api.run(move |platform| platform.converters.delete(&caller, ConverterId(id)))
        .await
}

/// A page of converters
#[utoipa::path(get, path = "/api/converters", tag = "converter",
    params(Page, ("isEdgeTemplate" = Option<bool>, Query),
        ("integrationType" = Option<String>, Query, description = "made for this type, or for all")),
    responses((status = 200, body = PageData<Converter>)))]
pub(crate) async fn page(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Result<Response, ApiError> {
    if query.has("converterIds") {
        return Ok(list(State(api), caller, query).await?.into_response());
    }
    let link = Page::of(&query)?.link();
    let filter = ConverterFilter {
        edge_template: query.flag("isEdgeTemplate", false)?,
        integration_type: query.owned("integrationType"),
        converter_type: None,
    };
    let page = api
        .run(move |platform| platform.converters.page(&caller, &filter, &link))
        .await?;
    Ok(Json(page).into_response())
}

/// Converters by id
#[utoipa::path(get, path = "/api/converters/list", tag = "converter",
    params(("converterIds" = Vec<Uuid>, Query)),
    responses((status = 200, body = Vec<Converter>)))]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
) -> Answer<Vec<Converter>> {
    let ids = query.uuids("converterIds")?;
    api.answer(move |platform| platform.converters.list(&caller, &ids))
        .await
}

/// Run an uplink script
///
/// A failing script is no failure of the call: the reason is in `error`.
#[utoipa::path(post, path = "/api/converter/testUpLink", tag = "converter",
    params(("scriptLang" = Option<ScriptLang>, Query, description = "absent means JS")),
    request_body = UplinkTest, responses((status = 200, body = TestOutcome)))]
pub(crate) async fn test_up_link(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
    EntityBody(test): EntityBody<UplinkTest>,
) -> Answer<TestOutcome> {
    let lang = script_lang(&query)?;
    caller.require_admin()?;
    api.answer(move |_| test_uplink(lang, &test)).await
}

/// Run a downlink script
///
/// A failing script is no failure of the call: the reason is in `error`.
#[utoipa::path(post, path = "/api/converter/testDownLink", tag = "converter",
    params(("scriptLang" = Option<ScriptLang>, Query, description = "absent means JS")),
    request_body = DownlinkTest, responses((status = 200, body = TestOutcome)))]
pub(crate) async fn test_down_link(
    State(api): State<Api>,
    caller: Caller,
    query: Query,
    EntityBody(test): EntityBody<DownlinkTest>,
) -> Answer<TestOutcome> {
    let lang = script_lang(&query)?;
    caller.require_admin()?;
    api.answer(move |_| test_downlink(lang, &test)).await
}

/// What a converter was run with last
///
/// Null when no debug event holds an input.
#[utoipa::path(get, path = "/api/converter/{converterId}/debugIn", tag = "converter",
    params(("converterId" = Uuid, Path), ("converterType" = Option<ConverterType>, Query)),
    responses((status = 200, body = Option<ConverterInput>)))]
pub(crate) async fn debug_in(
    State(api): State<Api>,
    caller: Caller,
    InPath(Id(id)): InPath<Id>,
    query: Query,
) -> Answer<Option<ConverterInput>> {
    let direction = match query.text("converterType") {
        None => None,
        Some("UPLINK") => Some(ConverterType::Uplink),
        Some("DOWNLINK") => Some(ConverterType::Downlink),
        Some(other) => {
            return Err(ApiError::bad_request(format!(
                "query parameter converterType must be UPLINK or DOWNLINK: {other}"
            )));
        }
    };
    api.answer(move |platform| {
        let converter = ConverterId(id);
        platform.converters.get(&caller, converter)?;
        platform
            .events
            .latest_converter_input(&caller, converter, direction)
    })
    .await
}

/// The language a query names; JavaScript when it names none.
pub(crate) fn script_lang(query: &Query) -> Result<ScriptLang, ApiError> {
    match query.text("scriptLang") {
        None | Some("JS") => Ok(ScriptLang::Js),
        Some("TBEL") => Ok(ScriptLang::Tbel),
        Some(other) => Err(ApiError::bad_request(format!(
            "query parameter scriptLang must be TBEL or JS: {other}"
        ))),
    }
}
