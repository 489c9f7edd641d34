"""Small commands of `fluxherod`, and the options of others; larger ones are where their work is done."""
