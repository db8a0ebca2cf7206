//! Where nothing is sent to.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use ipnet::IpNet;

/// Rules about addresses. Never allowed, unless listed: link-local addresses (which hold the
/// metadata services of clouds), the metadata services that live elsewhere, multicast, broadcast and "this host".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressRules {
    /// Private ranges and the server's own machine are denied, too.
    pub deny_private: bool,
    /// More networks that are denied.
    pub denied: Vec<IpNet>,
    /// Networks that are allowed whatever else says no.
    pub allowed: Vec<IpNet>,
}

/// An address that nothing is sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied {
    /// The host as it was asked for.
    pub host: String,
    /// What it is.
    pub address: IpAddr,
    /// Why not.
    pub reason: &'static str,
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            host,
            address,
            reason,
        } = self;
        if *host == address.to_string() {
            write!(f, "{host} is {reason}: the server sends nothing there")
        } else {
            write!(
                f,
                "{host} has the address {address}, which is {reason}: the server sends nothing there"
            )
        }
    }
}

impl std::error::Error for Denied {}

impl AddressRules {
    /// Why nothing is sent to this address; `None` when it is fine.
    #[must_use]
    pub fn reason(&self, address: IpAddr) -> Option<&'static str> {
        let address = inner(address);
        let within = |nets: &[IpNet]| nets.iter().any(|net| net.contains(&address));
        if within(&self.allowed) {
            return None;
        }
        if within(&self.denied) {
            return Some("in a network denied by outbound.deny");
        }
        if let Some(reason) = never(address) {
            return Some(reason);
        }
        (self.deny_private && private(address))
            .then_some("a private address, denied by outbound.deny_private")
    }

    /// The addresses of a host that may be connected to.
    ///
    /// # Errors
    /// An `io::Error` of the look-up, or one that holds [`Denied`] when none may be.
    pub async fn resolve(&self, host: &str, port: u16) -> std::io::Result<Vec<SocketAddr>> {
        // Brackets belong to the notation of a URL.
        let bare = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host);
        let found: Vec<SocketAddr> = tokio::net::lookup_host((bare, port)).await?.collect();
        let allowed: Vec<SocketAddr> = found
            .iter()
            .copied()
            .filter(|address| self.reason(address.ip()).is_none())
            .collect();
        if !allowed.is_empty() {
            return Ok(allowed);
        }
        let denied = found.first().and_then(|first| {
            let address = first.ip();
            Some(Denied {
                host: bare.to_owned(),
                address,
                reason: self.reason(address)?,
            })
        });
        Err(match denied {
            Some(denied) => std::io::Error::new(std::io::ErrorKind::PermissionDenied, denied),
            None => std::io::Error::new(
                std::io::ErrorKind::NotFound,
                format!("{bare} has no address"),
            ),
        })
    }
}

/// The address inside one that only wraps it: IPv4 in IPv6, and behind NAT64.
fn inner(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address.to_canonical() else {
        return address.to_canonical();
    };
    match v6.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0, 0, 0, 0, 0, 0, high, low]
            if (high, low) != (0, 0) && (high, low) != (0, 1) =>
        {
            let [a, b] = high.to_be_bytes();
            let [c, d] = low.to_be_bytes();
            Ipv4Addr::new(a, b, c, d).into()
        }
        // 6to4 carries the address of its router.
        [0x2002, high, low, ..] => {
            let [a, b] = high.to_be_bytes();
            let [c, d] = low.to_be_bytes();
            Ipv4Addr::new(a, b, c, d).into()
        }
        _ => v6.into(),
    }
}

fn never(address: IpAddr) -> Option<&'static str> {
    /// Metadata services outside the link-local range.
    const METADATA_V4: [Ipv4Addr; 2] = [
        Ipv4Addr::new(100, 100, 100, 200),
        Ipv4Addr::new(192, 0, 0, 192),
    ];
    const METADATA_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);
    let (link_local, metadata, this_host) = match address {
        IpAddr::V4(v4) => (
            v4.is_link_local(),
            METADATA_V4.contains(&v4),
            v4.octets().first() == Some(&0) || v4.is_broadcast(),
        ),
        IpAddr::V6(v6) => (
            v6.is_unicast_link_local(),
            v6 == METADATA_V6,
            v6.is_unspecified(),
        ),
    };
    if metadata {
        Some("a cloud's metadata service")
    } else if link_local {
        Some("a link-local address")
    } else if address.is_multicast() {
        Some("a multicast address")
    } else if this_host {
        Some("no address of a host")
    } else {
        None
    }
}

fn private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            v4.is_private() || v4.is_loopback() || (first == 100 && (64..128).contains(&second))
        }
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denied(rules: &AddressRules, address: &str) -> bool {
        rules.reason(address.parse().unwrap()).is_some()
    }

    #[test]
    fn metadata_services_are_denied_in_every_notation() {
        let rules = AddressRules::default();
        for address in [
            "169.254.169.254",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
            "fe80::1",
            "fd00:ec2::254",
            "100.100.100.200",
            "0.0.0.0",
            "::",
            "255.255.255.255",
            "224.0.0.1",
            "ff02::1",
        ] {
            assert!(denied(&rules, address), "{address}");
        }
        for address in [
            "127.0.0.1",
            "::1",
            "10.0.0.1",
            "192.168.1.9",
            "8.8.8.8",
            "2001:db8::1",
        ] {
            assert!(!denied(&rules, address), "{address}");
        }
    }

    #[test]
    fn private_ranges_are_denied_by_a_setting() {
        let rules = AddressRules {
            deny_private: true,
            allowed: vec!["192.168.7.0/24".parse().unwrap()],
            denied: vec!["8.8.8.0/24".parse().unwrap()],
        };
        for address in [
            "127.0.0.1",
            "::1",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.9",
            "100.64.0.1",
            "fd12::1",
            "::ffff:10.0.0.1",
            "8.8.8.8",
        ] {
            assert!(denied(&rules, address), "{address}");
        }
        assert!(!denied(&rules, "192.168.7.9") && !denied(&rules, "9.9.9.9"));
    }

    #[tokio::test]
    async fn a_name_is_judged_by_its_address() {
        let rules = AddressRules {
            deny_private: true,
            ..AddressRules::default()
        };
        let error = rules.resolve("localhost", 80).await.unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::PermissionDenied);
        assert!(
            error.to_string().contains("localhost has the address"),
            "{error}"
        );
        let error = rules.resolve("[::1]", 80).await.unwrap_err();
        assert!(
            error.to_string().starts_with("::1 is a private address"),
            "{error}"
        );
        assert!(
            AddressRules::default()
                .resolve("localhost", 80)
                .await
                .is_ok()
        );
    }
}
