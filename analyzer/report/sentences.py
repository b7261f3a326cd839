"""What we found, in at most five sentences, each with the request that proves it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from analyzer.model import EVIDENCE, Capture, Destination, Group, Recipient, Sentence
from analyzer.report.countries import load_countries

MAX_SENTENCES = 5
_RANK = {level: rank for rank, level in enumerate(EVIDENCE)}
# Data that the story is told with although it is not sensitive by itself.
_DEVICE = ("dev.os", "net.type", "net.carrier", "dev.model")
# The order in which people ask: who it is, how to reach them, what is most sensitive, where they are, what marks them.
_ORDER = (
    "person.name.full", "person.name", "person.email", "person.phone", "person.photo", "person.gender", "person.dob",
    "special.", "gov.", "fin.", "auth.", "person.address.postal", "loc.precise", "content.", "person.", "id.ad",
    "id.android", "id.", "",
)  # fmt: skip
_MAX_KINDS = 10


def write_sentences(capture: Capture, recipients: Sequence[Recipient], app: str | None) -> tuple[Sentence, ...]:
    """One sentence for each of the first recipients, the last one for all that are left."""
    names_of = load_countries()
    told = [recipient for recipient in recipients if _told(recipient)]
    others = [recipient for recipient in told if recipient.party != "first"] or told
    room = MAX_SENTENCES if len(others) <= MAX_SENTENCES else MAX_SENTENCES - 1
    sentences = [
        _about(recipient, _subject(capture, app) if not position else "The app", names_of)
        for position, recipient in enumerate(others[:room])
    ]
    rest = others[room:]
    if rest:
        names = ", ".join(recipient.name for recipient in rest[:6]) + (" and others" if len(rest) > 6 else "")
        best = _told(rest[0])[0]
        sentences.append(
            Sentence(
                text=f"It transmitted data of these kinds to {len(rest)} more recipients: {names}.",
                exchange=best.exchanges[0],
                groups=(best.id,),
            )
        )
    return tuple(sentences)


def _told(recipient: Recipient) -> list[Group]:
    """The groups worth telling: personal, and shown by more than a name."""
    return [group for group in recipient.groups if group.sensitivity >= 2 and _RANK[group.evidence] < _RANK["key"]]


def _subject(capture: Capture, app: str | None) -> str:
    name = f"The app {app}" if app else "The app"
    if capture.first_time is None:
        return name
    day = datetime.fromtimestamp(capture.first_time, UTC)
    return f"On {day.day} {day:%B %Y} {name[0].lower()}{name[1:]}"


def _about(recipient: Recipient, subject: str, names_of: Mapping[str, str]) -> Sentence:
    groups = _told(recipient)
    if any(group.data_type == "person.name.full" for group in groups):
        groups = [group for group in groups if group.data_type not in ("person.name.given", "person.name.family")]
    groups.sort(
        key=lambda group: next(rank for rank, prefix in enumerate(_ORDER) if group.data_type.startswith(prefix))
    )
    first = groups[0]
    labels = _labels(groups)
    device = [group for group in recipient.groups if group.data_type in _DEVICE]
    device_labels = _labels(sorted(device, key=lambda group: _DEVICE.index(group.data_type)))
    what = _list(labels)
    if device_labels:
        what += f", with device data ({_list(device_labels)})"
    destination = next(
        (found for found in recipient.destinations if found.host == first.host), recipient.destinations[0]
    )
    text = f"{subject} transmitted {what} to {destination.host}"
    if recipient.party == "first":
        return Sentence(text=f"{text}, a host of its own.", exchange=first.exchanges[0], groups=(first.id,))
    if recipient.owner:
        text += f", operated by {recipient.owner}"
        if recipient.parent and recipient.parent != recipient.owner:
            text += f" (parent company {recipient.parent})"
        if recipient.owner_country:
            text += f", seat in {_in(names_of.get(recipient.owner_country, recipient.owner_country))}"
    else:
        text += ", whose owner is not known"
    text += f"; {_server(destination, names_of)}."
    proof = _best_request(groups)
    return Sentence(
        text=text, exchange=proof, groups=tuple(group.id for group in groups if proof in group.exchanges) or (first.id,)
    )


def _best_request(groups: Sequence[Group]) -> int:
    """The request that shows most of the groups; the earliest of several."""
    counts: dict[int, int] = {}
    for group in groups:
        for index in group.exchanges:
            counts[index] = counts.get(index, 0) + 1
    return min(counts, key=lambda index: (-counts[index], index))


def _server(destination: Destination, names_of: Mapping[str, str]) -> str:
    network = destination.region or destination.network
    code = destination.server_country
    place = _in(names_of.get(code, code)) if code else None
    if destination.place and place:
        place = f"{destination.place}, {place}"
    if place:
        return f"the server it reached was in {place}" + (f" (network: {network})" if network else "")
    if destination.server_ip is None:
        return "the capture does not hold the address of the server it reached"
    how = destination.server_country_method
    return f"where the server it reached stood is not known ({how})"


def _in(country: str) -> str:
    return f"the {country}" if country.startswith("United ") or country in ("Netherlands", "Philippines") else country


def _labels(groups: Sequence[Group]) -> list[str]:
    labels: list[str] = []
    for group in groups:
        label = group.label if group.label[1:2].isupper() else group.label[0].lower() + group.label[1:]
        label = label.partition(" (")[0]
        if group.transform != "plain":
            label += f" (as {group.transform.partition('(')[0]})"
        if label not in labels:
            labels.append(label)
    return labels


def _list(words: Sequence[str]) -> str:
    if len(words) > _MAX_KINDS + 1:
        words = [*words[:_MAX_KINDS], f"{len(words) - _MAX_KINDS} more kinds of data"]
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
