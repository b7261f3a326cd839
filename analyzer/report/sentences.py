"""What we found, in at most five sentences, each with the request that proves it."""

from collections.abc import Callable, Container, Mapping, Sequence

from analyzer.countries import load_countries
from analyzer.english import listed
from analyzer.model import Capture, Destination, Phase
from analyzer.report.dates import in_words
from analyzer.report.groups import answer_of, refusal_at, told, told_after_refusal, told_before
from analyzer.report.ownership import operated_by
from analyzer.report.places import NOWHERE, place_in_words
from analyzer.report.proofs import bearing, best_request, evidence_of, listed_in
from analyzer.report.requests import moment
from analyzer.reported import Group, Recipient, Sentence, SharedIdentifier
from analyzer.taxonomy import within_sentence

MAX_SENTENCES = 5
MAX_ABOUT_ANSWER = 2
"""Of these, on what was transmitted before a consent screen was answered, or still after it was answered with no."""
# Data that the story is told with although it is not sensitive by itself.
_DEVICE = ("dev.os", "net.type", "net.carrier", "dev.model")
# The order in which people ask: who it is, how to reach them, what is most sensitive, where they are, what marks them.
_ORDER = (
    "person.name.full", "person.name", "person.email", "person.phone", "person.photo", "person.gender", "person.dob",
    "special.", "gov.", "fin.", "auth.", "person.address.postal", "loc.precise", "content.", "person.", "id.ad",
    "id.android", "id.", "",
)  # fmt: skip
_NAME_PARTS = ("person.name.given", "person.name.family")
MAX_NAMED = 6
"""Recipients that a sentence on many names."""
_MAX_KINDS = 10
_MAX_PLACES = 3


def write_sentences(
    capture: Capture,
    recipients: Sequence[Recipient],
    app: str | None,
    requests: Container[int],
    shared: Sequence[SharedIdentifier] = (),
    shared_total: int = 0,
) -> tuple[Sentence, ...]:
    """One sentence for each of the first recipients, one for all that are left, at most two on what came before a
    consent screen was answered or after a refusal, one for identifiers that several know.

    `requests` are the exchanges that a sentence may point to; one that tells something is there for every destination.
    """
    names_of = load_countries()
    telling = [recipient for recipient in recipients if told(recipient)]
    others = [recipient for recipient in telling if recipient.party != "first"] or telling
    about_shared = _about_shared(shared, shared_total, recipients, requests)
    about_answer = _about_answer(capture, recipients, requests)
    most = MAX_SENTENCES - len(about_shared) - len(about_answer)
    room = most if len(others) <= most else most - 1
    sentences = [
        _about(recipient, _subject(capture, app) if not position else "The app", names_of, requests)
        for position, recipient in enumerate(others[:room])
    ]
    if rest := others[room:]:
        sentences.append(_about_others(rest, requests))
    return (*sentences, *about_answer, *about_shared)


def _about_others(rest: Sequence[Recipient], requests: Container[int]) -> Sentence:
    """How many there are; the requests are of those that are named."""
    names = list(dict.fromkeys(recipient.name for recipient in rest))
    more = f"{len(names)} more {'recipient' if len(names) == 1 else 'recipients'}"
    text = f"The app transmitted personal data to {more}: {listed(names, MAX_NAMED, 'others')}"
    proofs = [best_request(told(recipient), requests) for recipient in rest[:MAX_NAMED]]
    groups = tuple(group.id for group in told(rest[0]) if proofs[0] in group.exchanges)
    return Sentence(text=_stopped(text), exchange=proofs[0], groups=groups, requests=tuple(dict.fromkeys(proofs)))


def _about_answer(capture: Capture, recipients: Sequence[Recipient], requests: Container[int]) -> list[Sentence]:
    """What was transmitted before a consent screen was answered, and what still was after it was answered with no."""
    phases, answer = capture.phases, answer_of(capture.phases)
    if answer is None:
        return []
    before, after = told_before(recipients, answer), told_after_refusal(recipients, phases)
    sentences = _in_time(before, MAX_ABOUT_ANSWER - bool(after), "before", lambda _: answer, requests)
    most = MAX_ABOUT_ANSWER - len(sentences)
    return sentences + _in_time(after, most, "after", lambda time: refusal_at(time, phases) or answer, requests)


