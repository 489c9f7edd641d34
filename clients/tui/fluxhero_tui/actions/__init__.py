"""Everything that can be done, in one registry: keys, palette, help and footer are made of it."""
