"""What operators ask for and change while the daemon runs."""
