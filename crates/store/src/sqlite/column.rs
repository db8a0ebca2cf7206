//! How ids, numbers and values stand in columns.
//!
//! A value keeps its type: INTEGER is a long, REAL a double (25.0 stays one), TEXT a text, a BLOB
//! of one byte 0 or 1 a boolean, a BLOB of `J` and text JSON. The columns have no declared type,
//! so that SQLite converts nothing.

use std::sync::Arc;

use millrace_model::{EntityId, Value};
use rusqlite::{
    Row, ToSql,
    types::{FromSqlError, ToSqlOutput, Type, Value as Owned, ValueRef},
};
use uuid::Uuid;

/// First byte of a JSON value.
const JSON: u8 = b'J';

/// A value on its way into a column.
pub(crate) struct Cell<'a>(pub(crate) &'a Value);

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Value::Bool(false) => ToSqlOutput::Borrowed(ValueRef::Blob(&[0])),
            Value::Bool(true) => ToSqlOutput::Borrowed(ValueRef::Blob(&[1])),
            Value::Long(number) => ToSqlOutput::Owned(Owned::Integer(*number)),
            // SQLite would turn NaN into NULL.
            Value::Double(number) if number.is_nan() => {
                ToSqlOutput::Borrowed(ValueRef::Text(b"NaN"))
            }
            Value::Double(number) => ToSqlOutput::Owned(Owned::Real(*number)),
            Value::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Value::Json(text) => {
                let mut blob = Vec::with_capacity(text.len() + 1);
                blob.push(JSON);
                blob.extend_from_slice(text.as_bytes());
                ToSqlOutput::Owned(Owned::Blob(blob))
            }
        })
    }
}

/// Reads a value back.
pub(crate) fn value(row: &Row<'_>, index: usize) -> rusqlite::Result<Value> {
    let stored = row.get_ref(index)?;
    match stored {
        ValueRef::Integer(number) => Some(Value::Long(number)),
        ValueRef::Real(number) => Some(Value::Double(number)),
        ValueRef::Text(text) => utf8(text).map(Value::Text),
        ValueRef::Blob([0]) => Some(Value::Bool(false)),
        ValueRef::Blob([1]) => Some(Value::Bool(true)),
        ValueRef::Blob([JSON, text @ ..]) => utf8(text).map(Value::Json),
        ValueRef::Blob(_) | ValueRef::Null => None,
    }
    .ok_or_else(|| unreadable(index, stored.data_type(), "no value of a known type"))
}

fn utf8(text: &[u8]) -> Option<Arc<str>> {
    std::str::from_utf8(text).ok().map(Arc::from)
}

/// Reads a text.
pub(crate) fn text(row: &Row<'_>, index: usize) -> rusqlite::Result<Arc<str>> {
    Ok(Arc::from(row.get_ref(index)?.as_str()?))
}

/// Reads a UUID of 16 bytes.
pub(crate) fn uuid(row: &Row<'_>, index: usize) -> rusqlite::Result<Uuid> {
    let blob = row.get_ref(index)?.as_blob()?;
    Uuid::from_slice(blob).map_err(|_| unreadable(index, Type::Blob, "no uuid"))
}

/// Reads an entity id from its kind and its UUID.
pub(crate) fn entity(row: &Row<'_>, kind: usize, id: usize) -> rusqlite::Result<EntityId> {
    let name = row.get_ref(kind)?.as_str()?;
    let entity_type = name
        .parse()
        .map_err(|_| unreadable(kind, Type::Text, "no entity type"))?;
    Ok(EntityId::new(entity_type, uuid(row, id)?))
}

/// A column that does not hold what it should.
pub(crate) fn unreadable(index: usize, found: Type, expected: &'static str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(
        index,
        found,
        Box::new(FromSqlError::Other(expected.into())),
    )
}

/// SQLite's integers are signed; what does not fit is beyond every real number of ours.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The way back; negative numbers are never written.
pub(crate) fn unsigned(column: i64) -> u64 {
    u64::try_from(column).unwrap_or_default()
}
