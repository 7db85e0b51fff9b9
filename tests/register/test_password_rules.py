"""Which passwords are refused: the common ones of the world, and the habits hereabouts, however they are dressed up."""

import pytest

from workbench.errors import InputError
from workbench.register.access.accounts import first_password
from workbench.register.access.password_rules import LONGEST, checked_password

COMMON = [
    "woaini1314", "1314520woaini", "woaini5201314", "nihao123456", "wozuishuai1", "iloveyou520", "我爱你1314520", "一生一世5201314",
    "qwertyuiop", "asdfghjkl1", "1qaz2wsx3edc", "1qaz@WSX3edc", "zaq12wsxCDE3", "1q2w3e4r5t6y", "Qwer1234!@#$", "qazwsxedc123",
    "luan123456", "LUANLUAN2020", "Luan@2019!!", "luan.jinzhai.2019", "jinzhai2019", "jinzhaixian666", "huoqiu@2021",
    "maotanchang2019", "毛坦厂镇20191008", "fupinban123", "jz-jinzhai-2019",
    "Passw0rd123!", "P@$$w0rd2020", "p@ssw0rd2024", "Admin@1234", "ａｄｍｉｎ１２３４５６", "a123456789", "Aa123456789", "abcd1234efgh",
    "13856412345", "19900101zs", "341524199001011234", "zs13856412345", "2019-10-08-09", "aaaaaaaaaa", "abc123abc123", "121212121212",
]  # fmt: skip
OWN = [
    "zhangsan2026",
    "zhang-san-2026x",
    "ZhangSan#Kx91q",
    "张三的密码谁也不告诉",
    "kx-office7-91q",
    "OFFICE7 tall pines",
]
GOOD = ["一段够长的密码 2019", "correct horse battery staple", "松树 石桥 午后 茶碗 灯", "Wk9vTq2LmXz4", "river-copper-lamp-63", "h3Kd82mNq1vv"]  # fmt: skip


@pytest.mark.parametrize("password", COMMON)
def test_a_common_password_is_refused_however_it_is_dressed_up(password):
    with pytest.raises(InputError, match="太常见"):
        checked_password(password, "office7", "张三")


@pytest.mark.parametrize("password", OWN)
def test_a_password_that_holds_account_or_name_is_refused(password):
    with pytest.raises(InputError, match="账号或姓名"):
        checked_password(password, "office7", "张三")


@pytest.mark.parametrize("password", ["", "short", "x" * (LONGEST + 1), "x" * 2**20])
def test_a_password_has_a_length_between(password):
    with pytest.raises(InputError, match="10 至 128"):
        checked_password(password, "office7", "张三")


@pytest.mark.parametrize("sign", ["\n", "\t", "\0", "\u200b", "\u202e", "\x7f"])
def test_a_password_holds_no_sign_that_nobody_can_type(sign):
    with pytest.raises(InputError, match="控制字符"):
        checked_password(f"river-copper{sign}lamp-63", "office7", "张三")


@pytest.mark.parametrize("password", GOOD)
def test_a_good_password_is_taken(password):
    assert checked_password(password, "office7", "张三") == password


def test_the_same_password_typed_on_a_full_width_keyboard_is_the_same():
    assert checked_password("ｒｉｖｅｒ-ｃｏｐｐｅｒ-ｌａｍｐ-６３", "office7", "张三") == "river-copper-lamp-63"


def test_a_message_never_repeats_what_was_typed():
    for password in [*COMMON, *OWN]:
        with pytest.raises(InputError) as refused:
            checked_password(password, "office7", "张三")
        assert password not in str(refused.value)


def test_first_passwords_are_good_ones_and_never_the_same():
    made = {first_password() for _ in range(50)}
    assert len(made) == 50
    assert all(checked_password(each, "office7", "张三") for each in made)
