"""How the functions of Lua live in files."""

from __future__ import annotations

from pairwright_analyzers.languages.moving import Moving

MOVING = Moving(lifts=True)
