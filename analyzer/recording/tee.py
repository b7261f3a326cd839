"""Listens to a body that passes by in pieces: hashes all of it, keeps its start."""

from collections.abc import Callable, Iterable
from hashlib import sha256

from analyzer.capture.record import Body


class Tee:
    """Gives each piece on as it came, so that neither large bodies nor endless ones are held back."""

    __slots__ = ("_hash", "_kept", "_limit", "_next", "size")

    def __init__(self, limit: int, following: "Callable[[bytes], Iterable[bytes] | bytes] | None" = None) -> None:
        """Keeps `limit` bytes. `following` is what another addon had put in this place."""
        self._limit, self._next = limit, following
        self._hash = sha256()
        self._kept = bytearray()
        self.size = 0
        """Bytes that passed."""

    def __call__(self, piece: bytes) -> Iterable[bytes] | bytes:
        if piece:
            self.size += len(piece)
            self._hash.update(piece)
            room = self._limit - len(self._kept)
            if room > 0:
                self._kept += piece[:room]
        return self._next(piece) if self._next else piece

    def whole(self) -> bytes | None:
        """All that passed; None where that is more than was kept."""
        return bytes(self._kept) if len(self._kept) == self.size else None

    def since(self, position: int) -> bytes:
        """What passed after the first `position` bytes, as far as it was kept."""
        return bytes(self._kept[position:])

    def body(self, complete: bool, limit: int | None = None) -> Body:
        """What passed so far; of it `limit` bytes are kept at most."""
        with memoryview(self._kept) as view:  # copied once, for it may be large
            kept = bytes(view[:limit])
        is_all = len(kept) == self.size
        return Body(
            kept=kept, size=self.size, sha256=b"" if is_all or not complete else self._hash.digest(), complete=complete
        )


def body_of(content: bytes, limit: int, complete: bool = True) -> Body:
    """A body that is here in one piece; `limit` bytes of it are kept."""
    if len(content) <= limit:
        return Body(kept=content, size=len(content), complete=complete)
    return Body(kept=content[:limit], size=len(content), sha256=sha256(content).digest(), complete=complete)
