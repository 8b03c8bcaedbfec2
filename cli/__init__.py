"""The `interact` command: what administrators do with the management API, from a terminal or a script.

It knows the API and nothing else of the project, so that it can be installed alone.
"""

VERSION = "0.1.0"
