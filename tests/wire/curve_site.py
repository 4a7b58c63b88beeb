"""An engine's folder of keys and a stranger's, for tests over TCP."""

from pathlib import Path

from kairos_tui.wire import KeyRing, make_keys

ANY_PORT = "tcp://127.0.0.1:0"


class Site:
    """An engine's folder with its own key and those it lets in, and the folder of a stranger."""

    def __init__(self, root: Path) -> None:
        self.ours, self.theirs = root / "ours", root / "theirs"
        make_keys(self.ours, ("engine", "ingest"))
        make_keys(self.theirs, ("engine", "stranger"))
        self.serves = KeyRing(str(self.ours / "engine.key"), str(self.ours))
        self.comes = KeyRing(str(self.ours / "ingest.key"))
        self.stranger = KeyRing(str(self.theirs / "stranger.key"))

    def let_in(self) -> Path:
        """The stranger's public key is put into the engine's folder."""
        added = self.ours / "friend.pub"
        added.write_bytes((self.theirs / "stranger.pub").read_bytes())
        return added
