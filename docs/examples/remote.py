"""A daemon on another machine, over TLS: `python remote.py HOST:PORT TOKEN_FILE CERTIFICATE`.

The daemon's `tls.cert` and one of its tokens have been copied here. A profile keeps all three under a name, for
`connect(profile="live")`: fluxhero profile add live --address HOST:PORT --token-file TOKEN_FILE --ca CERTIFICATE
"""

import asyncio
import sys

from fluxhero_client import AccessDenied, connect


async def main(address: str, token_file: str, certificate: str) -> int:
    async with connect(address, token_file=token_file, ca=certificate) as client:
        try:
            account = await client.account.get()
        except AccessDenied as error:
            print(error, file=sys.stderr)  # says what was tried and what to do
            return 1
    print(f"equity ${account.equity}, today ${account.day_pnl}")
    return 0


sys.exit(asyncio.run(main(*sys.argv[1:4])))
