"""An exchange simulator that speaks Alpaca's REST and WebSocket APIs over recorded or generated prices."""
