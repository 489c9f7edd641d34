"""A line of text to fill in."""

from __future__ import annotations

from textual.events import Key
from textual.widgets import Input


class Field(Input):
    """An input whose editing keys edit it, however soon the next key goes elsewhere.

    By Textual's own way a key such as Backspace travels up to the screen first, and then acts on what has the focus by
    then: typed quickly, Backspace and Tab would take the last digit of the next field.
    """

    async def _on_key(self, event: Key) -> None:
        for binding in self._bindings.key_to_bindings.get(event.key, ()):
            event.stop()
            event.prevent_default()
            await self.app.run_action(binding.action, self)
