//! What a fold does to the tables: deletions, points by series and time, latest, attributes, mark.

use std::sync::Arc;

use millrace_model::{EntityId, Millis, telemetry::TsValue};
use rusqlite::params;

use super::writer::Writer;
use crate::{
    fault_points,
    sqlite::column::{self, Cell},
    values::{AttributeWrite, Fold, LatestWrite, Point, PointRange, SeriesPoints},
};

/// Points deleted in one transaction.
const BITE: i64 = 10_000;

/// Writes everything; the mark is in the last transaction.
pub(super) fn write(writer: &mut Writer, fold: &Fold) -> rusqlite::Result<()> {
    for range in &fold.delete_points {
        delete_range(writer, range)?;
    }
    for entity in &fold.delete_entities {
        delete_entity(writer, *entity)?;
    }
    write_points(writer, &fold.points)?;
    write_latest(writer, &fold.latest)?;
    write_attributes(writer, &fold.attributes)?;
    // An older fold that is repeated must not turn the mark back.
    writer.mark.folded_to = writer.mark.folded_to.max(fold.upto);
    fault_points::hit("fold.inside");
    Ok(())
}

fn delete_range(writer: &mut Writer, range: &PointRange) -> rusqlite::Result<()> {
    match writer.find_series(range.entity, &range.key)? {
        Some(series) => delete_points(writer, series, range.start, range.end),
        None => Ok(()),
    }
}

/// The last time before `end`; the end of time stands for everything.
pub(super) fn last_of(end: Millis) -> Option<Millis> {
    if end == Millis::MAX {
        Some(end)
    } else {
        end.checked_sub(1)
    }
}

fn delete_points(
    writer: &mut Writer,
    series: i64,
    start: Millis,
    end: Millis,
) -> rusqlite::Result<()> {
    let Some(last) = last_of(end) else {
        return Ok(());
    };
    loop {
        let deleted = writer
            .connection
            .prepare_cached(
                "DELETE FROM point WHERE series = ?1 AND ts BETWEEN ?2 AND min(?3, coalesce(
                     (SELECT ts FROM point WHERE series = ?1 AND ts BETWEEN ?2 AND ?3
                      ORDER BY ts LIMIT 1 OFFSET ?4), ?3))",
            )?
            .execute(params![series, start, last, BITE])? as u64;
        writer.mark.points = writer.mark.points.saturating_sub(deleted);
        writer.changed(deleted)?;
        if deleted <= column::unsigned(BITE) {
            return Ok(());
        }
    }
}

