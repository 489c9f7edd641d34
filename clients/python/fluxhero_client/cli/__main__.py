"""The entry point of `fluxhero` and of `python -m fluxhero_client.cli`."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

from fluxhero_client.cli.arguments import parse
from fluxhero_client.cli.console import Console

INTERRUPTED = 130
BROKEN_PIPE = 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is one of those that `fluxhero --help` lists."""
    gc.disable()  # what is imported stays for good: to look for garbage in it takes a tenth of a short command's time
    chosen = parse(arguments)
    # Whatever gRPC's core logs, the error that people see says better.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    console = Console.of_process(colour=not chosen.no_color)
    try:
        from fluxhero_client.cli.execute import execute, execute_here, load, needs_daemon

        if not needs_daemon(chosen):
            return execute_here(chosen, console)
        import asyncio

        load(chosen)
        gc.freeze()
        gc.enable()  # a stream may go on for days
        return asyncio.run(execute(chosen, console))
    except KeyboardInterrupt:
        return 0 if chosen.command == "watch" else INTERRUPTED
    except BrokenPipeError:
        # The reader has gone (`| head`); Python must not complain about it once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE


if __name__ == "__main__":
    sys.exit(main())
