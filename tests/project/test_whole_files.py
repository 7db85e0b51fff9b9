"""Nothing half merged is in the project."""

import re
import subprocess
from pathlib import Path

PROJECT = Path(__file__).parents[2]
MARKS = re.compile(r"^(?:<{7} |>{7} )", re.MULTILINE)
TEXT = {".py", ".js", ".css", ".html", ".j2", ".md", ".yaml", ".yml", ".toml", ".po", ".ipynb", ".json"}


def test_no_file_bears_the_marks_of_a_merge():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=True)
    paths = [PROJECT / name for name in listed.stdout.split("\0") if Path(name).suffix in TEXT]
    marked = [
        path.name
        for path in paths
        if path.is_file() and MARKS.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert marked == []
