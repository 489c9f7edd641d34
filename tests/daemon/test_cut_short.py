"""A rebuild and a restore, killed before any change of a name and any sync: nothing is lost, and no half starts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from daemon.test_archive import entries
from daemon.test_rebuild import content, sealed, sealed_once, write_mirror

from fluxherod.adapters.journal_files import DATABASE
from fluxherod.adapters.mirror import MirrorFile
from fluxherod.persistence.backup import backup_main

__all__ = ["entries", "sealed", "sealed_once"]  # fixtures

# One process, for each change a child of it that dies before it. Prints how a start would find the folder then.
KILLED = """
import os, signal, sys
from pathlib import Path
from shutil import copytree
from fluxherod.adapters.journal_files import DATABASE, JournalFiles
from fluxherod.adapters.sqlite.schema import StorageError, check_finished
from fluxherod.persistence.backup import restore_main
from fluxherod.persistence.rebuild import rebuild_main

command, source, copy = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
run = {"rebuild": rebuild_main, "restore": lambda folder: restore_main(copy, folder, force=True)}[command]
left = 0

def dying(change):
    def changed(*arguments, **named):
        global left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        return change(*arguments, **named)
    return changed

def found(folder):
    try:
        check_finished(folder / DATABASE)
    except StorageError:
        return "refused"
    files = JournalFiles(folder)
    files.check()
    return files.in_database()[1]

for number in range(1, 1000):
    folder = source.with_name(f"{command}-{number}")
    copytree(source, folder)
    child = os.fork()
    if not child:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        left = number
        for name in ("replace", "rename", "link", "unlink", "rmdir", "mkdir", "fsync"):
            setattr(os, name, dying(getattr(os, name)))
        run(folder)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print("FOUND", folder.name, found(folder), flush=True)
    if not status:
        break
    run(folder)
"""


@pytest.mark.parametrize("command", ["rebuild", "restore"])
def test_a_kill_before_any_change_loses_nothing_and_the_command_does_it_again(
    sealed: Path, tmp_path_factory: pytest.TempPathFactory, command: str
) -> None:
    folder = tmp_path_factory.mktemp("killed")
    source = folder / "source"
    write_mirror(sealed, 5)
    assert backup_main(sealed, folder / "copy") == 0
    write_mirror(sealed, 1_000)  # since the backup
    sealed.rename(source)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, command, str(source), str(folder / "copy")],
        capture_output=True,
        text=True,
        check=False,
    )
    told = dict(line.split()[1:] for line in done.stdout.splitlines() if line.startswith("FOUND"))
    before = content(source)
    assert done.returncode == 0, done.stderr
    last_seq = str(before["journal"][-1][0])
    assert set(told.values()) == {"refused", last_seq}
    assert len(told) > 5
    for name in told:
        assert content(folder / name) == before
        assert not list((folder / name).glob("*.new*"))
        state, _ = MirrorFile(folder / name).read()
        assert state is not None
        assert state.inputs == 1_000
    assert (folder / name / DATABASE).exists()
