"""The terminal of FluxHero: `fluxhero tui`. It shows what the daemon says and computes nothing about trading."""
