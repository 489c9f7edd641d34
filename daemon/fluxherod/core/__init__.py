"""The pure core: numpy, numba and the standard library; no clock, file, socket, log or random number."""
