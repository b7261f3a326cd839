"""Which of mitmproxy's options need whole messages; that all of them are known to mitmproxy."""

import pytest
from mitmproxy.addons import default_addons
from mitmproxy.options import Options
from mitmproxy.optmanager import OptManager
from mitmproxy.test import taddons

from analyzer.recording.proxy_options import is_saving, needs_whole_requests, needs_whole_responses


@pytest.fixture
def options() -> OptManager:
    """All options of mitmdump."""
    with taddons.context(*default_addons(), loadcore=False) as context:  # type: ignore[no-untyped-call]
        found: Options = context.options
        return found


def test_by_itself_mitmproxy_needs_nothing(options: OptManager) -> None:
    assert not needs_whole_requests(options)
    assert not needs_whole_responses(options)
    assert not is_saving(options)


@pytest.mark.parametrize(
    ("name", "value", "asks", "answers"),
    [
        ("block_list", ["/ads/444"], True, False),
        ("body_size_limit", "1m", True, True),
        ("map_local", ["|one|two"], True, False),
        ("map_remote", ["|one|two"], True, False),
        ("modify_body", ["/one/two"], True, True),
        ("server_replay", ["some.flow"], True, False),
        ("stickyauth", "~d post.example", True, False),
        ("stickycookie", "~d post.example", True, False),
        ("modify_headers", ["/one/two"], False, False),
    ],
)
def test_rules_need_whole_messages(options: OptManager, name: str, value: object, asks: bool, answers: bool) -> None:
    options.__dict__["_options"][name].set(value)
    assert (needs_whole_requests(options), needs_whole_responses(options)) == (asks, answers)


@pytest.mark.parametrize("name", ["save_stream_file", "hardump"])
def test_saving_needs_all_messages(options: OptManager, name: str) -> None:
    options.__dict__["_options"][name].set("a-file")
    assert is_saving(options)


def test_an_option_that_is_not_there_is_not_set() -> None:
    assert not needs_whole_requests(OptManager())
