"""Reports for the renderers' tests: the founding case of 2018 retold with a fictitious app, and hostile ones."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from analyzer.model import (
    EVIDENCE,
    Capture,
    Destination,
    Evidence,
    FidelityNote,
    Location,
    Note,
    Party,
    Phase,
    SkippedEntry,
    Transmission,
    Undecoded,
    Unread,
    Verdict,
)
from analyzer.report.json import encoded
from analyzer.reported import (
    Assigner,
    Cell,
    Database,
    Group,
    MatrixRow,
    Method,
    Receiver,
    Recipient,
    Report,
    Request,
    Sentence,
    SharedIdentifier,
    TransmissionLog,
    UndecodedCount,
)

HOSTILE = (
    "<script>window.pwned=1</script>",
    "{{7*7}}{% for x in (1,) %}",
    "javascript:alert(1)",
    "\"><img src=x onerror='window.pwned=1'>",
    "nul\0 bell\x07 escape\x1b[31m",
    "moc.elgoog\u202egpj\u2066\u200b",
    "half \ud800 pair",
    "</style><style>*{background:url(https://tracker.example/)}</style>",
    "[bold red]markup[/bold red] :boom:",
    "x" * 100_000,
)


class ListLog(TransmissionLog):
    """Transmissions kept in memory."""

    def __init__(self, items: Sequence[Transmission]) -> None:
        self._items = tuple(items)

    def __iter__(self) -> Iterator[Transmission]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def encoded(self) -> Iterable[bytes]:
        return map(encoded, self._items)


SEED = "the value equals the seed"
LABELS: dict[str, tuple[str, str, int]] = {
    "person.name.full": ("Full name", "person", 3),
    "person.email": ("Email address", "contact", 3),
    "person.phone": ("Phone number", "contact", 3),
    "person.photo": ("Profile photo or photo URL", "person", 3),
    "person.gender": ("Gender", "demographic", 2),
    "person.dob": ("Date of birth", "demographic", 3),
    "person.education": ("Education", "demographic", 2),
    "person.occupation": ("Occupation or employer", "demographic", 2),
    "person.address.city": ("City", "contact", 1),
    "person.interests": ("Interests or segments", "behaviour", 2),
    "loc.precise": ("Precise location (coordinates)", "location", 3),
    "id.ad": ("Advertising ID (GAID/IDFA/OAID)", "identifier", 2),
    "id.install": ("Installation or instance ID (FID, app instance)", "identifier", 2),
    "net.carrier": ("Mobile carrier", "network", 1),
    "net.type": ("Network type", "network", 0),
    "dev.model": ("Device make and model", "device", 1),
    "dev.os": ("OS name and version", "device", 0),
    "auth.password": ("Password (clear or hashed)", "credential", 4),
}
"""Label, category and sensitivity of the data types used here."""

CLEVERTAP = ("urlencoded", "lzstring", "json")

# recipient, data type, location, path, decoding, transform, evidence, masked value, count, first exchange, reasoning
Row = tuple[str, str, Location, str, tuple[str, ...], str, Evidence, str, int, int, str]
ROWS: tuple[Row, ...] = (
    ("r1", "person.name.full", "query", "d.[].profile.Name", CLEVERTAP, "plain", "seed", "A…a", 2, 7, SEED),
    ("r1", "person.email", "query", "d.[].profile.Email", CLEVERTAP, "plain", "seed", "as…@e…e", 2, 7, SEED),
    ("r1", "person.phone", "query", "d.[].profile.Phone", CLEVERTAP, "plain", "seed", "+9…21", 2, 7, SEED),
    ("r1", "person.photo", "query", "d.[].profile.Photo", CLEVERTAP, "plain", "seed", "ht…pg", 1, 7, SEED),
    ("r1", "person.dob", "query", "d.[].profile.DOB", CLEVERTAP, "epoch seconds", "seed", "$D…00", 1, 7,
     "the number after `$D_` is the seed's date in seconds since 1970"),
    ("r1", "person.gender", "query", "d.[].profile.Gender", CLEVERTAP, "plain", "documented", "F", 2, 7,
     "CleverTap's profile field `Gender`"),
    ("r1", "person.education", "query", "d.[].profile.Education", CLEVERTAP, "plain", "documented", "G…e", 1, 7,
     "CleverTap's profile field `Education`"),
    ("r1", "person.occupation", "query", "d.[].profile.Profession", CLEVERTAP, "plain", "key+value", "T…r", 1, 7,
     "the key is `Profession` and the value reads as an occupation"),
    ("r1", "person.address.city", "query", "d.[].profile.City", CLEVERTAP, "plain", "key", "N…k", 1, 7,
     "the key is `City`"),
    ("r1", "loc.precise", "query", "d.[].af.Latitude", CLEVERTAP, "rounded to 4 decimals", "seed", "19…60", 5, 9,
     "latitude and longitude equal the seed to 4 decimals"),
    ("r1", "id.ad", "query", "d.[].af.GoogleAdID", CLEVERTAP, "without dashes", "seed", "38…4d", 14, 6, SEED),
    ("r1", "net.carrier", "query", "d.[].af.Carrier", CLEVERTAP, "plain", "documented", "E…l", 14, 6,
     "CleverTap's application field `Carrier`"),
    ("r1", "net.type", "query", "d.[].af.Radio", CLEVERTAP, "plain", "documented", "4G", 14, 6,
     "CleverTap's application field `Radio`"),
    ("r1", "dev.model", "query", "d.[].af.Model", CLEVERTAP, "plain", "documented", "Ex…7", 14, 6,
     "CleverTap's application field `Model`"),
    ("r1", "dev.os", "query", "os", ("urlencoded",), "plain", "documented", "An…id", 14, 6,
     "CleverTap's query parameter `os`"),
    ("r2", "person.email", "body", "user_data.em", ("gzip", "json"), "sha256(lower)", "seed", "8f…c1", 3, 11,
     "the value is the SHA-256 of the seed in lower case"),
    ("r2", "id.ad", "body", "advertiser_id", ("urlencoded",), "plain", "seed", "38…4d", 6, 10, SEED),
    ("r2", "dev.model", "body", "extinfo[4]", ("urlencoded", "json"), "plain", "documented", "Ex…7", 6, 10,
     "position 4 of Facebook's `extinfo` list"),
    ("r3", "id.ad", "body", "1.19", ("gzip", "protobuf"), "plain", "seed", "38…4d", 9, 12, SEED),
    ("r3", "id.install", "body", "1.21", ("gzip", "protobuf"), "plain", "validated", "c1…9e", 9, 12,
     "32 hexadecimal digits at the place of the app instance id"),
    ("r3", "dev.model", "body", "1.33", ("gzip", "protobuf"), "plain", "documented", "Ex…7", 9, 12,
     "field 33 of Google's measurement batch"),
    ("r4", "person.name.full", "body", "name", ("json",), "plain", "seed", "A…a", 1, 3, SEED),
    ("r4", "person.email", "body", "email", ("json",), "plain", "seed", "as…@e…e", 1, 3, SEED),
    ("r4", "person.phone", "body", "phone", ("json",), "plain", "seed", "+9…21", 1, 3, SEED),
    ("r4", "auth.password", "body", "password", ("json",), "plain", "seed", "•••", 1, 3, SEED),
)  # fmt: skip


def _destination(host: str, domain: str, party: Party, **more: object) -> Destination:
    reason = "the domain is not one of the app's own" if party == "third" else "named as the app's own domain"
    return msgspec.convert(
        {"host": host, "domain": domain, "party": party, "party_reason": reason, "exchanges": 1} | more, Destination
    )


DESTINATIONS = (
    _destination(
        "in.wzrkt.com", "wzrkt.com", "third", product="CleverTap", owner="WizRocket Inc.", owner_country="US",
        owner_source="https://clevertap.com/privacy-policy/", owner_checked="2026-09-14", owner_verified=True,
        category="analytics", server_ip="13.126.10.20", server_country="IN", server_country_method="cloud region",
        server_country_date="2026-10-26", network="Amazon.com, Inc.", asn=16509, region="AWS ap-south-1",
        place="Mumbai", vendor_region="in", exchanges=14,
        sources=("Country: AWS publishes 13.126.0.0/15 as ap-south-1 (2026-10-26).",
                 "Network: DB-IP ASN Lite (2026-09-01)."),
    ),
    _destination(
        "graph.facebook.com", "facebook.com", "third", product="Facebook SDK", owner="Meta Platforms, Inc.",
        owner_country="US", owner_source="DuckDuckGo Tracker Radar", owner_checked="2026-09-14", category="advertising",
        server_ip="157.240.16.20", server_country=None, server_country_method="edge", network="Facebook, Inc.",
        asn=32934, exchanges=6, sources=("Network: DB-IP ASN Lite (2026-09-01).",),
    ),
    _destination(
        "app-measurement.com", "app-measurement.com", "third", product="Google Analytics for Firebase",
        owner="Google LLC", parent="Alphabet Inc.", owner_country="US", owner_verified=True, category="analytics",
        owner_source="https://firebase.google.com/support/privacy", owner_checked="2026-09-14",
        server_ip="142.250.192.14", server_country="US", server_country_method="DB-IP Country Lite",
        server_country_date="2026-09-01", network="Google LLC", asn=15169, exchanges=9,
    ),
    _destination(
        "firebaseinstallations.googleapis.com", "googleapis.com", "third", product="Firebase Installations",
        owner="Google LLC", parent="Alphabet Inc.", owner_country="US", owner_verified=True, category="analytics",
        owner_source="https://firebase.google.com/support/privacy", owner_checked="2026-09-14",
        server_ip="2404:6800:4009:80a::200a", server_country="IN", server_country_method="DB-IP Country Lite",
        server_country_date="2026-09-01", network="Google LLC", asn=15169, exchanges=2,
    ),
    _destination(
        "api.townhall.example", "townhall.example", "first", server_ip="192.0.2.10",
        server_country_method="private address", exchanges=7,
    ),
)  # fmt: skip

RECIPIENTS: tuple[tuple[str, str, tuple[int, ...]], ...] = (
    ("r1", "WizRocket Inc. (CleverTap)", (0,)),
    ("r2", "Meta Platforms, Inc.", (1,)),
    ("r3", "Google LLC", (2, 3)),
    ("r4", "townhall.example", (4,)),
)


def _groups() -> tuple[Group, ...]:
    hosts = {name: DESTINATIONS[places[0]].host for name, _, places in RECIPIENTS}
    return tuple(
        Group(
            id=f"t{number}", recipient=to, host=hosts[to], data_type=kind, label=LABELS[kind][0],
            sensitivity=LABELS[kind][2], location=location, path=path, decoding=decoding, transform=transform,
            evidence=evidence, seed=kind if evidence == "seed" else None, reasoning=reasoning, masked_value=masked,
            count=count, exchanges=tuple(range(first, first + min(count, 20))),
            support=("key+value: the key names the data type",) if evidence == "seed" else (),
        )
        for number, (to, kind, location, path, decoding, transform, evidence, masked, count, first, reasoning)
        in enumerate(ROWS, 1)
    )  # fmt: skip


def _recipient(place: tuple[str, str, tuple[int, ...]], groups: Iterable[Group]) -> Recipient:
    name, title, numbers = place
    destinations = tuple(DESTINATIONS[number] for number in numbers)
    to = destinations[0]
    return Recipient(
        id=name, name=title, party=to.party, owner=to.owner, parent=to.parent, owner_country=to.owner_country,
        category=to.category, destinations=destinations, groups=tuple(g for g in groups if g.recipient == name),
        exchanges=sum(each.exchanges for each in destinations),
    )  # fmt: skip


def matrix_of(recipients: Sequence[Recipient]) -> tuple[MatrixRow, ...]:
    """The matrix of these recipients' groups, by category in the order of LABELS."""

    def cell(recipient: Recipient, data_type: str) -> Cell | None:
        groups = [group for group in recipient.groups if group.data_type == data_type]
        if not groups:
            return None
        best = min(groups, key=lambda group: EVIDENCE.index(group.evidence))
        return Cell(
            recipient=recipient.id, count=sum(group.count for group in groups), evidence=best.evidence, group=best.id,
            transforms=tuple(sorted({group.transform for group in groups})),
        )  # fmt: skip

    kinds = [kind for kind in LABELS if any(g.data_type == kind for r in recipients for g in r.groups)]
    categories = list(dict.fromkeys(LABELS[kind][1] for kind in kinds))
    kinds.sort(key=lambda kind: categories.index(LABELS[kind][1]))
    return tuple(
        MatrixRow(
            data_type=kind, label=LABELS[kind][0], category=LABELS[kind][1], sensitivity=LABELS[kind][2],
            cells=tuple(cell(recipient, kind) for recipient in recipients),
        )
        for kind in kinds
    )  # fmt: skip


