"""Run in a network namespace of its own: install an unpacked archive, serve a demonstration, open a page in the browser."""

import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.browser import Server, _answers, launch, new_page, open_page, wait_until

PORT = 8866


def no_network():
    """Only the loopback is there, and it leads nowhere else."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    try:
        urllib.request.urlopen("https://pypi.org/", timeout=5)
    except urllib.error.URLError:
        return
    raise AssertionError("there is a network")


def main(archive, target):
    no_network()
    subprocess.run(["sh", str(archive / "install.sh"), str(target)], check=True)
    program, store = str(target / ".venv" / "bin" / "workbench"), str(target.parent / "store")
    subprocess.run(
        [program, "simulate", "--households", "2000", "--rounds", "2", "--seed", "1", "--store", store], check=True
    )
    process = subprocess.Popen([program, "serve", "--store", store, "--port", str(PORT)], cwd="/")
    server = Server(f"http://127.0.0.1:{PORT}/", process)
    try:
        wait_until(lambda: _answers(PORT) or process.poll() is not None, 300, "nothing answers")
        with sync_playwright() as playwright:
            browser = launch(playwright)
            open_page(
                new_page(browser), f"{server.url}voila/render/county_standard.ipynb?round=2019-10", ".noUi-handle"
            )
            browser.close()
    finally:
        server.stop()
    print("no network, installed, a page opened")  # noqa: T201 - what the test reads


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
