"""Which IP addresses belong to the public internet, so that a URL of an administrator cannot lead into a network."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

AZURE_PLATFORM = IPv4Address("168.63.129.16")
"""Public by its number, but in Azure the platform's own DNS, DHCP and health service."""
PRIVATE_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
)
"""IANA's special-purpose registry, multicast and what is reserved; written out, as Python's versions differ."""
PUBLIC_V6 = IPv6Network("2000::/3")
PRIVATE_V6 = tuple(IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
"""Within 2000::/3: protocol assignments with Teredo, documentation, and 6to4, which wraps an IPv4 address."""


def is_public(text: str) -> bool:
    """Whether an address may be connected to; False for whatever is no address."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return _is_public_v4(mapped) if mapped else _is_public_v6(address)
    return _is_public_v4(address)


def _is_public_v4(address: IPv4Address) -> bool:
    return address != AZURE_PLATFORM and not any(address in network for network in PRIVATE_V4)


def _is_public_v6(address: IPv6Address) -> bool:
    return address in PUBLIC_V6 and not any(address in network for network in PRIVATE_V6)
