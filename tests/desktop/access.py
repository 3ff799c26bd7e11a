"""A program as a screen reader sees it (AT-SPI): reads its tree, presses its buttons, fills its fields.

Call `screen.enter()` before importing this: the import looks up the accessibility bus.
"""
import time
import warnings

warnings.simplefilter("ignore")  # gi reports some of Atspi's getters as deprecated
import gi  # noqa: E402

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

Atspi.set_timeout(5000, 5000)
# egui's labels can be pressed, too, but `click` wants a real control.
PLAIN = {"label", "text", "static"}
DULL = {"enabled", "sensitive", "showing", "visible", "selectable-text", "single-line"}


class NotThere(Exception):
    """The node is not in the tree."""


def _poll(what, seconds, look):
    until = time.monotonic() + seconds
    while True:
        got = look()
        if got is not None:
            return got
        if time.monotonic() > until:
            raise NotThere(what)
        time.sleep(0.2)


def app(name, seconds=10.0):
    """Returns the program whose name on the bus (for egui: the binary's file name) contains `name`."""
    def look():
        desktop = Atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            a = desktop.get_child_at_index(i)
            if a is not None and name.lower() in (a.get_name() or "").lower() and a.get_child_count():
                return a
        return None
    return _poll(f"no program {name!r} on the accessibility bus", seconds, look)


def walk(node, depth=0):
    """Yields the node and all nodes below it with their depths, in reading order."""
    yield node, depth
    for i in range(node.get_child_count()):
        try:
            child = node.get_child_at_index(i)
        except GLib.Error:
            continue  # it has disappeared meanwhile
        if child is not None:
            yield from walk(child, depth + 1)


def states(node):
    return {s.value_nick for s in node.get_state_set().get_states()}


def text(node):
    """Returns the text of a field; None if the node has none."""
    t = node.get_text_iface()
    return Atspi.Text.get_text(t, 0, Atspi.Text.get_character_count(t)) if t else None


def tree(root):
    """Returns one line per node: role "name" text value {relevant states} (x,y wxh)."""
    lines = []
    for node, depth in walk(root):
        try:
            name, held, here = node.get_name() or "", text(node), states(node)
            line = "  " * depth + f'{node.get_role_name()} "{name}"'
            if held and held != name:
                line += f" text={held!r}"
            if value := node.get_value_iface():
                line += f" value={Atspi.Value.get_current_value(value):g}"
            if node.get_description():
                line += f" description={node.get_description()!r}"
            marks = sorted(here - DULL) + [word for state, word in (("sensitive", "DISABLED"), ("showing", "HIDDEN"))
                                           if depth and state not in here]
            if marks:
                line += " {" + ",".join(marks) + "}"
            if component := node.get_component_iface():
                r = Atspi.Component.get_extents(component, Atspi.CoordType.SCREEN)
                line += f" ({r.x},{r.y} {r.width}x{r.height})"
            lines.append(line)
        except GLib.Error:
            continue  # it has disappeared meanwhile
    return "\n".join(lines)


def find(root, name, seconds=10.0, need=lambda node: True):
    """Returns the first node in reading order with exactly this name, or else the first whose name contains it."""
    def look():
        part = None
        for node, _ in walk(root):
            try:
                called = node.get_name() or text(node) or ""
                if name.lower() in called.lower() and need(node):
                    if called == name:
                        return node
                    part = part or node
            except GLib.Error:
                continue
        return part
    return _poll(f"nothing called {name!r}", seconds, look)


def click(root, name, seconds=10.0):
    """Presses the control called `name` once it exists and is enabled."""
    def ready(node):
        action = node.get_action_iface()
        return (action and Atspi.Action.get_n_actions(action) and "sensitive" in states(node)
                and node.get_role_name() not in PLAIN)
    node = find(root, name, seconds, ready)
    if not Atspi.Action.do_action(node.get_action_iface(), 0):
        raise NotThere(f"{node.get_role_name()} {name!r} refused to be pressed")


def fill(root, name, value):
    """Enters `value` in the field called `name`, and waits until the field has it."""
    node = find(root, name, need=lambda n: n.get_editable_text_iface() is not None)
    Atspi.EditableText.set_text_contents(node.get_editable_text_iface(), value)

    def holds():
        node.clear_cache()
        return True if text(node) == value else None
    _poll(f"{name!r} does not hold {value!r}", 5, holds)
