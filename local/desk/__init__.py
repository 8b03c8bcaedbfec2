"""The agents' desk: a stand-in for Microsoft Teams, its Bot Connector and a slice of Graph."""

from local.desk.app import create_app
from local.desk.options import DeskOptions, DeskUser

__all__ = ["DeskOptions", "DeskUser", "create_app"]
