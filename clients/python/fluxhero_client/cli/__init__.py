"""The `fluxhero` command: what the daemon says, for people and for scripts."""
