"""`yunkai retention` tells an administrator what becomes due, and erases it."""

from tests.server.cli.conftest import Served
from tests.server.commands import assert_one_line, yunkai


def test_an_administrator_sees_what_is_due_and_erases_it(served: Served) -> None:
    words = {"YUNKAI_PASSWORD": served.password}
    listed = yunkai("retention", "list", "--server", served.url, env=words)
    assert listed.returncode == 0, listed.stderr
    assert "3650 天" in listed.stdout
    erased = yunkai("retention", "erase", "--server", served.url, env=words)
    assert erased.returncode == 0, erased.stderr
    assert "已删除 0 件" in erased.stdout


def test_a_session_that_is_not_there_and_a_wrong_password_are_said_in_one_line(
    served: Served,
) -> None:
    right, wrong = {"YUNKAI_PASSWORD": served.password}, {"YUNKAI_PASSWORD": "wrong"}
    room = ("--room", "s-00000000000000000000")
    ran = yunkai("retention", "erase", "--server", served.url, *room, env=right)
    assert_one_line(ran, 1, "no_such_room")
    assert_one_line(yunkai("retention", "list", "--server", served.url, env=wrong), 1, "password")
