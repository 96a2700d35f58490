"""Tokens: one refresh for all, in time, and no account is ever lost."""

import asyncio
from dataclasses import replace
import logging

import pytest

from custom_components.twc_manager.tesla import (
    ReauthNeededError,
    TokenManager,
    Tokens,
    TransientTokenError,
    tokens as room,
)
from simulator.tesla import Kind, Trouble

from .conftest import World

DAY = 86_400.0


async def test_first_use_refreshes_and_keeps_the_new_tokens(world: World) -> None:
    typed = world.typed()
    token_manager = world.token_manager(typed)

    access = await token_manager.access_token()

    assert world.owner.accepts(access, world.clock.now)
    (kept,) = world.token_store.kept
    assert kept == token_manager.tokens
    assert kept.refresh_token == world.owner.refresh_token != typed.refresh_token
    assert kept.refreshed_at == world.clock.now
    assert kept.expires_at == world.clock.now + world.owner.access_lifetime_s
    assert Tokens.from_dict(kept.as_dict()) == kept


async def test_an_access_token_is_used_until_a_minute_before_its_end(
    world: World,
) -> None:
    token_manager = world.token_manager()
    first = await token_manager.access_token()
    world.clock.now = token_manager.tokens.expires_at - 60.1
    assert await token_manager.access_token() == first
    assert world.owner.refreshes == 1
    world.clock.now += 0.2
    assert await token_manager.access_token() != first
    assert world.owner.refreshes == 2


async def test_hundred_uses_at_expiry_are_one_refresh(world: World) -> None:
    token_manager = world.token_manager()
    await token_manager.access_token()
    world.clock.now += world.owner.access_lifetime_s

    got = await asyncio.gather(*(token_manager.access_token() for _ in range(100)))

    assert len(set(got)) == 1
    assert world.owner.refreshes == 2
    assert world.cloud.call_log.count(Kind.TOKEN) == 2
    assert len(world.token_store.kept) == 2


async def test_hundred_rejections_of_one_token_are_one_refresh(world: World) -> None:
    token_manager = world.token_manager()
    rejected = await token_manager.access_token()
    await asyncio.gather(
        *(token_manager.refresh_rejected(rejected) for _ in range(100))
    )
    await token_manager.refresh_rejected(rejected)
    assert world.owner.refreshes == 2


async def test_a_caller_cancelled_at_any_moment_loses_no_token(
    world: World,
) -> None:
    token_manager = world.token_manager()
    moments: set[tuple[bool, bool]] = set()
    given_up = True
    steps = 0
    while given_up:
        refreshes, kept = world.owner.refreshes, len(world.token_store.kept)
        world.clock.now += world.owner.access_lifetime_s
        user = asyncio.create_task(token_manager.access_token())
        for _ in range(steps):
            await asyncio.sleep(0)
        moments.add(
            (world.owner.refreshes > refreshes, len(world.token_store.kept) > kept)
        )
        given_up = user.cancel()
        await asyncio.wait([user])

        await token_manager.access_token()

        assert world.owner.refreshes == refreshes + 1
        assert len(world.token_store.kept) == kept + 1
        assert world.token_store.kept[-1].refresh_token == world.owner.refresh_token
        steps += 1
    # Also in the moment when the old token was used up and the new one was still on its way.
    assert moments == {(False, False), (True, False), (True, True)}


async def test_the_access_token_is_stored_before_it_is_returned(world: World) -> None:
    keeping = asyncio.Event()
    kept = asyncio.Event()

    async def store(_: Tokens) -> None:
        keeping.set()
        await kept.wait()

    token_manager = TokenManager(
        world.session,
        world.typed(),
        store,
        url=world.cloud.token_url,
        clock=world.clock,
    )
    users = [asyncio.create_task(token_manager.access_token()) for _ in range(5)]
    await keeping.wait()
    users[0].cancel()
    await asyncio.wait(users, return_when=asyncio.FIRST_COMPLETED)
    assert [user.done() for user in users] == [True, False, False, False, False]
    assert token_manager.tokens.refresh_token == world.owner.refresh_token

    kept.set()
    assert len(set(await asyncio.gather(*users[1:]))) == 1
    assert world.owner.refreshes == 1


async def test_a_new_start_after_a_kill_between_refresh_and_use_goes_on(
    world: World,
) -> None:
    """Only tokens that were passed to the store survive."""
    await world.token_manager().refresh()
    world.clock.now += world.owner.access_lifetime_s

    await world.token_manager(world.token_store.kept[-1]).access_token()

    assert world.owner.refreshes == 2


