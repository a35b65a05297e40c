"""The facts of honesty and the reach over people stand in the console, live (H2, H3)."""

from django.test import Client

from gongxiang.acts.compare_members import compare_members
from tests.conftest import Database
from tests.forgetting import forget
from tests.ops import world
from tests.ops.staff import signed_in

PAGE = "/ops/must-see/"


def test_early_and_late_pace_depth_and_heads_are_told(superuser: Client) -> None:
    page = world.text_of(superuser.get(PAGE))
    assert "还算不出 先来的对后来的 有积分的会员满 10 位后，比较最早和最晚的各一成" in page
    assert "离封顶有多远 今天新得的一批，要再结算约" in page
    assert "0 / 3 批 到过封顶线" in page
    assert "2 层 受奖励的关系最深" in page
    assert "/ 99 人 有推荐人的会员" in page
    assert "一个人推荐得最多" in page
    assert "收取区域代理或加盟费用" in page
    assert "积分不保本、不保收益。" in page


def test_the_first_page_takes_them_in_and_leads_there_without_a_script(superuser: Client) -> None:
    body = superuser.get("/ops/").content.decode()
    assert f'hx-get="{PAGE}"' in body
    assert f'<a href="{PAGE}">先来的对后来的、离封顶有多远、层数和人数</a>' in body
    assert 'id="h2-now"' in superuser.get(PAGE).content.decode()


def test_with_ten_members_early_and_late_are_compared(database: Database) -> None:
    world.platform()
    world.users()
    world.drive([*world.history(), *world.another_day()], terms=world.TERMS)
    assert "还在算 先来的对后来的" in world.text_of(signed_in("min").get(PAGE))
    compare_members()
    forget()
    page = world.text_of(signed_in("min").get(PAGE))
    assert " 对 " in page.partition("先来的对后来的")[0]
    assert "每消费 100 元，最早和最晚各一成会员已拿到的" in page


def test_an_unopened_platform_says_so(database: Database) -> None:
    world.users()
    answer = signed_in("min").get(PAGE)
    assert answer.status_code == 404
    assert "还没有公布过规则" in world.text_of(answer)
