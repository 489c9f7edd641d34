"""What can be configured: the keys with what is allowed, how they are read, where files and the Alpaca keys are."""
