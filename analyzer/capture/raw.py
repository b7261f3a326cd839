"""A connection that spoke neither HTTP nor DNS as an exchange: all that the app sent over it is its body."""

from analyzer.model import Certificate, Exchange, WholeBody


def raw_exchange(
    *,
    index: int,
    protocol: str,
    host: str,
    port: int,
    time: float | None,
    body: bytes,
    server_ip: str | None = None,
    connect_ms: float | None = None,
    certificate: Certificate | None = None,
    chain_sha256: str = "",
    tls_version: str = "",
    whole_body: WholeBody | None = None,
) -> Exchange:
    """`protocol` is `tcp` or `udp`; TLS, where there was any, is off the body."""
    name = f"[{host}]" if ":" in host else host or "unknown.invalid"
    return Exchange(
        index=index,
        time=time,
        method=protocol.upper(),
        url=f"{protocol}://{name}:{port}/",
        body=body,
        server_ip=server_ip,
        connect_ms=connect_ms,
        certificate=certificate,
        chain_sha256=chain_sha256,
        tls_version=tls_version,
        whole_body=whole_body,
    )
