"""`fluxherod demo`: the production daemon against the simulator."""
