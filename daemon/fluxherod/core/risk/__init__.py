"""The risk engine: the one authority that lets an order out."""
