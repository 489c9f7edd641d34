"""The real programs as child processes, and a hand that steps them in lock-step."""
