"""The nouns of apptells: what was captured, what was decoded from it, what it shows, and where it went.

All are frozen; collections are tuples, so a value that left a stage cannot change in the next one.
The nouns of the report are in `reported.py`.
"""

from typing import Literal

from msgspec import Struct

Location = Literal["path", "query", "header", "cookie", "body", "message", "host"]
Evidence = Literal["seed", "documented", "validated", "key+value", "key"]
Party = Literal["first", "third", "unknown"]
Outcome = Literal["indication", "allowed", "unknown", "no_indication", "insufficient_data", "not_applicable"]
"""What a rule says. The last three are of rules on where data may go: nothing against it was seen; too little was seen
to say; the rule does not apply."""
Severity = Literal["info", "low", "medium", "high", "critical"]
SEVERITIES: tuple[Severity, ...] = ("info", "low", "medium", "high", "critical")
"""Least first."""

EVIDENCE: tuple[Evidence, ...] = ("seed", "documented", "validated", "key+value", "key")
"""Evidence levels, strongest first."""
EVIDENCE_RANK = {level: rank for rank, level in enumerate(EVIDENCE)}


# ---------------------------------------------------------------- captured


class Exchange(Struct, frozen=True, kw_only=True, gc=False):
    """One request as captured: a HAR entry or a flow, with the messages of its WebSocket if it became one."""

    index: int
    """0-based position in the capture (HAR `log.entries`; flows in file order), broken entries counted."""
    time: float | None = None
    """Start, seconds since 1970 UTC."""
    phase: str | None = None
    method: str = "GET"
    url: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    """Request headers in order, names as sent, duplicates kept."""
    body: bytes = b""
    """Request body as it travelled, Content-Encoding still on it, as far as the recorder kept it."""
    body_is_exact: bool = True
    """False where the recorder kept text only and the bytes are a reconstruction, or where it decoded the body."""
    body_is_decoded: bool = False
    """True where the recorder already took off the Content-Encoding that the headers still name."""
    messages: tuple[bytes, ...] = ()
    """WebSocket messages that the client sent, in order."""
    server_ip: str | None = None
    """Server address as captured; never resolved again."""
    status: int | None = None
    response_headers: tuple[tuple[str, str], ...] = ()
    """Of the response, only those that hand something out: Set-Cookie and Location, names in lower case."""
    response_type: str = ""
    """Content type of `response_body`."""
    response_encoding: str = ""
    """Content-Encoding that is still on `response_body`."""
    response_body: bytes = b""
    """Start of the response body where it is data for the app (see `capture/response.py`), else empty."""
    connect_ms: float | None = None
    """Milliseconds the TCP handshake took, TLS not included; None where the recorder measured none of its own."""
    certificate: "Certificate | None" = None
    """The server's own certificate, where the recorder kept it."""
    chain_sha256: str = ""
    """Of all certificates that the server showed, DER after DER in their order, hexadecimal; empty where not kept."""
    tls_version: str = ""
    """Of the connection to the server, such as `TLSv1.3`; empty where it was not encrypted, or not recorded."""
    whole_body: "WholeBody | None" = None
    """What the request body was, where `body` is only its start."""
    continues: bool = False
    """True for a later part of an exchange that came before: URL and headers were seen then; messages and answer are
    new."""
    first_message: int = 0
    """Position of `messages[0]` among all that the client sent over this WebSocket."""

    @property
    def is_secure(self) -> bool:
        """Whether it travelled inside TLS (or QUIC): by its URL, or as the recorder saw the connection."""
        return self.url.startswith(("https:", "wss:")) or bool(self.tls_version)


class WholeBody(Struct, frozen=True, kw_only=True, gc=False):
    """A body of which only the start was kept: how long it was, and its hash."""

    bytes: int
    sha256: str
    """Of the body as it travelled, hexadecimal."""


