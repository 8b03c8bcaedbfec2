"""Runs an Azure Functions app of Python's v2 model on this machine, with the engine that Azure itself runs."""
