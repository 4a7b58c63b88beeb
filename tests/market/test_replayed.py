"""A replay's place is a share of its recording, and its public picture names no folder of this machine."""

from kairos_tui.market import ReplayView


def test_the_share_is_of_the_way_and_never_outside_of_it() -> None:
    view = ReplayView("/home/me/btc.kz/", 1_000, 2_000, 1_410)

    assert (view.share, view.name) == (0.41, "btc.kz")
    assert ReplayView("a", 1_000, 2_000, 900).share == 0.0
    assert ReplayView("a", 1_000, 2_000, 2_900).share == 1.0
    assert ReplayView("a", 1_000, 1_000, 1_000).share == 1.0


def test_the_public_picture_names_no_folder() -> None:
    assert ReplayView("/home/me/btc.kz", 0, 1, 1).public.path == "btc.kz"
