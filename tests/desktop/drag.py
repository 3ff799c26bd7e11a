"""A real drag and drop (XDND): a small GTK window offers files as a file manager does, and the mouse drags them over.

Call `screen.enter()` before importing this: the import opens the display.
"""
import os
import subprocess
import sys
import threading
import time
from urllib.parse import quote

import screen

sys.argv = sys.argv[:1]  # GTK parses the arguments, and fails on names that are not UTF-8
import gi  # noqa: E402

gi.require_version("Gtk", "3.0")
gi.require_version("Gdk", "3.0")
from gi.repository import Gdk, GLib, Gtk  # noqa: E402


def drop(title, files, hover=0.6, picture=None):
    """Drops the files in the middle of the window. Returns whether the window accepted them, which says nothing about
    what it did with them.

    `picture`: a path for a picture of the screen, taken while the files hover over the window for `hover` seconds.
    """
    uris = "".join("file://" + quote(os.fsencode(os.path.abspath(f)), safe="/!$&'()*+,;=:@~-._") + "\r\n" for f in files)
    done = {"asked": False, "failed": False, "ended": False, "why": None}
    source = Gtk.Window(type=Gtk.WindowType.POPUP)
    source.set_default_size(16, 16)
    source.move(2, 2)
    source.set_keep_above(True)
    box = Gtk.EventBox()
    source.add(box)
    box.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [Gtk.TargetEntry.new("text/uri-list", 0, 0)], Gdk.DragAction.COPY)

    def give(_widget, _context, selection, *_):
        selection.set(selection.get_target(), 8, uris.encode())
        done["asked"] = True

    box.connect("drag-data-get", give)
    box.connect("drag-failed", lambda *_: done.update(failed=True) or True)
    box.connect("drag-end", lambda *_: done.update(ended=True))
    source.show_all()

    def xdo(*args):
        subprocess.run(["xdotool", *map(str, args)], check=True, capture_output=True)

    def mouse():
        try:
            at = screen.window(title)
            if not at:
                raise RuntimeError(f"no window {title!r}")
            wid, x, y, width, height = at
            xdo("windowactivate", "--sync", wid)
            x, y = x + width // 2, y + height // 2
            xdo("mousemove", 8, 8)
            time.sleep(0.2)
            xdo("mousedown", 1)
            for i in range(1, 15):  # a hand doesn't jump
                xdo("mousemove", 8 + (x - 8) * i // 14, 8 + (y - 8) * i // 14)
                time.sleep(0.03)
            for i in range(3):
                xdo("mousemove", x + i % 2, y)
                time.sleep(0.1)
            time.sleep(hover)
            if picture:
                screen.shot(picture)
            xdo("mouseup", 1)
            screen.wait("the end of the drag", lambda: done["ended"], 5)
        except Exception as why:
            done["why"] = why
            subprocess.run(["xdotool", "mouseup", "1"], capture_output=True)
        finally:
            GLib.idle_add(Gtk.main_quit)

    GLib.timeout_add(300, lambda: threading.Thread(target=mouse, daemon=True).start())
    Gtk.main()
    source.destroy()
    if done["why"]:
        print(done["why"], file=sys.stderr)
    return done["asked"] and done["ended"] and not done["failed"] and not done["why"]
