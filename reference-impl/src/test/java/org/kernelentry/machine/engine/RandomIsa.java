package org.kernelentry.machine.engine;

import java.util.Random;
import java.util.function.IntFunction;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.Isa;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Cond;
import org.kernelentry.machine.ir.FlagKind;
import org.kernelentry.machine.ir.Helper;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.memory.CodeWindow;

/**
 * Instructions of 4 bytes that seed a random sequence of operations of the sort decoders write: values in temporaries, flags from
 * them, commits to registers, skips over some of it, accesses in between.
 */
final class RandomIsa implements Isa {
    static final int REGISTERS = 12;
    /** Registers below hold addresses and are rarely written. */
    static final int ADDRESSES = 4;

    private static final int[] BASIC = {
        Op.ADD, Op.SUB, Op.AND, Op.OR, Op.XOR, Op.ADD32, Op.SUB32, Op.AND32, Op.OR32, Op.XOR32
    };
    private static final int[] COMMIT = {Op.MOV, Op.MOV, Op.ZX32, Op.ZX32, Op.SX32, Op.ZX8};

    private final Helper[] helpers = {
        (s, d, a, b) -> s.r[d] = s.r[a] ^ s.memory.load64(s.r[b]), (s, d, a, b) -> s.memory.store8(s.r[b], (int) s.r[a])
    };

    @Override
    public String name() {
        return "random";
    }

    @Override
    public int stackPointer(final int mode) {
        return 0;
    }

    @Override
    public int registerSlots() {
        return REGISTERS;
    }

    @Override
    public IntFunction<Helper> helpers() {
        return number -> helpers[number];
    }

    @Override
    public void decode(final CodeWindow code, final int mode, final BlockBuilder out) {
        new Instruction(new Random(code.s32() * 31L + mode), out).emit(code.pc(), code.next());
    }

    /** One of them while it is made. */
    static final class Instruction {
        private final Random random;
        private final BlockBuilder out;
        private final int[] temps = new int[8];
        private int made;

        Instruction(final Random random, final BlockBuilder out) {
            this.random = random;
            this.out = out;
        }

        int register() {
            return random.nextInt(12) == 0
                    ? random.nextInt(ADDRESSES)
                    : ADDRESSES + random.nextInt(REGISTERS - ADDRESSES);
        }

        int temp() {
            final int t = made < temps.length ? out.temp() : temps[random.nextInt(made)];
            if (made < temps.length) {
                temps[made++] = t;
            }
            return t;
        }

        int source() {
            return made > 0 && random.nextInt(3) > 0 ? temps[random.nextInt(made)] : register();
        }

        private int target() {
            return random.nextInt(3) == 0 ? register() : temp();
        }

        private long constant() {
            return switch (random.nextInt(3)) {
                case 0 -> random.nextInt(256) - 128;
                case 1 -> random.nextInt();
                default -> random.nextLong();
            };
        }

        void emit(final long pc, final long next) {
            // Temporaries must be written before they are read, as decoders do.
            for (int i = random.nextInt(3); i >= 0; i--) {
                out.constant(temp(), constant());
            }
            for (int i = random.nextInt(4); i >= 0; i--) {
                piece(random.nextInt(28));
            }
            switch (random.nextInt(24)) {
                case 0 -> out.jumpIf(random.nextInt(Cond.NP + 1), pc + 4L * (random.nextInt(9) - 4));
                case 1 -> out.jumpIfNonZero(source(), pc + 4L * (random.nextInt(9) - 4));
                case 2 -> out.jump(pc + 4L * random.nextInt(9));
                case 3 -> out.exit(CpuExit.SYSCALL, random.nextInt(), next);
                case 4 -> jumpIfRelated(pc + 4L * (random.nextInt(9) - 4));
                case 5, 6 -> {
                    final int target = out.constant(pc + 4L * (random.nextBoolean() ? 1 : random.nextInt(9)));
                    out.jumpTo(target, out.constant((long) random.nextInt(3)));
                }
                default -> {}
            }
        }

