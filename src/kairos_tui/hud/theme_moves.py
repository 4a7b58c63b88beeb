"""theme_moves: the next theme, and the picker: the one at the cursor is worn, ⏎ keeps it, esc restores.

Before it: view_state, wardrobe. After it: moves.
"""

from kairos_tui.hud.view_state import View

_SAID_S = 2.0


def next_theme(view: View) -> None:
    """Wear the next one, and say its name."""
    if _alone(view):
        return
    view.wardrobe.step(1)
    view.say(f"theme {view.wardrobe.worn.title}", for_s=_SAID_S)


def pick_theme(view: View) -> None:
    """Open the picker, or close it with what is worn."""
    if _alone(view):
        return
    view.wardrobe.open()
    view.helping = view.measuring = False


def picked(view: View, action_id: str) -> bool:
    """Whether the open picker took the action for itself."""
    wardrobe = view.wardrobe
    if wardrobe.before is None:
        return False
    match action_id:
        case "cursor_down" | "cursor_right" | "theme_next":
            wardrobe.step(1)
        case "cursor_up" | "cursor_left":
            wardrobe.step(-1)
        case "inspect":
            wardrobe.keep()
        case "back":
            wardrobe.restore()
        case _:
            return False
    return True


def _alone(view: View) -> bool:
    if len(view.wardrobe.themes) > 1:
        return False
    without = view.plan.reach.depth == "none"
    why = "no colours are drawn: NO_COLOR, TERM or --colours none" if without else "there is no other theme"
    view.say(f"theme {view.wardrobe.worn.title}; {why}")
    return True
