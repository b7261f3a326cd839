from hypothesis import given
from hypothesis import strategies as st

from analyzer.attribute.alias import Aliases
from analyzer.model import NameLookup

NAMES = st.sampled_from(["a.example", "b.example", "c.example", "d.example"])


def _lookup(name: str, *aliases: str) -> NameLookup:
    return NameLookup(name=name, aliases=aliases, source="DNS answer in flow 3")


def test_a_chain_goes_on_in_another_answer() -> None:
    aliases = Aliases([_lookup("m.kirana.example", "x.cdn.example"), _lookup("x.cdn.example", "y.omtrdc.example")])
    chain = aliases.of("M.Kirana.example.")
    assert chain is not None
    assert (chain.names, chain.source) == (("x.cdn.example", "y.omtrdc.example"), "DNS answer in flow 3")


def test_a_host_that_was_no_alias() -> None:
    aliases = Aliases([_lookup("a.example")])
    assert aliases.of("a.example") is None
    assert aliases.of("b.example") is None


@given(st.lists(st.tuples(NAMES, st.lists(NAMES, max_size=4)), max_size=6), NAMES)
def test_chains_that_run_in_circles_end(answers: list[tuple[str, list[str]]], host: str) -> None:
    chain = Aliases([_lookup(name, *names) for name, names in answers]).of(host)
    assert chain is None or chain.names
