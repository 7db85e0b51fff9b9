"""What is written twice in the project says the same in both places."""

import re
import tomllib
from pathlib import Path

import yaml

PROJECT = Path(__file__).parents[2]
DECLARED = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))


def _names(requirements):
    return {re.match(r"[A-Za-z0-9._-]+", requirement).group() for requirement in requirements}


def test_environment_yml_has_the_requirements_of_the_project():
    environment = yaml.safe_load((PROJECT / "environment.yml").read_text(encoding="utf-8"))
    python, pip, listed = environment["dependencies"]
    assert python == f"python{DECLARED['project']['requires-python']}"
    assert pip == "pip"
    assert listed["pip"] == [*DECLARED["project"]["dependencies"], "--editable=."]


def test_every_dependency_has_its_reason():
    groups = {
        "运行 run": DECLARED["project"]["dependencies"],
        "可选 optional": DECLARED["project"]["optional-dependencies"]["spark"],
        "开发 develop": DECLARED["dependency-groups"]["dev"],
        "离线 bundle": DECLARED["dependency-groups"]["bundle"],
        "测速 bench": DECLARED["dependency-groups"]["bench"],
        "构建 build": DECLARED["build-system"]["requires"],
    }
    text = (PROJECT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE)
    for group, requirements in groups.items():
        assert {name for name, where, _ in rows if where.strip() == group} == _names(requirements), group
    assert all(reason.strip() for *_, reason in rows)
    assert {where.strip() for _, where, _ in rows} == set(groups)


def test_the_index_of_the_documents_lists_them_all():
    docs = PROJECT / "docs"
    index = (docs / "README.md").read_text(encoding="utf-8")
    linked = set(re.findall(r"\]\((?!\.\.)([^)#]+\.md)\)", index))
    there = {path.relative_to(docs).as_posix() for path in docs.rglob("*.md")} - {"README.md"}
    assert linked == there


def test_links_in_the_documents_lead_somewhere():
    for path in (PROJECT / "README.md", *(PROJECT / "docs").rglob("*.md")):
        for target in re.findall(r"\]\(([^)#]+)", path.read_text(encoding="utf-8")):
            if not target.startswith("http"):
                assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_the_demonstration_and_the_store_are_not_committed():
    ignored = (PROJECT / ".gitignore").read_text(encoding="utf-8").split()
    assert {"/data/demo/", "/data/store/", "/.venv/"} <= set(ignored)


def test_the_lock_file_knows_every_dependency():
    lock = tomllib.loads((PROJECT / "uv.lock").read_text(encoding="utf-8"))
    own = next(package for package in lock["package"] if package["name"] == DECLARED["project"]["name"])
    locked = {
        (one["name"], one.get("specifier", "")) for one in own["metadata"]["requires-dist"] if "marker" not in one
    }
    declared = {
        (name, frozenset(specifier.split(",")))
        for one in DECLARED["project"]["dependencies"]
        for name, specifier in re.findall(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?(.*)$", one)
    }
    assert {(name, frozenset(specifier.split(","))) for name, specifier in locked} == declared
