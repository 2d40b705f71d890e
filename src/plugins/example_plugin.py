#!/usr/bin/env python3
"""A whole plug-in without dependencies: a machine for base32, all that RFC 9669 demands, behind conformance/PROTOCOL.md.

bpfconf run --target plugin:src/plugins/example_plugin.py
"""
import struct
import sys

M32, M64 = 2 ** 32 - 1, 2 ** 64 - 1
FRAMES, STACK_BYTES = 8, 512
STACK, MEMORY = 1, 9  # regions: addresses are region << 32 | offset, so that no access leaves its region unseen
BUDGET = 1 << 20  # every run of the suite that returns takes fewer; Python takes its time


class Rejected(Exception):
    """reason (in the words of conformance/README.md), pc"""


class Fault(Exception):
    """kind (in the words of conformance/README.md)"""


def signed(value, bits=32):
    return value - (1 << bits) if value >> (bits - 1) & 1 else value


def swapped(value, bits):
    return int.from_bytes((value & ((1 << bits) - 1)).to_bytes(bits // 8, "little"), "big")


# 32-bit arithmetic and conditions by the upper four bits of the opcode (RFC 9669 sections 4.1 and 4.3)
ALU = {0x0: lambda a, b: a + b, 0x1: lambda a, b: a - b, 0x4: lambda a, b: a | b, 0x5: lambda a, b: a & b,
       0x6: lambda a, b: a << (b & 31), 0x7: lambda a, b: a >> (b & 31), 0xa: lambda a, b: a ^ b, 0xb: lambda a, b: b,
       0xc: lambda a, b: signed(a) >> (b & 31)}
CONDITIONS = {0x1: lambda a, b: a == b, 0x2: lambda a, b: a > b, 0x3: lambda a, b: a >= b, 0x4: lambda a, b: a & b != 0,
              0x5: lambda a, b: a != b, 0x6: lambda a, b: signed(a) > signed(b), 0x7: lambda a, b: signed(a) >= signed(b),
              0xa: lambda a, b: a < b, 0xb: lambda a, b: a <= b, 0xc: lambda a, b: signed(a) < signed(b),
              0xd: lambda a, b: signed(a) <= signed(b)}
SIZES = {0: 4, 1: 2, 2: 1}
NEG, END, JA, CALL, EXIT = 0x8, 0xd, 0x05, 0x85, 0x95


def rules():
    """For each opcode: dst, src ('w': writable register, 'r': register, 0: reserved), the offsets and the immediates that there may be; None: any."""
    table = {0x84: ("w", 0, {0}, {0}), 0xd4: ("w", 0, {0}, {16, 32}), 0xdc: ("w", 0, {0}, {16, 32}), 0xd7: ("w", 0, {0}, {16, 32}),
             JA: (0, 0, None, {0}), 0x06: (0, 0, {0}, None), EXIT: (0, 0, {0}, {0}), CALL: (0, "call", {0}, None)}
    for code in ALU:
        table[code << 4 | 0x04] = ("w", 0, {0}, None)
        table[code << 4 | 0x0c] = ("w", "r", {0, 8, 16} if code == 0xb else {0}, {0})
    for code in CONDITIONS:
        table[code << 4 | 0x06] = ("r", 0, None, None)
        table[code << 4 | 0x0e] = ("r", "r", None, {0})
    for size in SIZES:
        for mode in (0x60, 0x80):  # MEM, MEMSX
            table[mode | size << 3 | 1] = ("w", "r", None, {0})
        table[0x60 | size << 3 | 2] = ("r", 0, None, None)
        table[0x60 | size << 3 | 3] = ("r", "r", None, {0})
    return table


RULES = rules()


def check_fields(pc, opcode, dst, src, offset, imm):
    if opcode not in RULES:
        raise Rejected("UnknownOpcode", pc)
    for rule, field in zip(RULES[opcode], (dst, src, offset, imm)):
        if rule == "w" and field == 10:
            raise Rejected("ReadOnlyRegister", pc)
        if rule in ("w", "r"):
            if field > 10:
                raise Rejected("InvalidRegister", pc)
        elif rule == "call":
            if field > 2:
                raise Rejected("ReservedField", pc)
        elif rule == 0 and field != 0 or isinstance(rule, set) and field not in rule:
            raise Rejected("ReservedField", pc)
    if opcode == CALL and src != 1:
        raise Rejected("UnknownKernelFunction" if src == 2 else "UnknownHelper", pc)


def target_of(pc, instruction):
    """Where a jump or a program-local call leads; None for the rest."""
    opcode, _, src, offset, imm = instruction
    if opcode in (CALL, 0x06):
        return pc + 1 + imm
    return pc + 1 + offset if opcode & 7 in (5, 6) and opcode != EXIT else None


def check(program):
    """Decodes a program, or raises Rejected: fields first, then where jumps lead, then what is reached."""
    if not program:
        raise Rejected("EmptyProgram", 0)
    for pc, instruction in enumerate(program):
        check_fields(pc, *instruction)
    for pc, instruction in enumerate(program):
        target = target_of(pc, instruction)
        if target is not None and not 0 <= target < len(program):
            raise Rejected("InvalidCallTarget" if instruction[0] == CALL else "JumpOutOfRange", pc)
    seen, pending = set(), [(0, 0)]
    while pending:
        pc, origin = pending.pop()
        if pc >= len(program):
            raise Rejected("FallsOffEnd", origin)
        if pc in seen:
            continue
        seen.add(pc)
        target = target_of(pc, program[pc])
        if target is not None:
            pending.append((target, pc))
        if program[pc][0] not in (EXIT, JA, 0x06):
            pending.append((pc + 1, pc))
    for pc in range(len(program)):
        if pc not in seen:
            raise Rejected("UnreachableCode", pc)


class Machine:
    def __init__(self, program, budget):
        check(program)
        self.program, self.budget = program, min(budget, BUDGET)

    def place(self, address, size, kind):
        region, offset = self.regions.get(address >> 32), address & M32
        if region is None or offset + size > len(region):
            raise Fault(kind)
        return region, offset

    def access(self, opcode, dst, src, offset, imm):
        r, size = self.registers, SIZES[opcode >> 3 & 3]
        if opcode & 7 == 1:
            region, at = self.place((r[src] + offset) & M64, size, "OutOfBoundsLoad")
            r[dst] = int.from_bytes(region[at:at + size], "little", signed=opcode >> 5 == 4) & M64
        else:
            region, at = self.place((r[dst] + offset) & M64, size, "OutOfBoundsStore")
            value = imm if opcode & 7 == 2 else r[src]
            region[at:at + size] = (value & ((1 << 8 * size) - 1)).to_bytes(size, "little")

    def alu(self, opcode, dst, src, offset, imm):
        r, code = self.registers, opcode >> 4
        operand = (r[src] if opcode & 8 else imm) & M32
        if code == NEG:
            value = -r[dst]
        elif code == END:  # this machine is little-endian: le only cuts off
            value = r[dst] & ((1 << imm) - 1) if opcode == 0xd4 else swapped(r[dst], imm)
        elif offset:
            value = signed(operand & ((1 << offset) - 1), offset)
        else:
            value = ALU[code](r[dst] & M32, operand)
        r[dst] = value & M32

    def run(self, memory):
        """Returns r0; leaves registers, memory and the count of instructions."""
        self.regions = {STACK: bytearray(STACK_BYTES), MEMORY: memory}
        r = self.registers = [0] * 11
        r[1], r[2], r[10] = (MEMORY << 32 if memory else 0), len(memory), STACK << 32 | STACK_BYTES
        self.pc, self.count, frames = 0, 0, []
        while self.count < self.budget:
            self.count += 1
            opcode, dst, src, offset, imm = instruction = self.program[self.pc]
            following, kind = self.pc + 1, opcode & 7
            if kind == 4 or kind == 7:
                self.alu(opcode, dst, src, offset, imm)
            elif kind < 4:
                self.access(opcode, dst, src, offset, imm)
            elif opcode == EXIT:
                if not frames:
                    return r[0]
                del self.regions[STACK + len(frames)]
                following, r[6:11] = frames.pop()
            elif opcode == CALL:
                if len(frames) + 1 == FRAMES:
                    raise Fault("TooManyFrames")
                frames.append((following, r[6:11]))
                self.regions[STACK + len(frames)] = bytearray(STACK_BYTES)
                r[10] = STACK + len(frames) << 32 | STACK_BYTES
                following = target_of(self.pc, instruction)
            elif opcode in (JA, 0x06) or CONDITIONS[opcode >> 4](r[dst] & M32, (r[src] if opcode & 8 else imm) & M32):
                following = target_of(self.pc, instruction)
            self.pc = following
        raise TimeoutError


def text(value):
    data = value.encode()[:0xffff]
    return struct.pack("<H", len(data)) + data


def hello(body):
    if body[:4] != b"bpfc" or not struct.unpack_from("<H", body, 4)[0] <= 1 <= struct.unpack_from("<H", body, 6)[0]:
        return 0xff, b"\0" + text("only version 1 is spoken here")
    return 0x81, (struct.pack("<H", 1) + text("example in Python") + text("1") + struct.pack("<BIB", 4, 1 << 24, 0)
                  + struct.pack("<H", 1) + text("base32") + struct.pack("<HI", 1, 0) + struct.pack("<HH", 0, 0))


def load(body):
    _, _, budget, maps = struct.unpack_from("<IIQI", body)
    at = 20
    for _ in range(maps):
        at += 22 + struct.unpack_from("<H", body, at + 20)[0]
    (count,) = struct.unpack_from("<I", body, at)
    slots = struct.iter_unpack("<BBhi", body[at + 4:at + 4 + 8 * count])
    program = [(opcode, registers & 15, registers >> 4, offset, imm) for opcode, registers, offset, imm in slots]
    try:
        return Machine(program, budget), verdict(0)
    except Rejected as why:
        return None, verdict(1, *why.args)


def verdict(decision, reason="", pc=M32):
    return struct.pack("<B", decision) + text(reason) + struct.pack("<II", pc, 0) + text("")


def outcome(machine, memory):
    try:
        shown = struct.pack("<BBQQ", 0, 0x47, machine.run(memory), M64)
        shown += struct.pack("<H4Q", 0x3c0, *machine.registers[6:10]) + struct.pack("<I", len(memory)) + memory
    except Fault as fault:
        shown = struct.pack("<BB", 1, 0x70) + text(fault.args[0]) + struct.pack("<I", machine.pc)
    except TimeoutError:
        shown = struct.pack("<BB", 2, 0x40)
    shown += struct.pack("<Q", machine.count)
    return struct.pack("<I", len(shown)) + shown


def run(machine, body):
    (count,), at, outcomes = struct.unpack_from("<I", body), 4, []
    for _ in range(count):
        (length,) = struct.unpack_from("<I", body, at)
        outcomes.append(outcome(machine, bytearray(body[at + 4:at + 4 + length])))
        at += 4 + length
    return text("") + struct.pack("<I", count) + b"".join(outcomes)


def main():
    source, sink, machine = sys.stdin.buffer, sys.stdout.buffer, None
    while len(header := source.read(9)) == 9:
        length, request, kind = struct.unpack("<IIB", header)
        body = source.read(length - 5)
        if kind == 0x01:
            answer, content = hello(body)
        elif kind == 0x02:
            answer, (machine, content) = 0x82, load(body)
        elif kind == 0x03 and machine:
            answer, content = 0x83, run(machine, body)
        elif kind == 0x05:
            machine = None
            continue
        elif kind == 0x06:
            break
        else:
            answer, content = 0xff, b"\0" + text(f"requests of kind {kind} are not served")
        sink.write(struct.pack("<IIB", len(content) + 5, request, answer) + content)
        sink.flush()


if __name__ == "__main__":
    main()
