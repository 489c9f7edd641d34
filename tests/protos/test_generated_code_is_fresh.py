import subprocess
import sys
from pathlib import Path


def generated(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "fluxhero/v1").glob("*_pb2*.py*"))}


def test_the_generated_code_is_what_the_protos_say(protos: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, protos / "generate.py", tmp_path], check=True)
    fresh, here = generated(tmp_path), generated(protos)
    assert sorted(here) == sorted(fresh), "run `make proto`"
    stale = [name for name in fresh if fresh[name] != here[name]]
    assert stale == [], "run `make proto`"


def test_a_second_generation_gives_the_same_bytes(protos: Path, tmp_path: Path) -> None:
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
        subprocess.run([sys.executable, protos / "generate.py", tmp_path / folder], check=True)
    assert generated(tmp_path / "first") == generated(tmp_path / "second")
