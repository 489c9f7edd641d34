"""Commands of `fluxherod` and their options; those with a part of their own are there."""
