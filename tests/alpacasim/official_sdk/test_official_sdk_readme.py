"""The bot of the README trades."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

README = Path(__file__).parents[3] / "README.md"


async def test_the_bot_of_the_readme_buys_and_holds(start, tmp_path):
    sim = await start(mode="run", speed=600.0, waits=True)
    programs = re.findall(r"^```python\n(.*?)^```", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    (program,) = (one for one in programs if "import alpaca" in one or "from alpaca" in one)
    bot = tmp_path / "bot.py"
    bot.write_text(program.replace("http://127.0.0.1:8765", sim.url).replace("ws://127.0.0.1:8765", sim.ws_url))
    process = await asyncio.create_subprocess_exec(sys.executable, str(bot), stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            lines = [(await process.stdout.readline()).decode() for _ in range(3)]
    finally:
        process.terminate()
        await process.wait()
    assert lines[0].startswith("2024-01-04 14:30:00+00:00 SPY 450.0 holding 0")
    assert lines[-1].endswith("SPY 450.0 holding 10.0\n")
