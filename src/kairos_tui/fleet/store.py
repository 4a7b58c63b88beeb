"""Store: the fleet's keys in a Redis, each question one script, so that every answer is of one instant.

Before it: attendance's thread. After it: the Redis. Every call has a deadline; raises STOPS.
"""

import secrets
from typing import Any

import msgspec
from redis import Redis, exceptions
from redis.backoff import NoBackoff
from redis.retry import Retry

from kairos_tui.fleet.connections import pool_to
from kairos_tui.fleet.place import FleetPlace
from kairos_tui.fleet.roster import Roster
from kairos_tui.fleet.words import Lease, Seen, Step, Tempo

STOPS = (exceptions.RedisError, OSError, msgspec.MsgspecError)
"""What a call may raise; the last when a key holds what is not ours."""
_LONGEST_SAID = 120

# Renew our lease unless another has our name; then everything there is. A lease that is over leaves the roll.
_BEAT = """
local token, held = ARGV[1], redis.call('GET', KEYS[3])
local other = held and string.sub(held, 1, #token) ~= token
if not other then
  redis.call('SET', KEYS[3], ARGV[2], 'PX', ARGV[3])
  redis.call('SADD', KEYS[4], KEYS[3])
  local last = tonumber(redis.call('GET', KEYS[2]) or '0')
  if last < tonumber(ARGV[5]) then redis.call('SET', KEYS[2], ARGV[5]) end
  if redis.call('EXISTS', KEYS[5]) == 0 then redis.call('SET', KEYS[5], ARGV[6]) end
  for _, key in ipairs({KEYS[1], KEYS[2], KEYS[4], KEYS[5]}) do redis.call('PEXPIRE', key, ARGV[4]) end
end
local leases = {}
for _, key in ipairs(redis.call('SMEMBERS', KEYS[4])) do
  local value = redis.call('GET', key)
  if value then leases[#leases + 1] = value else redis.call('SREM', KEYS[4], key) end
end
local found = {other and held or ''}
for place, key in ipairs({KEYS[1], KEYS[2], KEYS[5]}) do found[place + 1] = redis.call('GET', key) or '' end
found[5] = leases
return found
"""
# Only who holds its lease may change the roster, only from what it saw, and only while the dead stay dead.
_SWAP = """
local held = redis.call('GET', KEYS[2])
if not held or string.sub(held, 1, #ARGV[1]) ~= ARGV[1] then return 0 end
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[2] then return 0 end
for place = 6, #ARGV do
  if redis.call('EXISTS', ARGV[place]) == 1 then return 0 end
end
redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])
redis.call('PUBLISH', ARGV[5], 'changed')
return 1
"""
_EPOCHS = """
local last = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), tonumber(ARGV[1]))
redis.call('SET', KEYS[1], string.format('%d', last + tonumber(ARGV[2])), 'PX', ARGV[3])
return last
"""
_LET_GO = """
local held = redis.call('GET', KEYS[1])
if held and string.sub(held, 1, #ARGV[1]) == ARGV[1] then
  redis.call('DEL', KEYS[1])
  redis.call('SREM', KEYS[2], KEYS[1])
  redis.call('PUBLISH', ARGV[2], 'gone')
end
return 0
"""
_NO_REDIS = "what answers there does not speak Redis"