class Certificate(Struct, frozen=True, kw_only=True, gc=False):
    """The certificate that a server showed for itself, as far as the capture holds it."""

    subject: str
    """Common name, or the first alternative name."""
    organisation: str | None = None
    """Organisation of the subject: only certificates whose issuer checked the organisation name one."""
    country: str | None = None
    """Of the subject, ISO 3166-1 alpha-2."""
    issuer: str = ""
    sha256: str = ""
    """Of the DER form, hexadecimal in lower case; empty where the capture holds names only."""
    sha1: str = ""


class NameLookup(Struct, frozen=True, kw_only=True):
    """A name that was looked up in DNS while the capture was made, and what came back."""

    name: str
    """Lower case, without the final dot."""
    source: str
    """Where the capture says so: `DNS answer in flow 17`."""
    aliases: tuple[str, ...] = ()
    """The chain of CNAME records in order; the last name is the one that has the addresses."""
    addresses: tuple[str, ...] = ()


class FidelityNote(Struct, frozen=True, kw_only=True):
    """Something the recorder did not keep, and in how many exchanges."""

    what: str
    """One of the identifiers in `capture/fidelity.py`, such as `request-body-dropped`."""
    message: str
    count: int


class Phase(Struct, frozen=True, kw_only=True):
    """A stretch of the session, from its mark until the next one: `before-consent`, `after-accept`, ..."""

    name: str
    time: float
    """When it began, seconds since 1970 UTC."""


class AppBuild(Struct, frozen=True, kw_only=True):
    """The build of the app that was captured, as the device or the user says."""

    id: str
    """Package or bundle id."""
    version: str | None = None
    """As users see it, such as `4.2.1`."""
    version_code: str | None = None
    """As the platform orders builds, such as `40201`."""
    apk_sha256: tuple[str, ...] = ()
    """Of each APK file that it was installed from, the base first, hexadecimal."""
    signer_sha256: tuple[str, ...] = ()
    """Of the signing certificates, hexadecimal."""
    permissions: tuple[str, ...] = ()
    """Those granted when it was looked at, sorted."""


class Device(Struct, frozen=True, kw_only=True):
    """The phone or emulator that the app ran on: what names a model, nothing that names this one device."""

    model: str
    os: str
    """`Android 14`."""
    build: str = ""
    """The build of its system as it names itself."""
    is_emulator: bool | None = None


class SkippedEntry(Struct, frozen=True, kw_only=True):
    """An entry of the capture that could not be read."""

    index: int
    reason: str


class Capture(Struct, frozen=True, kw_only=True):
    """One recorded session: the file it came from and what its recorder kept."""

    path: str
    """File name as given, without its folder."""
    sha256: str
    bytes: int
    format: str
    """`HAR`, `mitmproxy flows` or `apptells capture`."""
    recorder: str
    """Recorder and its dialect, such as `Chrome DevTools 126.0`."""
    comment: str | None = None
    """What the file says of itself (HAR `log.comment`)."""
    exchanges: int
    """Entries in the file, the broken ones included."""
    first_time: float | None = None
    last_time: float | None = None
    phases: tuple[Phase, ...] = ()
    """In the order of their time."""
    app: AppBuild | None = None
    device: Device | None = None
    fidelity: tuple[FidelityNote, ...] = ()
    skipped: tuple[SkippedEntry, ...] = ()
    """The first hundred; `skipped_total` counts all."""
    skipped_total: int = 0
    complete: bool = True
    """False where the file ends in the middle of an entry."""


UnreadKind = Literal["refused by client", "suspected pinning", "refused by server", "passed through", "failed", "raw"]
"""Why a connection could not be read: the app did not accept the proxy's certificate; it finished the handshake and
then sent nothing, again and again; the server broke the handshake off; the recorder was told to leave it alone; it
never came about; it spoke no protocol that is known here."""


class Unread(Struct, frozen=True, kw_only=True):
    """Connections to one host that the recorder could not read, by reason."""

    host: str
    """The name that the client asked for (SNI), else the address."""
    reason: str
    """In words, as the recorder or the two sides gave it."""
    count: int
    kind: UnreadKind = "failed"
    addresses: tuple[str, ...] = ()
    """Of the server, the first ten."""
    first_time: float | None = None
    """Of the first of them, seconds since 1970 UTC."""


