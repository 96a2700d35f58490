"""The computer of a car that handles signed commands.

The car's side of Tesla's vehicle command protocol, over the cloud: the session with each client key, and the check
of a command's key, epoch, counter, time and tag. The messages are the definitions of the client library; the checks
are written from Tesla's specification.
"""

import base64
import binascii
from collections.abc import Callable, Collection
from dataclasses import dataclass
import hashlib
import hmac
import secrets
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from google.protobuf.message import DecodeError
from tesla_protocol.command import (
    car_server_pb2 as car_server,
    signatures_pb2 as signatures,
    universal_message_pb2 as universal,
)

HANDSHAKE: Final = "handshake"
OTHER: Final = "other"
_CURVE: Final = ec.SECP256R1()
_INFOTAINMENT: Final = universal.DOMAIN_INFOTAINMENT


@dataclass(frozen=True, slots=True)
class Request:
    """A message to a car that the cloud can read."""

    message: universal.RoutableMessage
    command: str
    """The name of the plain command, `handshake`, or `other` for anything else."""

    @classmethod
    def parse(cls, text: object) -> Request | None:
        """Read the `routable_message` of a call; None if it is invalid."""
        if not isinstance(text, str):
            return None
        try:
            raw = base64.b64decode(text, validate=True)
            message = universal.RoutableMessage.FromString(raw)
            return cls(message, _command(message))
        except binascii.Error, DecodeError:
            return None

    @property
    def key(self) -> bytes:
        """The public key of the sender, unverified."""
        if self.command == HANDSHAKE:
            return self.message.session_info_request.public_key
        return self.message.signature_data.signer_identity.public_key


def _command(message: universal.RoutableMessage) -> str:
    if message.HasField("session_info_request"):
        return HANDSHAKE
    action = car_server.Action.FromString(message.protobuf_message_as_bytes)
    charging = action.vehicleAction.chargingStartStopAction
    if charging.HasField("start"):
        return "charge_start"
    return "charge_stop" if charging.HasField("stop") else OTHER


def key_point(private_pem: bytes) -> bytes:
    """Return the public key of a private key file, as cars store it."""
    key = load_pem_private_key(private_pem, None)
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


