"""Places in trees that were met before: requests of one SDK have the same members, so each path is made only once."""

MAX_BRANCHES = 10_000
MAX_PATH = 300
"""Characters; longer paths are not remembered."""


class Branch:
    """A place in a tree, and the places below it that are remembered."""

    __slots__ = ("items", "members", "path", "prefix", "values")

    def __init__(self, path: str, prefix: str) -> None:
        self.path = path
        self.prefix = prefix
        """What the paths of members begin with."""
        self.members: dict[str, Branch] = {}
        """By name: those whose name alone says what they are."""
        self.values: dict[str, Branch] = {}
        """By name: those that another name explains, as in a {name, value} pair."""
        self.items: list[Branch] = []
        """The first items of an array."""

    def member(self, name: str) -> "Branch":
        """A new place of an object."""
        path = self.prefix + name
        return Branch(path, path + ".")

    def item(self, position: int) -> "Branch":
        """A new place of an array."""
        path = f"{self.path}[{position}]"
        return Branch(path, path + ".")


class Branches:
    """The places that are remembered of all trees, `MAX_BRANCHES` at most: then it begins anew."""

    def __init__(self) -> None:
        self._roots: dict[str, Branch] = {}
        self._count = 0

    def root(self, path: str) -> Branch:
        """The place of a whole tree."""
        known = self._roots.get(path)
        return known or self._remembered(self._roots, path, Branch(path, path + "." if path else ""))

    def member(self, at: Branch, name: str) -> Branch:
        """A place of an object that is not among its `members`."""
        return self._remembered(at.members, name, at.member(name))

    def value(self, at: Branch, name: str) -> Branch:
        """A place of an object whose name does not say what it is."""
        return at.values.get(name) or self._remembered(at.values, name, at.member(name))

    def item(self, at: Branch, position: int) -> Branch:
        """A place of an array that is not among its `items`."""
        item = at.item(position)
        if position == len(at.items) and self._has_room(item):
            at.items.append(item)
        return item

    def _remembered(self, among: dict[str, Branch], name: str, branch: Branch) -> Branch:
        if self._has_room(branch):
            among[name] = branch
        return branch

    def _has_room(self, branch: Branch) -> bool:
        if len(branch.path) > MAX_PATH:
            return False
        self._count += 1
        if self._count > MAX_BRANCHES:
            # The tree that is being read keeps the places that it has; they go with it.
            self._roots.clear()
            self._count = 0
        return True
