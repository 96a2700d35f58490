"""Arbitrary bytes for both ports of the keeper (the short form of scripts/benchmark sockets)."""

import pytest

from custom_components.twc_manager.twc.gate import WriteGate
from keeper import client_frames, control
from keeper.control import MAX_CONNECTIONS, Lease
from scripts.benchmark_lib.sockets import fuzz

from .test_lease import LEASE

_INPUTS = 3000
pytestmark = pytest.mark.long


def test_nothing_that_comes_in_does_any_harm() -> None:
    findings = fuzz(_INPUTS, seed=1)
    assert findings.are_good
    assert findings.inputs == _INPUTS
    assert findings.connections > 500
    assert findings.forwarded > 300
    assert findings.peak_connections == MAX_CONNECTIONS


def test_the_same_seed_finds_the_same() -> None:
    assert fuzz(500, seed=2) == fuzz(500, seed=2)


# Each harm is found once its safeguard is removed.


def test_without_the_gate_forbidden_frames_are_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client_frames, "check_allowed", lambda body: None)
    monkeypatch.setattr(WriteGate, "check", lambda self, body, now: body)
    assert fuzz(_INPUTS, seed=1).forbidden_frames


@pytest.mark.parametrize(
    ("read", "harm"),
    [(lambda request: request["nothing"], "exceptions"), (lambda _: LEASE, "leases")],
)
def test_without_checks_of_a_request_its_harm_is_found(
    read: object, harm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Lease, "from_dict", read)
    findings = fuzz(_INPUTS, seed=1)
    assert getattr(findings, harm)
    assert not findings.are_good


def test_without_a_bound_many_connections_are_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(control, "MAX_CONNECTIONS", 1000)
    findings = fuzz(_INPUTS, seed=1)
    assert findings.peak_connections > MAX_CONNECTIONS
    assert not findings.are_good
