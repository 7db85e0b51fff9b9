"""Who may take facts in is asked before a file is read, and refused in words: by the county chosen, and by those it holds."""

import pytest

from tests.cli.command import run
from tests.register.conftest import COUNTY
from workbench.errors import RefusedError
from workbench.register.access.intake_rights import check_may_take_in
from workbench.register.cases.cases import add_window

OTHER = "341522"


@pytest.fixture
def url(tmp_path):
    """One kind of database is enough: nothing is written."""
    return f"sqlite:///{tmp_path / 'register.sqlite'}"


@pytest.mark.parametrize("account", ["officer", "admin"])
def test_a_county_officer_or_an_administrator_may_for_their_county(office, account):
    check_may_take_in(office.acting_user(account))
    check_may_take_in(office.acting_user(account), [COUNTY])


@pytest.mark.parametrize(
    ("account", "counties"),
    [("officer", [OTHER]), ("officer", [COUNTY, OTHER]), ("reader", []), ("analyst", []), ("reader", [COUNTY])],
)
def test_others_are_refused(office, account, counties):
    with pytest.raises(RefusedError) as refused:
        check_may_take_in(office.acting_user(account), counties)
    # Whoever may not take facts in at all hears that, and not what else a county officer may do.
    said = "不在其中" if account == "officer" else "您是市级查阅人，无权导入数据；可以导入数据的是 县级经办人、管理员"
    if account == "analyst":
        said = said.replace("市级查阅人", "分析人员")
    assert said in refused.value.words.zh


@pytest.mark.parametrize("account", ["reader", "analyst"])
def test_who_may_not_add_a_window_hears_so(office, account):
    with pytest.raises(RefusedError, match="无权登记录入窗口；可以登记录入窗口的是 县级经办人、管理员"):
        add_window(office.acting_user(account), "冬季", office.now.date(), office.now.date())


def test_another_county_is_refused_before_the_file_is_opened(office, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_REGISTER", str(office.register.engine.url))
    missing = tmp_path / "there is no such file.csv"
    words = ["intake", missing, "--round", "2019-10", "--store", office.register.facts.root, "--lang", "zh"]
    for county in (OTHER, "霍邱县"):
        refused = run(capsys, *words, "--as", "officer", "--county", county)
        assert refused.status == 1, refused
        assert "您的范围是金寨县，霍邱县不在其中" in refused.err
    assert run(capsys, *words, "--as", "officer", "--county", COUNTY).status == 2
    assert "账号 'nobody'：没有" in run(capsys, *words, "--as", "nobody").err
