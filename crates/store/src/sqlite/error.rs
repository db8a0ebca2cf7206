//! What the engine reports, in the words of [`StoreError`].

use rusqlite::{Error, ErrorCode, ffi};

use crate::StoreError;

/// Turns an engine error of `file` into the store's.
pub(crate) fn engine(file: &str, error: Error) -> StoreError {
    match disk_state(&error) {
        DiskState::Full => StoreError::DiskFull {
            file: file.to_owned(),
        },
        DiskState::Damaged => StoreError::Damaged {
            file: file.to_owned(),
            detail: error.to_string(),
        },
        DiskState::Other => StoreError::Engine {
            file: file.to_owned(),
            source: Box::new(error),
        },
    }
}

/// An input or output error of `file` outside the engine.
pub(crate) fn io(file: &str, error: std::io::Error) -> StoreError {
    if error.kind() == std::io::ErrorKind::StorageFull {
        return StoreError::DiskFull {
            file: file.to_owned(),
        };
    }
    StoreError::Engine {
        file: file.to_owned(),
        source: Box::new(error),
    }
}

/// A row of `file` that cannot be read back.
pub(crate) fn damaged(file: &str, detail: impl Into<String>) -> StoreError {
    StoreError::Damaged {
        file: file.to_owned(),
        detail: detail.into(),
    }
}

enum DiskState {
    Full,
    Damaged,
    Other,
}

fn disk_state(error: &Error) -> DiskState {
    let failure = match error {
        Error::SqliteFailure(failure, _) => failure,
        // A row holds what was never written there.
        Error::FromSqlConversionFailure(..)
        | Error::InvalidColumnType(..)
        | Error::IntegralValueOutOfRange(..)
        | Error::Utf8Error(..) => return DiskState::Damaged,
        _ => return DiskState::Other,
    };
    match failure.code {
        ErrorCode::DiskFull => DiskState::Full,
        // A full disk shows as a failed write or as a WAL index that cannot grow, too.
        ErrorCode::SystemIoFailure
            if matches!(
                failure.extended_code,
                ffi::SQLITE_IOERR_WRITE | ffi::SQLITE_IOERR_SHMSIZE
            ) =>
        {
            DiskState::Full
        }
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => DiskState::Damaged,
        _ => DiskState::Other,
    }
}
