"""A separate desktop on a free X display: Xvfb, a session bus, openbox and the accessibility bus.

Its state is in $DAYPASS_DESKTOP (default: ~/.cache/daypass-test-desktop), so that several can run at the same time.
"""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

STATE = os.environ.get("DAYPASS_DESKTOP") or os.path.expanduser("~/.cache/daypass-test-desktop")
# The environment of every process of the desktop, and of those that its buses start, has this variable; `down` ends these
# and no others. Programs that `run` starts lack it: they end when their display is gone.
MARK = "DAYPASS_DESKTOP_MARK"
ENV_FILE = os.path.join(STATE, "env.json")


def wait(what, test, seconds=30.0):
    """Waits until `test()` returns a true value, and returns it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        got = test()
        if got:
            return got
        time.sleep(0.1)
    raise TimeoutError(f"{what}: not within {seconds:g} s (logs in {STATE})")


def up(size="1280x900", scale=1):
    """Starts the desktop (scale 2: 200 %), after ending one that was left running here."""
    down()
    for name in ("run", "config", "data", "cache", "home", "log"):
        os.makedirs(os.path.join(STATE, name), mode=0o700)
    env = {k: v for k, v in os.environ.items() if k not in
           ("WAYLAND_DISPLAY", "DISPLAY", "SESSION_MANAGER", "NO_AT_BRIDGE", "AT_SPI_BUS_ADDRESS")}
    if "utf" not in env.get("LANG", "").lower():
        env["LANG"] = "C.UTF-8"
    bus = "unix:path=" + os.path.join(STATE, "run", "bus")
    env.update(XDG_RUNTIME_DIR=os.path.join(STATE, "run"), XDG_CONFIG_HOME=os.path.join(STATE, "config"),
               XDG_DATA_HOME=os.path.join(STATE, "data"), XDG_CACHE_HOME=os.path.join(STATE, "cache"),
               XDG_SESSION_TYPE="x11", XDG_CURRENT_DESKTOP="GNOME", GSETTINGS_BACKEND="memory", GDK_BACKEND="x11",
               DBUS_SESSION_BUS_ADDRESS=bus, DAYPASS_DESKTOP=STATE)
    mark = {**env, MARK: STATE}

    def start(name, *command, **kwargs):
        with open(os.path.join(STATE, "log", name), "ab") as log:
            subprocess.Popen(command, env=mark, cwd=STATE, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                             start_new_session=True, **kwargs)

    def works(*command):
        return subprocess.run(command, env=mark, capture_output=True).returncode == 0

    try:
        reading, writing = os.pipe()
        start("xvfb", "Xvfb", "-displayfd", str(writing), "-screen", "0", f"{size}x24", "-dpi", str(96 * scale),
              "-nolisten", "tcp", "-noreset", pass_fds=[writing])
        os.close(writing)
        with os.fdopen(reading) as pipe:
            number = pipe.readline().strip()
        if not number:
            raise TimeoutError(f"Xvfb did not start (log in {STATE}/log)")
        env["DISPLAY"] = mark["DISPLAY"] = ":" + number
        # xrdb would set this property; winit and GTK read the scale from it.
        works("xprop", "-root", "-f", "RESOURCE_MANAGER", "8s", "-set", "RESOURCE_MANAGER", f"Xft.dpi:\t{96 * scale}\n")
        start("dbus", "dbus-daemon", "--session", "--nofork", "--nopidfile", "--address=" + bus)
        wait("the session bus", lambda: works("dbus-send", "--session", "--dest=org.freedesktop.DBus", "--print-reply",
                                              "/", "org.freedesktop.DBus.GetId"))
        start("openbox", "openbox", "--sm-disable")
        wait("openbox", lambda: b"window id" in subprocess.run(
            ["xprop", "-root", "_NET_SUPPORTING_WM_CHECK"], env=mark, capture_output=True).stdout)
        start("at-spi", "/usr/libexec/at-spi-bus-launcher", "--launch-immediately")
        a11y = ["dbus-send", "--session", "--dest=org.a11y.Bus", "--print-reply", "/org/a11y/bus"]
        wait("the accessibility bus", lambda: works(*a11y, "org.a11y.Bus.GetAddress"))
        # Reports that a screen reader is running: otherwise toolkits keep their accessibility tree off.
        for key in ("IsEnabled", "ScreenReaderEnabled"):
            works(*a11y, "org.freedesktop.DBus.Properties.Set", "string:org.a11y.Status", f"string:{key}",
                  "variant:boolean:true")
        with open(ENV_FILE, "w") as f:
            json.dump(env, f)
    except BaseException:
        down(keep_logs=True)
        raise


def down(keep_logs=False):
    """Ends the desktop: all processes with its mark."""
    mark = f"{MARK}={STATE}".encode()

    def mine():
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/environ", "rb") as f:
                    if mark in f.read().split(b"\0") and int(pid) != os.getpid():
                        yield int(pid)
            except OSError:
                pass  # it is gone, or belongs to another user

    for sig in (signal.SIGTERM, signal.SIGTERM, signal.SIGKILL):
        for pid in mine():
            try:
                os.kill(pid, sig)
            except ProcessLookupError:
                pass
        try:
            wait("the desktop's end", lambda: not any(mine()), 3)
            break
        except TimeoutError:
            pass
    if left := list(mine()):
        sys.exit(f"still running: {left}")
    if not keep_logs:
        shutil.rmtree(STATE, ignore_errors=True)


def enter():
    """Moves this process, and what it starts from now on, to the desktop."""
    try:
        with open(ENV_FILE) as f:
            env = json.load(f)
    except FileNotFoundError:
        sys.exit(f"no desktop in {STATE}: start it with `{os.path.dirname(os.path.abspath(__file__))}/desktop up`")
    os.environ.clear()
    os.environ.update(env)


def window(title):
    """Returns id, x, y, width and height of the window whose title matches the expression; None if there is none."""
    found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", title], capture_output=True, text=True)
    if not found.stdout.split():
        return None
    wid = found.stdout.split()[-1]
    # xdotool's own getwindowgeometry is off by the window's frame.
    info = subprocess.run(["xwininfo", "-id", wid], capture_output=True, text=True).stdout
    numbers = [re.search(key + r": *(-?\d+)", info)
               for key in ("Absolute upper-left X", "Absolute upper-left Y", "Width", "Height")]
    return (wid, *(int(n[1]) for n in numbers)) if all(numbers) else None


def shot(path, title=None):
    """Takes a picture of the screen, or of one window with whatever covers it."""
    crop = []
    if title:
        at = window(title)
        if not at:
            sys.exit(f"no window {title!r}")
        crop = ["-crop", f"{at[3]}x{at[4]}+{at[1]}+{at[2]}", "+repage"]
    subprocess.run(["import", "-silent", "-window", "root", *crop, "png:" + path], check=True)
