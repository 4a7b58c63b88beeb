"""Browser: a headless Chromium of our own, spoken to in the DevTools protocol. Every wait has a deadline."""

import asyncio
import base64
import itertools
import json
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-extensions", "--disable-dev-shm-usage", "--mute-audio",
    "--remote-debugging-port=0",
)  # fmt: skip
START_WITHIN_S = 20.0
ANSWER_WITHIN_S = 15.0
POLL_S = 0.03


def path_of_chromium() -> str | None:
    """None: there is none on this machine."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class PageTold(AssertionError):
    """A script on the page threw."""


class Page:
    """One tab. What it complains of is kept in `complaints`."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, tasks: asyncio.TaskGroup) -> None:
        self.complaints: list[str] = []
        self.loaded: dict[str, int] = {}
        self._socket = socket
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._names: dict[str, str] = {}
        self._reader = tasks.create_task(self._read())

    async def say(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command and its answer."""
        number = next(self._ids)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        async with asyncio.timeout(ANSWER_WITHIN_S):
            return await answer

    async def ask(self, expression: str) -> Any:
        """What a JavaScript expression, or the promise that it is, comes to."""
        how = {"returnByValue": True, "awaitPromise": True}
        told = await self.say("Runtime.evaluate", expression=expression, **how)
        if "exceptionDetails" in told:
            raise PageTold(json.dumps(told["exceptionDetails"])[:2000])
        return told["result"].get("value")

    async def until(self, expression: str, within_s: float = 15.0) -> Any:
        """The first true answer."""
        deadline_s = asyncio.get_running_loop().time() + within_s
        while not (answer := await self.ask(expression)):
            if asyncio.get_running_loop().time() > deadline_s:
                raise AssertionError(f"not within {within_s} s: {expression}; complaints: {self.complaints}")
            await asyncio.sleep(POLL_S)
        return answer

    async def go(self, url: str) -> None:
        """Open it; the page's own signs say when it is there."""
        await self.say("Page.navigate", url=url)

    async def resize(self, width: int, height: int, *, phone: bool = False) -> None:
        """A screen of that many CSS pixels."""
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone}
        await self.say("Emulation.setDeviceMetricsOverride", **screen)

    async def press(self, key: str, *, code: str = "", shift: bool = False) -> None:
        """A key down and up, as a keyboard sends it."""
        typed = {"text": key} if len(key) == 1 else {}
        for kind in ("keyDown", "keyUp"):
            more = typed if kind == "keyDown" else {}
            await self.say(
                "Input.dispatchKeyEvent", type=kind, key=key, code=code, modifiers=8 if shift else 0, **more
            )

    async def picture(self) -> bytes:
        """A PNG of what is on the screen."""
        told = await self.say("Page.captureScreenshot", format="png")
        return base64.b64decode(told["data"])

    async def start(self) -> None:
        """Listen to what the page loads and complains of."""
        for domain in ("Page", "Runtime", "Log", "Network", "Performance"):
            await self.say(f"{domain}.enable")

    async def close(self) -> None:
        """Stop reading."""
        self._reader.cancel()
        await self._socket.close()

    async def _read(self) -> None:
        async for message in self._socket:
            told = json.loads(message.data)
            if "id" in told:
                waiting = self._waiting.pop(told["id"], None)
                if waiting is not None and not waiting.done():
                    if "error" in told:
                        waiting.set_exception(PageTold(json.dumps(told["error"])))
                    else:
                        waiting.set_result(told["result"])
            else:
                self._hear(told["method"], told["params"])

    def _hear(self, event: str, told: dict[str, Any]) -> None:
        match event:
            case "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(told["exceptionDetails"])[:800])
            case "Runtime.consoleAPICalled" if told["type"] in ("error", "warning", "assert"):
                self.complaints.append(json.dumps(told["args"])[:800])
            case "Log.entryAdded" if told["entry"]["level"] in ("error", "warning"):
                self.complaints.append(f"{told['entry']['text']} {told['entry'].get('url', '')}")
            case "Page.javascriptDialogOpening":
                self.complaints.append(f"a dialog: {told['message']}")
            case "Network.requestWillBeSent":
                self._names[told["requestId"]] = told["request"]["url"]
            case "Network.loadingFinished":
                url = self._names.get(told["requestId"], "")
                self.loaded[url] = self.loaded.get(url, 0) + int(told["encodedDataLength"])
            case _:
                pass


@asynccontextmanager
async def open_page(chromium: str, *more_flags: str) -> AsyncIterator[Page]:
    """A tab in a browser with a profile of its own; both are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="kairos-chromium-", ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            chromium, *FLAGS, *more_flags, f"--user-data-dir={profile}", "about:blank",
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            port = await _port_of(Path(profile))
            async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as tasks:
                url = await _debugger_of(session, port)
                closing = aiohttp.ClientWSTimeout(ws_close=2.0)
                socket = await session.ws_connect(url, max_msg_size=0, timeout=closing)
                page = Page(socket, tasks)
                await page.start()
                yield page
                await page.close()
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def _port_of(profile: Path) -> int:
    """Chromium writes the port it got into its profile."""
    told = profile / "DevToolsActivePort"
    async with asyncio.timeout(START_WITHIN_S):
        while not (told.exists() and told.read_text().count("\n")):  # noqa: ASYNC110  another process writes it
            await asyncio.sleep(POLL_S)
    return int(told.read_text().split()[0])


async def _debugger_of(session: aiohttp.ClientSession, port: int) -> str:
    async with asyncio.timeout(START_WITHIN_S):
        while True:
            async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                tabs = await answer.json()
            for tab in tabs:
                if tab["type"] == "page":
                    return str(tab["webSocketDebuggerUrl"])
            await asyncio.sleep(POLL_S)
