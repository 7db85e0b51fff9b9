"""The style of the pages, for places where the server does not bring it."""

import ipywidgets

from workbench.ui.kit.charts.echarts import STATIC
from workbench.ui.kit.frame.page_environment import variable


def page_style() -> ipywidgets.HTML:
    """The style sheet as a widget to put first on a page: empty under the workbench's server, which links it itself."""
    served = variable("SERVER_SOFTWARE").startswith("voila/")
    sheet = "" if served else f"<style>{(STATIC / 'style.css').read_text(encoding='utf-8')}</style>"
    return ipywidgets.HTML(sheet, layout=ipywidgets.Layout(display="none" if served else None))
