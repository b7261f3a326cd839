"""XML, property lists among it; entities are not expanded."""

from xml.parsers import expat

from msgspec.structs import replace

from analyzer.decode.walk import Place, Walk

MAX_LEVELS = 100


class _Refused(Exception):
    pass


class _Reader:
    def __init__(self, walk: Walk, at: Place) -> None:
        self.walk, self.at = walk, at
        self.names: list[str] = []
        self.text: list[str] = []
        self.plist_key = ""
        self.full = False

    def place(self, name: str | None = None) -> Place:
        path = ".".join(self.names + ([name] if name else []))
        key = name or (self.names[-1] if self.names else "")
        return self.at.at(path, key.rpartition(":")[2])

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.names) >= MAX_LEVELS:
            raise _Refused
        self.flush()
        self.names.append(name)
        for attribute, value in attributes.items():
            self.walk.text(replace(self.place("@" + attribute), key=attribute), value)

    def end(self, name: str) -> None:
        self.flush()
        self.names.pop()

    def flush(self) -> None:
        value = "".join(self.text).strip()
        self.text.clear()
        if not value:
            return
        if self.names and self.names[-1] == "key":  # <key>Email</key><string>...</string>
            self.plist_key = value
            return
        here = self.place()
        if self.plist_key:
            here = replace(here, key=self.plist_key)
            self.plist_key = ""
        self.walk.text(here, value)


def _refuse(*_: object) -> None:
    raise _Refused


def read(walk: Walk, at: Place, text: str) -> bool:
    """Record element texts and attributes; False where it is not XML. What came before an error stays recorded."""
    before = len(walk.fields)
    reader = _Reader(walk, at.inside("xml"))
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text.append
    parser.EntityDeclHandler = _refuse  # the way to expansion bombs
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except (expat.ExpatError, _Refused, ValueError):
        if len(walk.fields) == before:
            return False
        walk.note("broken-xml", "XML that is broken or declares entities was read up to that point.")
    return len(walk.fields) > before
