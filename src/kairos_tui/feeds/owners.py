"""Owners: whose each message hash and subscription of one connection is. Used by TappedClient.

ccxt hands its futures no owner; the stream whose watch makes them is it.
"""

from collections.abc import Iterable

from kairos_tui.feeds.stream import Stream

REQUEST_KEYS = ("id", "req_id", "reqid", "reqId")


class Owners:
    """One connection's."""

    def __init__(self) -> None:
        self._hashes: dict[str, Stream] = {}
        self._subscribed: dict[str, Stream] = {}

    def claim(self, stream: Stream, hashes: Iterable[str], subscribed: Iterable[str]) -> None:
        self._hashes.update(dict.fromkeys(hashes, stream))
        self._subscribed.update(dict.fromkeys(subscribed, stream))

    def claim_answers(self, stream: Stream, message: object) -> None:
        """What the venue answers to this message is its."""
        if isinstance(message, dict):
            self._hashes.update({str(message[key]): stream for key in REQUEST_KEYS if key in message})

    def of(self, message_hash: str | None) -> Stream | None:
        return self._hashes.get(str(message_hash))

    def spoken_of(self, frame: str | bytes) -> Stream | None:
        """Whom a frame names; else the only one that waits for an answer."""
        streams = sorted(set(self._hashes.values()), key=lambda stream: not stream.awaiting)
        text = frame if isinstance(frame, str) else frame.decode("latin-1")
        for stream in streams:
            if stream.is_named_in(text):
                return stream
        waiting = [stream for stream in streams if stream.awaiting]
        return waiting[0] if len(waiting) == 1 else None

    def take_hashes(self, stream: object) -> list[str]:
        """They are nobody's from here on."""
        taken = [name for name, owner in self._hashes.items() if owner is stream]
        for name in taken:
            del self._hashes[name]
        return taken

    def unsubscribe(self, stream: object, subscriptions: dict[str, object]) -> None:
        """ccxt holds its subscriptions for made and would not send them again, but for a resync."""
        for name in [name for name, owner in self._subscribed.items() if owner is stream]:
            del self._subscribed[name]
            if subscriptions.get(name) != "resync":
                subscriptions.pop(name, None)
