package org.kernelentry.isa.aarch32;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.kernelentry.machine.asm.Arg;
import org.kernelentry.machine.asm.GuestAssembler;
import org.kernelentry.machine.asm.GuestAssembler.Rel;
import org.kernelentry.machine.asm.Label;

/** Encodings that GNU as and objdump agree with. */
class AssemblerTests {
    private static final int T0 = GuestAssembler.T0;
    private static final int T1 = GuestAssembler.T1;
    private static final int T2 = GuestAssembler.T2;
    private static final long ORIGIN = 0x10000;

    static Stream<Arguments> encodings() {
        return Stream.of(
                // words of A32 and halfwords of T32 as objdump prints them
                row("loadConst", a -> a.loadConst(T0, 0x12345678L), "e3051678 e3411234", "f245 6178 f2c1 2134"),
                row("loadConst of 16 bits", a -> a.loadConst(T1, 0xffff), "e30f2fff", "f64f 72ff"),
                row("loadConst -1", a -> a.loadConst(T2, -1), "e30f3fff e34f3fff", "f64f 73ff f6cf 73ff"),
                row(
                        "loadVariable",
                        a -> a.loadVariable(T1, 0x20010),
                        "e3002010 e3402002 e5922000",
                        "f240 0210 f2c0 0202 f8d2 2000"),
                row(
                        "storeVariable",
                        a -> a.storeVariable(0x20014, T2),
                        "e300c014 e340c002 e58c3000",
                        "f240 0c14 f2c0 0c02 f8cc 3000"),
                row("load word", a -> a.load(T0, T1, 8, 4), "e5921008", "f8d2 1008"),
                row("load byte", a -> a.load(T0, T1, 9, 1), "e5d21009", "f892 1009"),
                row("load half", a -> a.load(T0, T1, 0xaa, 2), "e1d21aba", "f8b2 10aa"),
                row("store word", a -> a.store(T0, T1, 8, 4), "e5821008", "f8c2 1008"),
                row("store byte", a -> a.store(T0, T1, 9, 1), "e5c21009", "f882 1009"),
                row("store half", a -> a.store(T0, T1, 0xaa, 2), "e1c21aba", "f8a2 10aa"),
                row(
                        "load below the base",
                        a -> a.load(T0, T1, -4, 4),
                        "e30fcffc e34fcfff e08cc002 e59c1000",
                        "f64f 7cfc f6cf 7cff eb0c 0c02 f8dc 1000"),
                row("move", a -> a.move(T2, T0), "e1a03001", "460b"),
                row("add", a -> a.add(T0, T1), "e0811002", "eb01 0102"),
                row("sub", a -> a.sub(T0, T1), "e0411002", "eba1 0102"),
                row("and", a -> a.and(T0, T1), "e0011002", "ea01 0102"),
                row("or", a -> a.or(T0, T1), "e1811002", "ea41 0102"),
                row("shiftLeft", a -> a.shiftLeft(T0, 5), "e1a01281", "ea4f 1141"),
                row("shiftRight", a -> a.shiftRight(T1, 31), "e1a02fa2", "ea4f 72d2"),
                row("jumpTo", a -> a.jumpTo(T1), "e12fff12", "4710"),
                row("ret", GuestAssembler::ret, "e12fff1e", "4770"),
                row("result", a -> a.result(T2), "e1a03000", "4603"),
                row("handlerReturn", GuestAssembler::handlerReturn, "e8bd8ff8", "e8bd 8ff8"),
                row("rt restorer", a -> a.restorer(true), "e30070ad ef000000", "f240 07ad df00"),
                row("old restorer", a -> a.restorer(false), "e3007077 ef000000", "f240 0777 df00"),
                row("nop", GuestAssembler::nop, "e320f000", "bf00"),
                row("breakpoint", GuestAssembler::breakpoint, "e7f001f0", "de01"),
                row("undefined", GuestAssembler::undefined, "e7f000f0", "de00"),
                row("spin", GuestAssembler::spin, "eafffffe", "f7ff bffe"),
                row("set r7", a -> a.setRegister("r7", 7), "e3007007", "f240 0707"),
                row(
                        "set sp",
                        a -> a.setRegister("sp", 0x30000),
                        "e300c000 e340c003 e1a0d00c",
                        "f240 0c00 f2c0 0c03 46e5"),
                row(
                        "save fp",
                        a -> a.saveRegister("fp", 0x20000),
                        "e300c000 e340c002 e58cb000",
                        "f240 0c00 f2c0 0c02 f8cc b000"),
                row(
                        "save ip",
                        a -> a.saveRegister("ip", 0x20000),
                        "e52d0004 e3000000 e3400002 e580c000 e49d0004",
                        "f84d 0d04 f240 0000 f2c0 0002 f8c0 c000 f85d 0b04"),
                row(
                        "save cpsr",
                        a -> a.saveRegister("cpsr", 0x20000),
                        "e52d0004 e10f0000 e300c000 e340c002 e58c0000 e49d0004",
                        "f84d 0d04 f3ef 8000 f240 0c00 f2c0 0c02 f8cc 0000 f85d 0b04"),
                row(
                        "svc with number and arguments",
                        a -> a.syscall(
                                "svc",
                                new Arg.Const(4),
                                List.of(new Arg.Const(1), new Arg.Variable(0x20000)),
                                new Label("at"),
                                new Label("after")),
                        "e3000001 e3001000 e3401002 e5911000 e3007004 ef000000",
                        "f240 0001 f240 0100 f2c0 0102 f8d1 1000 f240 0704 df00"),
                row("branches forward", a -> branches(a, true), forwardA32(), forwardT32()),
                row(
                        "branches backward",
                        a -> branches(a, false),
                        "e320f000 eafffffd e1510002 0afffffb eafffffa",
                        "bf00 f7ff bffd ebb1 0f02 f43f aff9 f7ff bff7"));
    }

