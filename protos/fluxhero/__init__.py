"""The API of fluxherod; `fluxhero.v1` is generated from the .proto files beside it."""