# ---------------------------------------------------------------- decoded


class Field(Struct, frozen=True, gc=False):
    """One decoded leaf of a request. It knows its exact place and the exact chain of encodings around it."""

    location: Location
    path: str
    """Place within the location: `d.profile.Email`, `batch[3].traits.email`, `1.19` for protobuf field numbers."""
    key: str
    """The name that says what the value is: the nearest name on the path, or the name in a {name, value} pair."""
    value: str
    decoding: tuple[str, ...]
    """Encodings taken off, outermost first."""


class Undecoded(Struct, frozen=True, kw_only=True):
    """A body, or a part of one, that no decoder could open."""

    exchange: int
    host: str
    location: str
    path: str
    bytes: int
    content_type: str
    entropy: float
    """Shannon entropy, bits a byte (0 to 8)."""


class Note(Struct, frozen=True, kw_only=True):
    """Trouble met while analysing, counted: a cap that was hit, a body that broke off."""

    what: str
    message: str
    count: int
    exchanges: tuple[int, ...] = ()
    """The first ten."""


# ---------------------------------------------------------------- found


class Finding(Struct, frozen=True, kw_only=True, gc=False):
    """A field that we can put a data type to, and why. Without its reasoning it cannot be made."""

    field: Field
    data_type: str
    evidence: Evidence
    reasoning: str
    value: str
    """The part of the field's value that is the datum."""
    transform: str = "plain"
    """`plain`, or the derivation that was proven: `sha256(lower)`."""
    seed: str | None = None
    """Data type of the seed that it equals."""
    support: tuple[str, ...] = ()
    """Weaker evidence for the same data type on the same field."""

    def __post_init__(self) -> None:
        if not self.reasoning:
            raise ValueError("a finding needs its reasoning")


# ---------------------------------------------------------------- where it went


class Contact(Struct, frozen=True, kw_only=True):
    """What a capture shows of one host at one address: all that attribution has to go by."""

    host: str
    server_ip: str | None = None
    exchanges: int = 0
    connect_ms: float | None = None
    """The least of all exchanges."""
    certificate: Certificate | None = None
    """The first that was captured."""


class OwnerStep(Struct, frozen=True, kw_only=True):
    """One company on the way from the operator of a host up to its ultimate parent, with the source of the step."""

    name: str
    """Legal entity, or the company as commonly named where the entity is not known."""
    country: str | None
    """Its own seat, ISO 3166-1 alpha-2."""
    source: str
    """Of the statement that it operates the host, or owns the step before."""
    country_source: str = ""
    """Of the statement on its seat."""
    checked: str
    """Date the statement was checked, YYYY-MM-DD."""
    verified: bool
    """False where only one source says so."""
    since: str | None = None
    """YYYY, YYYY-MM or YYYY-MM-DD from which it operates the host, or owns the step before; None if unknown."""
    until: str | None = None
    """The date from which it no longer does; None where it still did when checked."""


class Owner(Struct, frozen=True, kw_only=True):
    """Who operates a host, with the source of that statement."""

    product: str
    category: str
    steps: tuple[OwnerStep, ...]
    """The operator first, its ultimate parent last; never empty."""

    @property
    def name(self) -> str:
        """The operator."""
        return self.steps[0].name

    @property
    def parent(self) -> str | None:
        """The ultimate parent; None where the operator has none that is known."""
        return self.steps[-1].name if len(self.steps) > 1 else None

    @property
    def country(self) -> str | None:
        """Seat of the ultimate owner."""
        return self.steps[-1].country


class CountryAnswer(Struct, frozen=True, kw_only=True):
    """What one source says of the country of an address."""

    country: str
    method: str
    """`cloud region`, or the name of the database."""
    date: str
    """Of the database or the list of ranges, YYYY-MM-DD."""
    place: str | None = None
    """City or area, where the source names one."""


