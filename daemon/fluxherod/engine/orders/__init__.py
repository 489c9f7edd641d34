"""Orders of ours from intent to end, and the guard of open shares."""
