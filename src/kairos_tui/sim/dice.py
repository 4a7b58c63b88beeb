"""Dice: randomness that depends on its key alone, so a market is a function of seed and time."""

from math import log, sqrt
from random import Random
from statistics import NormalDist

_MASK = (1 << 64) - 1


def dice(*key: object) -> Random:
    """A generator that yields the same numbers for the same key on every machine and version."""
    return Random("|".join(map(str, key)))  # noqa: S311  a simulation must be repeatable, not secret


def salt(*key: object) -> int:
    """A 64-bit number of the key, to start `scramble` from."""
    return dice(*key).getrandbits(64)


def scramble(number: int, salt_: int) -> int:
    """A fast 64-bit hash (the finaliser of splitmix64): a whole generator per order would be too slow."""
    bits = (number * 0x9E3779B97F4A7C15 + salt_) & _MASK
    bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & _MASK
    return bits ^ (bits >> 31)


def student_t(rng: Random) -> float:
    """Student-t with 4 degrees of freedom, scaled to variance 1: the fat tails of returns."""
    return rng.gauss(0.0, 1.0) / sqrt(2.0 * rng.gammavariate(2.0, 0.5))


def poisson(rng: Random, mean: float) -> int:
    """A count. Sums waiting times, so it costs `mean` draws."""
    count, waited = 0, -log(1.0 - rng.random())
    while waited < mean:
        count += 1
        waited -= log(1.0 - rng.random())
    return count


def lognormal_quantiles(spread: float, count: int = 256) -> tuple[float, ...]:
    """`count` equally likely values of a log-normal with median 1: sizes of orders."""
    normal = NormalDist(0.0, spread)
    return tuple(2.718281828459045 ** normal.inv_cdf((i + 0.5) / count) for i in range(count))