class Destination(Struct, frozen=True, kw_only=True):
    """One host at one address. Its four answers (server country, network, owner, owner's seat) stay apart."""

    host: str
    domain: str
    """Registrable domain (eTLD+1), the host itself where there is none."""
    party: Party
    party_reason: str
    product: str | None = None
    owner: str | None = None
    """The operator."""
    parent: str | None = None
    """Its ultimate parent; None where it has none that is known."""
    owner_country: str | None = None
    """Seat of the ultimate owner."""
    owner_source: str | None = None
    owner_checked: str | None = None
    owner_verified: bool = False
    ownership: tuple[OwnerStep, ...] = ()
    """From the operator up to the ultimate parent, each with its seat, source and dates."""
    category: str | None = None
    hosted_by: str | None = None
    """Operator of a CDN or cloud whose customer's host this is, by its name or its captured alias."""
    aliases: tuple[str, ...] = ()
    """Names that DNS gave for the host while it was captured (CNAME), in order."""
    certificate: Certificate | None = None
    server_ip: str | None = None
    server_country: str | None = None
    """Country of the address as captured, ISO 3166-1 alpha-2; None where unknown, private, or an edge network."""
    server_country_method: str = "unknown"
    """`cloud region`, `edge`, `private address`, `no address`, `unknown`, or the name of the database."""
    server_country_date: str | None = None
    server_countries: tuple[CountryAnswer, ...] = ()
    """What every source that knows the address says, the one that `server_country` follows first."""
    server_country_disputed: bool = False
    """True where those sources name different countries."""
    connect_ms: float | None = None
    """The fastest TCP handshake."""
    reach_km: int | None = None
    """Kilometres from where the capture was made within which stood what answered it; None where it says nothing."""
    server_country_too_far: bool = False
    """True where that handshake was faster than light could be, from where the capture was made to `server_country`."""
    network: str | None = None
    """Organisation of the autonomous system, or the cloud provider."""
    asn: int | None = None
    network_kinds: tuple[str, ...] = ()
    """What the user's Anonymous-IP database says of the address: `hosting provider`, `VPN`, `Tor exit`, ..."""
    region: str | None = None
    """Cloud region as the provider names it, such as `AWS ap-south-1`."""
    place: str | None = None
    """City or area of the cloud region or, where a database names it, of the address, such as `Mumbai`."""
    vendor_region: str | None = None
    """Region label in the host name: a statement of the vendor, not a measurement."""
    sources: tuple[str, ...] = ()
    """One sentence for each answer: where it comes from and its date."""
    exchanges: int = 0


class Transmission(Struct, frozen=True, kw_only=True, gc=False):
    """A finding and the host that received it: what rules judge and builds are compared by."""

    exchange: int
    host: str
    data_type: str
    location: Location
    path: str
    decoding: tuple[str, ...]
    transform: str
    evidence: Evidence
    seed: str | None
    reasoning: str
    masked_value: str
    phase: str | None
    destination: int
    """Position in `Report.destinations`."""
    support: tuple[str, ...] = ()
    secure: bool = True
    """Whether it travelled inside TLS (or QUIC)."""


class Verdict(Struct, frozen=True, kw_only=True):
    """What one rule says of some transmissions. It indicates; it never judges that a law was broken."""

    rule: str
    """Id of the rule."""
    outcome: Outcome
    severity: Severity
    message: str
    """One or two sentences that say what was seen, or what is not known."""
    transmissions: tuple[int, ...]
    """Positions in `Report.transmissions`, the first ten of each group."""
    title: str = ""
    """Of the rule."""
    groups: tuple[str, ...] = ()
    """`Group.id` of what it is about."""
    recipient: str | None = None
    """`Recipient.id`, where it is about one."""
    count: int = 0
    """Transmissions that it is about, listed or not."""
    cannot_show: str = ""
    """What a capture cannot show of the matter."""
    references: tuple[str, ...] = ()
    status: str = ""
    """Of the rule: `stable`, `experimental`; of a law: `in_force`, `unsettled`, `never_law`, ..."""
    verified_on: str | None = None
    """Date on which someone last compared the rule with its source, YYYY-MM-DD."""
    waived: str | None = None
    """Why, by whom and until when the user set it aside; a waived indication is shown, and fails no build."""
