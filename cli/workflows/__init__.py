"""Workflows in files: read with their places, tried out, shown."""