def shared_identifiers(recipients: Sequence[Recipient]) -> tuple[SharedIdentifier, ...]:
    """The advertising ID that three recipients were sent, and a cookie that the second handed out."""
    names = {recipient.id: recipient.name for recipient in recipients}
    hosts = {recipient.id: recipient.destinations[0].host for recipient in recipients}
    sent: tuple[tuple[str, Location, str, int, int], ...] = (
        ("r1", "query", "d.[].af.GoogleAdID", 6, 14), ("r2", "body", "advertiser_id", 10, 6),
        ("r3", "body", "1.19", 12, 9),
    )  # fmt: skip
    receivers = tuple(
        Receiver(recipient=to, name=names[to], host=hosts[to], location=location, path=path, exchange=at, count=count)
        for to, location, path, at, count in sent
    )
    return (
        SharedIdentifier(
            id="s1", masked_value="3…d", data_types=("id.ad",), label=LABELS["id.ad"][0], assigner=None,
            receivers=receivers, recipients=tuple(names)[:3], names=tuple(names.values())[:3], count=29,
            evidence="Sent to in.wzrkt.com in request 6 and to two others.",
        ),
        SharedIdentifier(
            id="s2", masked_value="b…5", data_types=(), label="Server-made identifier", receivers=receivers[2:],
            count=9,
            assigner=Assigner(recipient="r2", name=names["r2"], host=hosts["r2"], exchange=10, where="cookie uid"),
            recipients=("r2", "r3"), names=(names["r2"], names["r3"]),
            evidence=f"First seen in the answer of {hosts['r2']} to request 10 (cookie uid), then sent on.",
        ),
    )  # fmt: skip