async def test_tokens_that_cannot_be_kept_are_not_used_and_tried_again(
    world: World,
) -> None:
    kept: list[Tokens] = []
    full = True

    def store(tokens: Tokens) -> None:
        if full:
            raise OSError("No space left on device")
        kept.append(tokens)

    token_manager = TokenManager(
        world.session,
        world.typed(),
        store,
        url=world.cloud.token_url,
        clock=world.clock,
    )
    for _ in range(3):
        with pytest.raises(TransientTokenError):
            await token_manager.access_token()
    assert world.owner.refreshes == 1
    assert token_manager.tokens.refresh_token == world.owner.refresh_token

    full = False
    assert world.owner.accepts(await token_manager.access_token(), world.clock.now)
    assert world.owner.refreshes == 1
    assert kept == [token_manager.tokens]


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble.LOGIN_REQUIRED,
        Trouble.INVALID_GRANT,
        Trouble.INVALID_CLIENT,
        Trouble.UNAUTHORIZED_CLIENT,
    ],
)
async def test_only_the_owner_can_help(world: World, trouble: Trouble) -> None:
    token_manager = world.token_manager()
    world.cloud.fail_next("token", trouble)
    with pytest.raises(ReauthNeededError, match=trouble.value):
        await token_manager.access_token()
    # A dead token is not tried again.
    with pytest.raises(ReauthNeededError, match=trouble.value):
        await token_manager.access_token()
    assert world.cloud.call_log.count(Kind.TOKEN) == 1
    assert world.token_store.kept == []


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble.RATE_LIMITED,
        Trouble.SERVER_ERROR,
        Trouble.BAD_GATEWAY,
        Trouble.UNAVAILABLE,
        Trouble.GATEWAY_TIMEOUT,
        Trouble.HTML,
        Trouble.HTML_ERROR,
        Trouble.NONSENSE,
        Trouble.TIMEOUT,
        Trouble.DROP,
        Trouble.NOT_FOUND,
        Trouble.LOCKED,
    ],
)
async def test_it_passes(
    world: World, trouble: Trouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    token_manager = world.token_manager()
    world.cloud.fail_next("token", trouble)
    with monkeypatch.context() as patch:
        patch.setattr(room, "TIMEOUT", 0.05 if trouble is Trouble.TIMEOUT else 60.0)
        with pytest.raises(TransientTokenError):
            await token_manager.access_token()
    assert world.owner.accepts(await token_manager.access_token(), world.clock.now)


async def test_a_lost_answer_costs_no_account_while_tesla_takes_the_old_token(
    world: World,
) -> None:
    world.owner.grace_s = DAY
    token_manager = world.token_manager()
    world.cloud.fail_next("token", Trouble.LOST_ANSWER)
    with pytest.raises(TransientTokenError):
        await token_manager.access_token()
    assert world.owner.accepts(await token_manager.access_token(), world.clock.now)


async def test_it_waits_as_the_server_requests(world: World) -> None:
    token_manager = world.token_manager()
    world.cloud.fail_next("token", Trouble.RATE_LIMITED, after=90)
    for _ in range(3):
        with pytest.raises(TransientTokenError) as caught:
            await token_manager.access_token()
        assert caught.value.after == 90
    assert world.cloud.call_log.count(Kind.TOKEN) == 1
    world.clock.now += 90
    await token_manager.access_token()


async def test_a_token_server_that_does_not_respond(world: World) -> None:
    await world.cloud.stop()
    with pytest.raises(TransientTokenError, match="ClientConnectorError"):
        await world.token_manager().access_token()


async def test_a_closed_session_is_no_reason_to_ask_the_owner(world: World) -> None:
    await world.session.close()
    with pytest.raises(TransientTokenError):
        await world.token_manager().access_token()


async def test_an_answer_without_access_token_still_keeps_the_refresh_token(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    token_manager = world.token_manager()

    async def answer() -> tuple[int, None, bytes]:
        return 200, None, b'{"refresh_token": "NA_new", "expires_in": 28800}'

    monkeypatch.setattr(token_manager, "_post", answer)
    with pytest.raises(TransientTokenError):
        await token_manager.access_token()
    assert [kept.refresh_token for kept in world.token_store.kept] == ["NA_new"]


@pytest.mark.parametrize(
    ("answer", "refresh_token", "life"),
    [
        (b'{"access_token": "a", "expires_in": 100}', "NA_old", 100),
        (b'{"access_token": "a", "refresh_token": ""}', "NA_old", 300),
        (
            b'{"access_token": "a", "refresh_token": 5, "expires_in": "x"}',
            "NA_old",
            300,
        ),
        (b'{"access_token": "a", "refresh_token": "b", "expires_in": 1e999}', "b", 300),
    ],
)
async def test_odd_answers(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    answer: bytes,
    refresh_token: str,
    life: float,
) -> None:
    token_manager = world.token_manager(Tokens("client", "NA_old"))

    async def post() -> tuple[int, None, bytes]:
        return 200, None, answer

    monkeypatch.setattr(token_manager, "_post", post)
    assert await token_manager.access_token() == "a"
    assert world.token_store.kept[-1].refresh_token == refresh_token
    assert world.token_store.kept[-1].expires_at == world.clock.now + life


async def test_refreshed_once_a_week_for_the_accounts_sake(world: World) -> None:
    token_manager = world.token_manager()
    now = world.clock.now
    assert token_manager.refresh_due(now)
    await token_manager.refresh()
    assert not token_manager.refresh_due(now)
    assert not token_manager.refresh_due(now + 5.9 * DAY)
    assert token_manager.refresh_due(now + 6 * DAY)
    # A clock that was set back says nothing.
    assert token_manager.refresh_due(now - DAY)


async def test_an_account_checked_daily_outlives_its_refresh_tokens(
    world: World,
) -> None:
    token_manager = world.token_manager()
    for _ in range(200):
        if token_manager.refresh_due(world.clock.now):
            await token_manager.refresh()
        world.clock.now += DAY
    assert world.owner.refreshes == 34
    assert world.owner.accepts(await token_manager.access_token(), world.clock.now)


async def test_nothing_shows_a_token(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    typed = world.typed()
    token_manager = world.token_manager(typed)
    world.cloud.fail_next("token", Trouble.INVALID_GRANT)
    with pytest.raises(ReauthNeededError) as caught:
        await token_manager.access_token()
    fresh = replace(typed, access_token="eyJ-secret")
    shown = f"{fresh!r} {fresh} {caught.value!r} {caplog.text}"
    assert typed.refresh_token not in shown
    assert typed.client_id not in shown
    assert "eyJ-secret" not in shown
