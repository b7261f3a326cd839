"""What was worked out before, in bounded memory."""


class Memo[K, V](dict[K, V]):
    """A dictionary that forgets everything once it is full; read at the cost of a plain one."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def keep(self, key: K, value: V) -> V:
        """Remember a value, and return it."""
        if len(self) >= self._limit:
            self.clear()
        self[key] = value
        return value
