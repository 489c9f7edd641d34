"""Where the messages come from: a daemon, or a recording of one."""
