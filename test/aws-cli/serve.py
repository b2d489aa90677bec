"""Serves the AWS CLI: loads it once, for that takes a second of a processor, and runs every call in a fork.

Usage: serve.py <folder> <lasting>. A call is a folder with `args`, `env` (each ended by NUL) and the FIFOs `out`, `err` and
`code`; its name comes as a line in <folder>/calls. It goes to the background when it is loaded, and ends when nobody
has the FIFO <lasting> open any more.
"""
import os
import select
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


# Whoever started it goes on from here: it is loaded.
if os.fork() > 0:
    os._exit(0)
os.setsid()
for stream in range(3):
    os.dup2(os.open(os.devnull, os.O_RDWR), stream)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
lasting = os.open(sys.argv[2], os.O_RDONLY | os.O_NONBLOCK)
# Open for writing too, so that it does not end with a caller.
calls = os.open(f"{folder}/calls", os.O_RDWR)
heard = b""
while True:
    readable, _, _ = select.select([lasting, calls], [], [])
    if lasting in readable:
        os._exit(0)
    *lines, heard = (heard + os.read(calls, 4096)).split(b"\n")
    for line in lines:
        if os.fork() == 0:
            try:
                run(os.fsdecode(line))
            finally:
                os._exit(1)