def _in_time(
    found: Sequence[Sequence[Group]],
    most: int,
    side: str,
    answer_at: Callable[[float], Phase],
    requests: Container[int],
) -> list[Sentence]:
    """One sentence for each of the first recipients, on what the most telling of their requests shows; the others are
    counted. `side` is on which side of the answer that was.
    """
    sentences: list[Sentence] = []
    for groups in found:
        provable = [group for group in groups if group.exchanges[0] in requests]
        worst = max((group.sensitivity for group in provable), default=0)
        times = {
            group.exchanges[0]: group.first_time
            for group in provable
            if group.sensitivity == worst and group.first_time is not None
        }
        if not times or len(sentences) == most:
            continue
        proof = best_request(groups, times)
        proven = sorted((group for group in groups if proof in group.exchanges), key=_rank)
        answer, kinds = answer_at(times[proof]), _labels(_without_parts(proven))
        text = f"The app transmitted {listed(kinds, _MAX_KINDS, 'more kinds of data')} to {proven[0].host} "
        text += f"{duration(abs(times[proof] - answer.time))} {side} {answered(answer)}"
        if others := len({group.data_type for group in groups} - {group.data_type for group in proven}):
            text += f"; this recipient received {others} more {'kind' if others == 1 else 'kinds'} of data {side} it"
        rest = len(found) - len(sentences) - 1
        if rest and len(sentences) == most - 1:
            text += f"; {rest} more {'recipient' if rest == 1 else 'recipients'} received personal data {side} it"
        sentences.append(
            Sentence(
                text=f"{text}.",
                exchange=proof,
                groups=tuple(group.id for group in proven),
                requests=bearing(proven, proof, requests),
                evidence=evidence_of(proven),
            )
        )
    return sentences


def answered(answer: Phase) -> str:
    """`the consent screen was answered (accepted at 12:01:33 UTC)`, or `... with no (at 12:01:33 UTC)`."""
    at = moment(answer.time)
    when = f"at {at:%H:%M:%S} UTC" if at else "at a time that is not known"
    how = f"with no ({when})" if answer.name == "after-reject" else f"(accepted {when})"
    return f"the consent screen was answered {how}"


def duration(seconds: float) -> str:
    """A time in words: `3.2 s`, `45 s`, `12 min`, `3.5 h`."""
    if seconds < 0.1:
        return "less than 0.1 s"
    if seconds < 120:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7_200 else f"{seconds / 3_600:.1f} h"


def _about_shared(
    shared: Sequence[SharedIdentifier], total: int, recipients: Sequence[Recipient], requests: Container[int]
) -> list[Sentence]:
    """The identifier that most recipients know, where two of them at least are not the app's own."""
    others = {recipient.id for recipient in recipients if recipient.party != "first"}
    for identifier in shared:
        proof = next((to.exchange for to in identifier.receivers if to.exchange in requests), None)
        knowing = set(identifier.recipients)
        if proof is None or len(others & knowing) < 2:
            continue
        assigner = identifier.assigner
        if assigner:
            text = f"An identifier that {assigner.name} handed out ({assigner.where}) was sent to "
            text += listed(identifier.names[1:])
        else:
            kind = within_sentence(identifier.label)
            text = f"The same identifier ({kind}) was sent to {len(knowing)} recipients: {listed(identifier.names)}"
        if total > 1:
            text += f"; several recipients know {total - 1:,} more {'identifier' if total == 2 else 'identifiers'}"
        held = [group for recipient in recipients if recipient.id in knowing for group in recipient.groups]
        groups = [group.id for group in held if group.data_type in identifier.data_types and proof in group.exchanges]
        seen = [proof, *([assigner.exchange] if assigner else ()), *(to.exchange for to in identifier.receivers)]
        proofs = tuple(dict.fromkeys(index for index in seen if index in requests))
        return [Sentence(text=_stopped(text), exchange=proof, groups=tuple(groups), requests=proofs)]
    return []


