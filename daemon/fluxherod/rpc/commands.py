"""How a mutation reaches the engine: who asks, under which id, until when."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace

from fluxherod.engine.effects import Reply, ReplyCode
from fluxherod.engine.events import Caller, Command
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
        return (caller.principal, caller.request_id) in self._live.engine.commands.answers

    async def ask(self, command: Command, context: Context) -> Reply:
        """The durable answer, as long as the caller's deadline allows.

        Raises:
            Refused: when the answer is a refusal.
            TimeoutError: at the deadline; the command is carried out all the same.
        """
        async with asyncio.timeout(context.time_remaining()):
            return check_reply(await self._live.runner.ask(command))

    async def ask_each(
        self, caller: Caller, names: Iterable[str], command: Callable[[Caller, str], Command], context: Context
    ) -> list[str]:
        """One command a name, and the names for which it was done; asked again, the same names as the first time."""
        prefix = f"{caller.request_id}/"
        before = [
            request_id.removeprefix(prefix)
            for asker, request_id in self._live.engine.commands.answers
            if asker == caller.principal and request_id.startswith(prefix)
        ]
        chosen = before or list(names)
        commands = [command(replace(caller, request_id=prefix + name), name) for name in chosen]
        async with asyncio.timeout(context.time_remaining()):
            replies = await asyncio.gather(*map(self._live.runner.ask, commands))
        for reply in replies:
            if reply.code is ReplyCode.REQUEST_ID_REUSED:
                check_reply(reply)
        return [name for name, reply in zip(chosen, replies, strict=True) if reply.code is ReplyCode.OK]
