package org.kernelentry.arm64.asm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.kernelentry.machine.asm.GuestAssembler.T0;
import static org.kernelentry.machine.asm.GuestAssembler.T1;
import static org.kernelentry.machine.asm.GuestAssembler.T2;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kernelentry.arm64.A64Machine;
import org.kernelentry.arm64.A64Regs;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.asm.Arg;
import org.kernelentry.machine.asm.GuestAssembler;
import org.kernelentry.machine.asm.Label;

final class A64AssemblerTests {
    private static final long VARIABLE = A64Machine.DATA;

    private final A64Machine machine = new A64Machine();

    private static String words(final byte[] code) {
        final StringBuilder words = new StringBuilder();
        for (int i = 0; i < code.length; i += 4) {
            words.append(i == 0 ? "" : " ")
                    .append(String.format("%02x%02x%02x%02x", code[i + 3], code[i + 2], code[i + 1], code[i]));
        }
        return words.toString();
    }

    /** Assembles, adds {@code svc #0}, and runs up to that. */
    private void run(final Consumer<A64Assembler> program) {
        final A64Assembler a = new A64Assembler(A64Machine.CODE);
        program.accept(a);
        a.syscall("svc", new Arg.Const(0), List.of(), new Label("at"), new Label("after"));
        assertThat(machine.code(a.finish()).run()).isEqualTo(CpuExit.SYSCALL);
    }

    private long t0() {
        return machine.get(9);
    }

    private static Arguments words(final String expected, final Consumer<GuestAssembler> program) {
        return Arguments.of(expected, program);
    }

    /** The words are GNU as's for the instructions in the comment. */
    static Stream<Arguments> encodings() {
        return Stream.of(
                words("d2800029", a -> a.loadConst(T0, 1)), // mov x9, #1
                words("92800009", a -> a.loadConst(T0, -1)), // mov x9, #-1
                words("d2a00029", a -> a.loadConst(T0, 0x10000)), // mov x9, #0x10000
                words(
                        "d2868aca f2a2468a",
                        a -> a.loadConst(T1, 0x12343456)), // mov x10, #0x3456; movk x10, #0x1234, lsl #16
                words("b200f3eb", a -> a.loadConst(T2, 0x5555_5555_5555_5555L)), // mov x11, #0x5555555555555555
                words("d2820009 f9400129", a -> a.loadVariable(T0, 0x1000)), // mov x9, #0x1000; ldr x9, [x9]
                words("d2820010 f9000209", a -> a.storeVariable(0x1000, T0)), // mov x16, #0x1000; str x9, [x16]
                words("39400549", a -> a.load(T0, T1, 1, 1)), // ldrb w9, [x10, #1]
                words("78401149", a -> a.load(T0, T1, 1, 2)), // ldurh w9, [x10, #1]
                words("b85fc149", a -> a.load(T0, T1, -4, 4)), // ldur w9, [x10, #-4]
                words("f9400549", a -> a.load(T0, T1, 8, 8)), // ldr x9, [x10, #8]
                words("f9000549", a -> a.store(T0, T1, 8, 8)), // str x9, [x10, #8]
                words("381ff149", a -> a.store(T0, T1, -1, 1)), // sturb w9, [x10, #-1]
                words("d2a00210 f8306949", a -> a.store(T0, T1, 0x100000, 8)), // mov x16, #0x100000; str x9, [x10, x16]
                words("aa0a03e9", a -> a.move(T0, T1)), // mov x9, x10
                words("8b0a0129", a -> a.add(T0, T1)), // add x9, x9, x10
                words("cb0a0129", a -> a.sub(T0, T1)), // sub x9, x9, x10
                words("8a0a0129", a -> a.and(T0, T1)), // and x9, x9, x10
                words("aa0a0129", a -> a.or(T0, T1)), // orr x9, x9, x10
                words("913ffd29", a -> a.addConst(T0, 4095)), // add x9, x9, #4095
                words("d1000529", a -> a.addConst(T0, -1)), // sub x9, x9, #1
                words("d37df129", a -> a.shiftLeft(T0, 3)), // lsl x9, x9, #3
                words("d37ff929", a -> a.shiftLeft(T0, 1)), // lsl x9, x9, #1
                words("d343fd29", a -> a.shiftRight(T0, 3)), // lsr x9, x9, #3
                words("d61f0120", a -> a.jumpTo(T0)), // br x9
                words("d65f03c0", GuestAssembler::ret), // ret
                words("aa0003e9", a -> a.result(T0)), // mov x9, x0
                words("d2801168 d4000001", a -> a.restorer(true)), // mov x8, #139; svc #0
                words("d503201f", GuestAssembler::nop), // nop
                words("d4200000", GuestAssembler::breakpoint), // brk #0
                words("00000000", GuestAssembler::undefined), // udf #0
                words("14000000", GuestAssembler::spin), // b .
                words(
                        "ddccbbaa 000000ee",
                        a -> a.raw(new byte[] {(byte) 0xaa, (byte) 0xbb, (byte) 0xcc, (byte) 0xdd, (byte) 0xee})),
                words("d28000f3", a -> a.setRegister("x19", 7)), // mov x19, #7
                words("d2820010 9100021f", a -> a.setRegister("sp", 0x1000)), // mov x16, #0x1000; mov sp, x16
                words("d2820011 f9000230", a -> a.saveRegister("x16", 0x1000)), // mov x17, #0x1000; str x16, [x17]
                words(
                        "910003f1 d2820010 f9000211",
                        a -> a.saveRegister("sp", 0x1000))); // mov x17, sp; mov x16, #0x1000; str
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("encodings")
    void an_operation_has_the_machine_code_of_another_assembler(
            final String expected, final Consumer<GuestAssembler> program) {
        final A64Assembler a = new A64Assembler(A64Machine.CODE);
        program.accept(a);
        assertThat(words(a.finish())).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                0,
                1,
                -1,
                0xffff,
                0x10000,
                -0x10000,
                0xffff_0000L,
                0xffff_ffffL,
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                0x1234_5678_9abc_def0L,
                0xffff_1234_ffff_ffffL,
                0x00ff_00ff_00ff_00ffL,
                0xffff_ffff_0000_1234L,
                0x8000_0000_0000_0001L
            })
    void a_constant_arrives_whole(final long value) {
        run(a -> a.loadConst(T0, value));
        assertThat(t0()).isEqualTo(value);
    }

