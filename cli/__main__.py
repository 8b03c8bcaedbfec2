"""`python -m cli`: the command without being installed."""

from cli.main import main

main()
