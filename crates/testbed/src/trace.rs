//! Reading a system call trace: was each message on disk before it was acknowledged?
//!
//! The trace is written by `strace -f -yy -xx` (descriptors with their files and peers, data in
//! hexadecimal). The position of a line is the order in which the tracer saw the call begin or end.

use std::collections::HashMap;

/// One acknowledgement found in a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    /// The MQTT packet id.
    pub packet_id: u16,
    /// True when, after the message had been read from the broker's socket and before this
    /// acknowledgement was written, data was written to the synced file and a sync of it, begun
    /// after that write, had completed.
    pub durable: bool,
}

#[derive(Default)]
struct Connection {
    unread: Vec<u8>,
    unsent: Vec<u8>,
    /// Packet id → position where its PUBLISH was complete.
    read_at: HashMap<u16, usize>,
}

struct Call {
    name: String,
    descriptor: String,
    data: Vec<u8>,
    began: usize,
    ended: usize,
    result: i64,
}

/// Every PUBACK that the traced process sent to the broker at `port`, judged against syncs of files
/// whose name ends in `journal`.
#[must_use]
pub fn acknowledgements(trace: &str, port: u16, journal: &str) -> Vec<Acknowledgement> {
    let peer = format!("->127.0.0.1:{port}]");
    let mut connections: HashMap<String, Connection> = HashMap::new();
    let mut writes = Vec::new();
    let mut syncs = Vec::new();
    let mut found = Vec::new();
    for call in calls(trace) {
        let of_journal = call.descriptor.trim_end_matches('>').ends_with(journal);
        match call.name.as_str() {
            "fsync" | "fdatasync" if of_journal && call.result == 0 => {
                syncs.push((call.began, call.ended));
            }
            "pwrite64" | "write" | "pwritev" if of_journal && call.result > 0 => {
                writes.push(call.ended);
            }
            "read" | "recvfrom" | "recvmsg" | "readv" if call.descriptor.contains(&peer) => {
                connections
                    .entry(call.descriptor.clone())
                    .or_default()
                    .receive(&call);
            }
            "write" | "sendto" | "sendmsg" | "writev" if call.descriptor.contains(&peer) => {
                let connection = connections.entry(call.descriptor.clone()).or_default();
                for (packet_id, read_at) in connection.send(&call) {
                    let durable = read_at.is_some_and(|read_at| {
                        syncs.iter().any(|&(began, ended)| {
                            let written = |&at: &usize| at > read_at && at < began;
                            ended < call.began && writes.iter().any(written)
                        })
                    });
                    found.push(Acknowledgement { packet_id, durable });
                }
            }
            _ => {}
        }
    }
    found
}

impl Connection {
    fn receive(&mut self, call: &Call) {
        self.unread.extend_from_slice(&call.data);
        for packet in take_packets(&mut self.unread) {
            if let Some(id) = publish_id(&packet) {
                self.read_at.insert(id, call.ended);
            }
        }
    }

    fn send(&mut self, call: &Call) -> Vec<(u16, Option<usize>)> {
        self.unsent.extend_from_slice(&call.data);
        let packets = take_packets(&mut self.unsent);
        let ids = packets
            .iter()
            .filter(|packet| packet.first() == Some(&0x40));
        ids.filter_map(|packet| body(packet).and_then(|body| word(body, 0)))
            .map(|id| (id, self.read_at.remove(&id)))
            .collect()
    }
}

/// Completed calls in the order of their ends, halves of interrupted lines joined.
fn calls(trace: &str) -> Vec<Call> {
    let mut open: HashMap<(String, String), (usize, String)> = HashMap::new();
    let mut calls = Vec::new();
    for (position, line) in trace.lines().enumerate() {
        let Some((thread, rest)) = line.split_once(' ') else {
            continue;
        };
        let rest = rest.trim_start();
        if let Some(start) = rest.strip_suffix("<unfinished ...>") {
            let name = start.split('(').next().unwrap_or_default();
            let key = (thread.to_owned(), name.to_owned());
            open.insert(key, (position, start.to_owned()));
        } else if let Some(resumed) = rest.strip_prefix("<... ") {
            let Some((name, end)) = resumed.split_once(" resumed>") else {
                continue;
            };
            let key = (thread.to_owned(), name.to_owned());
            if let Some((began, start)) = open.remove(&key) {
                calls.extend(parse(&format!("{start}{end}"), began, position));
            }
        } else {
            calls.extend(parse(rest, position, position));
        }
    }
    calls
}

fn parse(text: &str, began: usize, ended: usize) -> Option<Call> {
    let (name, arguments) = text.split_once('(')?;
    let (arguments, result) = arguments.rsplit_once(" = ")?;
    let result = result.split_whitespace().next()?.parse().ok()?;
    let (descriptor, rest) = match arguments.split_once(", ") {
        Some((descriptor, rest)) => (descriptor, rest),
        None => (arguments.trim_end().trim_end_matches(')'), ""),
    };
    let mut data = quoted(rest);
    data.truncate(usize::try_from(result).unwrap_or(0));
    let (name, descriptor) = (name.to_owned(), readable(descriptor));
    Some(Call {
        name,
        descriptor,
        data,
        began,
        ended,
        result,
    })
}

