"""The configuration as a folder of YAML: read, compared with the server, applied; docs/configuration.md tells how."""
