"""The nouns of the report: what every renderer shows, computed once.

`Report` is the model; its JSON form is the public contract (`SCHEMA`).
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct

from analyzer.model import (
    Capture,
    Destination,
    Evidence,
    Location,
    Note,
    Party,
    Transmission,
    Undecoded,
    Unread,
    Verdict,
)

SCHEMA = 1
OLD_DAYS = 90
"""Data on networks and countries that is further than this from the capture, or from today, is said to be old."""


class Group(Struct, frozen=True, kw_only=True):
    """Transmissions alike in all but value and moment: one line of the report."""

    id: str
    """Anchor, stable for the same capture: `t1`, `t2`, ..."""
    recipient: str
    """`Recipient.id`."""
    host: str
    data_type: str
    label: str
    """The data type in words."""
    sensitivity: int
    """0 (technical) to 4 (credential, special category, national identifier)."""
    location: Location
    path: str
    """Array positions left out: `batch[].traits.email`."""
    decoding: tuple[str, ...]
    transform: str
    evidence: Evidence
    seed: str | None
    reasoning: str
    masked_value: str
    """Of the first occurrence."""
    count: int
    exchanges: tuple[int, ...]
    """The first ten."""
    support: tuple[str, ...] = ()
    phase: str | None = None
    """Of the session, where phases were marked; like transmissions of different phases are different groups."""
    first_time: float | None = None
    """Of the first of them, seconds since 1970 UTC."""
    secure: bool = True
    """Whether they travelled inside TLS (or QUIC)."""
    destination: int = 0
    """Position in `Report.destinations`."""
    transmissions: tuple[int, ...] = ()
    """Positions in `Report.transmissions`, the first ten."""


class Recipient(Struct, frozen=True, kw_only=True):
    """An owner (or, where that is unknown, a registrable domain) and everything the app sent to it."""

    id: str
    """Anchor: `r1`, `r2`, ..."""
    name: str
    party: Party
    owner: str | None
    parent: str | None
    owner_country: str | None
    category: str | None
    destinations: tuple[Destination, ...]
    groups: tuple[Group, ...]
    exchanges: int


class Cell(Struct, frozen=True, kw_only=True):
    """One cell of the matrix."""

    recipient: str
    count: int
    evidence: Evidence
    transforms: tuple[str, ...]
    group: str
    """`Group.id` of the strongest, to link to."""


class MatrixRow(Struct, frozen=True, kw_only=True):
    """One data type and who received it; `cells` has one entry for each recipient with groups, None for nothing."""

    data_type: str
    label: str
    category: str
    sensitivity: int
    cells: tuple[Cell | None, ...]


class Sentence(Struct, frozen=True, kw_only=True):
    """One statement of *what we found*, with the request that proves it."""

    text: str
    exchange: int
    """Of the requests that the report lists, the one that shows most of it."""
    groups: tuple[str, ...]
    """What that request shows of it."""
    requests: tuple[int, ...]
    """Listed ones that together hold all it tells, as far as listed ones do: `exchange` first."""
    evidence: tuple[tuple[Evidence, int], ...] = ()
    """For how many of the kinds of data that it tells a level is the strongest, strongest first."""
    owner_by_one: bool = False
    """Whether it names an owner that only one source names."""


class Request(Struct, frozen=True, kw_only=True):
    """A request that the report points to: enough to find it in the capture, no personal value in it."""

    exchange: int
    time: str | None
    """ISO 8601, UTC."""
    method: str
    url: str
    """Values in path and query are masked."""
    server_ip: str | None
    status: int | None
    body_bytes: int
    """Of the whole body, also where the recorder kept only its start."""
    body_sha256: str
    body_is_exact: bool
    phase: str | None = None
    tls_version: str = ""
    chain_sha256: str = ""
    """Of the certificates that the server showed, where the capture holds them."""
    groups: tuple[str, ...]


class Database(Struct, frozen=True, kw_only=True):
    """A data file that the answers rest on."""

    name: str
    date: str
    licence: str
    attribution: str
    url: str
    sha256: str
    age_days: int | None = None
    """Days from its date to the end of the capture, negative where it is newer; None where either has no date."""


class IndicatorList(Struct, frozen=True, kw_only=True):
    """A file of indicators of compromise that the capture was compared with."""

    name: str
    """File name."""
    sha256: str
    usable: int
    """Indicators that traffic can show: domains, URLs, addresses, certificates, app ids."""
    others: int
    """Those that it cannot, or whose pattern says more than one observation can answer."""


class IndicatorMatch(Struct, frozen=True, kw_only=True):
    """Something in the capture that equals an indicator. It says that the source lists it; it says no more."""

    id: str
    """Anchor: `i1`, `i2`, ..."""
    kind: str
    """`domain`, `url`, `address`, `certificate` or `app`."""
    indicator: str
    """The value as the source lists it."""
    observed: str
    """What equals it: the host, the URL (values masked), the address, the fingerprint, the app id."""
    how: str
    """In words: `is the domain`, `is under the domain`, `has the alias`, ..."""
    indicates: tuple[str, ...]
    """Malware, tools or campaigns that the source names for it; the indicator's own name where it names none."""
    source: str
    """File, indicator id and its date, in words."""
    expired: bool
    """True where the source had stopped vouching for it (`valid_until`) before the capture."""
    count: int
    exchanges: tuple[int, ...]
    """The first ten; empty where the host was only looked up in DNS or could not be read."""
    sentence: str


