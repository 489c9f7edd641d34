"""How things look: figures, tables, explanations, errors."""
