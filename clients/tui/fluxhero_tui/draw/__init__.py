"""Pure drawing: figures in, lines of text with tones out. No Textual, no clock, no I/O."""
