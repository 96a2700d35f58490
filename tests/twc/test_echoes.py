"""Our own frames as an adapter lets us hear them, and those of another master with our id that look the same."""

from custom_components.twc_manager.twc.line import Echoes

CYCLE = [bytes.fromhex(f"FB E0 77 77 00 0{number}") for number in (1, 2, 3)]


def test_each_frame_has_one_echo() -> None:
    own = Echoes()
    for _ in range(100):
        for body in CYCLE:
            own.sent(body)
            assert own.is_echo(body)
            own.answered()
            # Another master asks the same connector the same.
            assert not own.is_echo(body)
            own.answered()


def test_an_echo_may_be_late_get_lost_or_come_twice() -> None:
    own = Echoes()
    for body in CYCLE * 20:
        own.sent(body)
    for number, body in enumerate(CYCLE * 20):
        if number % 5 == 0:
            continue
        assert own.is_echo(body)
        assert own.is_echo(body)
        own.answered()


def test_an_adapter_without_echo_lets_no_other_master_pass() -> None:
    own = Echoes()
    for body in CYCLE * 5:
        own.sent(body)
        own.answered()
    for body in CYCLE * 5:
        own.sent(body)
        own.answered()
        assert not own.is_echo(body)


def test_an_adapter_that_begins_to_echo_is_believed() -> None:
    own = Echoes()
    for body in CYCLE * 5:
        own.sent(body)
        own.answered()
    for body in CYCLE * 5:
        own.sent(body)
        assert own.is_echo(body)
        own.answered()


def test_nothing_is_awaited_from_a_port_that_was_opened_anew() -> None:
    own = Echoes()
    own.sent(CYCLE[0])
    own.reset()
    assert not own.is_echo(CYCLE[0])