class CommandComputer:
    """The infotainment computer of a car: its own key, its epoch and its clock."""

    def __init__(self, vin: str, clock: Callable[[], float]) -> None:
        """Boot; `clock` returns s and must run like the client's."""
        self._vin = vin.encode()
        self._clock = clock
        self._key = ec.generate_private_key(_CURVE)
        self._public = self._key.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        self.reboot()

    def reboot(self) -> None:
        """Begin a new epoch: every client needs a new handshake."""
        self._epoch = secrets.token_bytes(16)
        self._booted_at = self._clock()
        self._counters: dict[bytes, int] = {}

    def answer(
        self,
        request: Request,
        keys: Collection[bytes],
        obey: Callable[[str], str | None],
    ) -> str:
        """Answer a message; `obey` executes a valid command and returns why it did not."""
        if request.command == HANDSHAKE:
            reply = self._greet(request, keys)
        elif fault := self._fault(request, keys):
            reply = self._refuse(request, keys, fault)
        else:
            self._counters[request.key] = _signature(request).counter
            reply = self._reply(request)
            reply.protobuf_message_as_bytes = _result(obey(request.command))
        return base64.b64encode(reply.SerializeToString()).decode()

    def _reply(self, request: Request) -> universal.RoutableMessage:
        asked = request.message
        return universal.RoutableMessage(
            to_destination=asked.from_destination,
            from_destination=asked.to_destination,
            request_uuid=asked.uuid,
            uuid=secrets.token_bytes(16),
        )

    def _greet(
        self, request: Request, keys: Collection[bytes]
    ) -> universal.RoutableMessage:
        """Return the session information for a client, signed by the car."""
        reply = self._reply(request)
        if request.key not in keys:
            reply.session_info = signatures.SessionInfo(
                status=signatures.SESSION_INFO_STATUS_KEY_NOT_ON_WHITELIST
            ).SerializeToString()
            return reply
        reply.session_info = signatures.SessionInfo(
            counter=self._counters.get(request.key, 0),
            publicKey=self._public,
            epoch=self._epoch,
            clock_time=self._time,
        ).SerializeToString()
        metadata = _serialize(
            (signatures.TAG_SIGNATURE_TYPE, bytes((signatures.SIGNATURE_TYPE_HMAC,))),
            (signatures.TAG_PERSONALIZATION, self._vin),
            (signatures.TAG_CHALLENGE, request.message.uuid),
        )
        reply.signature_data.session_info_tag.tag = _mac(
            self._derive(request.key, b"session info"), metadata + reply.session_info
        )
        return reply

    def _refuse(
        self, request: Request, keys: Collection[bytes], fault: universal.MessageFault_E
    ) -> universal.RoutableMessage:
        """Return a fault, with the current session if that may help."""
        reply = (
            self._greet(request, keys) if fault in _CURABLE else self._reply(request)
        )
        reply.signedMessageStatus.operation_status = universal.OPERATIONSTATUS_ERROR
        reply.signedMessageStatus.signed_message_fault = fault
        return reply

    def _fault(
        self, request: Request, keys: Collection[bytes]
    ) -> universal.MessageFault_E | None:
        """Return the fault of a command; None if it is valid."""
        message = request.message
        if message.to_destination.domain != _INFOTAINMENT:
            return universal.MESSAGEFAULT_ERROR_INVALID_DOMAINS
        if request.key not in keys:
            return universal.MESSAGEFAULT_ERROR_UNKNOWN_KEY_ID
        if not message.signature_data.HasField("HMAC_Personalized_data"):
            return universal.MESSAGEFAULT_ERROR_INVALID_SIGNATURE
        signature = _signature(request)
        if signature.epoch != self._epoch:
            return universal.MESSAGEFAULT_ERROR_INCORRECT_EPOCH
        if not hmac.compare_digest(self._tag(request), signature.tag):
            return universal.MESSAGEFAULT_ERROR_INVALID_SIGNATURE
        if signature.counter <= self._counters.get(request.key, 0):
            return universal.MESSAGEFAULT_ERROR_INVALID_TOKEN_OR_COUNTER
        if signature.expires_at < self._time:
            return universal.MESSAGEFAULT_ERROR_TIME_EXPIRED
        if request.command == OTHER:
            return universal.MESSAGEFAULT_ERROR_INVALID_COMMAND
        return None

    def _tag(self, request: Request) -> bytes:
        """Return the valid tag of a command."""
        signature = _signature(request)
        kind = bytes((signatures.SIGNATURE_TYPE_HMAC_PERSONALIZED,))
        flags = request.message.flags
        metadata = _serialize(
            (signatures.TAG_SIGNATURE_TYPE, kind),
            (signatures.TAG_DOMAIN, bytes((_INFOTAINMENT,))),
            (signatures.TAG_PERSONALIZATION, self._vin),
            (signatures.TAG_EPOCH, self._epoch),
            (signatures.TAG_EXPIRES_AT, signature.expires_at.to_bytes(4)),
            (signatures.TAG_COUNTER, signature.counter.to_bytes(4)),
            *([(signatures.TAG_FLAGS, flags.to_bytes(4))] if flags else []),
        )
        return _mac(
            self._derive(request.key, b"authenticated command"),
            metadata + request.message.protobuf_message_as_bytes,
        )

    def _derive(self, client: bytes, purpose: bytes) -> bytes:
        """Return the key that is shared with a client for a purpose."""
        point = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, client)
        shared = hashlib.sha1(
            self._key.exchange(ec.ECDH(), point), usedforsecurity=False
        ).digest()[:16]
        return _mac(shared, purpose)

    @property
    def _time(self) -> int:
        """The time since the epoch began, in s."""
        return int(self._clock() - self._booted_at)


_CURABLE: Final = frozenset(
    {
        universal.MESSAGEFAULT_ERROR_INCORRECT_EPOCH,
        universal.MESSAGEFAULT_ERROR_INVALID_TOKEN_OR_COUNTER,
        universal.MESSAGEFAULT_ERROR_TIME_EXPIRED,
    }
)


def _signature(request: Request) -> signatures.HMAC_Personalized_Signature_Data:
    return request.message.signature_data.HMAC_Personalized_data


def _serialize(*items: tuple[signatures.Tag, bytes]) -> bytes:
    """Return metadata in the given order, each as tag, length and value."""
    parts = (bytes((tag, len(value))) + value for tag, value in items)
    return b"".join(parts) + bytes((signatures.TAG_END,))


def _mac(key: bytes, data: bytes) -> bytes:
    return hmac.new(key, data, hashlib.sha256).digest()


def _result(reason: str | None) -> bytes:
    """Return the answer of the car to a valid command."""
    status = car_server.ActionStatus(result=car_server.OPERATIONSTATUS_OK)
    if reason is not None:
        status.result = car_server.OPERATIONSTATUS_ERROR
        status.result_reason.plain_text = reason
    return bytes(car_server.Response(actionStatus=status).SerializeToString())
