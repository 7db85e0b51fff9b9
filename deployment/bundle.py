"""One archive that installs the program where there is no internet: `make bundle`.

It holds the program, a wheel of everything that it runs on for each target, `install.sh`, and the SHA-256 of every file.
"""

import argparse
import hashlib
import io
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

from deployment.locked import EVERY_TARGET, MACHINES, PROJECT, PYTHONS, Target, every_wheel, exported, wheels_for

CACHE = PROJECT / ".cache" / "wheels"
CHECKSUMS = "SHA256SUMS"
_PROGRAM = ("workbench", "notebooks", "data", "docs", "README.md", "LICENSE", "pyproject.toml")
"""What of the project goes along: not its tests, nor what builds it."""


def fetch(targets: list[Target], cache: Path = CACHE) -> None:
    """Have pip fetch the wheels that are not there yet, each held to its hash in the lock file."""
    cache.mkdir(parents=True, exist_ok=True)
    for target in targets:
        # One environment after another: two may want two versions of a project, and pip takes one at a time.
        for environment in target.environments():
            missing = [each for each in wheels_for(target, environment) if not (cache / each.file).exists()]
            if missing:
                wanted = cache / f"wanted-{target.python}-{target.machine}.txt"
                wanted.write_text("".join(f"{wheel.requirement}\n" for wheel in missing), encoding="utf-8")
                subprocess.run(_download(target, environment, wanted, cache), check=True)  # noqa: S603 - pip
                wanted.unlink()


def _download(target: Target, environment: dict[str, str], wanted: Path, cache: Path) -> list[str]:
    platforms = [word for name in (*target.platforms, "any") for word in ("--platform", name)]
    interpreter = "cp" + target.python.replace(".", "")
    abis = [word for name in (interpreter, "abi3", "none") for word in ("--abi", name)]
    return [
        sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:",
        "--require-hashes", "--python-version", environment["python_full_version"], "--implementation", "cp", *abis, *platforms,
        "--dest", str(cache), "--requirement", str(wanted),
    ]  # fmt: skip


def program_files() -> list[Path]:
    """The files of the program that version control knows, relative to the project."""
    command = ["git", "ls-files", "-z", "--", *_PROGRAM]
    listed = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout  # noqa: S603
    return [Path(name) for name in listed.split("\0") if name]


def members(targets: list[Target], cache: Path = CACHE) -> Iterator[tuple[str, bytes]]:
    """Every file of the archive by its name there, the checksums last. Raises ValueError for a wheel that is not the lock's."""
    sums = []
    for name, content in _content(targets, cache):
        sums.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
        yield name, content
    yield CHECKSUMS, "".join(sums).encode()


def _content(targets: list[Target], cache: Path) -> Iterator[tuple[str, bytes]]:
    yield "install.sh", Path(__file__).with_name("install.sh").read_bytes()
    yield "requirements.txt", exported("--no-annotate").encode()
    for path in program_files():
        yield f"program/{path.as_posix()}", (PROJECT / path).read_bytes()
    for wheel in every_wheel(targets):
        content = (cache / wheel.file).read_bytes()
        if hashlib.sha256(content).hexdigest() != wheel.sha256:
            raise ValueError(f"{wheel.file}: not the file that uv.lock names; delete it in {cache} and try again")
        yield f"wheels/{wheel.file}", content


def write(out: Path, targets: list[Target], cache: Path = CACHE) -> Path:
    """Write the archive into a folder; the same commit gives the same bytes. Returns it."""
    version = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    name = f"luan-workbench-{version}"
    out.mkdir(parents=True, exist_ok=True)
    archive = out / f"{name}.tar"
    # Not compressed: wheels are already.
    with tarfile.open(archive, "w") as writer:
        for member, content in members(targets, cache):
            about = tarfile.TarInfo(f"{name}/{member}")
            about.size, about.mode = len(content), 0o755 if member == "install.sh" else 0o644
            writer.addfile(about, io.BytesIO(content))
    return archive


def main() -> None:
    """Fetch and write; `--python` and `--machine` narrow the targets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", choices=PYTHONS, action="append")
    parser.add_argument("--machine", choices=MACHINES, action="append")
    parser.add_argument("--out", type=Path, default=PROJECT / "dist")
    asked = parser.parse_args()
    targets = [
        target
        for target in EVERY_TARGET
        if target.python in (asked.python or PYTHONS) and target.machine in (asked.machine or MACHINES)
    ]
    fetch(targets)
    archive = write(asked.out, targets)
    print(f"{archive}: {archive.stat().st_size / 1e6:,.0f} MB")  # noqa: T201 - a program


if __name__ == "__main__":
    main()
