"""Layouts and styles of a page's widgets are said when something of them is set, not before."""

import subprocess
import sys

CODE = """
import comm, ipywidgets
from comm.base_comm import BaseComm
from workbench.server.forks.plain_parts import say_only_what_is_set

class Heard(BaseComm):
    said = []
    kernel = None
    def publish_msg(self, kind, data=None, **options):
        Heard.said.append((kind, self.comm_id, data["state"] if data else {}))

Heard.kernel = Heard
comm.create_comm = Heard
say_only_what_is_set()
"""


def run(code):
    """In a process of its own: what is tried alters the classes of widgets for good."""
    done = subprocess.run([sys.executable, "-c", CODE + code], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def test_a_widget_in_which_nothing_is_set_is_one_model_and_stays_one_however_it_changes():
    run("""
for kind in (ipywidgets.HTML, ipywidgets.Text, ipywidgets.FloatSlider, ipywidgets.ToggleButtons, ipywidgets.VBox, ipywidgets.Button):
    Heard.said.clear()
    widget = kind()
    widget.tooltip = "a"
    widget.layout.width = None
    kinds = [each for each, *_ in Heard.said]
    assert kinds == ["comm_open", "comm_msg"], (kind, Heard.said)
    opened = Heard.said[0][2]
    assert opened["layout"] is None and opened.get("style") is None, (kind, opened)
""")


def test_the_first_thing_that_is_set_is_told_with_whose_it_is_and_all_later_ones_as_ever():
    run("""
text = ipywidgets.Text()
Heard.said.clear()
text.layout.display = "none"
text.layout.display = None
text.style.description_width = "5em"
(_, layout, first), owner, later, (_, style, width), of_style = Heard.said
assert first["display"] == "none"
assert owner == ("comm_msg", text.comm.comm_id, {"layout": f"IPY_MODEL_{layout}"})
assert later == ("comm_msg", layout, {"display": None})
assert width["description_width"] == "5em"
assert of_style == ("comm_msg", text.comm.comm_id, {"style": f"IPY_MODEL_{style}"})
""")


def test_a_layout_that_is_given_with_the_widget_or_shared_by_two_is_said_once():
    run("""
given = ipywidgets.Text(layout=ipywidgets.Layout(width="96px"))
assert given.get_state("layout")["layout"] == f"IPY_MODEL_{given.layout.model_id}"
shared = ipywidgets.Layout()
two = [ipywidgets.HTML(layout=shared) for _ in range(2)]
Heard.said.clear()
shared.height = "3px"
assert sorted(each[0] for each in Heard.said) == ["comm_msg", "comm_msg", "comm_open"], Heard.said
assert {each[1] for each in Heard.said} == {shared.model_id, *(each.model_id for each in two)}
""")
