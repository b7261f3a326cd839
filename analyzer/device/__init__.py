"""Points a phone or emulator at the proxy over `adb`, puts it back, and records which device and build it is."""