def _stopped(text: str) -> str:
    """A sentence that may end in the name of a company, and so in a full stop (`Inc.`)."""
    return text if text.endswith(".") else f"{text}."


def _subject(capture: Capture, app: str | None) -> str:
    name = f"app {app}" if app else "app"
    first, last = moment(capture.first_time), moment(capture.last_time)
    if first is None:
        return f"The {name}"
    if last is not None and first.date() < last.date():
        return f"From {in_words(first)} to {in_words(last)} the {name}"
    return f"On {in_words(first)} the {name}"


def _about(recipient: Recipient, subject: str, names_of: Mapping[str, str], requests: Container[int]) -> Sentence:
    telling = sorted(told(recipient), key=_rank)
    host = telling[0].host
    groups = _without_parts([group for group in telling if group.host == host])
    device = [
        group
        for group in recipient.groups
        if group.host == host and group.data_type in _DEVICE and group.evidence != "key"
    ]
    device.sort(key=lambda group: _DEVICE.index(group.data_type))
    text = f"{subject} transmitted {listed(_labels(groups), _MAX_KINDS, 'more kinds of data')}"
    if device:
        text += f", with device data ({listed(_labels(device), _MAX_KINDS, 'more')})"
    text += f" to {host}"
    destinations = [to for to in recipient.destinations if to.host == host]
    if recipient.party == "first":
        text += ", a host of its own"
    else:
        text += f"{_alias(destinations)}, {_owner(destinations, names_of)}; {_server(destinations, names_of)}"
    if elsewhere := len({group.host for group in telling}) - 1:
        text += f"; {elsewhere} more of this recipient's hosts received personal data"
    proving = groups if listed_in(groups, requests) else [group for group in telling if group.host == host]
    proof = best_request(proving, requests)
    owned = [to for to in destinations if to.owner and recipient.party != "first"]
    return Sentence(
        text=f"{text}.",
        exchange=proof,
        groups=tuple(group.id for group in proving if proof in group.exchanges),
        requests=bearing([*groups, *device], proof, requests),
        evidence=evidence_of([*groups, *device]),
        owner_by_one=bool(owned) and not any(to.owner_verified for to in owned),
    )


def _without_parts(groups: Sequence[Group]) -> list[Group]:
    """Without the parts of a name beside the whole."""
    whole = any(group.data_type == "person.name.full" for group in groups)
    return [group for group in groups if not (whole and group.data_type in _NAME_PARTS)]


def _rank(group: Group) -> int:
    return next(rank for rank, prefix in enumerate(_ORDER) if group.data_type.startswith(prefix))


def _alias(destinations: Sequence[Destination]) -> str:
    """The name in another domain that the host was an alias of; not told where that is only its hosting company's."""
    for to in destinations:
        elsewhere = [name for name in to.aliases if not f".{name}".endswith(f".{to.domain}")]
        if elsewhere and (to.hosted_by is None or len(elsewhere) > 1):
            return f", an alias of {elsewhere[0]}"
    return ""


def _owner(destinations: Sequence[Destination], names_of: Mapping[str, str]) -> str:
    owned = next((to for to in destinations if to.owner), None)
    if owned is None:
        return "whose owner is not known"
    if owned.hosted_by == owned.owner:
        return f"hosted by {operated_by(owned, names_of)}, for a customer who is not known"
    return f"operated by {operated_by(owned, names_of)}"


def _server(destinations: Sequence[Destination], names_of: Mapping[str, str]) -> str:
    """Where each address of the host was: an app may reach several."""
    places = list(dict.fromkeys(place_in_words(to, names_of) for to in destinations)) or [NOWHERE]
    return f"the {'server' if len(places) == 1 else 'servers'} it reached {_was(places)}"


def _was(places: Sequence[str]) -> str:
    return f"was {places[0]}" if len(places) == 1 else f"were {listed(places, _MAX_PLACES, 'more places')}"


def _labels(groups: Sequence[Group]) -> list[str]:
    labels = []
    for group in groups:
        label = within_sentence(group.label)
        if group.transform != "plain":
            label += f" (as {group.transform.partition('(')[0]})"
        labels.append(label)
    return list(dict.fromkeys(labels))
