"""What mitmproxy's own options mean for a recording: which need whole messages, and who else keeps flows."""

from mitmproxy.optmanager import OptManager

_ON_WHOLE_REQUESTS = (
    "block_list",
    "body_size_limit",
    "intercept",
    "map_local",
    "map_remote",
    "modify_body",
    "server_replay",
    "stickyauth",
    "stickycookie",
)
_ON_WHOLE_RESPONSES = ("body_size_limit", "intercept", "modify_body")
_SAVING = ("save_stream_file", "hardump")


def needs_whole_requests(options: OptManager) -> bool:
    """Whether an option would pass over a request whose body goes on piece by piece: it would be sent as it is."""
    return _is_any_set(options, _ON_WHOLE_REQUESTS)


def needs_whole_responses(options: OptManager) -> bool:
    """The same of responses."""
    return _is_any_set(options, _ON_WHOLE_RESPONSES)


def is_saving(options: OptManager) -> bool:
    """Whether mitmproxy writes flows to a file of its own, with all their messages."""
    return _is_any_set(options, _SAVING)


def _is_any_set(options: OptManager, names: tuple[str, ...]) -> bool:
    return any(getattr(options, name) for name in names if name in options)