    private static String forwardA32() {
        return "ea000000 e320f000 e320f000";
    }

    private static String forwardT32() {
        return "f000 b801 bf00 bf00";
    }

    private static void branches(final GuestAssembler a, final boolean forward) {
        final Label l = new Label("l");
        if (forward) {
            a.jump(l);
            a.nop();
            a.bind(l);
            a.nop();
        } else {
            a.bind(l);
            a.nop();
            a.jump(l);
            a.branch(Rel.EQ, T0, T1, l);
            a.jump(l);
        }
    }

    private static Arguments row(
            final String name, final Consumer<GuestAssembler> program, final String a32, final String t32) {
        return Arguments.of(name, program, a32, t32);
    }

    private static byte[] bytes(final String listing) {
        final String[] units = listing.split(" ", -1);
        final StringBuilder hex = new StringBuilder();
        for (final String unit : units) {
            for (int i = unit.length(); i > 0; i -= 2) {
                hex.append(unit, i - 2, i);
            }
        }
        return HexFormat.of().parseHex(hex);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("encodings")
    void a32IsEncodedAsTheManualSays(
            final String name, final Consumer<GuestAssembler> program, final String a32, final String t32) {
        final A32Assembler a = new A32Assembler(ORIGIN, false);
        program.accept(a);
        assertThat(a.finish()).asHexString().isEqualTo(hex(bytes(a32)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("encodings")
    void t32IsEncodedAsTheManualSays(
            final String name, final Consumer<GuestAssembler> program, final String a32, final String t32) {
        final T32Assembler a = new T32Assembler(ORIGIN);
        program.accept(a);
        assertThat(a.finish()).asHexString().isEqualTo(hex(bytes(t32)));
    }

    private static String hex(final byte[] b) {
        return HexFormat.of().withUpperCase().formatHex(b);
    }

    @Test
    void theOldAbiCarriesTheNumberInTheInstruction() {
        final A32Assembler a = new A32Assembler(ORIGIN, true);
        final Label at = new Label("at");
        final Label after = new Label("after");
        a.syscall("oabi", new Arg.Const(20), List.of(), at, after);
        assertThat(a.finish()).isEqualTo(bytes("ef900014"));
        assertThat(at.address()).isEqualTo(ORIGIN);
        assertThat(after.address()).isEqualTo(ORIGIN + 4);
    }

    @Test
    void aCodeAddressHasBit0SetInThumbOnly() {
        final T32Assembler t = new T32Assembler(ORIGIN);
        final A32Assembler a = new A32Assembler(ORIGIN, false);
        final Label thumb = new Label("thumb");
        final Label arm = new Label("arm");
        t.loadAddress(T0, thumb);
        t.bind(thumb);
        a.loadAddress(T0, arm);
        a.bind(arm);
        assertThat(t.finish()).isEqualTo(bytes("f240 0109 f2c0 0101"));
        assertThat(a.finish()).isEqualTo(bytes("e3001008 e3401001"));
    }

    @Test
    void whatCannotBeEncodedIsRefusedInWords() {
        final A32Assembler a = new A32Assembler(ORIGIN, false);
        final Label l = new Label("l");
        assertThatThrownBy(() -> a.syscall("oabi", new Arg.Const(1), List.of(), l, l))
                .hasMessageContaining("oabi");
        assertThatThrownBy(() -> a.load(T0, T1, 0, 8)).hasMessageContaining("size 8");
        assertThatThrownBy(() -> a.setRegister("x19", 1)).hasMessageContaining("x19");
        assertThatThrownBy(() -> a.shiftLeft(T0, 32)).hasMessageContaining("32");
        final A32Assembler old = new A32Assembler(ORIGIN, true);
        assertThatThrownBy(() -> old.syscall("oabi", new Arg.Variable(0x20000), List.of(), l, l))
                .hasMessageContaining("constant");
    }
}
