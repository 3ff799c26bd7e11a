"""Shared by the test servers: the venv, processes, free ports, and the files of the test story.

The story: Richard's account, a customer's bucket, a role that may only put objects there and trusts Richard alone, and
Mallory, a user in Richard's account whom the role doesn't trust.
"""
import argparse
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
CACHE = os.path.expanduser("~/.cache/daypass-servers")
VENV = os.environ.get("DAYPASS_SERVERS_VENV") or os.path.join(CACHE, "venv")
CUSTOMER, CONTRACTOR = "111122223333", "444455556666"
BUCKET, ROLE, REGION = "importantprojectbucket", "importantproject-contractorA-bucket-put", "us-east-1"
PUT_ONLY = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["s3:PutObject"], "Resource": f"arn:aws:s3:::{BUCKET}/*"}]}
# Our processes have their state directory in this environment variable; `stop` ends only those.
MARK = "DAYPASS_TEST_SERVER"


def in_venv():
    """Restarts the script in the venv's Python, which has boto3."""
    python = os.path.join(VENV, "bin", "python3")
    if not os.path.exists(python):
        sys.exit(f"no servers in {VENV}: run {HERE}/install first")
    if os.path.abspath(sys.prefix) != os.path.abspath(VENV):
        os.execv(python, [python, os.path.abspath(sys.argv[0])] + sys.argv[1:])


def arguments(doc, name, port):
    """Parses: start [--port N] [--dir DIR], trust [--dir DIR] ARN, stop [--dir DIR]; port 0 chooses free ports."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("do", choices=["start", "trust", "stop"])
    parser.add_argument("arn", nargs="?", help="trust: the one user whom the role trusts from now on")
    parser.add_argument("--dir", default=os.path.join(CACHE, name), help="its state (default %(default)s)")
    parser.add_argument("--port", type=int, default=port, help="default %(default)s; 0 takes a free one")
    args = parser.parse_intermixed_args()
    if (args.do == "trust") != (args.arn is not None):
        parser.error("trust takes one ARN, start and stop take none")
    args.dir = os.path.abspath(args.dir)
    os.makedirs(args.dir, exist_ok=True)
    return args


def trust_policy(arn):
    return {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": arn}, "Action": ["sts:AssumeRole"]}]}


def client(service, endpoint, keys):
    import boto3
    from botocore.config import Config
    return boto3.client(service, endpoint_url=endpoint, region_name=REGION, aws_access_key_id=keys[0],
                        aws_secret_access_key=keys[1], config=Config(s3={"addressing_style": "path"}))


def free(port):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
            return True
        except OSError:
            return False


def ports(first, offsets):
    """Returns `first`, or a free port for 0; all of first + offsets must be free. Stays below client ports (32768)."""
    if first:
        taken = [first + o for o in offsets if not free(first + o)]
        if taken:
            sys.exit(f"port {taken[0]} is taken: choose another with --port, or --port 0 for a free one")
        return first
    for _ in range(200):
        port = random.randrange(12000, 32000 - max(offsets))
        if all(free(port + o) for o in offsets):
            return port
    sys.exit("no free ports")


def _mine(pid, state):
    try:
        with open(f"/proc/{pid}/environ", "rb") as f:
            return f"{MARK}={state}".encode() in f.read().split(b"\0")
    except OSError:
        return False


def pid_of(state, name):
    """Returns the pid of the process that `spawn` started as `name`, or None if it has ended."""
    try:
        with open(os.path.join(state, name + ".pid")) as f:
            pid = int(f.read())
    except (OSError, ValueError):
        return None
    return pid if _mine(pid, state) else None


def spawn(state, name, command, **env):
    """Starts a process that outlives this one; its output goes to DIR/NAME.log."""
    with open(os.path.join(state, name + ".log"), "ab") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=state,
                                   start_new_session=True, env={**os.environ, **env, MARK: state})
    with open(os.path.join(state, name + ".pid"), "w") as f:
        f.write(str(process.pid))


def end(state, name):
    """Ends the process group of `name` and waits until the process is gone."""
    pid = pid_of(state, name)
    for sig in (signal.SIGTERM, signal.SIGKILL):
        if pid is None:
            break
        os.killpg(pid, sig)
        for _ in range(30):
            if not _mine(pid, state):
                pid = None
                break
            time.sleep(0.1)
    if pid is not None:
        sys.exit(f"{name} (process {pid}) does not end")
    try:
        os.remove(os.path.join(state, name + ".pid"))
    except FileNotFoundError:
        pass


def wait_up(state, name, port, seconds=60):
    """Waits until the port answers HTTP; prints the end of the log and exits if it doesn't."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        if pid_of(state, name) is None:
            break
    with open(os.path.join(state, name + ".log"), errors="replace") as f:
        sys.exit(f"{name} did not come up on port {port}; the end of its log:\n{f.read()[-2000:]}")


def write_story(state, server, endpoint, role_arn, keys, users):
    """Writes the story's files: credentials and config for the AWS tools, and story.json for the tests."""
    out = os.path.join(state, "story")
    os.makedirs(out, exist_ok=True)
    profiles = {"importantproject": keys["Richard"], "mallory": keys["Mallory"]}
    with open(os.path.join(out, "credentials"), "w") as f:
        f.write("".join(f"[{name}]\naws_access_key_id = {k[0]}\naws_secret_access_key = {k[1]}\n\n"
                        for name, k in profiles.items()))
    with open(os.path.join(out, "config"), "w") as f:
        f.write("".join(f"[profile {name}]\nregion = {REGION}\n\n" for name in profiles))
    story = {"server": server, "dir": state, "endpoint": endpoint, "region": REGION, "bucket": BUCKET,
             "role_arn": role_arn, "richard_arn": users["Richard"], "mallory_arn": users["Mallory"],
             "owner": keys["owner"], "richard": keys["Richard"], "mallory": keys["Mallory"]}
    with open(os.path.join(out, "story.json"), "w") as f:
        json.dump(story, f, indent=1)
    print(f"{server} on {endpoint}\n  bucket {BUCKET}\n  role   {role_arn}\n  story  {out}")


def read_story(state):
    try:
        with open(os.path.join(state, "story", "story.json")) as f:
            return json.load(f)
    except FileNotFoundError:
        sys.exit(f"nothing was started in {state}")
