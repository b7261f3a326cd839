"""Output files: private (0600), complete or not there at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from analyzer.errors import ApptellsError


@contextmanager
def private_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write that takes its place only when it is complete; a device or a pipe is written as it is.

    Raises ApptellsError where it cannot be made, OSError where it cannot be written.
    """
    try:
        target = path.resolve()  # what a link points to is replaced, not the link
        if target.is_dir():
            raise ApptellsError(f"{path}: this is a folder; name the file to write.")
        if target.exists() and not target.is_file():
            with target.open("wb") as device:
                yield device
            return
        handle, temporary = tempfile.mkstemp(prefix=".apptells.", dir=target.parent)  # 0600 by itself
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def private_folder(path: Path) -> Path:
    """A folder for output, made (0700) where it is not there. Raises ApptellsError."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError:
        raise ApptellsError(f"{path}: this is a file; name a folder, or give --format to write one file.") from None
    except OSError as error:
        raise _unwritable(path, error) from error
    return path


def _unwritable(path: Path, error: OSError) -> ApptellsError:
    return ApptellsError(f"{path}: cannot be written ({error.strerror or error}); check the folder and its rights.")
