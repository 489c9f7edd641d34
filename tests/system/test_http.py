"""The daemon as a process: it says where its HTTP is, and ends what is open there when it is told to end."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import httpx
from harness.lockstep import lockstep
from harness.processes import CALL_TIMEOUT_S
from harness.tape import PLAYED, SYMBOLS, TIMEFRAME
from web.conftest import BINARY, parse

from fluxhero.v1 import common_pb2, stream_pb2
from fluxherod.rpc.web.frames import message_frame

STREAMS = 20


def test_a_daemon_serves_http_and_tells_open_streams_why_it_ends(tmp_path: Path) -> None:
    with lockstep(tmp_path, PLAYED, SYMBOLS, TIMEFRAME, ["http.listen=127.0.0.1:0"]) as pair, httpx.Client() as client:
        port = pair.daemon.until_said(r"serving HTTP on port (\d+)")[1]
        url = f"http://127.0.0.1:{port}"
        pair.step(3)
        pair.daemon.wait_for(lambda: client.get(f"{url}/healthz").json()["serving"] is True, "it serves")
        metrics = client.get(f"{url}/metrics").text
        [commits] = re.findall(r"fluxhero_journal_commit_seconds_count (\S+)", metrics)
        assert float(commits) > 3
        assert 'fluxhero_feed_up{feed="market"} 1.0' in metrics

        body = message_frame(stream_pb2.WatchRequest(topics=[common_pb2.TOPIC_PRICES]).SerializeToString())
        method, answers = f"{url}/fluxhero.v1.StreamService/Watch", []
        token = (tmp_path / "state" / "read.token").read_text(encoding="ascii").strip()
        headers = {"content-type": BINARY, "authorization": f"Bearer {token}"}

        def watch() -> None:
            answers.append(httpx.post(method, content=body, headers=headers, timeout=CALL_TIMEOUT_S).content)

        before = pair.daemon.status().counts.subscribers
        watching = [threading.Thread(target=watch) for _ in range(STREAMS)]
        for thread in watching:
            thread.start()
        pair.daemon.wait_for(lambda: pair.daemon.status().counts.subscribers == before + STREAMS, "all watch")
        watch_of_the_end = pair.daemon.stopwatch()
        pair.daemon.process.terminate()
        watch_of_the_end.wait_for(lambda: not pair.daemon.alive, "it ends", 8)
        assert pair.daemon.wait_to_end() == 0
        for thread in watching:
            thread.join()
        trailers = [parse(answer)[1] for answer in answers]
        assert {line["grpc-status"] for line in trailers} == {"14"}
        assert {line["grpc-message"] for line in trailers} == {"the daemon is stopping: received SIGTERM"}
        assert len(trailers) == STREAMS
        assert "Traceback" not in pair.daemon.said
