"""Parts of a person's name that are values of their own."""

# Names that are also words of menus, shops and places: alone they say nothing of a person.
_COMMON = frozenset(
    """
        amber angel april august autumn baker banks bishop black bloom booker brand bright brook brooks brown butler
        carter chance chase church cloud coach coffin cook cooper court crown crystal daisy dallas dawn diamond duke
        early earth ember faith field fields fisher flower flowers ford forest foster fox frank franklin free friend
        friends gardner gates georgia glory golden goods grace grant gray great green grey guest harmony heart hill
        hills holiday home honey house hunter india iris ivory jade jasmine jewel jordan journey joy june justice king
        knight lake lane laurel lily lincoln little london long love lucky madison major manager marsh mason master
        melody mercy merit metro miles miller moon moore morning muse nice noble north ocean olive orchid paris park
        parker peace pearl penny pepper pilot pink place poppy porter post potter power powers price pride prime
        prince princess profit queen rain ranger read reader river rivers robin rose royal ruby saint sage sandy savage
        school senior serenity shadow sharp shepherd short silver singer sky small smart snow solar south spring stage
        star start state steel sterling stone stones storm story street strong style summer sunny sunshine sweet swift
        taylor teal temple today tower town trinity tucker turner unique user valley venture victor victory violet
        virginia virtue walker water waters weaver webb welcome wells west white wild will williams willow winner winter
        wise wolf wood woods world worth wright young zion
    """.split()
)


def name_parts(full: str) -> list[tuple[str, str]]:
    """(data type, word) of the first and the last word of a full name; nothing for a name of one word."""
    words = full.replace(",", " ").split()
    if len(words) < 2:
        return []
    return [("person.name.given", words[0]), ("person.name.family", words[-1])]


def is_common_word(name: str) -> bool:
    """Whether a name is also an everyday word of apps."""
    return name.lower() in _COMMON