UNDECODED_COUNTS = (
    UndecodedCount(host="telemetry.townhall.example", recipient="r4", count=2, bytes=3_781),
    UndecodedCount(host="in.wzrkt.com", recipient="r1", count=1, bytes=96),
)


def _requests(groups: Sequence[Group]) -> tuple[Request, ...]:
    hosts: dict[int, str] = {}
    for group in groups:
        for exchange in group.exchanges:
            hosts.setdefault(exchange, group.host)
    address = {destination.host: destination.server_ip for destination in DESTINATIONS}
    return tuple(
        Request(
            exchange=number, time=f"2018-03-23T10:{number:02}:07Z", method="POST",
            url=f"https://{host}/a1?os=…&t=…&z=…&ts=…&d=…", server_ip=address[host], status=200,
            body_bytes=1_204 + number, body_sha256=f"{number:064x}", body_is_exact=number % 5 != 0,
            groups=tuple(group.id for group in groups if number in group.exchanges),
        )
        for number, host in sorted(hosts.items())
    )  # fmt: skip


def _transmissions(groups: Iterable[Group]) -> Iterator[Transmission]:
    numbers = {destination.host: number for number, destination in enumerate(DESTINATIONS)}
    for group in groups:
        for exchange in group.exchanges:
            yield Transmission(
                exchange=exchange, host=group.host, data_type=group.data_type, location=group.location,
                path=group.path, decoding=group.decoding, transform=group.transform, evidence=group.evidence,
                seed=group.seed, reasoning=group.reasoning, masked_value=group.masked_value, phase=None,
                destination=numbers[group.host], support=group.support,
            )  # fmt: skip


