"""runtime: where rooms meet. One module per role, and the launcher that starts, watches and stops them.

launcher -> supervisor -> spawn -> run_sim, run_engine, run_ingest, run_hud (each behind child's post)
engine_desk is what the engine does between its sockets: run_engine gives it what arrives, player a recording.
venue_leads (venue_member): which ingester of a venue it believes; engine_orders: what a fleet asks of it.
station (engine_station, engine_seat; ingest_station): the same roles as commands of a fleet. engine_links:
where an ingester's books go; remote_bus: engines elsewhere, for who shows or tells (tap_bus).
replay -> replay_lines in one process, or replay_launcher -> run_replay, with the HUD and outlets beside it.
liveness -> sd_notify, health_server: what a service manager and probes hear; log_file, stacks: people.
narrator carries signals to stdout; facts answers the small questions of the command line.
"""
