//! `isInsidePolygon` and `isInsideCircle`.

use super::Table;
use super::call::Call;
use crate::error::Fault;
use crate::value::{Value, convert};

pub(super) const BUILTINS: Table = &[
    ("isInsidePolygon", inside_polygon),
    ("isInsideCircle", inside_circle),
];

type Ring = Vec<(f64, f64)>;

const EARTH_RADIUS_METERS: f64 = 6_371_008.771_4;

fn bad_perimeter() -> Fault {
    Fault::runtime(
        "bad-perimeter",
        "the perimeter is neither a list of [latitude, longitude] nor a list of such lists",
    )
}

fn items(call: &Call<'_>, value: &Value) -> Result<Vec<Value>, Fault> {
    match value {
        Value::List(id) => Ok(call.heap.list(*id).to_values()),
        _ => Err(bad_perimeter()),
    }
}

fn ring(call: &Call<'_>, points: &[Value]) -> Result<Ring, Fault> {
    points
        .iter()
        .map(|point| match items(call, point)?.as_slice() {
            [lat, lon, ..] => convert::number(call.heap, lat)
                .zip(convert::number(call.heap, lon))
                .ok_or_else(bad_perimeter),
            _ => Err(bad_perimeter()),
        })
        .collect()
}

/// Whether a point lies inside; the border is outside.
fn contains(ring: &Ring, (lat, lon): (f64, f64)) -> bool {
    let mut inside = false;
    let mut previous = ring.len().checked_sub(1);
    for (i, (lat_i, lon_i)) in ring.iter().enumerate() {
        if let Some((lat_j, lon_j)) = previous.and_then(|j| ring.get(j)) {
            if on_segment((*lat_i, *lon_i), (*lat_j, *lon_j), (lat, lon)) {
                return false;
            }
            let crosses = (*lon_i > lon) != (*lon_j > lon)
                && lat < (lat_j - lat_i) * (lon - lon_i) / (lon_j - lon_i) + lat_i;
            if crosses {
                inside = !inside;
            }
        }
        previous = Some(i);
    }
    inside
}

fn on_segment((ax, ay): (f64, f64), (bx, by): (f64, f64), (x, y): (f64, f64)) -> bool {
    let cross = (bx - ax) * (y - ay) - (by - ay) * (x - ax);
    cross == 0.0 && x >= ax.min(bx) && x <= ax.max(bx) && y >= ay.min(by) && y <= ay.max(by)
}

/// The first ring is the border, further ones are holes.
fn inside_polygon(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(3, 3)?;
    let point = (call.double(0)?, call.double(1)?);
    let text = call.own_str(2)?;
    let parsed = super::json::parse_text(call.heap, &text)?;
    let outer = items(call, &parsed)?;
    let first = outer.first().ok_or_else(bad_perimeter)?;
    let is_ring =
        matches!(items(call, first)?.first(), Some(v) if convert::number(call.heap, v).is_some());
    let rings: Vec<Ring> = if is_ring {
        vec![ring(call, &outer)?]
    } else {
        outer
            .iter()
            .map(|r| ring(call, &items(call, r)?))
            .collect::<Result<_, _>>()?
    };
    call.heap.spend(rings.iter().map(Vec::len).sum());
    let mut rings = rings.iter();
    let inside = rings.next().is_some_and(|border| contains(border, point));
    Ok(Value::Bool(
        inside && !rings.any(|hole| contains(hole, point)),
    ))
}

fn inside_circle(call: &mut Call<'_>) -> Result<Value, Fault> {
    call.expect(3, 3)?;
    let (lat, lon) = (call.double(0)?, call.double(1)?);
    let text = call.own_str(2)?;
    let parsed = super::json::parse_text(call.heap, &text)?;
    let bad = || {
        Fault::runtime(
            "bad-perimeter",
            "the circle needs latitude, longitude and radius",
        )
    };
    let Value::Map(id) = parsed else {
        return Err(bad());
    };
    let map = call.heap.map(id);
    let member = |key: &str| map.get_str(call.heap.texts(), key);
    let number = |key: &str| {
        member(key)
            .and_then(|n| convert::number(call.heap, n))
            .ok_or_else(bad)
    };
    let unit = match member("radiusUnit") {
        Some(Value::Str(unit)) => match call.heap.str(*unit).to_ascii_uppercase().as_str() {
            "METER" => 1.0,
            "KILOMETER" => 1000.0,
            "FOOT" => 0.3048,
            "MILE" => 1609.344,
            "NAUTICAL_MILE" => 1852.0,
            _ => {
                return Err(Fault::runtime(
                    "bad-perimeter",
                    format!("unknown radiusUnit '{}'", call.heap.str(*unit)),
                ));
            }
        },
        _ => 1.0,
    };
    let (center_lat, center_lon, radius) = (
        number("latitude")?,
        number("longitude")?,
        number("radius")? * unit,
    );
    Ok(Value::Bool(
        distance((lat, lon), (center_lat, center_lon)) <= radius,
    ))
}

/// Meters along the great circle.
fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (lat_a, lat_b) = (a.0.to_radians(), b.0.to_radians());
    let half_lat = (lat_b - lat_a) / 2.0;
    let half_lon = (b.1 - a.1).to_radians() / 2.0;
    let h = half_lat.sin().powi(2) + lat_a.cos() * lat_b.cos() * half_lon.sin().powi(2);
    2.0 * EARTH_RADIUS_METERS * h.sqrt().min(1.0).asin()
}