    @Test
    void a_system_call_puts_number_and_arguments_into_their_registers() {
        machine.memory.store64(VARIABLE, 0x55aa);
        final Label at = new Label("at");
        final Label after = new Label("after");
        final A64Assembler a = new A64Assembler(A64Machine.CODE);
        a.syscall(
                "svc",
                new Arg.Const(173),
                List.of(
                        new Arg.Const(1),
                        new Arg.Const(-1),
                        new Arg.Variable(VARIABLE),
                        new Arg.Code(after),
                        new Arg.Const(5),
                        new Arg.Const(6)),
                at,
                after);
        assertThat(machine.code(a.finish()).run()).isEqualTo(CpuExit.SYSCALL);
        assertThat(machine.state.pc).isEqualTo(after.address()).isEqualTo(at.address() + 4);
        assertThat(machine.get(8)).isEqualTo(173);
        assertThat(new long[] {
                    machine.get(0), machine.get(1), machine.get(2), machine.get(3), machine.get(4), machine.get(5)
                })
                .containsExactly(1, -1, 0x55aa, after.address(), 5, 6);
    }

    @ParameterizedTest
    @CsvSource({
        "EQ, 1, 1, true", "EQ, 1, 2, false", "NE, 1, 2, true", "NE, 2, 2, false",
        "LT, -1, 0, true", "LT, 0, -1, false", "GE, 0, -1, true", "GE, -1, 0, false",
        "LTU, 0, -1, true", "LTU, -1, 0, false", "GEU, -1, 0, true", "GEU, 0, -1, false"
    })
    void a_branch_is_taken_by_its_relation(
            final GuestAssembler.Rel rel, final long one, final long other, final boolean taken) {
        run(a -> {
            final Label yes = new Label("yes");
            a.loadConst(T0, one);
            a.loadConst(T1, other);
            a.loadConst(T2, 1);
            a.branch(rel, T0, T1, yes);
            a.loadConst(T2, 0);
            a.bind(yes);
        });
        assertThat(machine.get(11)).isEqualTo(taken ? 1 : 0);
    }

    @Test
    void calls_nest_and_keep_the_stack() {
        run(a -> {
            final Label start = new Label("start");
            final Label outer = new Label("outer");
            final Label inner = new Label("inner");
            a.jump(start);
            a.bind(inner);
            a.addConst(T0, 1);
            a.ret();
            a.bind(outer);
            a.call(inner);
            a.call(inner);
            a.ret();
            a.bind(start);
            a.loadConst(T0, 0);
            a.call(outer);
            a.call(inner);
        });
        assertThat(t0()).isEqualTo(3);
        assertThat(machine.get(A64Regs.SP)).isEqualTo(A64Machine.DATA);
    }

    @Test
    void a_handler_stores_its_three_arguments_and_returns_to_its_restorer() {
        final A64Assembler a = new A64Assembler(A64Machine.CODE);
        a.handlerEntry(VARIABLE, VARIABLE + 8, VARIABLE + 16);
        a.handlerReturn();
        final Label restorer = new Label("restorer");
        a.bind(restorer);
        a.restorer(true);
        machine.code(a.finish()).set(0, 10).set(1, 0x1111).set(2, 0x2222).set(A64Regs.LR, restorer.address());
        assertThat(machine.run()).isEqualTo(CpuExit.SYSCALL);
        assertThat(machine.get(8)).isEqualTo(139);
        assertThat(machine.memory.load64(VARIABLE)).isEqualTo(10);
        assertThat(machine.memory.load64(VARIABLE + 8)).isEqualTo(0x1111);
        assertThat(machine.memory.load64(VARIABLE + 16)).isEqualTo(0x2222);
    }

    @Test
    void every_register_can_be_set_and_saved_by_name() {
        for (int i = 0; i <= 30; i++) {
            final String name = "x" + i;
            final long value = 0x1000_0001L * (i + 1);
            run(a -> {
                a.setRegister(name, value);
                a.saveRegister(name, VARIABLE);
            });
            assertThat(machine.memory.load64(VARIABLE)).as(name).isEqualTo(value);
        }
    }

    @Test
    void an_address_loaded_is_the_labels() {
        final Label there = new Label("there");
        run(a -> {
            a.loadAddress(T0, there);
            a.bind(there);
        });
        assertThat(t0()).isEqualTo(there.address());
    }

    @Test
    void nonsense_is_refused_in_words() {
        final A64Assembler a = new A64Assembler(A64Machine.CODE);
        assertThatThrownBy(() -> a.setRegister("rbx", 1)).hasMessage("A64 has no register rbx");
        assertThatThrownBy(() -> a.load(T0, T1, 0, 3)).hasMessage("no access of 3 bytes");
        assertThatThrownBy(() -> a.syscall("int80", new Arg.Const(1), List.of(), new Label("a"), new Label("b")))
                .hasMessage("A64 has no system call instruction int80");
        assertThatThrownBy(() -> new A64Assembler(2)).hasMessage("A64 code starts at a multiple of 4");
        a.jump(new Label("nowhere"));
        assertThatThrownBy(a::finish).hasMessage("label nowhere is not bound");
    }
}
