//! Password hashes: made and checked, a few at a time.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use parking_lot::{Condvar, Mutex};
use serde::{Deserialize, Serialize};

use crate::{PlatformError, Result};

/// Shortest password a person may choose (characters).
pub const PASSWORD_MIN: usize = 6;
/// Longest password that is looked at (bytes).
const PASSWORD_MAX: usize = 1_024;

/// Hashes worked on at once: each takes 19 MiB and tens of milliseconds of a core.
const AT_ONCE: usize = 2;
/// Callers that may wait for their turn.
const WAITING: usize = 64;

/// Checked where there is no hash, so that it takes as long: nobody's salt, no password's hash, and
/// the same parameters as hashes made here.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// What is stored of a password.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StoredPassword {
    /// The Argon2id hash; absent until a password is set.
    pub(super) hash: Option<String>,
    /// Off: the person cannot sign in.
    pub(super) enabled: bool,
    /// When it was set (ms); sessions from before are void.
    pub(super) changed: i64,
}

/// Makes and checks hashes within bounds of memory and cores.
#[derive(Debug, Default)]
pub(super) struct Hasher {
    turns: Mutex<Turns>,
    freed: Condvar,
}

#[derive(Debug, Default)]
struct Turns {
    working: usize,
    waiting: usize,
}

impl Hasher {
    /// The hash of a password.
    pub(super) fn hash(&self, password: &str) -> Result<String> {
        let _turn = self.turn()?;
        let hash: PasswordHash = Argon2::default()
            .hash_password(password.as_bytes())
            .map_err(|error| {
                PlatformError::Internal(format!("a password cannot be hashed: {error}"))
            })?;
        Ok(hash.to_string())
    }

    /// Whether `password` fits `hash`. Without a hash it works just as long and says no.
    pub(super) fn fits(&self, password: &str, hash: Option<&str>) -> Result<bool> {
        if password.len() > PASSWORD_MAX {
            return Ok(false);
        }
        let _turn = self.turn()?;
        let fits = Argon2::default()
            .verify_password(password.as_bytes(), hash.unwrap_or(NOBODY))
            .is_ok();
        Ok(fits && hash.is_some())
    }

    /// Waits for a turn, which ends when it is dropped.
    fn turn(&self) -> Result<Turn<'_>> {
        let mut turns = self.turns.lock();
        if turns.working >= AT_ONCE {
            if turns.waiting >= WAITING {
                return Err(PlatformError::Throttled(
                    "too many sign-ins at once: try again in a moment".to_owned(),
                ));
            }
            turns.waiting += 1;
            while turns.working >= AT_ONCE {
                self.freed.wait(&mut turns);
            }
            turns.waiting -= 1;
        }
        turns.working += 1;
        Ok(Turn(self))
    }
}

/// The right to work on one hash.
struct Turn<'a>(&'a Hasher);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.turns.lock().working -= 1;
        self.0.freed.notify_one();
    }
}

/// Refuses a password that is too short or too long.
pub(super) fn check(field: &str, password: &str) -> Result<()> {
    if password.chars().count() < PASSWORD_MIN {
        return Err(PlatformError::invalid(
            field,
            format!("{field} is too short: use at least {PASSWORD_MIN} characters"),
        ));
    }
    if password.len() > PASSWORD_MAX {
        return Err(PlatformError::invalid(
            field,
            format!("{field} is too long: use at most {PASSWORD_MAX} bytes"),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_fits_its_password_only_and_no_hash_fits_none() {
        let hasher = Hasher::default();
        let hash = hasher.hash("correct horse").unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(hasher.fits("correct horse", Some(&hash)).unwrap());
        assert!(!hasher.fits("wrong horse", Some(&hash)).unwrap());
        assert!(!hasher.fits("correct horse", None).unwrap());
        assert!(
            !hasher
                .fits(&"x".repeat(PASSWORD_MAX + 1), Some(&hash))
                .unwrap()
        );
    }

    #[test]
    fn a_missing_hash_costs_as_much_as_one_made_here() {
        let parameters =
            |hash: &str| -> Vec<String> { hash.split('$').take(4).map(str::to_owned).collect() };
        let hash = Hasher::default().hash("correct horse").unwrap();
        assert_eq!(parameters(&hash), parameters(NOBODY));
        PasswordHash::new(NOBODY).unwrap();
    }

    #[test]
    fn many_callers_take_turns_and_all_are_answered() {
        let hasher = Hasher::default();
        let hash = hasher.hash("correct horse").unwrap();
        std::thread::scope(|scope| {
            let callers: Vec<_> = (0..12)
                .map(|_| scope.spawn(|| hasher.fits("correct horse", Some(&hash)).unwrap()))
                .collect();
            for caller in callers {
                assert!(caller.join().unwrap());
            }
        });
        let turns = hasher.turns.lock();
        assert_eq!((turns.working, turns.waiting), (0, 0));
    }
}
