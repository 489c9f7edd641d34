"""A real daemon tells its user: by mail and by webhook, once, and nothing shows where that goes."""

from __future__ import annotations

from pathlib import Path

from harness.audit import check_journal
from harness.lockstep import Lockstep, lockstep
from harness.processes import CALL_TIMEOUT_S, wait_for
from harness.receivers import Mailbox, Webhook, mailbox, webhook
from harness.tape import PLAYED

from fluxhero.v1 import system_pb2 as system
from fluxherod.adapters.journal_files import JournalFiles

SYMBOLS = ("SPY", "QQQ")
HALTED = "[FluxHero DEMO] WARNING: SYMBOL_HALTED"
CRASHED = "[FluxHero DEMO] WARNING: RESTARTED_AFTER_CRASH"


def halt(pair: Lockstep, symbol: str, halted: bool = True) -> None:
    pair.simulator.post("/sim/halt", symbol=symbol, halted=halted)


def noted(pair: Lockstep) -> int:
    """How often a channel has taken an alert, by the journal."""
    rows = JournalFiles(pair.installation.database.parent).rows()
    return sum(row.kind == "AlertTold" for row in rows)


def arrived(box: Mailbox, hook: Webhook) -> tuple[list[str], list[str]]:
    return [mail["Subject"] for mail in list(box.mails)], hook.titles


def open_alerts(pair: Lockstep) -> list[system.Alert]:
    request = system.ListAlertsRequest(acknowledged=False)
    return list(pair.daemon.system.ListAlerts(request, timeout=CALL_TIMEOUT_S).alerts)


def test_a_halt_comes_by_mail_and_by_webhook_and_not_again_after_a_crash(tmp_path: Path) -> None:
    with mailbox() as box, webhook() as hook:
        settings = (f"alerts.urls={box.url},{hook.url}",)
        with lockstep(tmp_path, PLAYED, SYMBOLS, "1Hour", settings) as pair:
            pair.step(2)
            halt(pair, "SPY")
            wait_for(lambda: arrived(box, hook) == ([HALTED], [HALTED]), "the halt is told")
            body = box.mails[0].get_content()
            assert "Symbol: SPY" in body
            (alert,) = open_alerts(pair)
            assert f"fluxhero ack {alert.id}" in body
            assert (alert.code, alert.symbol, alert.count) == ("SYMBOL_HALTED", "SPY", 1)

            wait_for(lambda: noted(pair) == 2, "both channels have taken it")
            pair.daemon.kill()
            pair.start()
            wait_for(lambda: arrived(box, hook) == ([HALTED, CRASHED],) * 2, "the crash is told, the halt not again")
            assert [one.code for one in open_alerts(pair)] == ["RESTARTED_AFTER_CRASH", "SYMBOL_HALTED"]
            assert pair.daemon.status().counts.open_alerts == 2
            halt(pair, "SPY", False)
            halt(pair, "SPY")  # the same alert once more, and a person knows of it
            wait_for(
                lambda: {one.count for one in open_alerts(pair) if one.id == alert.id} == {2}, "it is raised again"
            )
            (resumed,) = [one for one in open_alerts(pair) if one.code == "SYMBOL_RESUMED"]
            request = system.AcknowledgeAlertRequest(request_id="resumed", alert_id=resumed.id)
            pair.daemon.system.AcknowledgeAlert(request, timeout=CALL_TIMEOUT_S)
            request = system.AcknowledgeAlertRequest(request_id="ack", alert_id=alert.id, note="seen")
            pair.daemon.system.AcknowledgeAlert(request, timeout=CALL_TIMEOUT_S)
            assert [one.code for one in open_alerts(pair)] == ["RESTARTED_AFTER_CRASH"]

            assert pair.daemon.stop() == 0
            pair.start()
            assert [one.code for one in open_alerts(pair)] == ["RESTARTED_AFTER_CRASH"]
            halt(pair, "QQQ")
            wait_for(lambda: len(hook.titles) == 3, "the next halt is told")
            assert pair.daemon.stop() == 0
            assert hook.titles == [HALTED, CRASHED, HALTED]
            secrets = ("5ecret", f"127.0.0.1:{hook.port}")
            kept = pair.installation.database.read_bytes().decode(errors="replace") + pair.daemon.said
            assert not any(secret in kept for secret in secrets)
            check_journal(pair.installation)


def test_a_daemon_ends_in_time_while_a_channel_hangs_and_one_that_fails_is_an_alert(tmp_path: Path) -> None:
    with webhook(hangs=True) as slow, webhook(500) as bad:
        settings = (f"alerts.urls={slow.url},{bad.url}", "alerts.min_severity=info")
        with lockstep(tmp_path, PLAYED, SYMBOLS, "1Hour", settings) as pair:
            halt(pair, "SPY")
            assert slow.arrived.wait(CALL_TIMEOUT_S)
            pair.step(5)
            pair.daemon.wait_for(
                lambda: "CHANNEL_FAILED" in [alert.code for alert in open_alerts(pair)], "the failure is an alert"
            )
            failed = next(alert for alert in open_alerts(pair) if alert.code == "CHANNEL_FAILED")
            assert failed.text.startswith(
                "channel 2 (json at 127.0.0.1) does not take alerts: it answered with HTTP 500"
            )
            assert "CHANNEL_FAILED" not in str(bad.titles)
            assert pair.daemon.stop() == 0
            assert slow.answered == [], "it ended without the answer"
            check_journal(pair.installation)