        private void piece(final int kind) {
            switch (kind) {
                case 0, 1, 2 -> arithmetic();
                case 3 -> {
                    final int a = source();
                    out.alui(Op.ADDI + random.nextInt(Op.RORI32 - Op.ADDI + 1), target(), a, constant());
                }
                case 4 -> {
                    final int a = source();
                    out.unary(Op.NOT + random.nextInt(Op.POPCNT - Op.NOT + 1), target(), a);
                }
                case 5 -> out.insert(source(), source(), random.nextInt(32), 1 + random.nextInt(32));
                case 6 -> out.getCond(target(), random.nextInt(Cond.NP + 1));
                case 7 ->
                    out.load(Op.LD8U + random.nextInt(7), target(), random.nextInt(ADDRESSES), random.nextInt(64));
                case 8 ->
                    out.store(Op.ST8 + random.nextInt(4), source(), random.nextInt(ADDRESSES), random.nextInt(64));
                case 9 -> skipOver();
                case 10 -> testBits();
                case 13 -> skipToFlags();
                case 11 -> out.flags(random.nextInt(8), 8 << random.nextInt(4), source(), source(), source());
                case 12 -> {
                    final int d = temp();
                    out.load(Op.LD8U + random.nextInt(7), d, random.nextInt(ADDRESSES), random.nextInt(64));
                    out.unary(COMMIT[random.nextInt(COMMIT.length)], register(), d);
                }
                case 14, 15 -> indexed();
                case 16 -> moving();
                case 17 -> lowHalf();
                case 18 -> fields();
                case 19 -> shiftWithFlags();
                case 20 -> byteInsert();
                case 21 -> compareAndSkip();
                case 22 -> address();
                case 23, 24 -> new RandomTransfer(this, random, out).emit();
                default -> out.helper(random.nextInt(2), register(), source(), random.nextInt(ADDRESSES));
            }
        }

        /** An access at the sum of two slots, one of them shifted or not, that stays near the data. */
        private void indexed() {
            final int any = source();
            final int index = temp();
            out.alui(Op.ANDI, index, any, 0x1f);
            int scaled = index;
            if (random.nextBoolean()) {
                scaled = temp();
                out.alui(random.nextBoolean() ? Op.SHLI : Op.SHLI32, scaled, index, random.nextInt(4));
            }
            final int address = temp();
            out.alu(random.nextBoolean() ? Op.ADD : Op.ADD32, address, random.nextInt(ADDRESSES), scaled);
            if (random.nextBoolean()) {
                out.load(Op.LD8U + random.nextInt(7), target(), address, 0);
            } else {
                out.store(Op.ST8 + random.nextInt(4), source(), address, 0);
            }
        }

        /** An access that moves its address on by a little, before or behind; sometimes with what must keep that apart. */
        private void moving() {
            final int register = random.nextInt(ADDRESSES);
            final int moved = temp();
            final boolean cut = random.nextBoolean();
            if (cut && random.nextInt(4) == 0) {
                out.alui(Op.ORI, register, register, 1L << 40);
            }
            out.alui(cut ? Op.ADDI32 : Op.ADDI, moved, register, random.nextInt(17) - 8);
            final int address = random.nextBoolean() ? register : moved;
            final int offset = random.nextBoolean() ? 0 : random.nextInt(16);
            if (random.nextBoolean()) {
                out.load(Op.LD8U + random.nextInt(7), random.nextInt(4) == 0 ? register : target(), address, offset);
            } else {
                out.store(Op.ST8 + random.nextInt(4), random.nextBoolean() ? source() : moved, address, offset);
            }
            out.mov(random.nextInt(4) == 0 ? register() : register, moved);
            if (random.nextInt(4) == 0) {
                out.mov(register(), moved);
            }
        }

        /** What works on half of a slot, behind a cut to that half. */
        private void lowHalf() {
            final int any = source();
            final int low = temp();
            out.unary(Op.ZX32, low, any);
            final int d = target();
            if (random.nextBoolean()) {
                out.alui(Op.ADDI32 + random.nextInt(Op.RORI32 - Op.ADDI32 + 1), d, low, constant());
            } else {
                out.unary(Op.ZX8 + random.nextInt(Op.BSWAP32 - Op.ZX8 + 1), d, low);
            }
        }

