"""How a mutation reaches the engine: who asks, under which id, until when."""

from __future__ import annotations

import asyncio

from fluxherod.engine.commands import AllCommand, Caller, Command
from fluxherod.engine.effects import Reply
from fluxherod.engine.operators.remembered import Answered
from fluxherod.failpoints import reach
from fluxherod.rpc import validate
from fluxherod.rpc.access import calling
from fluxherod.rpc.calls import Context
from fluxherod.rpc.errors import check_reply
from fluxherod.rpc.live import Live


class Asker:
    """Hands commands to the runner and waits for their durable answers."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def caller(self, rpc: str, request_id: str) -> Caller:
        """Who asks under which id; ids are kept apart by RPC.

        Raises:
            Refused: when the id is missing or malformed, or the daemon has not started.
        """
        self._live.refuse_before_start()
        return Caller(f"{rpc}/{validate.request_id(request_id)}", calling().name)

    def answered(self, caller: Caller) -> bool:
        """True when this request was answered before: the engine repeats the answer."""
        return self._known(caller) is not None

    def _known(self, caller: Caller) -> Answered | None:
        return self._live.engine.commands.answers.get(caller, self._live.now_ns)

    async def ask(self, command: Command, context: Context) -> Reply:
        """The durable answer, as long as the caller's deadline allows.

        Raises:
            Refused: when the answer is a refusal.
            TimeoutError: at the deadline; the command is carried out all the same.
        """
        async with asyncio.timeout(context.time_remaining()):
            reach("command.taken")
            reply = await self._live.runner.ask(command)
            reach("command.replied")
            return check_reply(reply)

    async def ask_all(self, command: AllCommand, context: Context) -> tuple[str, ...]:
        """The orders or symbols for which a command was carried out; asked again, the same as the first time.

        Raises:
            Refused: when the answer is a refusal.
            TimeoutError: at the deadline; the command is carried out all the same.
        """
        await self.ask(command, context)
        known = self._known(command.caller)
        return () if known is None else known.names
