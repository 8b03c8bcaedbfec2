"""A stand-in for Azure SignalR Service in serverless mode, for development and tests."""

from local.signalr.app import create_app
from local.signalr.options import SignalROptions

__all__ = ["SignalROptions", "create_app"]
