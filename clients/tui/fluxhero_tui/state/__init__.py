"""What the terminal knows: plain values, fed by the messages of the stream."""
