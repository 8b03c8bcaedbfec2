"""The command line against the real API in memory."""
