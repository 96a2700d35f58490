"""An account server on loopback, an account on it, and its client."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import ClientSession
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
import pytest

from custom_components.twc_manager.tesla import (
    CallKind,
    TokenManager,
    Tokens,
    load_library,
)
from custom_components.twc_manager.tesla.account import Account
from simulator import Car, make_vin
from simulator.tesla import Account as CloudAccount, TeslaCar, TeslaCloud


@dataclass
class Clock:
    """The clock of the account server and its client."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class TokenRecorder:
    """The permanent store of tokens."""

    kept: list[Tokens] = field(default_factory=list)

    def __call__(self, tokens: Tokens) -> None:
        self.kept.append(tokens)


@dataclass
class World:
    """The account server, and everything its client needs."""

    cloud: TeslaCloud
    owner: CloudAccount
    session: ClientSession
    clock: Clock
    token_store: TokenRecorder
    calls: list[CallKind] = field(default_factory=list)

    @property
    def car(self) -> TeslaCar:
        return self.owner.cars[0]

    def typed(self) -> Tokens:
        """The input of the owner."""
        return Tokens(self.owner.client_id, self.owner.refresh_token)

    def token_manager(self, tokens: Tokens | None = None) -> TokenManager:
        return TokenManager(
            self.session,
            tokens or self.typed(),
            self.token_store,
            url=self.cloud.token_url,
            clock=self.clock,
        )

    def account(self, *, key_file: Path | None = None) -> Account:
        return Account.fleet(
            self.session,
            self.token_manager(),
            base_url=self.cloud.url(),
            key_file=key_file,
            on_call=self.calls.append,
        )


@pytest.fixture(scope="session", autouse=True)
def library() -> None:
    """Import the library once, so that it never blocks the event loop of a test."""
    load_library()


@pytest.fixture
async def world(socket_enabled: None) -> AsyncGenerator[World]:
    clock = Clock()
    owner = CloudAccount(
        cars=[
            TeslaCar(car=Car(vin=make_vin(7)), name="Red one", charging_elsewhere=True)
        ]
    )
    cloud = TeslaCloud(owner, now=clock)
    await cloud.start()
    async with ClientSession() as session:
        yield World(cloud, owner, session, clock, TokenRecorder())
    await cloud.stop()


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """A file with a private key that no car has yet."""
    path = tmp_path / "key.pem"
    path.write_bytes(
        ec.generate_private_key(ec.SECP256R1()).private_bytes(
            Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
        )
    )
    return path


def pair(car: TeslaCar, path: Path) -> None:
    """Add the key in a file to a car."""
    key = load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    car.keys.add(point)
