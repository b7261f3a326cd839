"""Reports and rules in few words, for the tests of the judge."""

from datetime import date
from functools import cache
from textwrap import dedent

from hypothesis import strategies as st

from analyzer.knowledge import Knowledge
from analyzer.model import EVIDENCE, Capture, Destination, Phase
from analyzer.policy.case import START, read_cases
from analyzer.policy.load_rules import Vocabulary, load_rules
from analyzer.policy.rule import Rule
from analyzer.reported import Group, Recipient, Report

TODAY = date(2026, 11, 22)


@cache
def words() -> Vocabulary:
    return Knowledge().rule_words


@cache
def shipped() -> tuple[Rule, ...]:
    return Knowledge().rules()


def report(text: str) -> Report:
    """The report of a case, without the kinds: `recipients: ...` and what stands beside it."""
    indented = "\n".join(f"    {line}" for line in dedent(text).strip().splitlines())
    cases, mistakes = read_cases("case.yaml", f"yes:\n  - why: made\n{indented}\nno: []\nunknown: []\n", words())
    assert [mistake for mistake in mistakes if "list is empty" not in mistake] == []
    return cases[0].report


def rule(when: str, unless: str = "", message: str = "{recipient} received {labels}.", severity: str = "high") -> Rule:
    """A rule with these conditions, each a YAML value on one line."""
    text = f"""\
id: made
title: Made
status: stable
severity: {severity}
description: A rule of the tests.
references: [{{document: Nowhere}}]
verified_on: 2026-11-22
when: {when}
{f"unless: {unless}" if unless else ""}
message: "{message}"
false_positives: [All of it.]
cannot_show: Anything.
"""
    (made,) = load_rules([("made.yaml", text)], words())
    return made


KINDS = ("person.email", "person.name.full", "id.ad", "id.imei", "special.health", "auth.password", "dev.os",
         "gov.in.aadhaar", "loc.precise", "content.message", "special.child")  # fmt: skip
TIMES = st.one_of(st.none(), st.sampled_from((START - 5, START, START + 5, START + 15, START + 30)))


@st.composite
def groups(draw: st.DrawFn, anchor: str, recipient: str, host: str, destination: int) -> Group:
    kind = words().taxonomy.get(draw(st.sampled_from(KINDS)))
    return Group(
        id=anchor, recipient=recipient, host=host, data_type=kind.id, label=kind.label, sensitivity=kind.sensitivity,
        location="body", path=draw(st.sampled_from(("a.b", "contacts[].phone", ""))), decoding=(),
        transform=draw(st.sampled_from(("plain", "sha256(lower)"))), evidence=draw(st.sampled_from(EVIDENCE)),
        seed=None, reasoning="made", masked_value="…", count=draw(st.integers(1, 30)),
        exchanges=tuple(sorted(draw(st.sets(st.integers(0, 5), min_size=1, max_size=3)))),
        phase=draw(st.sampled_from((None, "launch", "before-consent", "after-accept", "after-reject", "logged-in"))),
        first_time=draw(TIMES), secure=draw(st.booleans()), destination=destination,
        transmissions=tuple(draw(st.sets(st.integers(0, 50), max_size=3))),
    )  # fmt: skip


@st.composite
def reports(draw: st.DrawFn, most: int = 4) -> Report:
    """Small reports of all kinds, in which much may be unknown."""
    names = ("launch", "before-consent", "after-accept", "after-reject", "logged-in")
    marks = draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from((0.0, 4.0, 10.0, 20.0))), max_size=3))
    phases = tuple(sorted((Phase(name=name, time=START + at) for name, at in marks), key=lambda phase: phase.time))
    recipients: list[Recipient] = []
    number = 0
    for position in range(draw(st.integers(0, most))):
        host = f"host{position}.example"
        to = Destination(
            host=host, domain=host, party=draw(st.sampled_from(("first", "third", "unknown"))), party_reason="made",
            category=draw(st.sampled_from((None, "advertising", "analytics", "identity", "consent", "payment"))),
            server_country=draw(st.sampled_from((None, "IN", "US"))),
            server_country_method=draw(st.sampled_from(("unknown", "edge", "made", "no address", "private address"))),
            server_country_too_far=draw(st.booleans()),
        )  # fmt: skip
        held = []
        for _ in range(draw(st.integers(0, 4))):
            number += 1
            held.append(draw(groups(f"t{number}", f"r{position}", host, position)))
        recipients.append(
            Recipient(
                id=f"r{position}",
                name=draw(st.sampled_from(("Ann Ads", "Bob Bank", "C"))),
                party=to.party,
                owner=None,
                parent=None,
                owner_country=None,
                category=to.category,
                destinations=(to,),
                groups=tuple(held),
                exchanges=1,
            )
        )
    made = report("recipients: [{groups: [dev.os]}]")
    capture = Capture(
        path="made", sha256="", bytes=0, format="HAR", recorder="made", exchanges=1, first_time=START, phases=phases
    )
    return changed(made, capture=capture, recipients=tuple(recipients))


def changed(made: Report, **members: object) -> Report:
    """The report with other members; its destinations are those of its recipients."""
    from msgspec.structs import replace

    made = replace(made, **members)
    return replace(made, destinations=tuple(to for recipient in made.recipients for to in recipient.destinations))
