"""What is said of made-up builds, for the tests of the gate's formats."""

from hypothesis import strategies as st

from analyzer.model import SEVERITIES
from analyzer.report.judged import STATES, File, Item, Judged, JudgedRule, Place, fingerprint, gravest
from tests.report.sample import HOSTILE

WEIRD = st.one_of(st.text(max_size=40), st.sampled_from(HOSTILE[:-1]))
FILE = File(name="runs/shop.har", sha256="ab" * 32, bytes=1234, exchanges=20, unread=1, undecoded=2)
AT = Place(file="runs/shop.har", exchange=7, line=120, last_line=140, offset=4096, length=900)


def item(rule: str = "clear-text", **members: object) -> Item:
    """An indication that fails the build; `members` override any."""
    known: dict[str, object] = {
        "family": "rule", "state": "fails", "severity": "high", "title": "Personal data in clear text",
        "message": "Email address was sent to Tracker Inc. outside TLS.", "recipient": "Tracker Inc.",
        "labels": ("Email address",), "places": (AT,),
        "fingerprint": fingerprint("rule", rule, str(members.get("recipient", ""))),
    }  # fmt: skip
    return Item(rule=rule, **known | members)  # type: ignore[arg-type]


NEW = item(
    "new-transmission", family="baseline", severity="medium", title="New: Phone number to Ads Ltd",
    message="Phone number to Ads Ltd: Not seen before.", told="Not seen before.", recipient="Ads Ltd",
    labels=("Phone number",),
)  # fmt: skip
FEW = item(
    "too-few-exchanges", family="coverage", state="not seen", severity="medium", title="Too few exchanges",
    message="runs/shop.har: 3 exchanges; 20 are asked for.", recipient=None, labels=(),
    places=(Place(file="runs/shop.har"),),
)  # fmt: skip
LOW = item("sync", state="warns", severity="low", why_not="below the severity that fails a build (high)")
OPEN = item("before-consent", state="unknown", message="No phases are marked.", recipient=None)
ASIDE = item("sync", state="waived", waived="Agreed (by A. Person, until 2027-01-01)")
ALL = (item(), NEW, FEW, LOW, OPEN, ASIDE)


def judged(*items: Item, compared: tuple[str, ...] | None = ("Ads Ltd", "Shop"), **members: object) -> Judged:
    """What is said where these are the items; the rules are those that they name, and one that nothing is said of."""
    names = dict.fromkeys([*(each.rule for each in items), "quiet"])
    families = {each.rule: each.family for each in items}
    states = {each.state for each in items}
    rules = tuple(
        JudgedRule(
            id=name, family=families.get(name, "rule"), title=f"Rule {name}", severity="high",
            description="What it asks.", references=("A document, 2024",),
            state=gravest(each.state for each in items if each.rule == name),
        )
        for name in names
    )  # fmt: skip
    known: dict[str, object] = {
        "tool": "apptells 0.1.0", "app": "com.example.shop", "version": "4.2.1",
        "exit_code": 1 if "fails" in states else 3 if "not seen" in states else 0, "summary": "In words.",
        "fail_on": "high", "files": (FILE,), "items": items, "rules": rules, "compared": compared,
    }  # fmt: skip
    return Judged(**known | members)  # type: ignore[arg-type]


places = st.builds(
    Place, file=WEIRD, exchange=st.none() | st.integers(0, 99), line=st.none() | st.integers(1, 99),
    last_line=st.none(), offset=st.none() | st.integers(0, 99), length=st.none() | st.integers(0, 99),
)  # fmt: skip
items = st.builds(
    Item, rule=WEIRD, family=st.sampled_from(["rule", "baseline", "coverage"]), state=st.sampled_from(STATES[:-1]),
    severity=st.sampled_from(SEVERITIES), title=WEIRD, message=WEIRD, told=WEIRD, recipient=st.none() | WEIRD,
    labels=st.lists(WEIRD, max_size=3).map(tuple), places=st.lists(places, max_size=3).map(tuple),
    fingerprint=WEIRD.map(fingerprint), waived=st.none() | WEIRD, cannot_show=WEIRD, why_not=WEIRD,
)  # fmt: skip
hostile = st.lists(items, max_size=4).flatmap(
    lambda made: st.builds(
        lambda app, summary, names: judged(*made, app=app, summary=summary, compared=tuple(names)),
        WEIRD, WEIRD, st.lists(WEIRD, max_size=3),
    )
)  # fmt: skip
"""What nobody would say, with captured text everywhere."""
