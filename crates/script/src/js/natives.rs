//! What the prelude needs from outside: the host's clock, randomness and zone, and text encodings.

use std::{cell::Cell, cell::RefCell, rc::Rc};

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose},
};
use rquickjs::{Ctx, Exception, Function, Object, String as JsString};

use super::budget::Budget;
use crate::{HostCall, TimeZone};

/// The host as the script of one runtime sees it during a call.
#[derive(Debug, Default)]
pub(super) struct HostCell {
    now_ms: Cell<f64>,
    random: Cell<u64>,
    zone: RefCell<TimeZone>,
}

impl HostCell {
    pub(super) fn set(&self, host: &HostCall) {
        self.now_ms.set(host.now_ms as f64);
        self.random.set(host.seed);
        self.zone.replace(host.time_zone.clone());
    }

    /// SplitMix64: every seed gives a sequence of its own, and neighbouring seeds differ at once.
    fn random(&self) -> f64 {
        let state = self.random.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.random.set(state);
        let mut bits = state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        (bits >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Milliseconds east of UTC at a moment.
    fn offset_ms(&self, at_ms: f64) -> f64 {
        if at_ms.is_finite() {
            f64::from(self.zone.borrow().offset_seconds(at_ms as i64)) * 1000.0
        } else {
            0.0
        }
    }
}

/// The object handed to the prelude.
pub(super) fn object<'js>(
    ctx: &Ctx<'js>,
    host: &Rc<HostCell>,
    budget: &Rc<Budget>,
) -> rquickjs::Result<Object<'js>> {
    let natives = Object::new(ctx.clone())?;
    let of = |host: &Rc<HostCell>| Rc::clone(host);
    let (now, random, offset) = (of(host), of(host), of(host));
    natives.set("now", Function::new(ctx.clone(), move || now.now_ms.get())?)?;
    natives.set(
        "random",
        Function::new(ctx.clone(), move || random.random())?,
    )?;
    natives.set(
        "offset",
        Function::new(ctx.clone(), move |at_ms: f64| offset.offset_ms(at_ms))?,
    )?;
    let spending = Rc::clone(budget);
    let spend = move |steps: f64| spending.spend(steps);
    natives.set("spend", Function::new(ctx.clone(), spend)?)?;
    natives.set("utf8", Function::new(ctx.clone(), utf8)?)?;
    natives.set("btoa", Function::new(ctx.clone(), btoa)?)?;
    natives.set("atob", Function::new(ctx.clone(), atob)?)?;
    Ok(natives)
}

/// A string whose characters are bytes, read as UTF-8; what is not UTF-8 becomes U+FFFD.
fn utf8<'js>(ctx: Ctx<'js>, latin1: JsString<'js>) -> rquickjs::Result<JsString<'js>> {
    let text = latin1
        .to_string()
        .map_err(|_| Exception::throw_type(&ctx, "the payload holds values that are no bytes"))?;
    if text.is_ascii() {
        return Ok(latin1);
    }
    // Signed bytes arrive as 65408..65535: their low half is the byte.
    let bytes: Vec<u8> = text.chars().map(|c| (u32::from(c) & 0xff) as u8).collect();
    JsString::from_str(ctx, &String::from_utf8_lossy(&bytes))
}

fn btoa<'js>(ctx: Ctx<'js>, text: JsString<'js>) -> rquickjs::Result<String> {
    let refuse = || Exception::throw_range(&ctx, "btoa takes characters up to code 255 only");
    let text = text.to_string().map_err(|_| refuse())?;
    let bytes = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).ok())
        .collect::<Option<Vec<u8>>>();
    Ok(general_purpose::STANDARD.encode(bytes.ok_or_else(refuse)?))
}

fn atob<'js>(ctx: Ctx<'js>, base64: JsString<'js>) -> rquickjs::Result<String> {
    /// Padding may be missing and the unused bits of the last character may be anything.
    const FORGIVING: GeneralPurpose = GeneralPurpose::new(
        &STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let refuse = || Exception::throw_range(&ctx, "atob was given text that is no base64");
    let mut text = base64.to_string().map_err(|_| refuse())?;
    text.retain(|c| !c.is_ascii_whitespace());
    let bytes = FORGIVING.decode(text).map_err(|_| refuse())?;
    Ok(bytes.into_iter().map(char::from).collect())
}