        /** A shift or extension by a constant, another one of it perhaps, and what takes that as an operand. */
        private void fields() {
            int part = source();
            for (int i = random.nextInt(2); i >= 0; i--) {
                final int of = part;
                part = temp();
                if (random.nextInt(3) == 0) {
                    out.unary(Op.ZX8 + random.nextInt(Op.SX32 - Op.ZX8 + 1), part, of);
                } else {
                    out.alui(Op.SHLI + random.nextInt(Op.RORI32 - Op.SHLI + 1), part, of, random.nextInt(64));
                }
            }
            final int other = random.nextInt(8) == 0 ? part : source();
            final boolean turned = random.nextBoolean();
            final int d = target();
            out.alu(BASIC[random.nextInt(BASIC.length)], d, turned ? part : other, turned ? other : part);
            if (random.nextBoolean()) {
                out.unary(COMMIT[random.nextInt(COMMIT.length)], register(), d);
            }
        }

        /** As x86 shifts by a constant: once by less for the carry. */
        private void shiftWithFlags() {
            final int a = source();
            final int opcode = Op.SHLI + random.nextInt(Op.SARI32 - Op.SHLI + 1);
            final int count = 1 + random.nextInt(63);
            final int carry = temp();
            final int result = temp();
            out.alui(opcode, carry, a, count - 1);
            out.alui(random.nextInt(8) == 0 ? Op.SHRI : opcode, result, a, count);
            out.unary(random.nextBoolean() ? Op.ZX32 : Op.MOV, random.nextInt(8) == 0 ? carry : register(), result);
            final int second = random.nextInt(8) == 0 ? source() : carry;
            out.flags(1 + random.nextInt(FlagKind.SAR), 8 << random.nextInt(4), carry, second, result);
        }

        /** As x86 changes the low byte of a register. */
        private void byteInsert() {
            final int d = register();
            final int any = source();
            final int other = temp();
            if (random.nextBoolean()) {
                out.load(Op.LD8U + random.nextInt(2), other, random.nextInt(ADDRESSES), random.nextInt(64));
            } else {
                out.unary(random.nextBoolean() ? Op.ZX8 : Op.SX8, other, any);
            }
            final int changed = random.nextInt(8) == 0 ? source() : d;
            final int result = temp();
            out.alu(BASIC[random.nextInt(BASIC.length)], result, changed, other);
            out.insert(d, result, random.nextInt(8) == 0 ? 8 : 0, random.nextInt(8) == 0 ? 16 : 8);
        }

        /** A comparison, and skips and jumps by its flags; sometimes it was one with a borrow, or other flags come from where a skip begins. */
        private void compareAndSkip() {
            final int a = source();
            final int b = source();
            final boolean perhaps = random.nextInt(4) == 0;
            final int skipped = perhaps ? out.skipIf(random.nextInt(Cond.NP + 1)) : 0;
            final int d = perhaps ? register() : temp();
            final int kind = random.nextBoolean() ? FlagKind.SUB : FlagKind.SUBC;
            final boolean narrow = random.nextBoolean();
            out.alu(narrow ? Op.SUB32 : Op.SUB, d, a, b);
            if (random.nextInt(4) == 0) {
                out.alui(Op.ADDI, d, d, -1);
            }
            out.flags(kind, narrow ? 32 : 64, a, b, d);
            final boolean around = random.nextBoolean();
            if (perhaps && !around) {
                out.bind(skipped);
            }
            if (random.nextInt(4) == 0) {
                final int skip = out.skipIf(random.nextInt(Cond.NP + 1));
                out.flags(FlagKind.ADD, 32, source(), source(), source());
                out.bind(skip);
            }
            for (int i = random.nextInt(3); i >= 0; i--) {
                final int skip = out.skipIf(random.nextInt(Cond.NP + 1));
                out.unary(Op.MOV, register(), source());
                out.bind(skip);
            }
            if (perhaps && around) {
                out.bind(skipped);
                out.getCond(register(), random.nextInt(Cond.NP + 1));
                final int skip = out.skipIf(random.nextInt(Cond.NP + 1));
                out.unary(Op.MOV, register(), source());
                out.bind(skip);
            }
        }

