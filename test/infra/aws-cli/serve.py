"""Serves the AWS CLI: loads it once, for that takes a second of a processor, and runs every call in a fork.

Usage: serve.py <folder>. A call is a folder with `args`, `env` (each ended by NUL) and the FIFOs `out`, `err` and
`code`; its name comes as a line in <folder>/calls.
"""
import os
import signal
import sys

import awscli.clidriver
import botocore.endpoint  # noqa: F401
import botocore.httpsession  # noqa: F401
import urllib3  # noqa: F401

folder = sys.argv[1]
awscli.clidriver.create_clidriver()._get_command_table()
# Set as awscli is loaded: where its own data are.
data_path = os.environ["AWS_DATA_PATH"]


def texts(path):
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        return file.read().split("\0")[:-1]


def run(call):
    code = open(f"{call}/code", "w")
    os.dup2(os.open(f"{call}/out", os.O_WRONLY), 1)
    os.dup2(os.open(f"{call}/err", os.O_WRONLY), 2)
    os.environ.clear()
    os.environ.update(entry.split("=", 1) for entry in texts(f"{call}/env") if "=" in entry)
    os.environ["AWS_DATA_PATH"] = data_path
    sys.argv = ["aws", *texts(f"{call}/args")]
    try:
        status = awscli.clidriver.main()
    except SystemExit as exit:
        status = exit.code
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    # Whoever reads the code may take the streams for whole.
    os.close(1)
    os.close(2)
    code.write(f"{status or 0}\n")
    code.close()
    os._exit(0)


signal.signal(signal.SIGCHLD, signal.SIG_IGN)
# Open for writing too, so that it does not end with a caller.
with open(os.open(f"{folder}/calls", os.O_RDWR)) as calls:
    print("ready", flush=True)
    for line in calls:
        if os.fork() == 0:
            try:
                run(line.rstrip("\n"))
            finally:
                os._exit(1)
