"""Lists of owners that the user has: an own table, or one that others publish and that may not be shipped."""

from analyzer.attribute.owner_lists.listed import ListedOwner, OwnerList
from analyzer.attribute.owner_lists.read import read_owner_list

__all__ = ["ListedOwner", "OwnerList", "read_owner_list"]