        /** An address of two slots and a constant, as a value or for an access, in 32 or 64 bits. */
        private void address() {
            final int any = source();
            int base = random.nextInt(3) == 0 ? source() : random.nextInt(ADDRESSES);
            if (random.nextInt(4) == 0) {
                // Near the top of 32 bits.
                base = temp();
                out.constant(base, 0xffff_fff0L);
            }
            final int index = temp();
            out.alui(Op.ANDI, index, any, 0x1f);
            int scaled = index;
            if (random.nextBoolean()) {
                scaled = temp();
                out.alui(Op.SHLI, scaled, index, random.nextInt(3));
            }
            final int sum = temp();
            out.alu(random.nextInt(4) == 0 ? Op.ADD32 : Op.ADD, sum, base, scaled);
            int address = sum;
            if (random.nextInt(3) > 0) {
                address = temp();
                out.alui(random.nextBoolean() ? Op.ADDI : Op.ADDI32, address, sum, random.nextInt(33) - 16);
            }
            switch (random.nextInt(4)) {
                case 0 -> out.unary(random.nextBoolean() ? Op.ZX32 : Op.MOV, register(), address);
                case 1 -> out.store(Op.ST8 + random.nextInt(4), random.nextInt(4) == 0 ? sum : source(), address, 0);
                default -> out.load(Op.LD8U + random.nextInt(7), target(), address, random.nextInt(2) * 8);
            }
        }

        private void jumpIfRelated(final long target) {
            out.jumpIfNonZero(related(), target);
        }

        /** A comparison right before what asks for it. */
        private int related() {
            int a = source();
            if (random.nextBoolean()) {
                final int low = temp();
                out.unary(Op.ZX32, low, a);
                a = low;
            }
            // The same slot twice is equal.
            final int b = random.nextInt(3) == 0 ? a : source();
            // One that is compared and overwritten by what comes out.
            final int related = random.nextInt(4) == 0 ? b : temp();
            final int opcode = random.nextBoolean() ? Op.EQ : Op.LTU + random.nextInt(2);
            if (related != b && random.nextInt(4) == 0) {
                // It is not always the comparison that decides.
                out.constant(related, random.nextInt(2));
                final int skip = out.skipIf(random.nextInt(Cond.NP + 1));
                out.alu(opcode, related, a, b);
                out.bind(skip);
            } else {
                out.alu(opcode, related, a, b);
            }
            return related;
        }

        private void arithmetic() {
            final int a = source();
            int b = source();
            if (random.nextBoolean()) {
                b = temp();
                out.constant(b, constant());
            }
            final int d = target();
            out.alu(random.nextInt(4) == 0 ? Op.SHL + random.nextInt(7) : BASIC[random.nextInt(BASIC.length)], d, a, b);
            if (random.nextInt(3) > 0) {
                out.flags(1 + random.nextInt(FlagKind.SAR), 8 << random.nextInt(4), a, b, d);
            }
            if (random.nextBoolean()) {
                out.unary(COMMIT[random.nextInt(COMMIT.length)], register(), d);
            }
        }

        private void skipOver() {
            final int skip = switch (random.nextInt(6)) {
                case 0 -> out.skip();
                case 1 -> out.skipIfNonZero(source());
                case 2 -> out.skipIfZero(source());
                case 3 -> out.skipIfNonZero(related());
                case 4 -> out.skipIfZero(related());
                default -> out.skipIf(random.nextInt(Cond.NP + 1));
            };
            // No new temporary may be written first under a skip, so the pieces here use what there is.
            if (random.nextBoolean()) {
                out.flags(1 + random.nextInt(FlagKind.SAR), 8 << random.nextInt(4), source(), source(), source());
            }
            if (random.nextBoolean()) {
                out.op(Op.EXIT, CpuExit.TRAP, source(), 0, 0x6660);
            }
            final int d = source();
            if (random.nextBoolean()) {
                out.alui(Op.ADDI + random.nextInt(Op.RORI32 - Op.ADDI + 1), d, source(), random.nextInt(64));
            } else {
                out.alu(BASIC[random.nextInt(BASIC.length)], d, source(), source());
            }
            out.bind(skip);
            if (random.nextBoolean()) {
                out.unary(COMMIT[random.nextInt(COMMIT.length)], register(), d);
            }
        }

        /** A label between an operation and the flags it would be joined with. */
        private void skipToFlags() {
            final int a = source();
            final int b = source();
            final int d = register();
            final int skip = out.skipIf(random.nextInt(Cond.NP + 1));
            out.alu(BASIC[random.nextInt(BASIC.length)], d, a, b);
            out.bind(skip);
            out.flags(1 + random.nextInt(FlagKind.SAR), 8 << random.nextInt(4), a, b, d);
        }

        private void testBits() {
            final int a = source();
            final int t = temp();
            out.alui(Op.ANDI, t, a, random.nextInt(0x1_8000));
            final int skip = out.skipIfZero(t);
            out.constant(register(), constant());
            out.bind(skip);
        }
    }
}
