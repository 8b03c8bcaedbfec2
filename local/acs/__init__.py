"""A stand-in for Azure Communication Services: identity, chat, and the Event Grid events that chat publishes."""