def founding_report() -> Report:
    """The 2018 case: a profile is made, and its fields go to an analytics company, two others and the app's server."""
    groups = _groups()
    recipients = tuple(_recipient(place, groups) for place in RECIPIENTS)
    return Report(
        capture=Capture(
            path="townhall-profile.har", sha256="5f2b" * 16, bytes=4_118_230, format="HAR",
            recorder="mitmproxy 12.1 (HAR export)", exchanges=64, first_time=1521799200.0, last_time=1521800487.5,
            fidelity=(FidelityNote(what="body-reconstructed", count=5, message="The recorder kept the text of a body, "
                                   "not its bytes: sizes and hashes are of the reconstruction."),),
            skipped=(SkippedEntry(index=41, reason="the entry has no request"),), skipped_total=1,
        ),
        sentences=(
            Sentence(text="The app transmitted full name, email address, phone number, profile photo and date of birth "
                     "to WizRocket Inc. (CleverTap), seated in the United States, at in.wzrkt.com.",
                     exchange=7, requests=(7,), groups=("t1", "t2", "t3", "t4", "t5")),
            Sentence(text="The server that answered for in.wzrkt.com was in India: AWS ap-south-1, Mumbai.",
                     exchange=7, requests=(7,), groups=("t1",)),
            Sentence(text="Precise location (coordinates) went to WizRocket Inc. in 5 requests.",
                     exchange=9, requests=(9,), groups=("t10",)),
            Sentence(text="Meta Platforms, Inc. received the email address as a SHA-256 hash.",
                     exchange=11, requests=(11,), groups=("t16",)),
            Sentence(text="3 recipients received the same advertising ID.",
                     exchange=6, requests=(6,), groups=("t11", "t17", "t19")),
        ),
        recipients=recipients, matrix=matrix_of(recipients), requests=_requests(groups),
        transmissions=ListLog(tuple(_transmissions(groups))), destinations=DESTINATIONS,
        verdicts=(Verdict(rule="third-party-contact-data", outcome="indication", severity="medium",
                          message="Contact data is transmitted to a third party; whether the user agreed before is not "
                          "visible in this capture.", transmissions=(2, 3)),),
        unread=(Unread(host="payments.bank.example", reason="the app refused the recorder's certificate", count=6),),
        undecoded=(
            Undecoded(exchange=21, host="telemetry.townhall.example", location="body", path="", bytes=2_048,
                      content_type="application/octet-stream", entropy=7.91),
            Undecoded(exchange=22, host="telemetry.townhall.example", location="body", path="", bytes=1_733,
                      content_type="application/octet-stream", entropy=7.88),
            Undecoded(exchange=30, host="in.wzrkt.com", location="query", path="c", bytes=96, content_type="text/plain",
                      entropy=5.72),
        ),
        undecoded_total=3,
        notes=(Note(what="nesting-limit", message="JSON nested deeper than 64 levels was not read further.", count=1,
                    exchanges=(18,)),),
        method=Method(
            tool="apptells 0.1.0", seeds=("person.name.full", "person.email", "person.phone", "person.photo",
                                          "person.dob", "loc.precise", "id.ad", "auth.password"),
            databases=(
                Database(name="DB-IP Country Lite", date="2026-09-01", licence="CC BY 4.0", sha256="ab" * 32,
                         attribution="IP Geolocation by DB-IP", url="https://db-ip.com"),
                Database(name="Cloud regions", date="2026-10-26", licence="MIT", sha256="cd" * 32,
                         attribution="address ranges as the providers publish them", url=""),
            ),
            app="Townhall 3.4.1 (fictitious)", first_party=("townhall.example",), values_shown=False,
            suffix_list="Public Suffix List, 2026-08-30", detectors=("seeds", "adapters", "validators", "keys"),
        ),
        undecoded_by_host=UNDECODED_COUNTS,
        shared_identifiers=shared_identifiers(recipients), shared_total=2, returned_total=3,
    )  # fmt: skip


