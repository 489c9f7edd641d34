"""What outlives the process: recovery and replay of the journal, its archive, backups, and proofs that all is whole."""
