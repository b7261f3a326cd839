"""Makes small corpora and scores for the tests of counting."""

from collections import Counter

from analyzer.model import Evidence, Exchange, Finding
from tests.accuracy.corpora import Case, Corpus, Expected, Spot
from tests.accuracy.scoring import Miss, Score, Wrong

HERE = Spot(0)


def request(body: str) -> Exchange:
    """A request with JSON in it, to a host that no adapter knows."""
    headers = (("Content-Type", "application/json"),)
    return Exchange(index=0, method="POST", url="https://unknown.example/v1", headers=headers, body=body.encode())


def expecting(data_type: str, text: str = "", spot: Spot = HERE, seed_only: bool = False) -> Expected:
    """One labelled thing, called as its data type."""
    texts = (text,) if text else ()
    return Expected(spot=spot, name=data_type, right=(data_type,), texts=texts, seed_only=seed_only)


def corpus(body: str, *expected: Expected, by_place: bool = False) -> Corpus:
    """One request and its labels; every finding is judged."""
    allowed = {one.spot: frozenset(other.right[0] for other in expected if other.spot == one.spot) for one in expected}
    case = Case(name="a-case", read=lambda: [request(body)], expected=expected, allowed=allowed)
    return Corpus(
        id="made", title="Made", about="made for a test", modes=("cold",), cases=(case,), by_place=by_place,
        is_judged=_always,
    )  # fmt: skip


def _always(finding: Finding) -> bool:
    return True


def made_score(found: int, missed: int, false: int, level: Evidence = "validated") -> Score:
    """A score of one data type."""
    kind = "person.email"
    return Score(
        corpus=corpus("{}"),
        mode="cold",
        exchanges=1,
        expected=Counter({kind: found + missed}),
        found=Counter({(kind, level): found}),
        judged=Counter({(kind, level): found + false}),
        misses=[Miss("inside a longer text", "a-case", 0, "email", kind)] * missed,
        wrong=[Wrong("a-case", 0, kind, level)] * false,
    )