PHASES = (
    Phase(name="before-consent", time=1521799200.0 + 5 * 60),
    Phase(name="after-accept", time=1521799200.0 + 8 * 60 + 10),
    Phase(name="logged-in", time=1521799200.0 + 12 * 60),
)


def phased_report(phases: Sequence[Phase] = PHASES) -> Report:
    """The founding case with these phases; its request N began N minutes and 7 s after 10:00."""
    sample = founding_report()

    def in_phase(group: Group) -> Group:
        time = 1521799207.0 + group.exchanges[0] * 60
        phase = next((phase.name for phase in reversed(phases) if phase.time <= time), None)
        return msgspec.structs.replace(group, first_time=time, phase=phase)

    recipients = tuple(
        msgspec.structs.replace(recipient, groups=tuple(map(in_phase, recipient.groups)))
        for recipient in sample.recipients
    )
    requests = tuple(msgspec.structs.replace(each, phase=PHASES[0].name) for each in sample.requests)
    capture = msgspec.structs.replace(sample.capture, phases=tuple(phases))
    return msgspec.structs.replace(sample, capture=capture, recipients=recipients, requests=requests)


def empty_report() -> Report:
    """Nothing recognised, nothing known to be missing."""
    sample = founding_report()
    return msgspec.structs.replace(
        sample,
        capture=msgspec.structs.replace(sample.capture, fidelity=(), skipped=(), skipped_total=0),
        sentences=(), recipients=(), matrix=(), requests=(), transmissions=ListLog(()), destinations=(), verdicts=(),
        unread=(), undecoded=(), undecoded_total=0, notes=(), undecoded_by_host=(), shared_identifiers=(),
        shared_total=0, returned_total=0,
    )  # fmt: skip


