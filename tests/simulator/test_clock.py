"""The event loop on virtual time."""

import asyncio
import os
import time

import pytest

from simulator import VirtualTimeLoop, run_virtual


def test_hours_take_no_time() -> None:
    async def main() -> float:
        loop = asyncio.get_running_loop()
        before = loop.time()
        await asyncio.sleep(36_000)
        return loop.time() - before

    begin = time.process_time()
    assert run_virtual(main()) == pytest.approx(36_000)
    assert time.process_time() - begin < 5


def test_timers_run_in_order_and_at_their_time() -> None:
    calls: list[tuple[float, str]] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        begin = loop.time()

        def note(name: str) -> None:
            calls.append((loop.time() - begin, name))

        for delay, name in ((3, "c"), (1, "a"), (2, "b")):
            loop.call_later(delay, note, name)
        await asyncio.sleep(4)

    run_virtual(main())
    assert calls == [(1, "a"), (2, "b"), (3, "c")]


def test_threads_are_waited_for() -> None:
    async def main() -> float:
        loop = asyncio.get_running_loop()
        before = loop.time()
        ticking = loop.call_later(1, print)
        await asyncio.to_thread(time.sleep, 0.05)
        ticking.cancel()
        return loop.time() - before

    assert run_virtual(main()) == 0


def test_real_file_descriptors_are_seen_before_the_clock_jumps() -> None:
    async def main() -> float:
        loop = asyncio.get_running_loop()
        read, write = os.pipe()
        got = loop.create_future()
        loop.add_reader(read, lambda: got.set_result(os.read(read, 10)))
        before = loop.time()
        loop.call_later(1, os.write, write, b"x")
        async with asyncio.timeout(100):
            assert await got == b"x"
        loop.remove_reader(read)
        os.close(read)
        os.close(write)
        return loop.time() - before

    assert run_virtual(main()) == 1


def test_a_program_that_waits_for_nothing_raises(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("simulator.clock._STUCK_S", 0.01)
    loop = VirtualTimeLoop()
    try:
        with pytest.raises(RuntimeError, match="waits for ever"):
            loop.run_until_complete(loop.create_future())
    finally:
        loop.close()
