"""Boards as a run of five venues gives them: every stage with its time, every process with what it takes."""

from msgspec.structs import replace

from kairos_tui.market import RoleView, StageView

STAGES = (
    StageView("decode", 41_000, 118_000, 402_000, 5_120),
    StageView("outbox", 62_000, 240_000, 910_000, 5_120),
    StageView("hop", 131_000, 870_000, 2_300_000, 5_120),
    StageView("slot", 38_000, 2_150_000, 3_400_000, 5_120),
    StageView("gates", 2_400, 7_900, 31_000, 4_011),
    StageView("detect", 890, 64_000, 190_000, 4_011),
    StageView("publish", 35_000, 96_000, 96_000, 14),
    StageView("decision", 310_000, 1_240_000, 4_100_000, 5_120),
    StageView("signal"),
)
ROLES = (
    RoleView("launcher", "running", 4_242, 0, None, 0.012, 31 << 20, 140),
    RoleView("hud", "running", 4_243, 0, None, 0.143, 62 << 20, 3_000, tuple(range(10))),
    RoleView("sim", "running", 4_244, 0, None, 0.092, 45 << 20, 57_700),
    RoleView("engine", "running", 4_245, 1, "SIGKILL", 0.061, 23 << 20, 2_300, (15,)),
    RoleView("ingest:binance", "running", 4_301, 0, None, 0.93, 107 << 20, 180_000),
    RoleView("ingest:coinbase", "running", 4_302, 0, None, 0.021, 612 << 20, 2_800),
    RoleView("ingest:kraken", "restarting", None, 2, "exit 1"),
    RoleView("ingest:okx", "running", 4_304),
    RoleView("ingest:bybit", "running", 4_305, 0, None, None, 106 << 20, None),
)


def with_costs(board):
    """The board with all of it."""
    return replace(board, stages=STAGES, roles=ROLES)
