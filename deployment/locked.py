"""The wheels that the lock file names for a computer: which Python, which processor."""

import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from packaging.requirements import Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import canonicalize_name, parse_wheel_filename

PROJECT = Path(__file__).parents[1]
PYTHONS = ("3.11", "3.12", "3.13")
MACHINES = ("x86_64", "aarch64")
GLIBC = 28
"""Linux with glibc 2.28 or newer (Kylin V10, openEuler, UOS, Debian 10, RHEL 8): the oldest that every wheel runs on."""
_OLDEST_GLIBC = 5
_LAST_PATCH = 99


@dataclass(frozen=True)
class Wheel:
    """A file of the lock: its project, version, name and SHA-256."""

    project: str
    version: str
    file: str
    sha256: str

    @property
    def requirement(self) -> str:
        """As pip asks for exactly this file."""
        return f"{self.project}=={self.version} --hash=sha256:{self.sha256}"


@dataclass(frozen=True)
class Target:
    """A kind of computer: Linux of a `machine`, with a `python`."""

    python: str
    machine: str

    @property
    def platforms(self) -> list[str]:
        """The names of its platform, best first."""
        numbered = [f"manylinux_2_{minor}_{self.machine}" for minor in range(GLIBC, _OLDEST_GLIBC - 1, -1)]
        return [*numbered, f"manylinux2014_{self.machine}", f"linux_{self.machine}"]

    def tags(self) -> list[Tag]:
        """What wheels it takes, best first."""
        version = tuple(int(part) for part in self.python.split("."))
        interpreter = "cp" + self.python.replace(".", "")
        return [
            *cpython_tags(version, platforms=self.platforms),
            *compatible_tags(version, interpreter=interpreter, platforms=self.platforms),
        ]

    def environments(self) -> list[dict[str, str]]:
        """What the markers of requirements ask: of the first release of this Python and of the last, which may differ."""
        return [self.environment(f"{self.python}.{patch}") for patch in (0, _LAST_PATCH)]

    def environment(self, release: str) -> dict[str, str]:
        """What they ask on one release, such as 3.11.4."""
        return {
            "implementation_name": "cpython",
            "implementation_version": release,
            "os_name": "posix",
            "platform_machine": self.machine,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": "Linux",
            "platform_version": "",
            "python_full_version": release,
            "python_version": self.python,
            "sys_platform": "linux",
        }


EVERY_TARGET = [Target(python, machine) for machine in MACHINES for python in PYTHONS]


@cache
def exported(*options: str) -> str:
    """What the program runs on, and what installs it, as pip's requirements: one file for every target."""
    uv = Path(sys.executable).with_name("uv")
    command = [
        str(uv),
        "export",
        "--frozen",
        "--no-dev",
        "--group",
        "bundle",
        "--no-emit-project",
        "--no-header",
        *options,
    ]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout  # noqa: S603 - uv


def requirements() -> list[Requirement]:
    """The requirements, each of one version."""
    lines = exported("--no-hashes", "--no-annotate").splitlines()
    return [Requirement(line) for line in lines if line.strip()]


@cache
def _files() -> dict[tuple[str, str], list[Wheel]]:
    lock = tomllib.loads((PROJECT / "uv.lock").read_text(encoding="utf-8"))
    return {
        (package["name"], package["version"]): [
            Wheel(
                package["name"],
                package["version"],
                each["url"].rpartition("/")[2],
                each["hash"].removeprefix("sha256:"),
            )
            for each in package.get("wheels", ())
        ]
        for package in lock["package"]
        if "version" in package
    }


def wheels_for(target: Target, environment: dict[str, str]) -> list[Wheel]:
    """The wheel of every requirement in one environment. Raises LookupError where the lock file names none."""
    ranks = {tag: rank for rank, tag in enumerate(target.tags())}
    needed = [each for each in requirements() if each.marker is None or each.marker.evaluate(environment)]
    return [_best(each, ranks) for each in needed]


def _best(requirement: Requirement, ranks: dict[Tag, int]) -> Wheel:
    version = next(iter(requirement.specifier)).version
    there = _files()[canonicalize_name(requirement.name), version]
    ranked = sorted((rank, wheel.file, wheel) for wheel in there for rank in _ranks(wheel, ranks))
    if not ranked:
        raise LookupError(f"{requirement.name} {version}: no wheel for this computer in uv.lock")
    return ranked[0][-1]


def _ranks(wheel: Wheel, ranks: dict[Tag, int]) -> Iterator[int]:
    *_, tags = parse_wheel_filename(wheel.file)
    yield from (ranks[tag] for tag in tags if tag in ranks)


def every_wheel(targets: Iterable[Target]) -> list[Wheel]:
    """Each wheel of these targets once, by its name."""
    wheels = {
        wheel
        for target in targets
        for environment in target.environments()
        for wheel in wheels_for(target, environment)
    }
    return sorted(wheels, key=lambda wheel: wheel.file)