/// With `-xx` names of files are hexadecimal, too; addresses of sockets are not.
fn readable(descriptor: &str) -> String {
    let Some((number, name)) = descriptor.split_once('<') else {
        return descriptor.to_owned();
    };
    if !name.starts_with("\\x") {
        return descriptor.to_owned();
    }
    let name = hexadecimal(name);
    format!("{number}<{}>", String::from_utf8_lossy(&name))
}

/// The bytes of all quoted `\x…` texts, in order.
fn quoted(text: &str) -> Vec<u8> {
    let texts = text.split('"').skip(1).step_by(2);
    texts.flat_map(hexadecimal).collect()
}

/// The bytes of a `\x2f\x74…` text.
fn hexadecimal(text: &str) -> Vec<u8> {
    let digits = text.split("\\x").skip(1);
    digits
        .filter_map(|pair| u8::from_str_radix(pair.get(..2)?, 16).ok())
        .collect()
}

/// Removes the complete MQTT packets at the front.
fn take_packets(bytes: &mut Vec<u8>) -> Vec<Vec<u8>> {
    let mut packets = Vec::new();
    while let Some(length) = packet_length(bytes).filter(|length| *length <= bytes.len()) {
        packets.push(bytes.drain(..length).collect());
    }
    packets
}

fn packet_length(bytes: &[u8]) -> Option<usize> {
    let (size, digits) = remaining_length(bytes)?;
    Some(1 + digits + size)
}

fn remaining_length(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut size = 0;
    for digit in 0..4 {
        let byte = usize::from(*bytes.get(1 + digit)?);
        size |= (byte & 0x7f) << (7 * digit);
        if byte < 0x80 {
            return Some((size, digit + 1));
        }
    }
    None
}

fn body(packet: &[u8]) -> Option<&[u8]> {
    let (_, digits) = remaining_length(packet)?;
    packet.get(1 + digits..)
}

fn publish_id(packet: &[u8]) -> Option<u16> {
    let first = *packet.first()?;
    if first >> 4 != 3 || first & 0x06 == 0 {
        return None;
    }
    let body = body(packet)?;
    word(body, 2 + usize::from(word(body, 0)?))
}

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]))
}

#[cfg(test)]
mod tests {
    use super::{Acknowledgement, acknowledgements};

    /// PUBLISH QoS 1 on topic `a` with packet id 7 and payload `x`.
    const PUBLISH: &str = r"\x32\x06\x00\x01\x61\x00\x07\x78";
    const SOCKET: &str = "9<TCP:[127.0.0.1:5000->127.0.0.1:1883]>";
    /// `/d/journal.db-wal`
    const WAL: &str = r"5<\x2f\x64\x2f\x6a\x6f\x75\x72\x6e\x61\x6c\x2e\x64\x62\x2d\x77\x61\x6c>";

    fn judge(lines: &[String]) -> Vec<Acknowledgement> {
        acknowledgements(&lines.join("\n"), 1883, "journal.db-wal")
    }

    fn read() -> String {
        format!("11 recvfrom({SOCKET}, \"{PUBLISH}\", 4096, 0, NULL, NULL) = 8")
    }

    fn store() -> String {
        format!("12 pwrite64({WAL}, \"\\x00\"..., 4096, 0) = 4096")
    }

    fn acknowledge() -> String {
        format!("11 sendto({SOCKET}, \"\\x40\\x02\\x00\\x07\", 4, MSG_NOSIGNAL, NULL, 0) = 4")
    }

    #[test]
    fn a_completed_sync_before_the_acknowledgement_is_durable() {
        let sync = format!("12 fdatasync({WAL}) = 0");
        let found = judge(&[read(), store(), sync, acknowledge()]);
        assert_eq!(
            found,
            [Acknowledgement {
                packet_id: 7,
                durable: true
            }]
        );
    }

    #[test]
    fn halves_of_an_interrupted_read_are_joined() {
        let begin = format!("11 recvfrom({SOCKET},  <unfinished ...>");
        let end = format!("11 <... recvfrom resumed>\"{PUBLISH}\", 4096, 0, NULL, NULL) = 8");
        let sync = format!("12 fdatasync({WAL}) = 0");
        let found = judge(&[begin, end, store(), sync, acknowledge()]);
        assert_eq!(
            found,
            [Acknowledgement {
                packet_id: 7,
                durable: true
            }]
        );
    }

    #[test]
    fn a_sync_that_ends_after_the_acknowledgement_is_not() {
        let begin = format!("12 fdatasync({WAL} <unfinished ...>");
        let end = "12 <... fdatasync resumed>) = 0".to_owned();
        let found = judge(&[read(), store(), begin, acknowledge(), end]);
        assert_eq!(
            found,
            [Acknowledgement {
                packet_id: 7,
                durable: false
            }]
        );
    }

    #[test]
    fn a_sync_that_began_before_the_message_was_written_is_not() {
        let begin = format!("12 fdatasync({WAL} <unfinished ...>");
        let end = "12 <... fdatasync resumed>) = 0".to_owned();
        let found = judge(&[begin, read(), store(), end, acknowledge()]);
        assert_eq!(
            found,
            [Acknowledgement {
                packet_id: 7,
                durable: false
            }]
        );
    }
}
