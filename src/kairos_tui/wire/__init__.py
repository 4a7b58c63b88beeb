"""wire: see the map in kairos_tui/__init__.py."""
