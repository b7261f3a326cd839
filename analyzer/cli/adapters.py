"""`apptells adapters`: the trackers whose fields are explained, and a check of the user's own."""

from pathlib import Path

import click

from analyzer.cli.output import print_rows


@click.group(invoke_without_command=True)
@click.pass_context
def adapters(ctx: click.Context) -> None:
    """List the trackers whose requests are explained field by field, and where that knowledge comes from.

    In a terminal a table; elsewhere lines of tab-separated text.
    """
    if ctx.invoked_subcommand is not None:
        return
    from analyzer.knowledge import Knowledge

    rows = [
        (
            adapter.id,
            adapter.tracker,
            " ".join(dict.fromkeys(host for endpoint in adapter.endpoints for host in endpoint.host)),
            str(sum(len(entry.path) for endpoint in adapter.endpoints for entry in endpoint.fields)),
            "yes" if any(endpoint.elsewhere for endpoint in adapter.endpoints) else "no",
            adapter.source,
        )
        for adapter in Knowledge().adapters
    ]
    print_rows(("id", "tracker", "hosts", "fields", "known on other hosts", "source"), rows)


@adapters.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
def check(folder: Path) -> None:
    """Check the adapters in DIR (`*.yaml`): every mistake with its file and line, all at once.

    Ends with 2 where there is one. `apptells analyze --adapters DIR` uses them.
    """
    from analyzer.knowledge import Knowledge

    found = Knowledge().read_adapters(folder)
    fields = sum(len(endpoint.fields) for adapter in found for endpoint in adapter.endpoints)
    click.echo(f"{len(found)} adapters with {fields} entries: no mistakes.")