def hostile_report(texts: Sequence[str] = HOSTILE, sample: Report | None = None) -> Report:
    """The founding case, or another report, with every free text of it replaced by hostile ones, in turn."""
    sample = sample or founding_report()
    turn = 0

    def poison[T](value: T, name: str = "") -> T:
        nonlocal turn
        fixed = {"id", "recipient", "group", "groups", "party", "location", "evidence", "outcome", "transmissions"}
        if isinstance(value, str) and name not in fixed:
            turn += 1
            return texts[turn % len(texts)]  # type: ignore[return-value]
        if isinstance(value, tuple) and name == "recipients" and value and isinstance(value[0], str):
            return value
        if isinstance(value, tuple):
            return tuple(poison(each, name) for each in value)  # type: ignore[return-value]
        if isinstance(value, msgspec.Struct):
            changed = {
                field: poison(getattr(value, field), field)
                for field in value.__struct_fields__
                if field not in fixed or field == "groups"
            }
            return msgspec.structs.replace(value, **changed)
        return value

    log = ListLog([poison(each) for each in list(sample.transmissions)[:30]])
    return msgspec.structs.replace(poison(sample), transmissions=log)


def big_report(recipients: int = 20, groups: int = 250) -> Report:
    """Many recipients with many groups each: 5,000 lines unless told otherwise."""
    sample = founding_report()
    model, kinds = sample.recipients[0], tuple(LABELS)

    def named(number: int) -> Recipient:
        lines = tuple(
            msgspec.structs.replace(
                model.groups[0], id=f"t{number * groups + line + 1}", recipient=f"r{number + 1}",
                data_type=kinds[line % len(kinds)], label=LABELS[kinds[line % len(kinds)]][0], path=f"batch[].f{line}",
            )
            for line in range(groups)
        )  # fmt: skip
        return msgspec.structs.replace(model, id=f"r{number + 1}", name=f"Company {number + 1}", groups=lines)

    made = tuple(named(number) for number in range(recipients))
    return msgspec.structs.replace(sample, recipients=made, matrix=matrix_of(made), sentences=sample.sentences[:1])
