"""An addon that does nothing: what the others are compared with."""

from mitmproxy import http


class Empty:
    """Has the hook that everything has to have."""

    name = "empty"

    def response(self, flow: http.HTTPFlow) -> None:
        """Nothing."""


addons = [Empty()]
