"""Kairos: a terminal HUD for cross-exchange crypto spreads. The map of the rooms:

market    the words: Tick, FeedStatus, Fees, Route, Opportunity, Signal, Board; everything speaks them
feeds     venue -> Tick: ccxt's connections; dialects prove the books, health judges them
sim       exchanges on loopback that speak the real wire protocols
wire      between processes: ZeroMQ, bytes, sequence numbers, the loss ledger
engine    Tick -> Signal: gates, firewall, routes, sizing, lifecycle; pure and synchronous
sinks     Signal -> the outside: JSON lines, files, webhooks, commands, Redis
mirror    the same picture in browsers: Socket.IO, a page, metrics
hud       the Textual canvas
fleet     engines on many machines: who speaks for what, held in a Redis
journal   what happened is kept and can be asked: recordings, receipts, scorecards, tables
settings  every knob: flags, environment, TOML files; unknown names are refused with the nearest
runtime   where rooms meet: one module per role, and the launcher that keeps them alive
cli       flags -> settings -> runtime
"""

__version__ = "0.1.0"
