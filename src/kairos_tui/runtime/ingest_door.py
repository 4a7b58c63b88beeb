"""The door a forked ingest worker enters by: cheap to import, so the launcher can name it without ccxt."""

from multiprocessing.connection import Connection


def enter(plan: "Connection[object, object]", reports: "Connection[object, object]") -> None:
    """Run the ingest role in this process, with the launcher at the other end of both pipes."""
    from kairos_tui.runtime.run_ingest import run

    run(plan.fileno(), reports.fileno())