fn delete_entity(writer: &mut Writer, entity: EntityId) -> rusqlite::Result<()> {
    let name = (entity.id.as_bytes(), entity.entity_type.as_str());
    let series: Vec<(Arc<str>, i64)> = writer
        .connection
        .prepare_cached("SELECT key, id FROM series WHERE entity = ?1 AND kind = ?2")?
        .query_map(name, |row| Ok((column::text(row, 0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (key, id) in series {
        delete_points(writer, id, Millis::MIN, Millis::MAX)?;
        writer.forget(entity, key);
    }
    let mut rows = 0;
    for sql in [
        "DELETE FROM series WHERE entity = ?1 AND kind = ?2",
        "DELETE FROM attribute WHERE entity = ?1 AND kind = ?2",
    ] {
        rows += writer.connection.prepare_cached(sql)?.execute(name)? as u64;
    }
    writer.changed(rows)
}

/// Series by series in the order of the table, so that neighbours share pages.
fn write_points(writer: &mut Writer, series: &[SeriesPoints]) -> rusqlite::Result<()> {
    let mut named: Vec<(i64, &SeriesPoints)> = Vec::with_capacity(series.len());
    for one in series.iter().filter(|one| !one.points.is_empty()) {
        named.push((writer.series(one.tenant, one.entity, &one.key)?, one));
        writer.changed(0)?;
    }
    // Stable: of two parts of one series the later one stays behind.
    named.sort_by_key(|(id, _)| *id);
    let mut points: Vec<&Point> = Vec::new();
    let mut rows: Vec<(i64, &Point)> = Vec::with_capacity(ROWS);
    for parts in named.chunk_by(|(one, _), (other, _)| one == other) {
        points.clear();
        points.extend(parts.iter().flat_map(|(_, part)| &part.points));
        points.sort_by_key(|point| point.ts);
        let Some((id, _)) = parts.first() else {
            continue;
        };
        for (index, point) in points.iter().enumerate() {
            let replaced = points
                .get(index + 1)
                .is_some_and(|next| next.ts == point.ts);
            if !replaced {
                rows.push((*id, point));
            }
            if rows.len() == ROWS {
                write_rows(writer, INSERT_ROWS, &rows)?;
                rows.clear();
            }
        }
    }
    for row in &rows {
        write_rows(writer, INSERT_ROW, std::slice::from_ref(row))?;
    }
    Ok(())
}

/// Points in one statement; a statement costs more than a row.
const ROWS: usize = 8;

const INSERT_ROW: &str = "INSERT INTO point VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING";
const INSERT_ROWS: &str = "INSERT INTO point VALUES (?, ?, ?, ?), (?, ?, ?, ?), (?, ?, ?, ?), \
    (?, ?, ?, ?), (?, ?, ?, ?), (?, ?, ?, ?), (?, ?, ?, ?), (?, ?, ?, ?) ON CONFLICT DO NOTHING";

/// Inserts rows, and overwrites them when one was there: apart from the insert, so that the number
/// of points stays known.
fn write_rows(writer: &mut Writer, insert: &str, rows: &[(i64, &Point)]) -> rusqlite::Result<()> {
    let inserted = {
        let mut statement = writer.connection.prepare_cached(insert)?;
        let mut parameter = 0;
        let mut next = || {
            parameter += 1;
            parameter
        };
        for (series, point) in rows {
            statement.raw_bind_parameter(next(), series)?;
            statement.raw_bind_parameter(next(), point.ts)?;
            statement.raw_bind_parameter(next(), Cell(&point.value))?;
            statement.raw_bind_parameter(next(), point.expires)?;
        }
        statement.raw_execute()?
    };
    if inserted < rows.len() {
        let mut update = writer.connection.prepare_cached(
            "UPDATE point SET value = ?3, expires = ?4 WHERE series = ?1 AND ts = ?2",
        )?;
        for (series, point) in rows {
            update.execute(params![series, point.ts, Cell(&point.value), point.expires])?;
        }
    }
    writer.mark.points += inserted as u64;
    writer.changed(rows.len() as u64)
}

fn write_latest(writer: &mut Writer, latest: &[LatestWrite]) -> rusqlite::Result<()> {
    let mut sorted: Vec<&LatestWrite> = latest.iter().collect();
    sorted.sort_by(|(_, one, one_key, _), (_, other, other_key, _)| {
        (one.id, one_key).cmp(&(other.id, other_key))
    });
    for (tenant, entity, key, latest) in sorted {
        let (ts, value) = parts(latest.as_ref());
        if latest.is_some() {
            writer.series(*tenant, *entity, key)?;
        }
        writer
            .connection
            .prepare_cached(
                "UPDATE series SET ts = ?4, value = ?5
                 WHERE entity = ?1 AND kind = ?2 AND key = ?3",
            )?
            .execute(params![
                entity.id.as_bytes(),
                entity.entity_type.as_str(),
                &**key,
                ts,
                value
            ])?;
        writer.changed(1)?;
    }
    Ok(())
}

fn write_attributes(writer: &mut Writer, attributes: &[AttributeWrite]) -> rusqlite::Result<()> {
    for (tenant, entity, scope, key, attribute) in attributes {
        let (id, kind) = (entity.id.as_bytes(), entity.entity_type.as_str());
        if attribute.is_some() {
            let (ts, value) = parts(attribute.as_ref());
            writer
                .connection
                .prepare_cached(
                    "INSERT OR REPLACE INTO attribute VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .execute(params![
                    id,
                    kind,
                    scope.as_str(),
                    &**key,
                    tenant.0.as_bytes(),
                    ts,
                    value
                ])?;
        } else {
            writer
                .connection
                .prepare_cached(
                    "DELETE FROM attribute WHERE entity = ?1 AND kind = ?2 AND scope = ?3 AND key = ?4",
                )?
                .execute(params![id, kind, scope.as_str(), &**key])?;
        }
        writer.changed(1)?;
    }
    Ok(())
}

fn parts(value: Option<&TsValue>) -> (Option<Millis>, Option<Cell<'_>>) {
    (
        value.map(|value| value.ts),
        value.map(|value| Cell(&value.value)),
    )
}