class UnknownOwner(Struct, frozen=True, kw_only=True):
    """A registrable domain that no table of owners knows, with what the capture itself says of it."""

    domain: str
    recipient: str
    """`Recipient.id`."""
    hosts: tuple[str, ...]
    """The first ten."""
    exchanges: int
    certificate_organisations: tuple[str, ...]
    aliases: tuple[str, ...]
    networks: tuple[str, ...]
    countries: tuple[str, ...]
    """Server countries, ISO 3166-1 alpha-2."""


class Method(Struct, frozen=True, kw_only=True):
    """How the report was made: enough to make it again."""

    tool: str
    databases: tuple[Database, ...]
    seeds: tuple[str, ...]
    """Data types of the seeds that were searched for; never their values."""
    app: str | None
    first_party: tuple[str, ...]
    values_shown: bool
    suffix_list: str
    detectors: tuple[str, ...]
    run: str | None = None
    """The run that the seeds were made for, where their file says so: what is found by seed is of this run."""
    deep: bool = False
    """Whether rarer transforms of the seeds were searched for too."""
    indicators: tuple[IndicatorList, ...] = ()
    captured_in: str | None = None
    """Country in which the capture was made, as the user said, ISO 3166-1 alpha-2."""


class Receiver(Struct, frozen=True, kw_only=True):
    """A host that was sent a shared identifier, and the first place where it was."""

    recipient: str
    """`Recipient.id`."""
    name: str
    """`Recipient.name`."""
    host: str
    location: Location
    path: str
    exchange: int
    count: int
    """How often the identifier was sent to this host."""


class Assigner(Struct, frozen=True, kw_only=True):
    """The server that handed an identifier out, and in which answer."""

    recipient: str
    """`Recipient.id`."""
    name: str
    host: str
    exchange: int
    """The request that it answered."""
    where: str
    """`cookie uid` (Set-Cookie), `redirect puid` (a parameter in Location) or `body device_id`."""


class SharedIdentifier(Struct, frozen=True, kw_only=True):
    """One value that several recipients know: sent to two or more of them, or to another than the one it came from."""

    id: str
    """Anchor: `s1`, `s2`, ..."""
    masked_value: str
    data_types: tuple[str, ...]
    """What detectors take it for; empty where all that is known is that a server handed it out."""
    label: str
    """The first data type in words."""
    assigner: Assigner | None
    receivers: tuple[Receiver, ...]
    """Each host once, the earliest first; the first hundred."""
    recipients: tuple[str, ...]
    """`Recipient.id` of all that know it, the assigner included, the assigner or else the earliest first."""
    names: tuple[str, ...]
    """`Recipient.name` of each."""
    count: int
    """Times sent, to all hosts."""
    evidence: str
    """One sentence: who handed it out, who was sent it, in which requests."""