class Store:
    """One connection; a call that fails leaves it closed, and the next one connects anew."""

    def __init__(self, place: FleetPlace, tempo: Tempo) -> None:
        self._tempo = tempo
        self._prefix = f"kairos:{place.name}"
        self._hints: Any = None
        options = {
            "socket_timeout": tempo.call_s,
            "socket_connect_timeout": tempo.call_s,
            "protocol": 2,
            "client_name": "kairos",
            "retry": Retry(NoBackoff(), 0),
        }
        self._client: Any = Redis.from_pool(pool_to(place, options))

    def beat(self, lease: Lease, epoch: int) -> Seen:
        """Renew the lease, and look. `epoch`: the highest known here, for a Redis that forgot."""
        keys = (self._key("roster"), self._key("epoch"), self._lease_key(lease.kind, lease.name), self._roll)
        words = (lease.token, _packed(lease), self._tempo.lease_ms, self._tempo.keep_ms, epoch)
        born_if_new = secrets.token_hex(8)
        answer = self._client.eval(_BEAT, 5, *keys, self._key("born"), *words, born_if_new)
        holder, raw, last, born, leases = answer
        return Seen(
            holder=_lease(holder) if holder else None,
            roster=msgspec.json.decode(raw, type=Roster) if raw else None,
            raw=raw,
            epoch=int(last or 0),
            born=born,
            leases=tuple(map(_lease, leases)),
        )

    def swap(self, lease: Lease, seen: Seen, step: Step) -> bool:
        """Put the step's roster in place of the one seen; False: something changed meanwhile."""
        keys = (self._key("roster"), self._lease_key(lease.kind, lease.name))
        packed = msgspec.json.encode(step.roster)
        dead = [self._lease_key("engine", name) for name in step.dead]
        words = (lease.token, seen.raw, packed, self._tempo.keep_ms, self._hint)
        return bool(self._client.eval(_SWAP, 2, *keys, *words, *dead))

    def reserve_epochs(self, count: int, floor: int) -> range:
        """Numbers that nobody had, all above `floor`."""
        last = self._client.eval(_EPOCHS, 1, self._key("epoch"), floor, count, self._tempo.keep_ms)
        return range(last + 1, last + count + 1)

    def let_go(self, lease: Lease) -> None:
        """End our lease now."""
        key = self._lease_key(lease.kind, lease.name)
        self._client.eval(_LET_GO, 2, key, self._roll, lease.token, self._hint)

    def await_hint(self, timeout_s: float) -> bool:
        """Wait for word of a change; this takes the connection for itself. False: none came."""
        if self._hints is None:
            self._hints = self._client.pubsub(ignore_subscribe_messages=True)
            self._hints.subscribe(self._hint)
        return self._hints.get_message(timeout=timeout_s) is not None

    def close(self) -> None:
        """May be repeated."""
        if self._hints is not None:
            self._hints.close()
        self._client.close()

    def _key(self, word: str) -> str:
        return f"{self._prefix}:{word}"

    def _lease_key(self, kind: str, name: str) -> str:
        return f"{self._prefix}:{kind}:{name}"

    @property
    def _roll(self) -> str:
        return self._key("roll")

    @property
    def _hint(self) -> str:
        return self._key("hint")


def is_refusal(error: BaseException) -> bool:
    """Whether the server, or what a key holds, refuses us: others may fare better."""
    if isinstance(error, msgspec.MsgspecError):
        return True
    refusals = exceptions.AuthenticationError | exceptions.NoPermissionError
    return isinstance(error, refusals) or "WRONGTYPE" in str(error)


def said(error: BaseException, tempo: Tempo) -> str:
    """One line for people: no password, nothing a terminal would act on."""
    if isinstance(error, exceptions.TimeoutError | TimeoutError):
        text = f"no answer within {tempo.call_s:g} s"
    elif isinstance(error, exceptions.AuthenticationError):
        text = "wrong user or password"
    elif isinstance(error, msgspec.MsgspecError) or "WRONGTYPE" in str(error):
        text = "a key of this fleet holds what no Kairos of this version wrote: choose another ?name="
    elif isinstance(error, exceptions.InvalidResponse) or "Protocol Error" in str(error):
        text = _NO_REDIS
    else:
        text = _refused(error) or str(error) or "Redis refused it"
    return "".join(letter if " " <= letter <= "~" else "?" for letter in text)[:_LONGEST_SAID]


def _refused(error: BaseException) -> str | None:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror.lower()
        cause = cause.__cause__ or cause.__context__
    return None


def _packed(lease: Lease) -> bytes:
    # The token comes first, so that a script can tell whose it is.
    return lease.token.encode() + b" " + msgspec.json.encode(lease)


def _lease(value: bytes) -> Lease:
    return msgspec.json.decode(value.partition(b" ")[2], type=Lease)
