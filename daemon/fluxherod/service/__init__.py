"""The daemon as a service: signals, readiness, status, watchdog, the journal's fields, priorities, pauses."""
