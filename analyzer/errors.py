"""The errors apptells raises on purpose; each message says what, where and what to do."""


class ApptellsError(Exception):
    """Anything a user can mend: shown as one sentence, exit code 2."""


class CaptureError(ApptellsError):
    """The file given as a capture cannot be read as one."""


class KnowledgeError(ApptellsError):
    """A data file (seeds, adapters, owners, a geo database) is wrong; the message lists every mistake and its place."""
