#!/usr/bin/env python3
"""A plug-in that answers 2 * the first byte of memory, and does what it is told to when it sees its cue.

hostile.py ACTION CUE: CUE is hello, load (of a program whose first immediate is 666) or run (of memory that begins with 0xee).
"""
import os
import signal
import struct
import subprocess
import sys
import time

ACTION, CUE = sys.argv[1:3]
SOURCE, SINK = 0, 1


def read(count):
    data = b""
    while len(data) < count:
        more = os.read(SOURCE, count - len(data))
        if not more:
            os._exit(0)
        data += more
    return data


def write(data):
    while data:
        data = data[os.write(SINK, data):]


def frame(request, kind, body):
    return struct.pack("<IIB", len(body) + 5, request, kind) + body


def text(value):
    return struct.pack("<H", len(value)) + value.encode()


def hello():
    return (struct.pack("<H", 1) + text("hostile") + text("1") + struct.pack("<BIB", 4, 65536, 1)
            + struct.pack("<H", 1) + text("base32") + struct.pack("<HI", 1, 0) + struct.pack("<HH", 0, 0))


def outcome(first):
    body = struct.pack("<BBQQ", 0, 1, 2 * first, 2 ** 64 - 1)
    return struct.pack("<I", len(body)) + body


def outcomes(inputs):
    return text("") + struct.pack("<I", len(inputs)) + b"".join(outcome(each[0] if each else 0) for each in inputs)


def inputs_of(body):
    (count,), at, inputs = struct.unpack_from("<I", body), 4, []
    for _ in range(count):
        (length,) = struct.unpack_from("<I", body, at)
        inputs.append(body[at + 4:at + 4 + length])
        at += 4 + length
    return inputs


def first_immediate(body):
    return struct.unpack_from("<i", body, 24 + 4)[0] if len(body) >= 32 else 0


def act(request, kind, answer):
    """Returns whether the answer is to be given all the same."""
    right = frame(request, kind, answer)
    if ACTION == "segv":
        sys.stderr.write("about to fault\n")
        sys.stderr.flush()
        signal.signal(signal.SIGSEGV, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGSEGV)
    elif ACTION == "exit":
        os._exit(3)
    elif ACTION == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    elif ACTION == "hang":
        time.sleep(1000)
    elif ACTION == "garbage":
        write(bytes(range(7, 256)) * 64)
        time.sleep(1000)
    elif ACTION == "huge":
        write(struct.pack("<IIB", 0xfffffff0, request, kind))
        time.sleep(1000)
    elif ACTION == "half":
        write(right[:len(right) // 2])
        time.sleep(1000)
    elif ACTION == "half-exit":
        write(right[:len(right) // 2])
        os._exit(0)
    elif ACTION == "wrong-number":
        write(frame(request + 1, kind, answer))
    elif ACTION == "wrong-kind":
        write(frame(request, kind ^ 0x10, answer))
    elif ACTION == "short":
        write(frame(request, kind, answer[:3]))
    elif ACTION == "many":
        write(frame(request, kind, text("") + struct.pack("<I", 0xffffffff)))
    elif ACTION == "trouble":
        write(frame(request, 0xff, b"\0" + text("no machine today")))
    elif ACTION == "broke":
        write(frame(request, 0xff, b"\1" + text("the machine is broken")))
    elif ACTION == "twice":
        write(right + right)
    elif ACTION == "early":
        write(right + frame(request + 1, kind, answer))
    elif ACTION == "more":
        write(frame(request, kind, answer + b"something later"))
    elif ACTION == "close-output":
        os.close(SINK)
        time.sleep(1000)
    elif ACTION == "close-input":
        os.close(SOURCE)
        write(right)
        time.sleep(1000)
    elif ACTION == "flood":
        for _ in range(400):
            os.write(2, b"x" * 65535 + b"\n")
        os.write(2, b"the last line\x1b[2J\n")
        return True
    elif ACTION == "flood-forever":
        while True:
            os.write(2, b"x" * 65535 + b"\n")
    elif ACTION in ("grandchild", "daemon"):
        if os.fork() == 0:
            if ACTION == "daemon":
                os.setsid()
            time.sleep(1000)
        os._exit(4)
    elif ACTION == "job":
        # As a shell starts jobs: in the session, but in a group of its own; and without the variable that gives it away.
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)", "hostile.py", ACTION, CUE], env={}, preexec_fn=os.setpgrp)
        time.sleep(1000)
    elif ACTION == "slow":
        for each in right:
            write(bytes([each]))
        return False
    else:
        raise ValueError(ACTION)
    return False


if ACTION == "none":
    CUE = ""
while True:
    length, request, kind = struct.unpack("<IIB", read(9))
    body = read(length - 5)
    if kind == 1:
        cued, answer = CUE == "hello", hello()
    elif kind == 2:
        cued, answer = CUE == "load" and first_immediate(body) == 666, struct.pack("<BHIIH", 0, 0, 0xffffffff, 0, 0)
    elif kind == 3:
        inputs = inputs_of(body)
        cued, answer = CUE == "run" and any(each[:1] == b"\xee" for each in inputs), outcomes(inputs)
    elif kind == 4:
        inputs = inputs_of(body[4:])
        cued, answer = CUE == "together", struct.pack("<Q", 77) + outcomes(inputs)
    elif kind == 5:
        continue
    else:
        sys.exit(0)
    if not cued or act(request, kind | 0x80, answer):
        write(frame(request, kind | 0x80, answer))
    if ACTION == "deaf":
        time.sleep(1000)
