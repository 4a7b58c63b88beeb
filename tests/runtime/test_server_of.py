"""What a HUD that hears of something elsewhere calls it when it falls silent: it is not always a Redis."""

import pytest

from kairos_tui.runtime.run_hud import server_of


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("tcp://10.0.0.5:5701#" + "k" * 40, "engine"),
        ("ipc:///run/kairos/signals", "engine"),
        ("fleet+redis://10.0.0.9", "fleet"),
        ("redis://10.0.0.9", "redis"),
        ("rediss://10.0.0.9", "redis"),
    ],
)
def test_it_is_called_what_it_is(address: str, said: str) -> None:
    assert server_of(address) == said
