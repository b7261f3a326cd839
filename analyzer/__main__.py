"""`python -m analyzer` is `apptells`."""

from analyzer.cli import main

main()
