"""A machine whose PID 1 is a real systemd: this machine's own files under an overlay, booted by systemd-nspawn.

What it changes is in its folder and nowhere else; booted again over the same folder it is the same machine, as after a
power cut. It has a cgroup and the network namespace of its own thread, and is gone with its process.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from functools import cache
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

TIMEOUT_S = 120.0
LONGEST_COMMAND_S = 600.0  # an install, on a machine that others use, too
LOOK_EVERY_S = 0.1  # to look takes a process in the machine
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
RUNNING = ("running", "degraded")
MASKED = (
    "systemd-udevd.service",
    "systemd-udev-trigger.service",
    "systemd-timesyncd.service",
    "systemd-networkd.service",
    "systemd-resolved.service",
    "systemd-logind.service",
    "getty.target",
    "console-getty.service",
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
    "systemd-tmpfiles-clean.timer",
)
# In a mount namespace of its own: nothing of it is left when nspawn has ended. $0 is the folder.
BOOT = """
set -eu
for group in $GROUPS_OF_IT; do
    mkdir -p "$group"
    echo $$ > "$group/cgroup.procs"
done
mount -t overlay overlay -o "lowerdir=/,upperdir=$0/root,workdir=$0/root-work" "$0/machine"
mount -t overlay overlay -o "lowerdir=$OPT,upperdir=$0/opt,workdir=$0/opt-work" "$0/machine/opt"
if ! [ -e "$0/prepared" ]; then
    rm -rf "$0"/machine/etc/systemd/system/*.wants
    tr -d - < /proc/sys/kernel/random/uuid > "$0/machine/etc/machine-id"
    rm -f "$0/machine/usr/sbin/policy-rc.d"  # that of an image for containers, where no service may start
    : > "$0/machine/etc/fstab"
    for unit in $MASKED_UNITS; do ln -sf /dev/null "$0/machine/etc/systemd/system/$unit"; done
    touch "$0/prepared"
fi
exec systemd-nspawn --quiet --directory="$0/machine" --boot --register=no $KEEP_UNIT --console=pipe \\
    --resolv-conf=off --timezone=off --link-journal=no --hostname=trader
"""
SUITABLE = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))"
_numbers = count(1)


@cache
def missing() -> str:
    """Why no machine can be had here; "" when one can."""
    if os.geteuid() != 0:
        return "booting a real systemd needs root"
    if shutil.which("systemd-nspawn") is None:
        return "systemd-nspawn is not installed (Debian: apt-get install systemd-container)"
    if shutil.which("ip") is None:
        return "ip is not installed (Debian: apt-get install iproute2)"
    if _fails("/usr/bin/python3", "-c", SUITABLE):
        return "the system has no Python 3.11 with venv (Debian: apt-get install python3-venv)"
    if "overlay" not in Path("/proc/filesystems").read_text():
        return "the kernel has no overlayfs"
    if _fails("unshare", "--mount", "--net", "--propagation=private", "mount", "-t", "tmpfs", "tmpfs", "/mnt"):
        return "root may not mount here: it is in a container"
    return ""


def _fails(*command: str) -> bool:
    return subprocess.run(["env", *command], capture_output=True, check=False, env={"PATH": PATH}).returncode != 0


class Machine:
    """A machine over a folder; entering the context boots it, leaving pulls the plug.

    `opt` are folders that lie below its /opt, newest first; `network` enters the network namespace that it is in.
    """

    def __init__(self, folder: Path, opt: Sequence[Path] = (Path("/opt"),)) -> None:
        self.folder = folder
        self.opt = opt
        for name in ("root", "root-work", "opt", "opt-work", "machine"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        self._groups = _groups(f"fluxhero-{os.getpid()}-{next(_numbers)}")
        self._nspawn: subprocess.Popen[bytes] | None = None
        self.leader = 0
        """Its PID 1, as this machine numbers it."""

    def __enter__(self) -> Self:
        try:
            self.boot()
        except BaseException:
            self.pull_the_plug()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None and self._alive():
            error.add_note(f"--- the journal's end ---\n{self.journal()[-6000:]}")
        self.pull_the_plug()

    # --- power ------------------------------------------------------------------------------------------------------
    def boot(self) -> None:
        """Switch it on; returns when systemd says that all is started (or that something failed)."""
        keep = "" if Path("/run/systemd/system").is_dir() else "--keep-unit"
        variables = {
            "PATH": PATH,
            "GROUPS_OF_IT": " ".join(map(str, self._groups)),
            "OPT": ":".join(map(str, self.opt)),
            "MASKED_UNITS": " ".join(MASKED),
            "KEEP_UNIT": keep,
        }
        with (self.folder / "console").open("ab") as console:
            self._nspawn = subprocess.Popen(
                ["unshare", "--mount", "--propagation=private", "sh", "-c", BOOT, str(self.folder)],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                env=variables,
                start_new_session=True,
            )
        self.wait_for(self._is_up, "systemd is up", 60.0)

    def pull_the_plug(self) -> None:
        """Switch it off, as a power cut does: every process is gone at once."""
        if self._nspawn is not None:
            if self.leader and self._alive():
                os.kill(self.leader, signal.SIGKILL)
            elif self._alive():
                self._nspawn.kill()
            self._ended()

    def reboot(self) -> None:
        """Shut it down in order, as `systemctl reboot` does, and switch it on again."""
        self.run("systemctl", "reboot", check=False)
        self._ended()
        self.boot()

    def _ended(self) -> None:
        assert self._nspawn is not None
        try:
            self._nspawn.wait(TIMEOUT_S)
        finally:
            self._nspawn.kill()
            self._nspawn.wait()
            self.leader = 0
            for group in self._groups:
                _remove(group)

    def _alive(self) -> bool:
        return self._nspawn is not None and self._nspawn.poll() is None

    def _is_up(self) -> bool:
        assert self._nspawn is not None
        if not self._alive():
            raise ChildProcessError(f"systemd-nspawn: {self.console[-3000:]}")
        children = Path(f"/proc/{self._nspawn.pid}/task/{self._nspawn.pid}/children").read_text().split()
        try:
            if not children or Path(f"/proc/{children[0]}/comm").read_text().strip() != "systemd":
                return False
        except (FileNotFoundError, ProcessLookupError):
            return False  # a helper of nspawn's, which has just ended
        self.leader = int(children[0])
        return self.run("systemctl", "is-system-running", check=False).stdout.strip() in RUNNING

    @property
    def console(self) -> str:
        """All that it has printed while it booted."""
        return (self.folder / "console").read_text(errors="replace")

    # --- what is done in it -----------------------------------------------------------------------------------------
    def run(
        self, *command: str, user: str = "root", check: bool = True, network: bool = True, text: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in it, with `text` on its input; without `network` of its own it has this thread's.

        Raises:
            AssertionError: when it fails, with what it said.
        """
        done = subprocess.run(
            self.command(*command, user=user, network=network),
            capture_output=True,
            text=True,
            check=False,
            input=text,
            timeout=LONGEST_COMMAND_S,
        )
        assert not check or done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def command(self, *command: str, user: str = "root", network: bool = True) -> list[str]:
        """What runs a command in it."""
        enter = ["nsenter", f"--target={self.leader}", "--mount", "--uts", "--ipc", "--pid", "--root"]
        assignments = [f"{name}={value}" for name, value in _environment().items()]
        become = ["runuser", "-u", user, "--"] if user != "root" else []
        return [*enter, *(["--net"] if network else []), "env", "-i", "--chdir=/", *assignments, *become, *command]

    def path(self, path: str) -> Path:
        """Where this machine sees a file of it, while it runs."""
        return Path(f"/proc/{self.leader}/root{path}")

    def journal(self, *options: str) -> str:
        """What its journal has."""
        return self.run("journalctl", "--no-pager", "--output=short-precise", *options, check=False).stdout

    def show(self, unit: str, name: str) -> str:
        """A property of a unit."""
        return self.run("systemctl", "show", unit, f"--property={name}", "--value").stdout.strip()

    def wait_for(self, condition: Callable[[], bool], what: str, timeout_s: float = TIMEOUT_S) -> None:
        """Return once a condition holds.

        Raises:
            TimeoutError: when it does not in time.
        """
        deadline = time.monotonic() + timeout_s
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{what}: not within {timeout_s:g} s")
            time.sleep(LOOK_EVERY_S)


def copied(base: Machine, folder: Path) -> Machine:
    """A machine that starts as another, which is switched off, has become."""
    folder.mkdir(parents=True)
    subprocess.run(["cp", "-a", str(base.folder / "root"), str(base.folder / "prepared"), str(folder)], check=True)
    return Machine(folder, (base.folder / "opt", *base.opt))


def _environment() -> dict[str, str]:
    """What pip needs to find packages as on this machine; nothing else of the developer's own."""
    own = {name: value for name, value in os.environ.items() if name.startswith("PIP_") or name.endswith("_proxy")}
    return own | {"PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8", "SYSTEMD_PAGER": ""}


def _groups(name: str) -> list[Path]:
    """A cgroup in each hierarchy that systemd uses: of its own, or two machines would share one."""
    root = Path("/sys/fs/cgroup")
    hierarchies = [root / "systemd", root / "unified"] if (root / "systemd").is_dir() else [root]
    return [hierarchy / name for hierarchy in hierarchies if hierarchy.is_dir()]


def _remove(group: Path) -> None:
    folders = sorted((path for path in group.rglob("*") if path.is_dir()), reverse=True) if group.is_dir() else []
    for folder in [*folders, *([group] if group.is_dir() else [])]:
        folder.rmdir()
