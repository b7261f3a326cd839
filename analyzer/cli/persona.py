"""`apptells persona`: made-up people to type into apps."""

from pathlib import Path
from random import Random, SystemRandom
from typing import TYPE_CHECKING

import click

from analyzer.cli.files import private_file
from analyzer.errors import ApptellsError
from analyzer.persona.countries import COUNTRIES

if TYPE_CHECKING:
    from analyzer.persona.make import Persona


@click.group()
def persona() -> None:
    """Make fictitious people to type into an app, so that what it sends of them is found again.

    `apptells persona new` makes one. Make another for each run: then every finding names its run.
    """


@persona.command()
@click.option(
    "--country",
    default="IN",
    show_default=True,
    metavar="CODE",
    help=f"Country the person lives in: {', '.join(COUNTRIES)}.",
)
@click.option("--run", metavar="NAME", help="Name of the run, kept in the file; without it the canary is the name.")
@click.option(
    "--email-domain",
    metavar="DOMAIN",
    default="example.com",
    show_default=True,
    help="Where the mail goes. No mail to example.com arrives: use a domain of your own, with a mailbox that takes "
    "every address, where the app refuses example.com or sends a code to confirm the address.",
)
@click.option(
    "--random",
    "number",
    type=click.IntRange(0, (1 << 64) - 1),
    metavar="N",
    help="Make the same person again: the same N, options and version of apptells give the same values.",
)
@click.option(
    "--output", type=click.Path(path_type=Path), metavar="FILE", help="The file to write, for your eyes only."
)
@click.option("--force", is_flag=True, help="Replace the file where there is one.")
def new(country: str, run: str | None, email_domain: str, number: int | None, output: Path | None, force: bool) -> None:
    """Make one person: nobody's data, of the form that apps accept, unlikely to be met anywhere else.

    Writes YAML that `apptells analyze --seeds` reads, and lists on standard error what to type. E-mail address, user
    name, password and UPI ID hold a canary, eight characters that name the run. Numbers have right check digits so
    that forms accept them; that does not mean that they were issued, or that they were not. The file says which
    values are of ranges that nobody has. Never use a person that was made here to deceive anybody.
    """
    from analyzer.persona.make import make, to_yaml

    if output is not None and output.exists() and not force:
        raise ApptellsError(f"{output}: this file exists; name another, or give --force to replace it.")
    chance = SystemRandom() if number is None else Random(number)  # noqa: S311 - to be repeatable, it is no secret
    made = make(country, chance, run, email_domain)
    text = to_yaml(made)
    if output is None:
        click.echo(text, nl=False)
    else:
        with private_file(output) as file:
            file.write(text.encode())
    _show(made, output)


def _show(made: "Persona", output: Path | None) -> None:
    """What to type, on standard error: there it stays out of the file that standard output may go to."""
    from analyzer.knowledge import Knowledge

    taxonomy = Knowledge().taxonomy
    rows = [(taxonomy.get(data_type).label, values[0]) for data_type, values in made.values.items()]
    width = max(len(label) for label, _ in rows)
    lines = [f"Type this into the app (run {made.run}, canary {made.canary}):"]
    lines += [f"  {label:{width}}  {value}" for label, value in rows]
    if output is not None:
        lines.append(f"Then: apptells analyze CAPTURE --seeds {output}")
    click.echo("\n".join(lines), err=True)
