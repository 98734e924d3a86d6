"""Where things are. Inside the world everything that runs keeps its files under WORLD, a short path every user may
enter; outside, the same files lie in build/world, where they can be read after a failure."""

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
PEERS = REPOSITORY / "build/peers"
KEPT = REPOSITORY / "build/world"
WORLD = Path("/mnt")
PRESET = os.environ.get("CURSUS_PRESET", "release")
CURSUS = REPOSITORY / "build" / PRESET / "src/main/cursus"