class UndecodedCount(Struct, frozen=True, kw_only=True):
    """How much of what one host was sent no decoder could open; counted for all, listed or not."""

    host: str
    recipient: str
    """`Recipient.id`."""
    count: int
    bytes: int


class TransmissionLog(ABC):
    """All transmissions in capture order. Sequence-like and read-only to its users; may be kept on disk."""

    @abstractmethod
    def __iter__(self) -> Iterator[Transmission]: ...

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def encoded(self) -> Iterable[bytes]:
        """Each transmission as one line of JSON, without a line end."""


class Declaration(Struct, frozen=True, kw_only=True):
    """A statement of the app's maker that observed transmissions are compared with."""

    kind: str
    """`Google Play Data safety`, `Apple privacy label`, `Apple privacy manifest`, `Android manifest`, `privacy policy`
    or `consent string`."""
    source: str
    """File name, or the exchange that a consent string is from."""
    sha256: str
    date: str | None = None
    """As the document says, YYYY-MM-DD."""
    note: str = ""


class Declared(Struct, frozen=True, kw_only=True):
    """One kind of data as a scheme names it: what is declared of it, and who was seen to receive it."""

    scheme: str
    """`play` or `apple`: columns of the taxonomy."""
    kind: str
    """As the scheme names it: `PSL_EMAIL`, `EmailAddress`."""
    label: str
    declared: str
    """`collected`, `shared`, `collected and shared`, `not declared`, `mentioned` (by a policy, while no form speaks of
    it), or `no statement` (no document does)."""
    sources: tuple[str, ...]
    """`Declaration.source` of those that say so."""
    data_types: tuple[str, ...]
    """Taxonomy ids that were observed of it."""
    recipients: tuple[str, ...]
    """`Recipient.id` of those that were seen to receive it."""
    groups: tuple[str, ...]
    """`Group.id`."""
    message: str
    """One sentence that puts both beside each other, and says what traffic cannot settle."""


class Quote(Struct, frozen=True, kw_only=True):
    """A passage of a document of the maker, word for word."""

    source: str
    """`Declaration.source`."""
    line: int
    """1-based line in the saved text."""
    text: str
    about: tuple[str, ...]
    """Taxonomy ids, groups of data types, names of recipients, or topics (`THIRD PARTIES`, `CONSENT`) that it names."""


class PolicyChange(Struct, frozen=True, kw_only=True):
    """A passage that is not the same in two versions of a policy."""

    kind: Literal["changed", "went", "came"]
    before: Quote | None
    after: Quote | None
    about: tuple[str, ...]
    """What either speaks of: taxonomy ids, groups of data types, topics, names of recipients."""


class Report(Struct, frozen=True, kw_only=True):
    """Everything that was found. All numbers are computed when it is built; renderers only show them."""

    capture: Capture
    sentences: tuple[Sentence, ...]
    recipients: tuple[Recipient, ...]
    """Those that data was recognised to go to come first, and of them third parties, the most sensitive data first."""
    matrix: tuple[MatrixRow, ...]
    requests: tuple[Request, ...]
    transmissions: TransmissionLog
    destinations: tuple[Destination, ...]
    verdicts: tuple[Verdict, ...]
    unread: tuple[Unread, ...]
    undecoded: tuple[Undecoded, ...]
    """The first thousand."""
    undecoded_total: int
    notes: tuple[Note, ...]
    method: Method
    indicator_matches: tuple[IndicatorMatch, ...] = ()
    unknown_owners: tuple[UnknownOwner, ...] = ()
    """The most exchanges first; first parties and addresses left out."""
    undecoded_by_host: tuple[UndecodedCount, ...] = ()
    """All of them, the most bytes first."""
    shared_identifiers: tuple[SharedIdentifier, ...] = ()
    """Those that the most recipients know come first; at most five hundred, `shared_total` counts all."""
    shared_total: int = 0
    returned_total: int = 0
    """Values that a server handed out and that were sent back to nobody but its recipient."""
    declarations: tuple[Declaration, ...] = ()
    declared: tuple[Declared, ...] = ()
    """Those that were observed come first."""
    quotes: tuple[Quote, ...] = ()
    policy_changes: tuple[PolicyChange, ...] = ()
