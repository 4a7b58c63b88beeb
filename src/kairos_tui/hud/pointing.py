"""Pointing: an app whose cursor goes to what is shown. What a click means where it happens, mouse says.

Before it: mouse, rows_shown, canvas. After it: app, which is one of these.
"""

from collections.abc import Callable

from textual.app import App
from textual.events import MouseDown, MouseEvent, MouseMove, MouseScrollDown, MouseScrollUp

from kairos_tui.hud.canvas import Canvas
from kairos_tui.hud.mouse import click, hover, panel_of, pressed_at
from kairos_tui.hud.paging import turns_page
from kairos_tui.hud.rows_shown import to_row
from kairos_tui.hud.view_state import View


class PointingApp(App[None]):
    """Clicks, the wheel and hovering. What is only declared here is the app's."""

    view: View
    canvas: Canvas
    perform: Callable[[str], None]
    """Do what an action does, by its id, and show it."""
    show: Callable[[], None]
    """Take what has come, and draw it at once."""

    def to_row(self, share: float) -> None:
        """The cursor to a row by where it is shown: 0.0 is the first one, 1.0 the last."""
        to_row(self.view, self.canvas.scene.places, share)

    def turns_page(self, action_id: str) -> bool:
        """Whether the action turned a page of the inspector."""
        return turns_page(self.view, self.canvas.scene.places, action_id)

    def on_mouse_down(self, event: MouseDown) -> None:
        """A click focuses the panel under it, and puts its cursor there; on a heading it sorts, and on a key
        that is written it does what the key does."""
        scene = self.canvas.scene
        place = scene.place_at(event.screen_x, event.screen_y)
        panel = panel_of(place)
        row = scene.rows[event.screen_y] if place is not None else ()
        action_id = pressed_at(self.view, row, event.screen_x)
        if panel is not None:
            self.perform(f"panel_{panel}")
        if action_id is not None:
            self.perform(action_id)
        elif place is not None:
            click(self.view, place, event.screen_x - place.x, event.screen_y - place.y)
            self.show()

    def on_mouse_move(self, event: MouseMove) -> None:
        """Over the picker, the theme under the pointer is tried on."""
        place = self.canvas.scene.place_at(event.screen_x, event.screen_y)
        if hover(self.view, place, event.screen_y - (place.y if place is not None else 0)):
            self.show()

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """The wheel moves the cursor of the panel under it; of the inspector it turns the pages."""
        self._wheel(event, "cursor_down", "page_down")

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """The other way."""
        self._wheel(event, "cursor_up", "page_up")

    def _wheel(self, event: MouseEvent, action_id: str, paging_id: str) -> None:
        place = self.canvas.scene.place_at(event.screen_x, event.screen_y)
        if place is not None and place.slot == "inspect" and self.turns_page(paging_id):
            self.show()
            return
        panel = panel_of(place)
        if panel is not None and panel != self.view.focus:
            self.perform(f"panel_{panel}")
        self.perform(action_id)
