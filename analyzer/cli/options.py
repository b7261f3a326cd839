"""What every command that analyses asks for: the options, and how they become `pipeline.Options`."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

PATH = click.Path(path_type=Path, readable=False)
"""Whether a path can be read is said where it is read, in one sentence."""

_OPTIONS = (
    click.option(
        "--seeds", type=PATH, metavar="FILE", help="Known values to look for: YAML, one `data.type: value` a line."
    ),
    click.option("--deep", is_flag=True, help="Search for rarer hashes and encodings of the seeds too; takes longer."),
    click.option(
        "--adapters", type=PATH, metavar="DIR", help="Your own tracker adapters, used before the shipped ones."
    ),
    click.option("--app", metavar="ID", help="Package or bundle id of the app, such as com.example.shop."),
    click.option("--first-party", multiple=True, metavar="DOMAIN", help="A domain of the app's maker. Repeatable."),
    click.option("--geoip", type=PATH, multiple=True, metavar="FILE", help="Your own MaxMind database. Repeatable."),
    click.option(
        "--owners",
        type=PATH,
        multiple=True,
        metavar="FILE",
        help="Your own table of owners (CSV), or a list of Exodus, Disconnect, Tracker Radar or Ghostery. Repeatable.",
    ),
    click.option(
        "--iocs",
        type=PATH,
        multiple=True,
        metavar="FILE",
        help="Indicators of compromise to look for (STIX 2), a file or a folder. Repeatable.",
    ),
    click.option(
        "--declared",
        type=PATH,
        multiple=True,
        metavar="FILE",
        help="What the maker declares: Play's or Apple's form or page, a manifest, a policy. Repeatable.",
    ),
    click.option(
        "--captured-in",
        metavar="COUNTRY",
        help="Where the capture was made (ISO 3166-1, such as IN): handshake times are checked against it.",
    ),
    click.option("--show-values", is_flag=True, help="Show values unmasked. Such a report holds personal data."),
)


def analysis_options(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a command these options; it gets them as one argument `options`."""

    @wraps(command)
    def run(
        *,
        seeds: Path | None,
        deep: bool,
        adapters: Path | None,
        app: str | None,
        first_party: tuple[str, ...],
        geoip: tuple[Path, ...],
        owners: tuple[Path, ...],
        iocs: tuple[Path, ...],
        declared: tuple[Path, ...],
        captured_in: str | None,
        show_values: bool,
        **others: Any,
    ) -> None:
        from analyzer.pipeline import Options

        if deep and seeds is None:
            raise click.UsageError("--deep searches for seeds: give them with --seeds.")
        options = Options(
            app=app,
            first_party=first_party,
            geoip=geoip,
            owners=owners,
            indicators=iocs,
            declared=declared,
            captured_in=captured_in.upper() if captured_in is not None else None,
            seeds=seeds,
            deep=deep,
            adapters=adapters,
            show_values=show_values,
        )
        command(options=options, **others)

    for option in reversed(_OPTIONS):
        run = option(run)
    return run
